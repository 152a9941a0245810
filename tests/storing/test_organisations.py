from datetime import timedelta

import pytest

from evidoc.kernel import clock
from evidoc.kernel.errors import Conflict, NotFound
from evidoc.kernel.principal import DEFAULT_ORG, Environment, side_of
from evidoc.kernel.records import Organisation
from evidoc.storing.store import Store
from tests.storing.records import ORG, OTHER


def test_an_organisation_is_kept_as_it_is(store: Store) -> None:
    record = Organisation(ORG, "A", clock.now(), requests_per_minute=5, credits_limited=True, credits=7, held=2)
    store.organisations.add(record)
    assert store.organisations.get(ORG) == record
    assert store.organisations.get(side_of(ORG, Environment.TEST)) == record


def test_an_id_is_taken_once(store: Store) -> None:
    with pytest.raises(Conflict):
        store.organisations.add(Organisation(DEFAULT_ORG, "another", clock.now()))
    assert store.organisations.get(DEFAULT_ORG).name == DEFAULT_ORG


def test_they_are_listed_oldest_first(store: Store) -> None:
    now = clock.now() + timedelta(days=1)
    store.organisations.add(Organisation(OTHER, "B", now + timedelta(seconds=1)))
    store.organisations.add(Organisation(ORG, "A", now))
    assert [found.org_id for found in store.organisations.list()] == [DEFAULT_ORG, ORG, OTHER]


def test_one_is_changed_and_no_other(store: Store) -> None:
    for org_id in (ORG, OTHER):
        store.organisations.add(Organisation(org_id, "A", clock.now()))
    store.organisations.rename(ORG, "renamed")
    store.organisations.set_limit(ORG, 9)
    changed, other = store.organisations.get(ORG), store.organisations.get(OTHER)
    assert (changed.name, changed.requests_per_minute) == ("renamed", 9)
    assert (other.name, other.requests_per_minute) == ("A", None)


def test_what_is_not_there_cannot_be_changed(store: Store) -> None:
    for act in (
        lambda: store.organisations.get(ORG),
        lambda: store.organisations.rename(ORG, "x"),
        lambda: store.organisations.set_limit(ORG, 1),
    ):
        with pytest.raises(NotFound):
            act()
