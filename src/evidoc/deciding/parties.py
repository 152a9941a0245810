"""Whose it is: addresses and identifiers belong to the party in whose block of lines they stand.

A block begins with a party's name and goes on below it, aligned with it. What stands in the other party's block is
not this party's; an address right below the name, or on the line that begins with it, is.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from evidoc.deciding.choice import Choice, odds
from evidoc.deciding.roles import Party, party_of
from evidoc.kernel.finding import Candidate, Evidence, FeatureType

_LOOKED_AT = 12
_OWN: Mapping[FeatureType, float] = MappingProxyType({FeatureType.ADDRESS: 3.0, FeatureType.VAT_ID: 2.0})
"""What it is worth, in log odds, to stand in the own party's block; as much is lost in the other's."""

_REACH: Mapping[FeatureType, float] = MappingProxyType({FeatureType.ADDRESS: 3.2, FeatureType.VAT_ID: 11.0})
"""How many line heights below the name it may begin."""

_ALIGNED = 2.5
_SAME_LINE = 0.6
OWN_BLOCK, OTHER_BLOCK = "in_the_block_of_this_party", "in_the_block_of_the_other_party"


def settle_parties(choices: Sequence[Choice]) -> None:
    """Lets those addresses and identifiers lead that stand in their own party's block."""
    names: dict[Party, list[Evidence]] = {Party.SELLER: [], Party.BUYER: []}
    for choice in choices:
        party = party_of(choice.finding.feature)
        if party is not None and choice.finding.feature.type is FeatureType.ORGANIZATION and choice.leader is not None:
            names[party] += _places_of(choice, choice.leader)
    for choice in choices:
        feature = choice.finding.feature
        party = party_of(feature)
        if party is None or feature.type not in _OWN or feature.many or choice.leader is None:
            continue
        other = Party.BUYER if party is Party.SELLER else Party.SELLER
        _settle(choice, names[party], names[other])


def _places_of(choice: Choice, leader: Candidate) -> list[Evidence]:
    """Everywhere that the name was found: a letterhead and a block of lines may both have it."""
    return [
        candidate.value.evidence[0]
        for candidate in choice.finding.candidates
        if candidate.value.evidence and _plain(candidate) == _plain(leader)
    ]


def _plain(candidate: Candidate) -> str:
    return "".join(candidate.value.normalized.casefold().split())


def _settle(choice: Choice, own: Sequence[Evidence], other: Sequence[Evidence]) -> None:
    kind = choice.finding.feature.type
    best, whose = 0.0, 0
    for number, candidate in enumerate(choice.finding.candidates[:_LOOKED_AT]):
        stands = _whose(candidate, own, other, _REACH[kind])
        choice.shifts[candidate.candidate_id] = _OWN[kind] * stands
        worth = odds(candidate) + _OWN[kind] * stands
        if number == 0 or worth > best:
            best, whose, choice.leader = worth, stands, candidate
    if whose:
        choice.reasons.append(OWN_BLOCK if whose > 0 else OTHER_BLOCK)


def _whose(candidate: Candidate, own: Sequence[Evidence], other: Sequence[Evidence], reach: float) -> int:
    """1 in the own party's block, -1 in the other's, 0 in neither."""
    mine, foreign = _nearest(candidate, own, reach), _nearest(candidate, other, reach)
    if mine is not None and (foreign is None or mine < foreign):
        return 1
    return 0 if foreign is None else -1


def _nearest(candidate: Candidate, names: Sequence[Evidence], reach: float) -> float | None:
    """How many line heights the candidate begins below the nearest of ``names``, if it is in the block of one."""
    if not candidate.value.evidence:
        return None
    steps = [step for name in names if (step := _below(candidate.value.evidence[0], name, reach)) is not None]
    return min(steps, default=None)


def _below(value: Evidence, name: Evidence, reach: float) -> float | None:
    if value.page_index != name.page_index:
        return None
    height = max(name.box.y1 - name.box.y0, value.box.y1 - value.box.y0, 1.0)
    if value.char_start < name.char_end and name.char_start < value.char_end:
        return 0.0 if value.char_end > name.char_end else None
    if abs(value.box.y0 - name.box.y0) < _SAME_LINE * height:
        return 0.0 if 0 <= value.char_start - name.char_end <= len(" - ") else None
    one, two = value.box, name.box
    off = min(abs(one.x0 - two.x0), abs(one.x0 + one.x1 - two.x0 - two.x1) / 2, abs(one.x1 - two.x1))
    step = (value.box.y0 - name.box.y1) / height
    return max(step, 0.0) if -_SAME_LINE <= step <= reach and off <= _ALIGNED * height else None
