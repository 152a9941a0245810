"""Names of organisations and people: found by their legal forms, and rated where they are only supposed."""

import re
from collections.abc import Iterator

from evidoc.kernel.finding import FeatureType
from evidoc.kernel.months import MONTHS, plain
from evidoc.kernel.normalise import normalise
from evidoc.kernel.reading import Span
from evidoc.understanding.recognisers.spot import Spot

_FORMS = re.compile(
    r"(?<![\w&/])(?:"
    r"GmbH(?: ?& ?Co\.? ?(?:KG(?:aA)?|OHG))?|gGmbH|mbH|AG(?: ?& ?Co\.? ?KG(?:aA)?)?|KGaA|KG|OHG|GbR|"
    r"UG(?: ?\(haftungsbeschränkt\))?|"
    r"e\. ?[KV]\.|eG|SE|"
    r"Inc\.?|INC\.?|Incorporated|L\.?L\.?C\.?|L\.?L\.?P\.?|Corp\.?|CORP\.?|Corporation|CORPORATION|Co\.,? ?Ltd\.?|"
    r"Ltd\.?|LTD\.?|Limited|LIMITED|"
    r"PLC|plc|P\.?L\.?C\.?|Company|COMPANY|Co\.|LP|L\.P\.|P\.A\.|PAC|"
    r"S\.?A\.?R\.?L\.?|SARL|SAS|S\.A\.S\.?|SASU|EURL|SNC|S\.?A\.?|SA/NV|NV/SA|S\. ?A\.|S\.?L\.?U?\.?|S\.?L\.|S\.?C\.?|"
    r"B\.?V\.?(?:B\.?A\.?)?|BVBA|N\.?V\.?|V\.?O\.?F\.?|C\.?V\.?|"
    r"S\.?p\.?A\.?|S\.?r\.?l\.?s?|S\.?n\.?c\.?|S\.?a\.?s\.?|Lda\.?|LDA\.?|Unipessoal Lda|Ltda\.?|S\.?G\.?P\.?S\.?|"
    r"Sp\. ?z ?o\. ?o\.(?: ?sp\. ?k\.)?|sp\. z o\.o\.|spółka akcyjna|S\.K\.A\.|"
    r"A/S|ApS|AB|AS|ASA|Oy|Oyj|HB|"
    r"S/B|(?:SDN\.? ?)?BHD\.?|Sdn\.? Bhd\.?|SDN BHD|PTE\.? LTD\.?|Pte\.? Ltd\.?|Pty\.? Ltd\.?|Pvt\.? Ltd\.?|"
    r"Private Limited|K\.?K\.?|"
    r"s\.r\.o\.|a\.s\.|d\.o\.o\.|d\.d\.|Kft\.?|Zrt\.?|"
    r"Foundation|Association|Committee|University|Trust|Bank|Sparkasse|Stiftung|Verein|Ministry|Institute|Group"
    r")(?![\w])"
)
_SURE = re.compile(
    r"(?:Foundation|Association|Committee|University|Trust|Bank|Group|Company|SE|AS|AB|SC|SA|SL|CV|LP|PAC)$"
)
_INNER = frozenset(
    "and und et en y e & of für for fur de der des die das du del della di da do dos van von vom zur zum "
    "la le les the + - –".split()
)
_REGISTERED = re.compile(
    r"\s*\(\s*(?:(?:co|reg|roc|company|registration)[ .]{0,2}(?:no|nr|number)?[ .:#]{0,2}[A-Z]{0,3}\d[\dA-Z -]{2,14}"
    r"|[A-Z]{0,3}\d[\d ]{2,12}[ -]{0,3}[A-Z])\s*\)[\s.,]*$",
    re.IGNORECASE,
)
"""A register's number says so, or has a letter to check it by; other numbers may be the owner's own code."""

_COPYRIGHT = re.compile(r"\s*(?:©|\(c\)|copyright)", re.IGNORECASE)
_MOST_BEHIND, _MORE_THAN_A_NAME = 4, 0.5
_COUNTED = re.compile(r"#\d+\s+(?=[^\W\d_])")
_WORDS = re.compile(r"\S+")
_TITLES = frozenset(
    "mr mrs ms dr prof herr frau monsieur madame m mme mlle sr sra señor señora dhr mevr mw sig sir".split()
)
_MOST_WORDS = 10
_FEWEST_LETTERS = 3
_NOT_A_NAME = frozenset(
    "total page date invoice number tel phone fax street road amount tax vat order customer rechnung "
    "seite datum".split()
)


def organizations(text: str) -> Iterator[Spot]:
    """Names that end in a legal form, with the capitalised words before it in the same segment."""
    seen = -1
    for form in _FORMS.finditer(text):
        begin = max(text.rfind("\t", 0, form.start()), text.rfind("\n", 0, form.start())) + 1
        if begin == form.start() and begin > 0 and text[begin - 1] == "\t":
            begin = max(text.rfind("\t", 0, begin - 1), text.rfind("\n", 0, begin - 1)) + 1
        begin = max(begin, seen)
        start = _walk_back(text, begin, form.start())
        if start >= form.start():
            continue
        seen = form.end()
        sure = 0.75 if _SURE.match(form.group().rstrip(".")) else 1.0
        yield Spot(
            FeatureType.ORGANIZATION,
            (Span(start, form.end()),),
            "text",
            normalise("text", text[start : form.end()]),
            sure,
        )


def _walk_back(text: str, begin: int, end: int) -> int:
    words = [(found.start() + begin, found.group()) for found in _WORDS.finditer(text[begin:end])]
    start = end
    for position, word in reversed(words[-_MOST_WORDS:]):
        bare = word.strip(",.()\"'")
        if word.endswith((":", ";", "|")) or (word.endswith(".") and len(bare) > len("St") and start < end):
            break
        if not (bare[:1].isupper() or bare[:1].isdigit() or plain(bare) in _INNER or word in ("&", "+", "-")):
            break
        start = position
    while start < end:
        first = text[start:end].split(" ", 1)[0]
        if first[:1].isalnum() and (plain(first.strip(",.")) not in _INNER or (start == begin and first[:1].isupper())):
            break
        start += len(first) + 1
    return start


def name_in(text: str) -> tuple[int, int]:
    """Where in ``text`` a name stands: a register's number behind it, a till's number before it are no part of it."""
    before, behind = _COUNTED.match(text), _REGISTERED.search(text)
    start = before.end() if before else 0
    end = behind.start() if behind and behind.start() > start else len(text)
    return start, end


def organization_fit(text: str) -> float:
    """How much ``text`` looks like the name of an organisation, 0 to 1."""
    if not any(mark.isalpha() for mark in text) or len(text) > 120:
        return 0.0
    form = _FORMS.search(text)
    if form:
        if not any(mark.isalpha() for mark in text[: form.start()]):
            return 0.0
        return 1.0 if _ends_near_its_form(text) else _MORE_THAN_A_NAME
    if sum(mark.isalpha() for mark in text) < _FEWEST_LETTERS:
        return 0.1
    words = text.split()
    letters = sum(mark.isalpha() for mark in text)
    if letters < 0.5 * sum(not mark.isspace() for mark in text) or len(words) > _MOST_WORDS:
        return 0.15
    small = {plain(word.strip(".,:")) for word in words}
    if small & _NOT_A_NAME:
        return 0.2
    capital = sum(word[:1].isupper() or word[:1].isdigit() or plain(word) in _INNER for word in words)
    return 0.3 + 0.4 * capital / len(words)


def _ends_near_its_form(text: str) -> bool:
    """Whether little follows the last legal form, and no account or address: else it is a sentence or a whole line."""
    rest = text[list(_FORMS.finditer(text))[-1].end() :]
    return len(rest.split()) <= _MOST_BEHIND and not _COPYRIGHT.match(text)


def person_fit(text: str) -> float:
    """How much ``text`` looks like the name of a person, 0 to 1: two to five capitalised words, a title, an initial."""
    words = text.replace(",", " ").split()
    if not words or len(words) > 6 or any(mark.isdigit() for mark in text):
        return 0.05
    small = [plain(word.strip(".,:")) for word in words]
    if _FORMS.search(text) or set(small) & _NOT_A_NAME:
        return 0.2
    if any(word in MONTHS for word in small):
        return 0.2
    titled = small[0] in _TITLES
    named = sum(
        word[:1].isupper() and word.strip(".,-'’()").replace("-", "").replace("'", "").isalpha() for word in words
    )
    if len(words) == 1:
        return 0.35 if named else 0.1
    return min(0.3 + 0.5 * named / len(words) + 0.2 * titled, 1.0)
