"""Organisations as the operator makes and limits them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from evidoc.kernel.errors import Conflict, InvalidRequest, NotFound
from evidoc.kernel.principal import BUILTIN_ORG, DEFAULT_ORG
from evidoc.operations.organisations import OrganisationOperations
from evidoc.storing.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def organisations(store: Store) -> OrganisationOperations:
    return OrganisationOperations(store)


def test_one_is_there_from_the_first_start(organisations: OrganisationOperations) -> None:
    (only,) = organisations.list()
    assert only.org_id == DEFAULT_ORG
    assert only.requests_per_minute is None
    assert not only.credits_limited


def test_one_is_made_with_an_id_given_or_new(organisations: OrganisationOperations) -> None:
    acme = organisations.create(" Acme Ltd ", "org_acme")
    other = organisations.create("Other")
    assert (acme.org_id, acme.name) == ("org_acme", "Acme Ltd")
    assert other.org_id.startswith("org_")
    assert organisations.list()[1:] == (acme, other)
    assert organisations.get("org_acme") == acme


@pytest.mark.parametrize(
    "org_id", ["acme", "org_", "org_a.test", "org_a b", "org_ä", "org_" + "a" * 55, "ORG_a", "org_a\n", "", BUILTIN_ORG]
)
def test_an_id_that_could_be_mistaken_is_refused(organisations: OrganisationOperations, org_id: str) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        organisations.create("Acme", org_id)
    assert [detail.field for detail in refusal.value.details] == ["id"]
    assert len(organisations.list()) == 1


def test_an_id_is_given_once(organisations: OrganisationOperations) -> None:
    organisations.create("Acme", "org_acme")
    with pytest.raises(Conflict, match="org_acme"):
        organisations.create("Another", "org_acme")
    assert organisations.get("org_acme").name == "Acme"


def test_a_name_is_needed_and_can_change(organisations: OrganisationOperations) -> None:
    with pytest.raises(InvalidRequest):
        organisations.create("  ")
    organisations.create("Acme", "org_acme")
    with pytest.raises(InvalidRequest):
        organisations.rename("org_acme", "")
    assert organisations.rename("org_acme", " Acme & Co ").name == "Acme & Co"
    assert organisations.get(DEFAULT_ORG).name == DEFAULT_ORG


def test_a_limit_is_set_and_taken_back(organisations: OrganisationOperations) -> None:
    assert organisations.limit(DEFAULT_ORG, 500).requests_per_minute == 500
    assert organisations.limit(DEFAULT_ORG, None).requests_per_minute is None
    for number in (0, -1, 10**10):
        with pytest.raises(InvalidRequest):
            organisations.limit(DEFAULT_ORG, number)


@pytest.mark.parametrize("org_id", ["org_nobody", f"{DEFAULT_ORG}.test"])
def test_what_is_not_there_is_said_with_what_to_do(organisations: OrganisationOperations, org_id: str) -> None:
    for act in (
        lambda: organisations.get(org_id),
        lambda: organisations.rename(org_id, "x"),
        lambda: organisations.limit(org_id, 5),
    ):
        with pytest.raises(NotFound, match="evidoc orgs create"):
            act()
