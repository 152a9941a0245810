from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from evidoc.kernel import clock
from evidoc.kernel.errors import InvalidRequest, NotFound, StorageFull, Unauthorized
from evidoc.kernel.principal import DEFAULT_ORG, Principal, Scope
from evidoc.operations import keys as module
from evidoc.operations.keys import KeyOperations
from evidoc.storing.store import Store

READ = frozenset({Scope.READ})


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def keys(store: Store) -> KeyOperations:
    return KeyOperations(store)


def test_a_secret_speaks_for_its_organisation_with_its_scopes(keys: KeyOperations) -> None:
    record, secret = keys.create(DEFAULT_ORG, " laptop ", READ)
    assert keys.authenticate(secret) == Principal(DEFAULT_ORG, READ, record.key_id)
    assert record.name == "laptop"
    assert secret.startswith("evd_")
    assert len(secret) >= 44
    assert secret.startswith(record.hint)
    assert len(record.hint) <= 8


def test_the_secret_is_nowhere_on_the_disk(keys: KeyOperations, tmp_path: Path) -> None:
    _, secret = keys.create(DEFAULT_ORG, "laptop", READ)
    on_disk = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert secret.encode() not in on_disk
    assert secret[8:].encode() not in on_disk


@pytest.mark.parametrize("secret", ["", "evd_", "evd_wrong", "\ud800", "x" * 100_000, "evd_\x00"])
def test_any_other_secret_is_refused(keys: KeyOperations, secret: str) -> None:
    keys.create(DEFAULT_ORG, "laptop", READ)
    with pytest.raises(Unauthorized):
        keys.authenticate(secret)


def test_a_secret_must_match_to_the_last_character(keys: KeyOperations) -> None:
    _, secret = keys.create(DEFAULT_ORG, "laptop", READ)
    for other in (secret[:-1], secret + "a", secret.swapcase(), f" {secret}"):
        with pytest.raises(Unauthorized):
            keys.authenticate(other)


def test_a_key_is_found_by_its_id_its_hint_and_its_name(keys: KeyOperations) -> None:
    record, _ = keys.create(DEFAULT_ORG, "laptop", READ)
    for said in (record.key_id, record.hint, f"{record.hint}...", "laptop"):
        assert keys.find(DEFAULT_ORG, said) == record
    with pytest.raises(NotFound, match="id, its hint"):
        keys.find(DEFAULT_ORG, "desktop")
    with pytest.raises(NotFound):
        keys.find("org_other", record.key_id)


def test_a_name_that_several_keys_have_names_none(keys: KeyOperations) -> None:
    first, _ = keys.create(DEFAULT_ORG, "ci", READ)
    second, _ = keys.create(DEFAULT_ORG, "ci", READ)
    with pytest.raises(InvalidRequest, match=first.key_id):
        keys.find(DEFAULT_ORG, "ci")
    keys.revoke(DEFAULT_ORG, first.key_id)
    assert keys.find(DEFAULT_ORG, "ci") == second


def test_a_revoked_key_is_refused_at_once_and_still_counts(keys: KeyOperations) -> None:
    assert not keys.any()
    record, secret = keys.create(DEFAULT_ORG, "laptop", READ)
    keys.authenticate(secret)
    assert keys.revoke(DEFAULT_ORG, record.key_id).revoked_at is not None
    with pytest.raises(Unauthorized):
        keys.authenticate(secret)
    assert keys.any()


def test_an_expired_key_is_refused(keys: KeyOperations, monkeypatch: pytest.MonkeyPatch) -> None:
    end = clock.now() + timedelta(hours=1)
    _, secret = keys.create(DEFAULT_ORG, "laptop", READ, expires_at=end)
    keys.authenticate(secret)
    monkeypatch.setattr(module.clock, "now", lambda: end)
    with pytest.raises(Unauthorized):
        keys.authenticate(secret)


def test_every_refusal_reads_the_same(keys: KeyOperations) -> None:
    record, secret = keys.create(DEFAULT_ORG, "laptop", READ)
    keys.revoke(DEFAULT_ORG, record.key_id)
    messages = set()
    for attempt in (secret, "evd_unknown"):
        with pytest.raises(Unauthorized) as refusal:
            keys.authenticate(attempt)
        messages.add(refusal.value.message)
    assert len(messages) == 1


def test_only_the_own_organisation_lists_and_revokes(keys: KeyOperations) -> None:
    record, secret = keys.create("org_a", "laptop", READ)
    assert keys.list("org_b") == ()
    with pytest.raises(NotFound):
        keys.revoke("org_b", record.key_id)
    assert keys.authenticate(secret).org_id == "org_a"
    assert [item.key_id for item in keys.list("org_a")] == [record.key_id]


def test_use_is_noted(keys: KeyOperations) -> None:
    _, secret = keys.create(DEFAULT_ORG, "laptop", READ)
    assert keys.list(DEFAULT_ORG)[0].last_used_at is None
    keys.authenticate(secret)
    assert keys.list(DEFAULT_ORG)[0].last_used_at is not None


def test_a_full_disk_does_not_lock_readers_out(
    keys: KeyOperations, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, secret = keys.create(DEFAULT_ORG, "laptop", READ)

    def full(*_: object) -> None:
        raise StorageFull

    monkeypatch.setattr(store.keys, "touch", full)
    assert keys.authenticate(secret).org_id == DEFAULT_ORG


def test_a_key_without_name_or_scope_or_future_is_refused_with_every_fault(keys: KeyOperations) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        keys.create(DEFAULT_ORG, " ", (), expires_at=clock.now())
    assert [detail.field for detail in refusal.value.details] == ["name", "scopes", "expires_at"]
    assert not keys.any()
