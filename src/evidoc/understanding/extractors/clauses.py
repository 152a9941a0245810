"""What contracts say in prose: title, parties, dates, term, governing law. Proposes by the words of the clause.

Each reader of a clause works on a page's text with line feeds turned into spaces (offsets stay), because a
clause runs over printed lines. A feature is understood by its name; others are passed over.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from evidoc.kernel.finding import Candidate, Feature
from evidoc.kernel.reading import Page, Reading, Span
from evidoc.understanding.contract_parties import parties
from evidoc.understanding.evidence import value_at
from evidoc.understanding.jurisdictions import place_after, place_before
from evidoc.understanding.recognisers.dates import dates
from evidoc.understanding.recognisers.spot import Spot
from evidoc.understanding.recognisers.terms import durations

_PREAMBLE = 4000
_PREAMBLE_PAGES = 3
_MOST_PAGES = 300
_TITLE_LINES = 45


class Proposal(NamedTuple):
    """A value's place, its rule, and how likely it is the answer (0 to 1)."""

    spans: tuple[Span, ...]
    rule: str
    score: float


class ClauseExtractor:
    """Reads contract clauses in English, and the governing law in German, French, Spanish and Dutch as well."""

    def propose(self, reading: Reading, features: Sequence[Feature]) -> Iterable[tuple[Feature, Candidate]]:
        """Candidates for the features that contracts answer in prose."""
        wanted = [(feature, reader) for feature in features if (reader := _reader_for(feature))]
        if not wanted:
            return
        for index in range(min(len(reading.pages), _MOST_PAGES)):
            page = reading.pages[index]
            prose = page.text.replace("\n", " ")
            for feature, reader in wanted:
                for proposal in reader(page, prose):
                    value = value_at(page, proposal.spans, proposal.rule)
                    if value.normalized:
                        yield (
                            feature,
                            Candidate("", value, proposal.score, "clauses", signals={"clause": proposal.score}),
                        )


def _reader_for(feature: Feature) -> "Callable[[Page, str], Iterator[Proposal]] | None":
    name = "_".join(re.findall(r"[^\W_]+", feature.name.casefold()))
    return next((reader for names, reader in _READERS.items() if name in names), None)


_LAW = re.compile(
    r"\b(?:laws?|statutes|jurisdiction|Gesetze|Recht|droits?|lois?|leyes|derecho|wetten|recht)\b", re.IGNORECASE
)
_LAW_CUE = re.compile(
    r"govern|constru|interpret|in accordance with|subject to|applicable law|unterliegt|anwendbar|régi|soumis|rige"
    r"|beheerst|toepassing|choice of law",
    re.IGNORECASE,
)
_INCORPORATED = re.compile(r"organi[sz]ed|existing under|incorporated|licensed to|registered", re.IGNORECASE)


def _governing_law(page: Page, prose: str) -> Iterator[Proposal]:
    for found in _LAW.finditer(prose):
        around = prose[max(0, found.start() - 220) : found.end() + 40]
        if not _LAW_CUE.search(around):
            continue
        near = prose[max(0, found.start() - 70) : found.start()]
        score = 0.9 if re.search(r"govern|constru|interpret", around, re.IGNORECASE) else 0.55
        score -= 0.6 if _INCORPORATED.search(near) else 0.0
        if found.group().casefold() == "jurisdiction":
            score -= 0.35
        place = place_after(prose, found.end(), found.end() + 90) or place_before(
            prose, max(0, found.start() - 40), found.start()
        )
        if place and score > 0:
            yield Proposal((Span(*place),), "text", score)


_DATED = re.compile(
    r"(?:\bdated|\bmade(?: and entered into)?|\bentered into|\bexecuted|\bas of|\beffective|\bentered|\bsigned|\bDate:)"
    r"(?:\s+(?:as\s+of|on|this|the|effective|and|is|into|it|by|date|and\s+entered|this\s+the)\b)*[\s,:(]*$",
    re.IGNORECASE,
)
_EFFECTIVE_BEFORE = re.compile(
    r"(?:effective\s+(?:as\s+of|date|on|from)?|commenc\w+(?:\s+on)?|begin\w*(?:\s+on)?|in\s+force\s+(?:as\s+of|from|on))"
    r"[\s,:(“\"”)]*(?:is|shall\s+be|means|of)?[\s,]*(?:the\s+)?$",
    re.IGNORECASE,
)
_EFFECTIVE_AFTER = re.compile(
    r"^[\s,]*\(?\s*(?:the\s+|such\s+date[^()]{0,40}the\s+)?[“\"'”]+\s*(?:Agreement\s+)?(?:Effective|Commencement)",
    re.IGNORECASE,
)
_EXPIRY = re.compile(
    r"(?:expir\w*|until|through|terminat\w*|ending|ends?|continu\w+\s+(?:in\s+(?:full\s+)?(?:force|effect)\s+)?(?:until|through)|up\s+to)"
    r"(?:\s+(?:on|and\s+including|at|the|midnight|of|in\s+effect|its\s+date|automatically|close\s+of\s+business))*[\s,]*$",
    re.IGNORECASE,
)


def _in_preamble(page: Page, spot: Spot) -> bool:
    return page.index < _PREAMBLE_PAGES and spot.start < _PREAMBLE


def _date_spots(page: Page, prose: str) -> Iterator[tuple[Spot, str, str]]:
    """Each full date with what stands before and behind it."""
    for spot in dates(prose, "mdy"):
        if len(spot.normalized) == len("2026-01-31"):
            yield spot, prose[max(0, spot.start - 70) : spot.start], prose[spot.end : spot.end + 70]


def _agreement_date(page: Page, prose: str) -> Iterator[Proposal]:
    for spot, before, _ in _date_spots(page, prose):
        if _in_preamble(page, spot) and _DATED.search(before):
            yield Proposal(spot.spans, spot.rule, 0.85 - 0.1 * page.index - 0.1 * spot.start / _PREAMBLE)


def _effective_date(page: Page, prose: str) -> Iterator[Proposal]:
    for spot, before, after in _date_spots(page, prose):
        if _EFFECTIVE_BEFORE.search(before) or _EFFECTIVE_AFTER.search(after):
            yield Proposal(spot.spans, spot.rule, 0.9 if _in_preamble(page, spot) else 0.75)
        elif _in_preamble(page, spot) and _DATED.search(before):
            yield Proposal(spot.spans, spot.rule, 0.65 - 0.1 * page.index)


def _expiration_date(page: Page, prose: str) -> Iterator[Proposal]:
    for spot, before, _ in _date_spots(page, prose):
        if _EXPIRY.search(before):
            about_term = re.search(r"\bterm\b|agreement", prose[max(0, spot.start - 250) : spot.start], re.IGNORECASE)
            yield Proposal(spot.spans, spot.rule, 0.8 if about_term else 0.4)


_TERM_CUE = re.compile(
    r"\bterm\b|\bperiod\b|terminat|expir|remain in|continue|surviv|in effect|obligations", re.IGNORECASE
)
_TERM_STRONG = re.compile(
    r"(?:initial\s+term|term\s+of\s+this|this\s+agreement\s+(?:shall|will)|shall\s+(?:terminate|expire|remain|continue)"
    r"|obligations[^.]{0,80}(?:terminate|expire|continue|survive)|in\s+(?:full\s+force\s+and\s+)?effect)",
    re.IGNORECASE,
)
_NOTICE = re.compile(r"notice|within|prior to|cure|at least|no later|payment|invoice|written", re.IGNORECASE)


def _term(page: Page, prose: str) -> Iterator[Proposal]:
    for spot in durations(prose):
        before = prose[max(0, spot.start - 180) : spot.start]
        if not _TERM_CUE.search(before) or spot.normalized.endswith("D"):
            continue
        score = 0.45 + (0.3 if _TERM_STRONG.search(before) else 0.0)
        score += 0.1 if re.search(r"(?:from|after|following|commencing)", prose[spot.end : spot.end + 40]) else 0.0
        score -= 0.25 if _NOTICE.search(before[-60:]) else 0.0
        yield Proposal(spot.spans, spot.rule, score)


_TITLE = re.compile(
    r"\b(?:agreement|contract|amendment|lease|addendum|license|licence|vertrag|vereinbarung|contrat|contrato|accord"
    r"|overeenkomst|memorandum|deed|undertaking|covenant|schedule|policy|plan)\b",
    re.IGNORECASE,
)
_NO_TITLE = re.compile(
    r"^\s*(?:exhibit|source:|between|by and|by:?$|and$|among|dated|with respect|securities and|commission|page\b|ex-"
    r"|execution|confidential treatment|this\b|table of)|[;:]$",
    re.IGNORECASE,
)
_TITLE_WORDS = 14


def _title(page: Page, prose: str) -> Iterator[Proposal]:
    if page.index >= _PREAMBLE_PAGES:
        return
    spans = [page.line_span(line) for line in page.lines[:_TITLE_LINES]]
    texts = [page.text[start:end] for start, end in spans]
    for order, text in enumerate(texts):
        words = text.split()
        if not _TITLE.search(text) or len(words) > _TITLE_WORDS or _NO_TITLE.search(text):
            continue
        first = order
        while first and order - first < 3 and _is_title_part(texts[first - 1], text):
            first -= 1
        last = order
        while last + 1 < len(texts) and last - order < 2 and text.isupper() and _is_title_part(texts[last + 1], text):
            last += 1
        shouting = text.isupper() or sum(word[:1].isupper() for word in words) >= 0.7 * len(words)
        score = 0.85 if shouting else 0.4
        score -= 0.15 * page.index + 0.006 * order + (0.3 if text.rstrip().endswith((".", ",")) else 0.0)
        yield Proposal((Span(spans[first].start, spans[last].end),), "text", max(score, 0.05))


def _is_title_part(text: str, title: str) -> bool:
    """Whether a line beside a title line in capitals goes on with it."""
    words = text.split()
    joins = title.isupper() == text.isupper() and text.isupper()
    return joins and len(words) <= 8 and not _NO_TITLE.search(text) and not any(mark.isdigit() for mark in text)


def _parties(page: Page, prose: str) -> Iterator[Proposal]:
    if page.index >= _PREAMBLE_PAGES:
        return
    for order, (span, score) in enumerate(parties(prose[: 2 * _PREAMBLE])):
        yield Proposal((span,), "text", score - 0.1 * page.index - 0.01 * min(order, 9))


_READERS: Mapping[frozenset[str], Callable[[Page, str], Iterator[Proposal]]] = MappingProxyType(
    {
        frozenset(
            "governing_law jurisdiction applicable_law law choice_of_law governing_state rechtswahl".split()
        ): _governing_law,
        frozenset(
            "agreement_date contract_date date_of_agreement signing_date execution_date vertragsdatum".split()
        ): _agreement_date,
        frozenset("effective_date commencement_date start_date contract_start inkrafttreten".split()): _effective_date,
        frozenset(
            "expiration_date expiry_date end_date termination_date contract_end date_of_expiry vertragsende".split()
        ): _expiration_date,
        frozenset("term contract_term term_of_agreement agreement_term duration initial_term laufzeit".split()): _term,
        frozenset(
            "document_name document_title title contract_title agreement_name contract_name agreement_title".split()
        ): _title,
        frozenset(
            "party parties contracting_parties contract_parties vertragsparteien vertragspartner".split()
        ): _parties,
    }
)
