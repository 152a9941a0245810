"""What contracts say in sentences: title, parties, dates, term, governing law.

A score is the probability that the answer is right, judged on a set of real contracts (``evals/contracts.py``).
In documents that are no contracts in prose, the same words mean less (a form's small print, an invoice's terms).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from evidoc.kernel.finding import Candidate, Feature
from evidoc.kernel.reading import Page, Reading, Span
from evidoc.understanding.clause_features import Clause, clause_of
from evidoc.understanding.contract_dates import agreement_dates, effective_dates, expiration_dates
from evidoc.understanding.contract_parties import parties
from evidoc.understanding.contract_terms import governing_laws, terms
from evidoc.understanding.contract_text import ContractText, is_contract_in_prose
from evidoc.understanding.contract_title import titles
from evidoc.understanding.evidence import value_at

_IN_OTHERS = 0.5
"""What a score counts for in a document that is no contract in prose."""


class Proposal(NamedTuple):
    """A value's place, its rule, and how likely it is the answer (0 to 1)."""

    page: Page
    spans: tuple[Span, ...]
    rule: str
    score: float


class ClauseExtractor:
    """Reads contracts in English, and common wordings in German, French, Spanish and Dutch. Linear in the text."""

    def propose(self, reading: Reading, features: Sequence[Feature]) -> Iterable[tuple[Feature, Candidate]]:
        """Candidates for the features that contracts answer in prose."""
        wanted = [(feature, clause) for feature in features if (clause := clause_of(feature.name))]
        if not wanted or not reading.pages:
            return
        text = ContractText(reading)
        share = 1.0 if is_contract_in_prose(reading) else _IN_OTHERS
        for feature, clause in wanted:
            for proposal in _READERS[clause](text):
                if not proposal.page.words.touching(proposal.spans[0].start, proposal.spans[0].end):
                    continue
                value = value_at(proposal.page, proposal.spans, proposal.rule)
                if value.normalized:
                    score = share * proposal.score
                    yield feature, Candidate("", value, score, "clauses", signals={"clause": proposal.score})


def _titles(text: ContractText) -> Iterator[Proposal]:
    return (Proposal(page, (span,), "text", score) for page, span, score in titles(text))


def _parties(text: ContractText) -> Iterator[Proposal]:
    return (Proposal(name.page, (name.span,), "text", name.score) for name in parties(text))


def _agreement_dates(text: ContractText) -> Iterator[Proposal]:
    return (Proposal(page, spot.spans, spot.rule, score) for page, spot, score in agreement_dates(text))


def _effective_dates(text: ContractText) -> Iterator[Proposal]:
    return (Proposal(page, spot.spans, spot.rule, score) for page, spot, score in effective_dates(text))


def _expiration_dates(text: ContractText) -> Iterator[Proposal]:
    return (Proposal(page, spot.spans, spot.rule, score) for page, spot, score in expiration_dates(text))


def _terms(text: ContractText) -> Iterator[Proposal]:
    return (Proposal(page, spot.spans, spot.rule, score) for page, spot, score in terms(text))


def _governing_laws(text: ContractText) -> Iterator[Proposal]:
    return (Proposal(page, (span,), "text", score) for page, span, score in governing_laws(text))


_READERS: Mapping[Clause, Callable[[ContractText], Iterator[Proposal]]] = MappingProxyType(
    {
        Clause.TITLE: _titles,
        Clause.PARTIES: _parties,
        Clause.AGREEMENT_DATE: _agreement_dates,
        Clause.EFFECTIVE_DATE: _effective_dates,
        Clause.EXPIRATION_DATE: _expiration_dates,
        Clause.TERM: _terms,
        Clause.GOVERNING_LAW: _governing_laws,
    }
)
