"""The opening of a contract comes in, the names of its parties go out.

In the opening, a name counts where a party may stand (after "between", "and", a semicolon, "(ii)"), not inside a
description ("a division of Nordwind Holding Ltd."). A letter has no opening: there the names count that a defined
term in brackets follows, and those who sign. Signatures confirm either.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from evidoc.kernel.months import MONTHS, plain
from evidoc.kernel.reading import Page, Span
from evidoc.understanding.contract_text import ContractText, Opening
from evidoc.understanding.jurisdictions import place_after

_FORM = (
    r"(?:Incorporated|Inc|INC|L\.?L\.?C|L\.?L\.?P|Corporation|CORPORATION|Corp|CORP|Limited|LIMITED|Ltda?|LTD|Company|COMPANY|Co|L\.?P"
    r"|PLC|plc|P\.?L\.?C|N\.?A|F\.?S\.?B|S\.?A\.?R\.?L|S\.?A\.?S?|S\.?L|S\.?p\.?A|S\.?P\.?A|S\.?r\.?l|S\.?R\.?L|N\.?V|B\.?V|A/S|AB|ASA|AG|SE"
    r"|GmbH(?:\s&\sCo\.?\sKG)?|KGaA|KG|OHG|e\.V|Oy|A\.?G|P\.?C|Pte|PTE|Pty|PTY|Pvt|Partnership|PARTNERSHIP|Trust|TRUST|Bank|BANK|Association|University"
    r"|Foundation|Partners|Holdings|Group|Fund|Enterprises|Technologies|Institute)\.?(?![\w&])"
)
_WORD = r"(?:[A-ZÀ-Þ0-9][\w.'’&/+®™*-]*|[a-z]{1,2}[A-Z]\w*|&)"
_INNER = r"(?:of|the|and|AND|de|del|du|der|für|van|von|y|et|und|for|in|on|d/b/a|dba|f/k/a)"
_NAME = re.compile(
    rf"(?<![\w.&'’])(?:[“\"](?=[A-Z]))?{_WORD}(?:,?\s{{1,3}}{_FORM}|\s{{1,3}}\([A-Z][\w.]{{1,20}}\)(?=\s[A-Z])|\s{{1,3}}(?:{_INNER}\s{{1,3}}){{0,2}}{_WORD}){{0,14}}"
)
_FORM_IN = re.compile(rf"(?<![\w&])(?:{_FORM}|d/b/a|dba\b)")
_STRONG_FORM = re.compile(
    r"(?<![\w&])(?:Incorporated|Inc\b|INC\b|L\.?L\.?C\b|L\.?L\.?P\b|Corporation|CORPORATION|Corp\b|CORP\b|Limited\b|LIMITED\b|Ltda?\b|LTD\b"
    r"|L\.?P\b|PLC\b|plc\b|N\.A\b|S\.?A\b|S\.?p\.?A\b|S\.?[rR]\.?[lL]\b|N\.?V\b|B\.?V\b|A/S|GmbH|AG\b|KG\b|Company\b|COMPANY\b)"
)
_DEFINED = re.compile(
    r"^[\s,]*(?:\([^()]{0,200}\)\s*,?\s*)?\(\s*(?:[^()“\"”„«]{0,80})[“\"”„«'‘’]"
    r"|^[\s,]*(?:hereinafter|hereafter|herein|nachfolgend|ci-après|en adelante|hierna)"
    r"|^[\s,]*\(the\s|^[\s,]+[“\"][A-Z]",
    re.IGNORECASE,
)
_DESCRIBED = re.compile(
    r"^[\s,]*(?:\([^()]{0,120}\)[\s,]*)?(?:an?\s(?:[\w.()-]+\s){0,6}?(?:corporation|company|partnership|individual|resident|trust|bank"
    r"|organi[sz]ation|person|association|business|entity|firm|citizen|limited|society|société|sociedad)"
    r"|an?\s+individual|residing|whose\s|with\s+(?:its|an?|offices?|principal)|having\s|of\s+\d|located\s|organi[sz]ed\s|incorporated\s"
    r"|mit\s+Sitz|société|dont\s+le\s+siège|con\s+domicilio|gevestigd|d/b/a|f/k/a)",
    re.IGNORECASE,
)
_PLACE_FOR_A_PARTY = re.compile(
    r"(?:^|\b(?:and|AND|And|und|et|y|en|among|between|&)|[;:)”\"]|\((?:[ivx]{1,4}|[a-h1-9])\)|[1-9]\.)[\s,]*"
    r"(?:on\s+the\s+(?:one|other)\s+hand,?\s+(?:and\s+)?)?(?:\(?(?:[ivx]{1,4}|[a-h1-9])\)\s*)?(?:the|The|Messrs\.?|Mr\.|Ms\.|Mrs\.|Dr\.|Herr|Frau|Herrn|der|die|dem|la|le|de|société|firma)?\s*$"
)
_AFTER_COMMA = re.compile(r",\s*(?:the\s+)?$")
_JOINED = re.compile(r"\s(?:and|AND|And|&)\s")
_ROLE = re.compile(
    r"^(?:the\s+)?(?:(?:company|employee|employer|executive|licensor|licensee|supplier|buyer|seller|purchaser|vendor|customer|client|contractor"
    r"|consultant|party|parties|distributor|manufacturer|recipient|discloser|lender|borrower|agent|corporation|effective|date|agreement|state"
    r"|whereas|each|section|exhibit|representative|product|confidential|information|proprietary|fund|merchant|party’s|its|by|name|title"
    r"|undersigned|individual|dated|as|article|schedule|page|service|contract|witness|whereof|number|no|you|we|our|your|i|in|parent|between)(?:s|[’']s)?[.,]?(?:\s+|$))+$",
    re.IGNORECASE,
)
_NO_NAME = re.compile(
    r"\b(?:state of|agreement|laws? of|avenue|street|road|parkway|suite|drive|floor|boulevard|amendment|county"
    r"|republic of|chapter|commonwealth of|country of|p\.o\.|effective date|confidential information|united states)\b",
    re.IGNORECASE,
)
_LEADING = re.compile(
    r"^(?:by|and|between|among|of|this|the parties|made|entered|into|dated|as|party|an?|\d+\.)\s+|^[“\"]", re.IGNORECASE
)
_NOTHING = re.compile(r"\s*(?:[.;]|$)")
_STOP = re.compile(r"(?<=[a-z]{4})\.(?:\s|$)|[“\"”]\s*$")
_SIGNED = re.compile(r"\b(?:By|Name|Title|Its|Signature|Signed)\s*:|/s/|_{4,}|\bBy\b\s*$", re.IGNORECASE)
_SIGNING_LINES = 4
_FEWEST = 2
_MOST = 24
_MOST_RUNS = 1000


@dataclass(frozen=True, slots=True)
class PartyName:
    """A party's name where it stands, with how likely it is one (0 to 1)."""

    page: Page
    span: Span
    score: float


def parties(text: ContractText) -> list[PartyName]:
    """Each party once, in the order of their names in the contract."""
    signers = _signers(text)
    opening = text.opening
    found = list(_in_opening(opening)) if opening is not None else []
    if len(found) < _FEWEST:
        found += [name for name in _in_letter(text) if not _known(name, found)]
    if len(found) < _FEWEST:
        found += [name for name in signers if not _known(name, found)]
    signed = {_key(name) for name in signers}
    once: dict[str, PartyName] = {}
    for name in found[:_MOST]:
        confirmed = 0.12 if _key(name) in signed else 0.0
        rated = PartyName(name.page, name.span, min(name.score + confirmed, 0.97))
        known = once.get(_key(name))
        if known is None or rated.score > known.score:
            once[_key(name)] = rated
    return list(once.values())


def _in_opening(opening: Opening) -> Iterator[PartyName]:
    prose, (begin, end) = opening.prose, opening.body
    runs = islice(_NAME.finditer(prose, begin, end), _MOST_RUNS)
    spans = [span for found in runs for span in _parted(opening, Span(*found.span()))]
    kept: list[tuple[Span, float]] = []
    for span in spans:
        score = _worth(prose, begin, span)
        if score > 0:
            kept.append((span, score))
    if len(kept) == 1:
        kept = list(_split(prose, *kept[0]))
    sure = 1.0 if opening.sure else 0.8
    late = 0.06 * opening.page.index if not opening.sure else 0.0
    for span, score in kept:
        yield PartyName(opening.page, span, max(sure * score - late, 0.05))


def _worth(prose: str, begin: int, span: Span) -> float:
    """How likely the name at ``span`` is a party's, by what stands before and behind it."""
    name = prose[span.start : span.end]
    if not _may_be_a_name(name):
        return 0.0
    before, after = prose[max(begin, span.start - 60) : span.start], prose[span.end : span.end + 260]
    formed = bool(_STRONG_FORM.search(name))
    defined, described = bool(_DEFINED.search(after)), bool(_DESCRIBED.search(after))
    if _AFTER_COMMA.search(before):
        if not formed and not (described and len(name.split()) in (2, 3)):
            return 0.0
    elif not _PLACE_FOR_A_PARTY.search(before):
        return 0.0
    if not (formed or defined or described or _FORM_IN.search(name)):
        last = bool(_JOINED.search(before[-6:])) and bool(_NOTHING.match(after))
        return 0.35 if (span.start - begin < 3 or last) and 1 < len(name.split()) < 6 else 0.0
    return min(0.3 + 0.35 * formed + 0.25 * defined + 0.2 * described, 0.92)


def _parted(opening: Opening, span: Span) -> Iterator[Span]:
    """A run of capitalised words in parts: at an "and" on a line of its own or behind a legal form, trimmed."""
    prose, text, start = opening.prose, opening.page.text, span.start
    for joined in _JOINED.finditer(prose, span.start, span.end):
        left = prose[start : joined.start()]
        own_line = text[joined.start()] == "\n" and text[joined.end() - 1] == "\n"
        address = any(mark.isdigit() for mark in left[-12:]) or place_after(left, 0, len(left)) == (0, len(left))
        if own_line or address or _STRONG_FORM.search(left):
            yield _trimmed(prose, Span(start, joined.start()))
            start = joined.end()
    yield _trimmed(prose, Span(start, span.end))


def _split(prose: str, span: Span, score: float) -> Iterator[tuple[Span, float]]:
    """A single name in an opening is two where "and" joins it: nobody contracts with himself."""
    joined = _JOINED.search(prose, span.start, span.end)
    left = Span(span.start, joined.start()) if joined else span
    if joined is None or not _may_be_a_name(prose[left.start : left.end]):
        yield span, score
        return
    yield left, score * 0.8
    yield _trimmed(prose, Span(joined.end(), span.end)), score * 0.9


def _trimmed(prose: str, span: Span) -> Span:
    start, end = span
    stop = _STOP.search(prose, start, end)
    end = stop.start() if stop else end
    while leading := _LEADING.match(prose[start:end]):
        start += leading.end()
    while end > start and prose[end - 1] in ' ,;(“"':
        end -= 1
    return Span(start, end)


def _may_be_a_name(text: str) -> bool:
    words = text.split()
    if len(text) < 3 or not words or len(words) > 16 or _ROLE.match(text) or _NO_NAME.search(text):
        return False
    if plain(words[-1].strip(".,")) in {"and", "of", "the", "a", "an"} or place_after(text, 0, len(text)) == (
        0,
        len(text),
    ):
        return False
    small = {plain(word.strip(".,")) for word in words}
    if small & MONTHS.keys() and any(mark.isdigit() for mark in text):
        return False
    return any(mark.isalpha() for mark in text) and not text.replace(" ", "").isdecimal()


def _in_letter(text: ContractText) -> Iterator[PartyName]:
    """On the first page of a letter: names with a legal form that a defined term in brackets follows."""
    if not text.page_count:
        return
    page, prose = text.page(0), text.prose(0)
    for found in islice(_NAME.finditer(prose), _MOST_RUNS):
        span = _trimmed(prose, Span(*found.span()))
        name = prose[span.start : span.end]
        if not _STRONG_FORM.search(name) or not _may_be_a_name(name) or len(name.split()) > 9:
            continue
        if _DEFINED.search(prose[span.end : span.end + 260]):
            yield PartyName(page, span, 0.55)


def _signers(text: ContractText) -> list[PartyName]:
    """Names with a legal form on a line of their own above where somebody signs, on the last pages."""
    found: list[PartyName] = []
    for index in range(max(0, text.page_count - 6), text.page_count):
        page = text.page(index)
        spans = [page.line_span(line) for line in page.lines]
        signing = [bool(_SIGNED.search(page.text[start:end])) for start, end in spans]
        for number, (start, end) in enumerate(spans):
            if not any(signing[number + 1 : number + 1 + _SIGNING_LINES]) or signing[number]:
                continue
            for name in _NAME.finditer(page.text, start, end):
                span = _trimmed(page.text, Span(*name.span()))
                raw = page.text[span.start : span.end]
                if _STRONG_FORM.search(raw) and _may_be_a_name(raw):
                    found.append(PartyName(page, span, 0.4))
    return found


def _known(name: PartyName, found: list[PartyName]) -> bool:
    key = _key(name)
    return any(key in _key(other) or _key(other) in key for other in found)


def _key(name: PartyName) -> str:
    words = re.findall(r"\w+", plain(name.page.text[name.span.start : name.span.end]))
    return " ".join(word for word in words if word not in {"the"})
