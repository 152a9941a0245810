"""Credits: a limit is never overdrawn by two at once, and a run is charged once at most."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from evidoc.kernel import clock
from evidoc.kernel.errors import InsufficientCredits, NotFound
from evidoc.kernel.principal import DEFAULT_ORG, Environment, side_of
from evidoc.kernel.records import CreditKind, Organisation
from evidoc.storing.store import Store
from tests.storing.records import ORG, OTHER

TEST_SIDE = side_of(ORG, Environment.TEST)


@pytest.fixture
def limited(store: Store) -> Store:
    """A store whose organisation ORG may spend 20 credits and no more."""
    store.organisations.add(Organisation(ORG, "A", clock.now()))
    store.credits.set_limited(ORG, True)
    store.credits.grant(ORG, 20, "to begin with")
    return store


def standing(store: Store) -> tuple[int, int]:
    account = store.organisations.get(ORG)
    return account.credits, account.held


def listed(store: Store) -> list[tuple[str, int, int, str | None]]:
    found = store.credits.entries(ORG, 100)
    assert found.total == len(found.items)
    return [(item.kind, item.amount, item.balance, item.run_id) for item in found.items]


def test_a_run_holds_and_is_charged_when_it_ends(limited: Store) -> None:
    limited.credits.hold(ORG, "run_1", 5)
    assert standing(limited) == (20, 5)
    limited.credits.settle(ORG, "run_1", 3)
    assert standing(limited) == (17, 0)
    assert sorted(listed(limited)) == [("charge", -3, 17, "run_1"), ("grant", 20, 20, None)]


def test_a_run_that_fails_costs_nothing(limited: Store) -> None:
    limited.credits.hold(ORG, "run_1", 20)
    limited.credits.settle(ORG, "run_1", 0)
    limited.credits.settle(ORG, "run_1", 0)
    assert standing(limited) == (20, 0)
    assert listed(limited) == [("grant", 20, 20, None)]


def test_settling_twice_charges_once(limited: Store) -> None:
    limited.credits.hold(ORG, "run_1", 5)
    limited.credits.hold(ORG, "run_2", 7)
    for _ in range(3):
        limited.credits.settle(ORG, "run_1", 5)
    assert standing(limited) == (15, 7)


def test_what_is_held_cannot_be_held_again(limited: Store) -> None:
    limited.credits.hold(ORG, "run_1", 15)
    with pytest.raises(InsufficientCredits) as refusal:
        limited.credits.hold(ORG, "run_2", 6)
    assert refusal.value.facts == {"needed": 6, "available": 5}
    assert standing(limited) == (20, 15)
    limited.credits.hold(ORG, "run_2", 5)


def test_holding_again_sets_the_hold_anew(limited: Store) -> None:
    for amount in (5, 5, 20, 2):
        limited.credits.hold(ORG, "run_1", amount)
        assert standing(limited) == (20, amount)
    with pytest.raises(InsufficientCredits):
        limited.credits.hold(ORG, "run_1", 21)
    assert standing(limited) == (20, 2)


def test_a_refused_hold_takes_back_what_stood_beside_it(limited: Store) -> None:
    def both() -> None:
        with limited.database.write() as transaction:
            limited.credits.hold(ORG, "run_1", 5, on=transaction)
            limited.credits.hold(ORG, "run_2", 50, on=transaction)

    with pytest.raises(InsufficientCredits):
        both()
    assert standing(limited) == (20, 0)


def test_a_run_dearer_than_its_hold_is_charged_in_full_and_the_next_is_refused(limited: Store) -> None:
    limited.credits.hold(ORG, "run_1", 1)
    limited.credits.settle(ORG, "run_1", 25)
    assert standing(limited) == (-5, 0)
    with pytest.raises(InsufficientCredits) as refusal:
        limited.credits.hold(ORG, "run_2", 1)
    assert refusal.value.facts == {"needed": 1, "available": 0}


def test_a_price_of_nothing_needs_no_credits(limited: Store) -> None:
    limited.credits.grant(ORG, -30)
    limited.credits.hold(ORG, "run_1", 0)
    limited.credits.settle(ORG, "run_1", 0)
    assert standing(limited) == (-10, 0)


def test_without_a_limit_nothing_is_refused_and_usage_is_noted(store: Store) -> None:
    store.organisations.add(Organisation(ORG, "A", clock.now()))
    store.credits.hold(ORG, "run_1", 1_000_000)
    store.credits.settle(ORG, "run_1", 40)
    store.credits.settle(ORG, "run_1", 40)
    assert standing(store) == (0, 0)
    assert listed(store) == [("usage", -40, 0, "run_1")]


def test_a_limit_that_comes_or_goes_while_runs_are_under_way_leaves_no_hold_behind(limited: Store) -> None:
    limited.credits.hold(ORG, "run_1", 5)
    limited.credits.set_limited(ORG, False)
    limited.credits.hold(ORG, "run_2", 5)
    limited.credits.settle(ORG, "run_1", 4)
    assert standing(limited) == (20, 0)
    limited.credits.set_limited(ORG, True)
    limited.credits.settle(ORG, "run_2", 3)
    assert standing(limited) == (17, 0)
    assert {entry[0] for entry in listed(limited)} == {"grant", "usage", "charge"}


def test_a_test_side_is_neither_charged_nor_refused_nor_noted(limited: Store) -> None:
    limited.credits.hold(TEST_SIDE, "run_1", 1_000)
    limited.credits.settle(TEST_SIDE, "run_1", 1_000)
    assert standing(limited) == (20, 0)
    assert len(listed(limited)) == 1


def test_an_organisation_that_nobody_made_is_not_charged(store: Store) -> None:
    store.credits.hold(OTHER, "run_1", 5)
    store.credits.settle(OTHER, "run_1", 5)
    assert store.credits.entries(OTHER, 10).items == ()
    for change in (lambda: store.credits.grant(OTHER, 5), lambda: store.credits.set_limited(OTHER, True)):
        with pytest.raises(NotFound):
            change()


def test_organisations_do_not_share_credits(limited: Store) -> None:
    limited.organisations.add(Organisation(OTHER, "B", clock.now(), credits_limited=True))
    with pytest.raises(InsufficientCredits):
        limited.credits.hold(OTHER, "run_1", 1)
    assert limited.credits.entries(OTHER, 10).items == ()


def test_fifty_at_once_take_twenty_credits_once_each(limited: Store) -> None:
    def take(number: int) -> bool:
        try:
            limited.credits.hold(ORG, f"run_{number}", 1)
        except InsufficientCredits:
            return False
        return True

    with ThreadPoolExecutor(50) as threads:
        assert sum(threads.map(take, range(50))) == 20
    assert standing(limited) == (20, 20)


def test_many_that_settle_one_run_charge_it_once(limited: Store) -> None:
    limited.credits.hold(ORG, "run_1", 10)
    limited.credits.hold(ORG, "run_2", 1)
    with ThreadPoolExecutor(20) as threads:
        list(threads.map(lambda _: limited.credits.settle(ORG, "run_1", 10), range(20)))
    assert standing(limited) == (10, 1)
    assert [entry for entry in listed(limited) if entry[0] == "charge"] == [("charge", -10, 10, "run_1")]


def test_the_default_organisation_has_no_limit_from_the_start(store: Store) -> None:
    assert not store.organisations.get(DEFAULT_ORG).credits_limited
    entry = store.credits.grant(DEFAULT_ORG, 5, "a gift")
    assert (entry.kind, entry.note) == (CreditKind.GRANT, "a gift")
    assert store.credits.entries(DEFAULT_ORG, 10).items == (entry,)
