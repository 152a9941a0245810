"""A contract's dates: of the agreement, when it takes effect, when it ends. Only dates that are printed.

The date that the opening names is the agreement's. Where the opening leaves it blank ("this ___ day of ____"),
no other date stands in for it.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from evidoc.kernel.finding import FeatureType
from evidoc.kernel.normalise import normalise
from evidoc.kernel.reading import Page, Span
from evidoc.understanding.contract_text import ContractText
from evidoc.understanding.recognisers.dates import dates
from evidoc.understanding.recognisers.spot import Spot

_DAY_OF = re.compile(
    r"(?<![\w.])(\d{1,2})\s{0,3}(?:s\s?t|n\s?d|r\s?d|t\s?h)?\s{1,8}day\s{1,8}of[\s-]{1,8}([^\W\d_]{3,9})[\s,]{1,8}(\d{4})(?!\d)",
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(
    r"(?<!\w)([^\W\d_]{3,9})\.?\s{1,4}(\d{1,2})\s?(?:st|nd|rd|th)?\s{0,3},?\s{1,4}(\d{4})(?!\d)", re.IGNORECASE
)
_BLANK = re.compile(
    r"_{2,}|\[\s*[•●_\-–.*\s]*\]|\bday of\s*,|\b(?:as of|on|dated)\s+,"
    r"|\b[A-Z][a-z]+ +, (?:19|20)\d\d|\[(?:date|insert)[^\]]{0,30}\]",
    re.IGNORECASE,
)
_DATED = re.compile(
    r"(?:\bdated|\bmade(?:\s+and\s+entered\s+into)?|\bentered\s+into|\bexecuted|\bas\s+of|\beffective|\bentered|\bsigned|\bconcluded"
    r"|\bDate:|\bvom|\bam|\ble|\bdel?|\bop|\bthis|\bon|\bgeschlossen)"
    r"(?:\s+(?:as\s+of|on|this|the|effective|and|is|into|it|by|date|and\s+entered|this\s+the|in\s+duplicate)\b)*[\s,:(—–-]*$",
    re.IGNORECASE,
)
_KIND = re.compile(
    r"\b(?:agreement|contract|lease|plan|note|indenture|license|amendment|order|letter|deed|memorandum|vertrag|contrat|contrato|overeenkomst)\b",
    re.IGNORECASE,
)
_POINTER = re.compile(
    r"\b(?:(?P<own>this|these|the\s+following|dieser|diese|le\s+présent|el\s+presente|deze)|that|the|an?|under|certain|prior|existing|each)\b",
    re.IGNORECASE,
)
_IS_MADE = re.compile(
    r"\b(?:is|are)\s+(?:hereby\s+)?(?:made|entered|executed|effective|dated|concluded)\b", re.IGNORECASE
)
_AMENDED = re.compile(r"\bamended\b[^.]{0,60}$", re.IGNORECASE)
_BRACKETS = re.compile(r"\([^()]{0,120}\)")
_THIS = re.compile(
    r"\b(?:this|the\s+following)\b(?:\s+(?:[\w-]+\s){0,8}?)?(?:agreement|amendment|contract|lease|letter)?[^.]{0,60}$",
    re.IGNORECASE,
)
_EFFECTIVE_BEFORE = re.compile(
    r"(?:effective\s+(?:as\s+of|date|on|from|the)?|commenc\w+\s+(?:as\s+of|on|date)|in\s+(?:force|effect)\s+(?:as\s+of|from|on)|begin\w*\s+on"
    r"|tritt\s+am|entre\s+en\s+vigueur\s+le|entrará\s+en\s+vigor\s+el|treedt\s+in\s+werking\s+op|Vertragsbeginn|beginnt\s+am|date\s+d['’]effet)"
    r"[\s,:(“\"”)]*(?:is|shall\s+be|means|of)?[\s,:]*(?:the\s+)?$",
    re.IGNORECASE,
)
_EFFECTIVE_AFTER = re.compile(
    r"^[\s,]*\(?\s*(?:hereinafter\s+)?(?:the\s+|such\s+date[^()]{0,40}the\s+)?(?:referred\s+to\s+as\s+(?:the\s+)?)?[“\"'”‘]+\s*(?:Agreement\s+)?(?:Effective|Commencement)",
    re.IGNORECASE,
)
_OF_THIS = re.compile(
    r"\b(?:agreement|contract|term|effective\s+date|commencement\s+date|lease|vertrag|contrat\w?|overeenkomst)\b",
    re.IGNORECASE,
)
_EXPIRY = re.compile(
    r"(?:expir\w*|until|through|terminat\w*|ending|ends?|endet\s+am|bis\s+zum|jusqu['’]au|hasta\s+el|tot\s+en\s+met|up\s+to|to|earlier\s+of:?(?:\s*\([ia]\))?)"
    r"(?:\s+(?:on|and\s+including|at|the|midnight|of|in\s+effect|its\s+date|automatically|close\s+of\s+business|earlier|\([ia]\)))*[\s,:]*$",
    re.IGNORECASE,
)
_EXPIRY_LABEL = re.compile(
    r"(?:expir\w+|termination|end)\s+date[”\"’')\s:]*(?:is|means|shall\s+be|of)?[\s:]*$", re.IGNORECASE
)
_ABOUT_TERM = re.compile(
    r"\b(?:initial\s+|primary\s+)?term\b(?!s)|\b(?:this|the)\s+(?:\w+\s+){0,2}(?:agreement|contract|lease)\s+(?:shall|will|is|commences|expires|terminates|continues|ends)"
    r"|\b(?:this|the)\s+(?:agreement|contract)\b[^.]{0,120}\b(?:effect|force|continue|remain|expire|terminate)|Vertrag|contrat|overeenkomst|\bTERM\b",
    re.IGNORECASE,
)
_NOT_THE_TERM = re.compile(
    r"\b(?:financial|payment|invoice|fiscal|calendar|deliver\w*|milestone|report\w*|statement|fee|royalt\w+|option|compet\w+|period\s+from|audit|tax)\b",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(
    r"IN\s+WITNESS\s+WHEREOF|executed\s+(?:this|as\s+of|on|by)|day\s+and\s+year|\bDated?\s*:?\s*$|\bdated\b",
    re.IGNORECASE,
)
_MADE_BEHIND = re.compile(r"(?:made|entered|effective|dated)[^.;]{0,30}$|\bthis\s*$", re.IGNORECASE)
_MOST_ON_A_PAGE = 200
_ALONE_BEFORE = 6
_LETTER_LINES = 14
_PLAUSIBLE = range(1900, 2101)


class DateProposal(NamedTuple):
    """A date where it stands, with how likely it is the answer (0 to 1)."""

    page: Page
    spot: Spot
    score: float


class _Seen(NamedTuple):
    """A full date with what stands before it (to the beginning of its sentence, at most) and behind it."""

    page: Page
    spot: Spot
    before: str
    after: str


def agreement_dates(text: ContractText) -> Iterator[DateProposal]:
    """The date in the opening; else of the letter, of the cover, of the signatures."""
    opened = list(_in_opening(text))
    if opened:
        yield from opened
        return
    if _is_blank(text):
        return
    yield from _in_head(text)
    yield from _signed(text)


def effective_dates(text: ContractText) -> Iterator[DateProposal]:
    """The date called effective; else the agreement's own."""
    blank = _is_blank(text)
    for index in range(text.page_count):
        for seen in _dates(text, index):
            early = index < 2
            called = bool(_EFFECTIVE_AFTER.search(seen.after))
            if called and not _of_another(seen.before):
                yield DateProposal(seen.page, seen.spot, 0.95 if early else 0.7)
            elif _EFFECTIVE_BEFORE.search(seen.before[-90:]) and not _of_another(seen.before):
                own = bool(_OF_THIS.search(seen.before[-160:]))
                label = bool(re.search(r"effective\s+date|commencement\s+date", seen.before[-60:], re.IGNORECASE))
                yield DateProposal(seen.page, seen.spot, 0.88 if label and early else 0.72 if own else 0.3)
    if not blank:
        for proposal in agreement_dates(text):
            yield proposal._replace(score=0.75 * proposal.score)


def expiration_dates(text: ContractText) -> Iterator[DateProposal]:
    """Where the contract itself names its last day. What must be computed from a term is not proposed."""
    for index in range(text.page_count):
        for seen in _dates(text, index):
            sentence = seen.before
            if _EXPIRY_LABEL.search(sentence):
                yield DateProposal(seen.page, seen.spot, 0.7)
            elif _EXPIRY.search(sentence) and _ABOUT_TERM.search(sentence):
                unsure = bool(_NOT_THE_TERM.search(sentence)) or bool(_of_another(sentence))
                yield DateProposal(seen.page, seen.spot, 0.2 if unsure else 0.72)


def _in_opening(text: ContractText) -> Iterator[DateProposal]:
    opening = text.opening
    if opening is None:
        return
    begin = max(
        opening.prose.rfind("This ", *opening.lead), opening.prose.rfind("THIS ", *opening.lead), opening.lead.start
    )
    for seen in _dates(text, opening.page.index):
        if not begin <= seen.spot.start < opening.body.end or _of_another(seen.before):
            continue
        if seen.spot.start < opening.body.start:
            if _DATED.search(seen.before):
                yield DateProposal(seen.page, seen.spot, 0.95 if opening.sure else 0.75)
        elif _MADE_BEHIND.search(seen.before[-60:]):
            yield DateProposal(seen.page, seen.spot, 0.45)


def _is_blank(text: ContractText) -> bool:
    """Whether the opening has a place for a date that nobody filled in."""
    opening = text.opening
    return opening is not None and bool(
        _BLANK.search(opening.prose, max(opening.lead.start, opening.lead.end - 200), opening.lead.end)
    )


def _in_head(text: ContractText) -> Iterator[DateProposal]:
    """A date on a line of its own near the top, as letters and covers have it; or "dated ..." on the first page."""
    for index in range(min(text.page_count, 2)):
        page = text.page(index)
        top = [page.line_span(line) for line in page.lines[:_LETTER_LINES]]
        for seen in _dates(text, index):
            for start, end in top:
                if start <= seen.spot.start and seen.spot.end <= end:
                    rest = page.text[start : seen.spot.start] + page.text[seen.spot.end : end]
                    if len(rest.strip(" ,.()")) <= _ALONE_BEFORE or re.fullmatch(
                        r"\W*(?:dated?|as of|effective|dated as of)[\W\s]*(?:as of)?\W*", rest, re.IGNORECASE
                    ):
                        yield DateProposal(page, seen.spot, 0.72 - 0.1 * index)
            if _THIS.search(seen.before[-140:]) and _DATED.search(seen.before[-60:]) and not _of_another(seen.before):
                yield DateProposal(page, seen.spot, 0.7 - 0.1 * index)


def _signed(text: ContractText) -> Iterator[DateProposal]:
    for index in range(max(0, text.page_count - 8), text.page_count):
        for seen in _dates(text, index):
            if re.search(r"WITNESS\s+WHEREOF|day\s+and\s+year|executed", seen.before, re.IGNORECASE) and _DATED.search(
                seen.before
            ):
                yield DateProposal(seen.page, seen.spot, 0.5)
            elif re.search(r"\bDated?\s*:?\s*$", seen.before):
                yield DateProposal(seen.page, seen.spot, 0.35)


def _of_another(before: str) -> bool:
    """Whether the date behind these words is that of another contract than the one that speaks."""
    plain = _BRACKETS.sub(" ", before)
    near = plain[-130:]
    if _AMENDED.search(near):
        return True
    kinds = list(_KIND.finditer(near))
    if not kinds:
        return False
    at = len(plain) - len(near) + kinds[-1].start()
    pointers = list(_POINTER.finditer(plain[max(0, at - 110) : at]))
    if not pointers or pointers[-1]["own"]:
        return False
    return not (_IS_MADE.search(near, kinds[-1].end()) and any(found["own"] for found in pointers))


def _dates(text: ContractText, index: int) -> Iterator[_Seen]:
    page, prose = text.page(index), text.prose(index)
    for spot in _spots(prose, text.date_order)[:_MOST_ON_A_PAGE]:
        if len(spot.normalized) == len("2026-01-31"):
            start = max(0, spot.start - 260)
            stop = max(prose.rfind(". ", start, spot.start - 1), start)
            yield _Seen(page, spot, prose[stop : spot.start], prose[spot.end : spot.end + 90])


def _spots(prose: str, order: str) -> list[Spot]:
    """The dates that everybody prints, and those with the wide spaces of justified and typed text."""
    found = dates(prose, order)
    taken = {spot.start for spot in found}
    for pattern, rule in ((_DAY_OF, "date:dmy"), (_MONTH_FIRST, "date:mdy")):
        for match in pattern.finditer(prose):
            raw = match.group()
            normalized = normalise(rule, raw)
            if match.start() in taken or not normalized or int(normalized[:4]) not in _PLAUSIBLE:
                continue
            found.append(Spot(FeatureType.DATE, (Span(*match.span()),), rule, normalized, 0.9))
    return sorted(found, key=lambda spot: spot.start)
