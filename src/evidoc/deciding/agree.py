"""Checks across features: candidates that agree with each other are chosen together, and say so.

Each check looks at the best few candidates of the features that it knows and takes the combination with the
highest sum of log odds, where a combination that agrees is worth ``_AGREEMENT`` more.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from itertools import product

from evidoc.deciding.choice import Choice, odds
from evidoc.deciding.claims import settle_claims
from evidoc.deciding.parties import settle_parties
from evidoc.deciding.roles import Role, role_of, subject_of
from evidoc.kernel.finding import Candidate, Finding

_LOOKED_AT = 6
_AGREEMENT = 3.0
_CENT = Decimal("0.02")
_NEAR = 14
"""Characters that may stand between the two ends of one printed range."""


def choose(findings: Sequence[Finding]) -> list[Choice]:
    """For each finding its leading candidate after all checks."""
    choices = [Choice(finding, finding.candidates[0] if finding.candidates else None) for finding in findings]
    roles: dict[Role, list[Choice]] = {}
    for choice in choices:
        role = role_of(choice.finding.feature)
        if role is not None and choice.leader is not None and not choice.finding.feature.many:
            roles.setdefault(role, []).append(choice)
    _sums(roles)
    _ranges(roles)
    _due(roles)
    _lines(roles)
    _parties(roles)
    settle_parties(choices)
    settle_claims(choices)
    return choices


def _sums(roles: Mapping[Role, Sequence[Choice]]) -> None:
    gross, net, tax = (roles.get(role, ()) for role in (Role.GROSS, Role.NET, Role.TAX))
    if gross and net and tax:
        group = (gross[0], net[0], tax[0])
        _settle(group, _adds_up, "net_plus_tax_is_gross")
        for other in gross[1:]:
            if other.leader and gross[0].leader and other.leader.value.normalized == gross[0].leader.value.normalized:
                other.support += 1
    elif gross and net:
        _settle(
            (gross[0], net[0]), lambda pair: _amount(pair[0]) >= _amount(pair[1]) > 0, "net_not_above_gross", quiet=True
        )


def _adds_up(group: Sequence[Candidate]) -> bool:
    gross, net, tax = (_amount(candidate) for candidate in group)
    return gross != 0 and abs(net + tax - gross) <= _CENT and abs(tax) < abs(gross)


def _ranges(roles: Mapping[Role, Sequence[Choice]]) -> None:
    for first in roles.get(Role.FIRST, ()):
        for second in roles.get(Role.SECOND, ()):
            if subject_of(first.finding.feature) == subject_of(second.finding.feature):
                _settle((first, second), _one_range, "both_ends_of_one_range")
                _warn((first, second), _in_order, "ends_before_it_begins")


def _one_range(pair: Sequence[Candidate]) -> bool:
    one, other = (candidate.value.evidence for candidate in pair)
    if not one or not other or one[0].page_index != other[0].page_index or not _in_order(pair):
        return False
    return 0 <= other[0].char_start - one[0].char_end <= _NEAR


def _in_order(pair: Sequence[Candidate]) -> bool:
    return pair[0].value.normalized <= pair[1].value.normalized


def _due(roles: Mapping[Role, Sequence[Choice]]) -> None:
    for issued in roles.get(Role.ISSUED, ())[:1]:
        for due in roles.get(Role.DUE, ()):
            _settle((issued, due), _in_order, "due_not_before_issue", quiet=True)
            _warn((issued, due), _in_order, "due_before_issue")


def _lines(roles: Mapping[Role, Sequence[Choice]]) -> None:
    """Adds the amounts of the lines up; they make the net or the gross total of an invoice."""
    for lines in roles.get(Role.LINES, ())[:1]:
        amounts = [row["amount"].normalized for row in (lines.leader.rows if lines.leader else ()) if "amount" in row]
        total = sum((_decimal(amount) for amount in amounts), Decimal(0))
        if len(amounts) < 1 or total == 0:
            continue
        for role in (Role.NET, Role.GROSS):
            for choice in roles.get(role, ())[:1]:
                if choice.leader is not None and abs(_amount(choice.leader) - total) <= _CENT:
                    for agreed in (lines, choice):
                        agreed.support += 1
                        agreed.reasons.append("lines_sum_to_total")


def _parties(roles: Mapping[Role, Sequence[Choice]]) -> None:
    """Nobody invoices himself: where both sides would be the same name, the less likely one is left open."""
    for seller, buyer in zip(roles.get(Role.SELLER, ())[:1], roles.get(Role.BUYER, ())[:1], strict=False):
        _settle((seller, buyer), _differ, "seller_is_not_buyer", quiet=True)
        if seller.leader is None or buyer.leader is None or _differ((seller.leader, buyer.leader)):
            continue
        weaker = min((buyer, seller), key=lambda choice: odds(choice.leader) if choice.leader else 0.0)
        weaker.leader = None
        weaker.reasons.append("same_as_the_other_party")


def _differ(pair: Sequence[Candidate]) -> bool:
    one, other = ("".join(candidate.value.normalized.casefold().split()) for candidate in pair)
    return one != other


def _settle(
    group: Sequence[Choice], agrees: Callable[[Sequence[Candidate]], bool], reason: str, *, quiet: bool = False
) -> None:
    """Lets the best combination lead. ``quiet`` checks prefer agreement but do not count it as support."""
    fields = [choice.finding.candidates[:_LOOKED_AT] for choice in group]
    best: tuple[float, bool, Sequence[Candidate]] | None = None
    for combination in product(*fields):
        agreed = agrees(combination)
        worth = sum(odds(candidate) for candidate in combination) + _AGREEMENT * agreed
        if best is None or worth > best[0]:
            best = (worth, agreed, combination)
    if best is None:
        return
    for choice, candidate in zip(group, best[2], strict=True):
        choice.leader = candidate
        if best[1] and not quiet:
            choice.support += 1
            choice.reasons.append(reason)


def _warn(group: Sequence[Choice], holds: Callable[[Sequence[Candidate]], bool], reason: str) -> None:
    leaders = [choice.leader for choice in group if choice.leader is not None]
    if len(leaders) == len(group) and not holds(leaders):
        for choice in group:
            choice.support -= 1
            choice.reasons.append(reason)


def _amount(candidate: Candidate) -> Decimal:
    return _decimal(candidate.value.normalized)


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal(0)
