"""Whether what was found has anything to do with what was asked for.

A schema may ask for what a document does not hold, and pages are full of numbers and names. A value that nothing
printed beside it connects to the wish counts only where its kind or its place alone says what it is: an IBAN, the
largest of sums that add up, the company at the head of a bill, the date of the document itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from evidoc.kernel.decision import Decision, Verdict
from evidoc.kernel.finding import Candidate, Feature, FeatureType
from evidoc.understanding.lookup import entry_for

_BY_LABELS = "rules"
_BESIDE = ("row", "column", "both")
_LEAST_KNOWN, _LEAST_UNKNOWN = 0.3, 0.45
"""How well a label must fit: less where the catalogue knows the feature, of whose labels some are weak."""

_LEAST_OF_RANGE = 0.01
"""The same for the end of a range that is wanted and stands there as one."""

_SPEAK_FOR_THEMSELVES = frozenset(
    {
        FeatureType.EMAIL,
        FeatureType.URL,
        FeatureType.IBAN,
        FeatureType.BIC,
        FeatureType.VAT_ID,
        FeatureType.CURRENCY,
        FeatureType.PHONE,
        FeatureType.PATTERN,
        FeatureType.TABLE,
    }
)
_ALONE: Mapping[FeatureType, frozenset[str]] = MappingProxyType(
    {
        FeatureType.DATE: frozenset({"invoice_date"}),
        FeatureType.ORGANIZATION: frozenset({"vendor_name", "customer_name"}),
        FeatureType.ADDRESS: frozenset({"vendor_address", "customer_address"}),
        FeatureType.TEXT: frozenset({"document_title"}),
    }
)
"""Catalogue entries that documents mostly print without a label."""

_OF_ONE_THING_ONLY = frozenset(
    {
        FeatureType.IDENTIFIER,
        FeatureType.VAT_ID,
        FeatureType.IBAN,
        FeatureType.ORGANIZATION,
        FeatureType.PERSON,
        FeatureType.ADDRESS,
        FeatureType.EMAIL,
        FeatureType.PHONE,
        FeatureType.TEXT,
    }
)
CLAIMED = "belongs_to_another"
"""The reason of a value that was taken from a wish because another one has a better claim to it."""


def has_grounds(feature: Feature, candidate: Candidate) -> bool:
    """Whether ``candidate`` may be an answer to ``feature`` in a document of which nothing else is known."""
    if candidate.proposed_by != _BY_LABELS:
        return True
    entry = entry_for(feature.name)
    if feature.type in _SPEAK_FOR_THEMSELVES:
        return True
    if entry is not None and entry.type is feature.type:
        if feature.type is FeatureType.MONEY and entry.part:
            return True
        if entry.name in _ALONE.get(feature.type, ()):
            return feature.type is not FeatureType.ADDRESS or any(map(str.isdigit, candidate.value.raw))
    beside = _beside(candidate)
    if feature.type is FeatureType.DATE and candidate.signals.get("place") and beside >= _LEAST_OF_RANGE:
        return True
    return beside >= (_LEAST_UNKNOWN if entry is None else _LEAST_KNOWN)


def without_claimed(decisions: Sequence[Decision]) -> tuple[Decision, ...]:
    """The decisions, each name or number given to the one wish that it fits best: the seller's is not the buyer's, too.

    Wishes that mean the same thing may share it.
    """
    best: dict[object, float] = {}
    for decision in decisions:
        for place in _places(decision):
            best[place] = max(best.get(place, 0.0), _claim(decision))
    return tuple(
        replace(decision, verdict=Verdict.MISSING, selected=(), reasons=(*decision.reasons, CLAIMED))
        if any(best[place] > _claim(decision) for place in _places(decision)) and not _shared(decision, decisions)
        else decision
        for decision in decisions
    )


def _places(decision: Decision) -> list[object]:
    feature = decision.finding.feature
    if feature.many or feature.type not in _OF_ONE_THING_ONLY:
        return []
    return [
        (piece.page_index, piece.char_start, piece.char_end)
        for candidate in decision.selected
        for piece in candidate.value.evidence
    ]


def _claim(decision: Decision) -> float:
    return max((_beside(candidate) + candidate.confidence for candidate in decision.selected), default=0.0)


def _shared(decision: Decision, decisions: Sequence[Decision]) -> bool:
    """Whether all that stands there is claimed by wishes for the same catalogue entry only."""
    mine, entry = set(_places(decision)), entry_for(decision.finding.feature.name)
    others = [one for one in decisions if one is not decision and mine & set(_places(one))]
    return entry is not None and all(entry_for(one.finding.feature.name) is entry for one in others)


def _beside(candidate: Candidate) -> float:
    return max(candidate.signals.get(name, 0.0) for name in _BESIDE)
