"""A contract's governing law, and for how long it (or what it obliges to) lasts."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from evidoc.kernel.reading import Page, Span
from evidoc.understanding.contract_text import ContractText
from evidoc.understanding.jurisdictions import place_after, place_before
from evidoc.understanding.recognisers.spot import Spot
from evidoc.understanding.recognisers.terms import durations

_MOST_ON_A_PAGE = 200
_LAW = re.compile(
    r"\b(?:laws?|statutes|jurisdiction|Gesetze|Rechts?|droits?|lois?|leyes|ley|derecho|wetten|recht)\b", re.IGNORECASE
)
_LAW_CUE = re.compile(
    r"govern|constru|interpret|in accordance with|subject to|applicable law"
    r"|unterliegt|unterliegen|anwendbar|régi|soumis|rige|regirá"
    r"|beheerst|toepassing|choice of law|es gilt",
    re.IGNORECASE,
)
_GOVERNED = re.compile(
    r"govern|constru|interpret|unterlieg|es gilt|régi|rige|regirá|beheerst|toepassing", re.IGNORECASE
)
_INCORPORATED = re.compile(
    r"organi[sz]ed|existing\s+under|incorporated|licensed\s+to|registered|formed\s+under", re.IGNORECASE
)
_NOT_THIS = re.compile(
    r"\b(?:export|tax|securities|patent|privacy|antitrust|bankruptcy|employment|U\.S\.C)\b[^.]{0,40}$", re.IGNORECASE
)
_OF_THIS = re.compile(
    r"\b(?:this|the)\s+(?:\w+\s+){0,2}(?:agreement|contract|amendment|letter|lease|note|deed)|dieser?\s+Vertrag|présent|presente|deze",
    re.IGNORECASE,
)


class LawProposal(NamedTuple):
    """A place whose law is chosen, with how likely it is the answer (0 to 1)."""

    page: Page
    span: Span
    score: float


class TermProposal(NamedTuple):
    """A duration, with how likely it is the contract's (0 to 1)."""

    page: Page
    spot: Spot
    score: float


def governing_laws(text: ContractText) -> Iterator[LawProposal]:
    """The places behind "the laws of" (or before "law") where something is said to be governed."""
    for index in range(text.page_count):
        prose = text.prose(index)
        for found in islice(_LAW.finditer(prose), _MOST_ON_A_PAGE):
            around = prose[max(0, found.start() - 220) : found.end() + 40]
            if not _LAW_CUE.search(around):
                continue
            score = _law_worth(prose, found, around)
            place = place_after(prose, found.end(), found.end() + 90) or place_before(
                prose, max(0, found.start() - 40), found.start()
            )
            if place and score > 0:
                far = 0.1 if place[0] - found.end() > 60 else 0.0
                yield LawProposal(text.page(index), Span(*place), score - far)


def _law_worth(prose: str, found: re.Match[str], around: str) -> float:
    near = prose[max(0, found.start() - 70) : found.start()]
    score = 0.82 if _GOVERNED.search(around) else 0.5
    score += 0.1 if score > 0.8 and _OF_THIS.search(around) else 0.0
    score -= 0.65 if _INCORPORATED.search(near) else 0.0
    score -= 0.3 if _NOT_THIS.search(near) else 0.0
    score -= 0.35 if found.group().casefold() == "jurisdiction" else 0.0
    return score


_TERM_OF_THIS = re.compile(
    r"(?:\b(?:initial\s+|primary\s+)?term\s+(?:of|for)\s+(?:this|the)\s+(?:\w+\s+){0,3}?(?:agreement|contract|lease)"
    r"|\b(?:this|the)\s+(?:[\w-]+\s+){0,3}?(?:agreement|contract|letter|lease)\b[^.]{0,140}?\b(?:shall|will|is|to|and)?\s*(?:automatically\s+)?"
    r"(?:remain|continue|terminates?|expires?|be\s+(?:effective|in\s+(?:full\s+)?(?:force|effect)|for)|ends?|lapse|last|cease)"
    r"|\bLaufzeit|\bDieser\s+Vertrag\s+(?:läuft|gilt|wird)|\bdurée\s+d[eu]|conclu\s+pour\s+une\s+durée|duración\s+de|vigencia|looptijd"
    r"|aangegaan\s+voor\s+(?:een|de)|\bTerm\s*:|\bTERM\s*:)",
    re.IGNORECASE,
)
_OBLIGATIONS = re.compile(
    r"\b(?:obligations?|undertakings?|restrictions|covenants|provisions|dut(?:y|ies)|confidentiality)\b[^.]{0,200}?"
    r"\b(?:shall|will|must|to)\s+(?:\w+\s+){0,3}?(?:survive|continue|remain|terminate|expire|cease|end|last|extend|be\s+(?:effective|binding|in\s+effect|in\s+force))",
    re.IGNORECASE,
)
_KEPT = re.compile(
    r"\b(?:confiden\w+|secre\w+|not\s+(?:to\s+)?(?:use|disclose)|non-?disclosure|disclos\w+)\b[^.]{0,160}\bfor\s+(?:a\s+)?(?:period|term)\s+of\s*$",
    re.IGNORECASE,
)
_OTHER_PERIOD = re.compile(
    r"\b(?:notice|prior\s+to|cure|at\s+least|no\s+later|payment|invoice|employ(?!ee\s+agreement)\w*|solicit\w*|compet\w+|hire|engage\w*|severance|salary|bonus"
    r"|renew\w*|extend\w*|successive|additional|subsequent|preceding|previous|last|acquire|standstill|purchase|securities|warrant\w*|vest\w*|restricted\s+period"
    r"|restriction\s+period|cessation|resign\w*|separation|coverage|premium|Kündigung\w*|préavis|preaviso|opzeg\w*|verlänger\w*)\b",
    re.IGNORECASE,
)
_DURING = re.compile(r"\b(?:during|throughout|within)\s+the\s+(?:\w+\s+){0,2}term\b", re.IGNORECASE)
_FROM = re.compile(
    r"^\s*(?:\([^)]{0,40}\)\s*)?(?:from|after|following|commencing|beginning|thereafter|unless|hereafter|hereof|ab\b|à\s+compter|desde|a\s+partir|vanaf)",
    re.IGNORECASE,
)
_SENTENCE = 320


def terms(text: ContractText) -> Iterator[TermProposal]:
    """Durations that a sentence on the contract's own term, or on how long its obligations last, ends in.

    Periods of notice, of renewal, of employment and of covenants not to compete are others, and not proposed.
    """
    for index in range(text.page_count):
        prose = text.prose(index)
        for spot in islice(durations(prose), _MOST_ON_A_PAGE):
            if spot.normalized.endswith("D"):
                continue
            start = max(0, spot.start - _SENTENCE)
            before = prose[max(prose.rfind(". ", start, spot.start - 1), start) : spot.start]
            score = _term_worth(before, prose[spot.end : spot.end + 60])
            if score > 0:
                yield TermProposal(text.page(index), spot, score)


def _term_worth(before: str, after: str) -> float:
    own, obligations = _last(_TERM_OF_THIS, before), _last(_OBLIGATIONS, before)
    if own is not None:
        score, since = 0.66, before[own:]
    elif obligations is not None:
        score, since = 0.57, before[obligations:]
    elif _KEPT.search(before):
        score, since = 0.3, before
    else:
        return 0.0
    score -= 0.5 if _OTHER_PERIOD.search(before[-140:]) or _DURING.search(before) else 0.0
    score -= 0.2 if len(since) > 120 else 0.0
    return score + (0.12 if _FROM.search(after) else 0.0)


def _last(pattern: re.Pattern[str], text: str) -> int | None:
    """Where the last match of ``pattern`` begins."""
    starts = [found.start() for found in pattern.finditer(text)]
    return starts[-1] if starts else None
