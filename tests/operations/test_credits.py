"""Credits as the operator sees and changes them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from evidoc.kernel.errors import InsufficientCredits, InvalidRequest, NotFound
from evidoc.kernel.principal import DEFAULT_ORG
from evidoc.operations.credits import Balance, CreditOperations
from evidoc.storing.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def operations(store: Store) -> CreditOperations:
    return CreditOperations(store)


def test_there_is_no_limit_until_one_is_set(operations: CreditOperations) -> None:
    assert operations.show(DEFAULT_ORG) == Balance(limited=False, credits=0, held=0)
    assert operations.show(DEFAULT_ORG).available is None


def test_what_is_granted_can_be_held_spent_and_taken_back(operations: CreditOperations, store: Store) -> None:
    assert operations.set_limited(DEFAULT_ORG, limited=True).available == 0
    operations.grant(DEFAULT_ORG, 10, "March")
    store.credits.hold(DEFAULT_ORG, "run_1", 4)
    assert operations.show(DEFAULT_ORG) == Balance(limited=True, credits=10, held=4)
    assert operations.show(DEFAULT_ORG).available == 6
    store.credits.settle(DEFAULT_ORG, "run_1", 3)
    assert operations.grant(DEFAULT_ORG, -5).balance == 2
    with pytest.raises(InsufficientCredits):
        store.credits.hold(DEFAULT_ORG, "run_2", 3)
    assert operations.set_limited(DEFAULT_ORG, limited=False).available is None
    store.credits.hold(DEFAULT_ORG, "run_2", 3)
    assert sorted((entry.kind, entry.amount) for entry in operations.entries(DEFAULT_ORG, 10).items) == [
        ("charge", -3),
        ("grant", -5),
        ("grant", 10),
    ]


@pytest.mark.parametrize("amount", [0, 10**16, -(10**16)])
def test_a_grant_is_some_credits(operations: CreditOperations, amount: int) -> None:
    with pytest.raises(InvalidRequest):
        operations.grant(DEFAULT_ORG, amount)


@pytest.mark.parametrize("org_id", ["org_nobody", f"{DEFAULT_ORG}.test"])
def test_only_an_organisation_has_credits(operations: CreditOperations, org_id: str) -> None:
    for act in (
        lambda: operations.show(org_id),
        lambda: operations.grant(org_id, 5),
        lambda: operations.set_limited(org_id, limited=True),
        lambda: operations.entries(org_id, 5),
    ):
        with pytest.raises(NotFound, match="evidoc orgs create"):
            act()
