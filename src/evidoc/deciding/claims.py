"""One place, one meaning: what stands there goes to the feature with the best claim, the others look elsewhere.

Features that mean the same thing by their labels may share it (``invoice_date`` and ``date``), and so may those whose
own labels all point there ("Invoice date = delivery date").
"""

from collections.abc import Sequence

from evidoc.deciding.choice import Choice, beside, odds
from evidoc.deciding.roles import Party, Role, party_of, role_of
from evidoc.kernel.finding import Candidate, Feature, FeatureType

CLAIMED = "belongs_to_another"
"""The reason of a feature whose value another one has a better claim to."""

_AMOUNTS = frozenset({FeatureType.MONEY, FeatureType.NUMBER, FeatureType.PERCENT})
_SHARED_BY_NATURE = frozenset(
    {FeatureType.TABLE, FeatureType.PATTERN, FeatureType.CURRENCY, FeatureType.COUNTRY, FeatureType.BOOLEAN}
)
_SUMS = frozenset({Role.GROSS, Role.NET})
_LABELLED = 0.3
_CLEARLY_LABELLED = 0.6
_SUPPORT = 1.0
_BESIDE = 3.0
_LOOKED_AT = 8


def settle_claims(choices: Sequence[Choice]) -> None:
    """Lets each place lead for one meaning only; the weaker claim goes on to its next candidate with grounds."""
    taken: list[Choice] = []
    for choice in sorted(choices, key=lambda each: -_claim(each)):
        if choice.leader is None or not _is_single(choice.finding.feature):
            continue
        claimed = frozenset(
            candidate.candidate_id
            for candidate in choice.finding.candidates
            if any(_clash(choice, candidate, other) for other in taken)
        )
        if choice.leader.candidate_id in claimed:
            rest = [one for one in choice.finding.candidates[:_LOOKED_AT] if one.candidate_id not in claimed]
            choice.leader = next((one for one in rest if _has_grounds(one)), None)
            choice.support, choice.claimed = 0, claimed
            choice.reasons[:] = [] if choice.leader is not None else [CLAIMED]
        if choice.leader is not None:
            taken.append(choice)


def _is_single(feature: Feature) -> bool:
    return not feature.many and feature.type not in _SHARED_BY_NATURE


def _claim(choice: Choice) -> float:
    if choice.leader is None:
        return 0.0
    return odds(choice.leader) + _BESIDE * (beside(choice.leader) or 0.0) + _SUPPORT * choice.support


def _has_grounds(candidate: Candidate) -> bool:
    return (beside(candidate) or 0.0) >= _LABELLED or candidate.signals.get("side", 0.0) > 0.0


def _clash(choice: Choice, candidate: Candidate, other: Choice) -> bool:
    if other.leader is None or not _meet(candidate, other.leader):
        return False
    one, two = choice.finding.feature, other.finding.feature
    if one.name == two.name or (one.labels and set(one.labels) == set(two.labels)):
        return False
    if one.type in _AMOUNTS and {role_of(one), role_of(two)} <= _SUMS:
        return False  # without tax the net amount is the gross
    mine, theirs = beside(candidate), beside(other.leader)
    if mine is None or theirs is None:
        return one.type not in _AMOUNTS
    if {party_of(one), party_of(two)} == set(Party):
        return True
    return min(mine, theirs) < _CLEARLY_LABELLED


def _meet(one: Candidate, other: Candidate) -> bool:
    """Whether they stand on the same characters, all or some of them."""
    return any(
        mine.page_index == theirs.page_index and mine.char_start < theirs.char_end and theirs.char_start < mine.char_end
        for mine in one.value.evidence
        for theirs in other.value.evidence
    )
