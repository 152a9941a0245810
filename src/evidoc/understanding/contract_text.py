"""A contract's pages come in; its prose, and where it opens ("this Agreement is made between"), go out.

A page's prose is its text with line feeds turned into spaces, so that a clause may run over printed lines;
offsets stay those of the page.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from evidoc.kernel.reading import Page, Reading, Span
from evidoc.understanding.recognisers.dates import vote

_MOST_PAGES = 300
_SAMPLED_PAGES = 6
_OPENING_PAGES = 12
_REACH = 2000
_BEFORE = 350

_LEGAL = re.compile(
    r"\b(?:agreement|contract|part(?:y|ies)|shall|here(?:by|to|in|of|under|after)|there(?:of|under|to)|whereas|pursuant"
    r"|obligations?|confidential|vertr[aä]g\w*|vereinbarung|vertragspartei\w*|contrat|contractants?|soussignés?|contrato"
    r"|partes|partijen|overeenkomst)\b",
    re.IGNORECASE,
)
_LEGAL_SHARE, _PROSE_SHARE = 0.012, 0.45
_LONG_LINE = 8
_COVER_WORDS, _FORM_SHARE = 120, 0.35

_BETWEEN = re.compile(
    r"\b(?:(?P<by>by\s+and\s+)?(?:between|among(?:st)?)|zwischen|entre|tussen)\b[\s:,]*", re.IGNORECASE
)
_KIND = (
    r"agreement|contract|amendment|lease|license|memorandum|addendum|deed|undertaking|vertrag|vereinbarung|contrat"
    r"|contrato|acuerdo|overeenkomst|schedule"
)
_THIS = re.compile(
    rf"\b(?:this|the\s+following|dieser|diese|le\s+présent|el\s+presente|deze)\b[^.]{{0,160}}?(?:{_KIND})",
    re.IGNORECASE,
)
_MADE = re.compile(
    r"\b(?:made|entered|dated|effective|executed|concluded|is|geschlossen|conclu|celebra\w*|gesloten)\b", re.IGNORECASE
)
_DEFINED = re.compile(
    r"\(\s*(?:[^()“\"”]{0,60})[“\"”„«]|,\s+an?\s+[^,.;]{2,50}(?:corporation|company|partnership)", re.IGNORECASE
)
_ELSEWHERE = re.compile(
    r"(?:relationship|disput\w*|differences?|conflicts?|difference|contacts?|communications?|distinction|existing"
    r"|discussions?|that\s+certain[^.]{0,120}|dated[^.]{0,40},\s+(?:by\s+and\s+)?)\s*$",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"\bW\s*I\s*T\s*N\s*E\s*S\s*S\s*E\s*T\s*H|\bWHEREAS\b|\bWhereas\b|\bRECITALS?\b|\bRecitals\b|\bBACKGROUND\b|\bPREAMBLE\b"
    r"|\bNOW,?\s+THEREFORE|\bTERMS\s+AND\s+CONDITIONS\b|\b(?:ARTICLE|Article)\s+[1I]\b|\s1\.\s|\bSource:|\bPräambel\b"
    r"|\bConsidérant\b|\bEXPONEN\b|[“\"”'‘’]Part(?:ies|ijen|eien)[.,]?[“\"”'‘’]|\bTable\s+of\s+Contents\b|\bTABLE\s+OF\s+CONTENTS\b"
)
_BEGINS_A_NAME = re.compile(r"(?:(?:the|der|die|dem|de|la|le|el|het)\s)?[^\W_a-zß-ÿ]|[a-z]{1,2}[A-Z]|[“\"\[(]")
_LEAST_WORTH = 2


@dataclass(frozen=True, slots=True)
class Opening:
    """Where a contract names its parties. ``lead`` runs up to "between", ``body`` from there to the recitals."""

    page: Page
    prose: str
    lead: Span
    body: Span
    sure: bool


class ContractText:
    """The reading as contracts are read: page by page, with the opening found once."""

    def __init__(self, reading: Reading) -> None:
        self._pages: Sequence[Page] = reading.pages
        self.page_count = min(len(reading.pages), _MOST_PAGES)
        self._prose: dict[int, str] = {}

    def page(self, index: int) -> Page:
        """The page with that index."""
        return self._pages[index]

    def prose(self, index: int) -> str:
        """The page's text with line feeds turned into spaces; it is as long as the text."""
        if index not in self._prose:
            self._prose[index] = self._pages[index].text.replace("\n", " ")
        return self._prose[index]

    @cached_property
    def date_order(self) -> str:
        """How dates in figures are read: day first (dmy) where the document's clear ones say so, else month first."""
        votes = vote(" ".join(self.prose(index) for index in range(self.page_count)))
        return "dmy" if votes["dmy"] > votes["mdy"] else "mdy"

    @cached_property
    def opening(self) -> Opening | None:
        """The opening, where one is found among the first pages: the likeliest "between"."""
        best: tuple[int, Opening] | None = None
        for index in range(min(self.page_count, _OPENING_PAGES)):
            prose = self.prose(index)
            for found in _BETWEEN.finditer(prose):
                worth = _worth(prose, found)
                if worth >= _LEAST_WORTH and (best is None or worth > best[0]):
                    best = worth, self._opening_at(index, found, sure=worth >= 2 * _LEAST_WORTH)
        return best[1] if best else None

    def _opening_at(self, index: int, found: re.Match[str], *, sure: bool) -> Opening:
        prose = self.prose(index)
        closing = _CLOSING.search(prose, found.end())
        end = min(closing.start() if closing else len(prose), found.end() + _REACH)
        return Opening(
            self.page(index), prose, Span(max(0, found.start() - _BEFORE), found.start()), Span(found.end(), end), sure
        )


def _worth(prose: str, found: re.Match[str]) -> int:
    """How much speaks for a "between" as the opening one."""
    before = prose[max(0, found.start() - _BEFORE) : found.start()]
    if _ELSEWHERE.search(before[-160:]):
        return 0
    after = prose[found.end() : found.end() + 500]
    worth = 2 if _THIS.search(before) else 0
    worth += 1 if worth and _MADE.search(before) else 0
    worth += 2 if _DEFINED.search(after) else 0
    worth += 1 if "by" in found.groupdict() and found["by"] else 0
    worth += 1 if found.group().strip(" :,").isupper() and before.rstrip()[-10:].isupper() else 0
    return worth if _BEGINS_A_NAME.match(after) else worth - 2


def is_contract_in_prose(reading: Reading) -> bool:
    """Whether the first pages are running text in the words of contracts; forms and invoices are not.

    Orders with terms printed behind them begin with a form, and some contracts are set in short lines: both count
    only if they open as a contract does.
    """
    pages = reading.pages[:_SAMPLED_PAGES]
    shares = [_sizes(page) for page in pages]
    text_size, prose_size = sum(text for text, _ in shares), sum(prose for _, prose in shares)
    words = sum(len(page.words) for page in pages)
    legal = sum(1 for page in pages for _ in _LEGAL.finditer(page.text))
    if legal < _LEGAL_SHARE * max(words, 1):
        return False
    first_size, first_prose = shares[0]
    begins_as_form = len(pages[0].words) > _COVER_WORDS and first_prose < _FORM_SHARE * first_size
    if prose_size >= _PROSE_SHARE * max(text_size, 1) and not begins_as_form:
        return True
    opening = ContractText(reading).opening
    return opening is not None and opening.sure


def _sizes(page: Page) -> tuple[int, int]:
    """The characters on printed lines, and on those long enough for running text."""
    text_size = prose_size = 0
    for line in page.lines:
        start, end = page.line_span(line)
        text_size += end - start
        if line.end_word - line.first_word >= _LONG_LINE:
            prose_size += end - start
    return text_size, prose_size
