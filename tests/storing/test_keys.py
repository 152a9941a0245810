from datetime import timedelta

import pytest

from evidoc.kernel import clock
from evidoc.kernel.errors import NotFound
from evidoc.kernel.ids import new_id
from evidoc.kernel.principal import Environment, Scope
from evidoc.kernel.records import KeyRecord, Organisation
from evidoc.storing.store import Store
from tests.storing.records import ORG, OTHER


def key(**facts: object) -> KeyRecord:
    given: dict[str, object] = {
        "key_id": new_id("key"),
        "org_id": ORG,
        "name": "laptop",
        "hint": "evd_abcd",
        "scopes": frozenset({Scope.READ, Scope.WRITE}),
        "created_at": clock.now(),
    }
    return KeyRecord(**given | facts)  # type: ignore[arg-type]


def test_a_key_is_found_by_the_hash_of_its_secret(store: Store) -> None:
    assert not store.keys.any()
    record = key(expires_at=clock.now() + timedelta(days=1))
    store.keys.add(record, "hash-one")
    assert store.keys.any()
    assert store.keys.by_hash("hash-one") == (record, None)
    assert store.keys.by_hash("hash-two") is None


def test_another_organisation_can_neither_see_nor_revoke_a_key(store: Store) -> None:
    record = key()
    store.keys.add(record, "hash")
    assert store.keys.list(OTHER) == ()
    with pytest.raises(NotFound):
        store.keys.revoke(OTHER, record.key_id)
    store.keys.touch(OTHER, record.key_id, clock.now())
    assert store.keys.list(ORG) == (record,)


def test_a_key_is_revoked_once(store: Store) -> None:
    record = key()
    store.keys.add(record, "hash")
    first = store.keys.revoke(ORG, record.key_id)
    assert first.revoked_at is not None
    assert store.keys.revoke(ORG, record.key_id) == first
    assert store.keys.any()


def test_use_is_noted_at_most_once_a_minute(store: Store) -> None:
    record = key()
    store.keys.add(record, "hash")
    begun = clock.now()
    noted = []
    for seconds in (0, 1, 59, 60, 61, 121):
        store.keys.touch(ORG, record.key_id, begun + timedelta(seconds=seconds))
        noted.append(store.keys.list(ORG)[0].last_used_at)
    expected = [begun + timedelta(seconds=seconds) for seconds in (0, 0, 0, 60, 60, 121)]
    assert noted == expected


def test_a_key_comes_with_the_limit_of_its_organisation(store: Store) -> None:
    store.organisations.add(Organisation(ORG, "A", clock.now(), requests_per_minute=9))
    record = key(environment=Environment.TEST)
    store.keys.add(record, "hash")
    assert store.keys.by_hash("hash") == (record, 9)
