import time
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from evidoc.kernel import clock
from evidoc.kernel.errors import (
    InvalidKey,
    InvalidRequest,
    KeyExpired,
    KeyRevoked,
    NotFound,
    StorageFull,
    Unauthorized,
)
from evidoc.kernel.principal import DEFAULT_ORG, Environment, Principal, Scope, account_of
from evidoc.kernel.records import KeyRecord
from evidoc.operations import keys as module
from evidoc.operations.keys import KeyOperations, KeyStyle
from evidoc.operations.organisations import OrganisationOperations
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


@pytest.mark.parametrize("style", KeyStyle)
@pytest.mark.parametrize("environment", Environment)
def test_a_key_is_spelled_as_its_client_wants_it_and_acts_for_its_side(
    keys: KeyOperations, style: KeyStyle, environment: Environment
) -> None:
    record, secret = keys.create(DEFAULT_ORG, "laptop", READ, environment=environment, style=style)
    prefix = f"{style}_{environment}_"
    assert secret.startswith(prefix)
    assert len(secret) >= 56
    assert secret.removeprefix(prefix).isascii()
    assert secret.removeprefix(prefix).isalnum()
    assert secret.startswith(record.hint)
    assert len(record.hint) == len(prefix) + 4
    who = keys.authenticate(secret)
    assert who.environment is environment
    assert account_of(who.org_id) == DEFAULT_ORG
    assert (who.org_id == DEFAULT_ORG) is (environment is Environment.LIVE)


def test_a_key_of_the_old_spelling_opens_the_live_side(keys: KeyOperations, store: Store) -> None:
    secret = "evd_" + "a" * 43
    record = KeyRecord("key_1", DEFAULT_ORG, "old", secret[:8], READ, clock.now())
    store.keys.add(record, sha256(secret.encode()).hexdigest())
    assert keys.authenticate(secret) == Principal(DEFAULT_ORG, READ, "key_1")


def test_no_two_keys_are_alike(keys: KeyOperations) -> None:
    assert len({keys.create(DEFAULT_ORG, "laptop", READ)[1] for _ in range(20)}) == 20


def test_a_key_for_an_organisation_that_does_not_exist_is_refused(keys: KeyOperations) -> None:
    for org_id in ("org_nobody", f"{DEFAULT_ORG}.test", ""):
        with pytest.raises(NotFound, match="evidoc orgs create"):
            keys.create(org_id, "laptop", READ)
    assert not keys.any()


def test_the_secret_is_nowhere_on_the_disk(keys: KeyOperations, tmp_path: Path) -> None:
    _, secret = keys.create(DEFAULT_ORG, "laptop", READ)
    on_disk = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert secret.encode() not in on_disk
    assert secret[8:].encode() not in on_disk


@pytest.mark.parametrize(
    "secret", ["", "evd_", "evd_wrong", "sk_live_wrong", "dc_test_", "\ud800", "x" * 100_000, "evd_\x00", "sk_live_\n"]
)
def test_any_other_secret_is_refused(keys: KeyOperations, secret: str) -> None:
    keys.create(DEFAULT_ORG, "laptop", READ)
    with pytest.raises(InvalidKey):
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
    with pytest.raises(KeyRevoked):
        keys.authenticate(secret)
    assert keys.any()


def test_an_expired_key_is_refused(keys: KeyOperations, monkeypatch: pytest.MonkeyPatch) -> None:
    end = clock.now() + timedelta(hours=1)
    _, secret = keys.create(DEFAULT_ORG, "laptop", READ, expires_at=end)
    keys.authenticate(secret)
    monkeypatch.setattr(module.clock, "now", lambda: end)
    for _ in range(2):
        with pytest.raises(KeyExpired):
            keys.authenticate(secret)


def test_what_was_revoked_and_expired_was_revoked(keys: KeyOperations, monkeypatch: pytest.MonkeyPatch) -> None:
    end = clock.now() + timedelta(hours=1)
    record, secret = keys.create(DEFAULT_ORG, "laptop", READ, expires_at=end)
    keys.revoke(DEFAULT_ORG, record.key_id)
    monkeypatch.setattr(module.clock, "now", lambda: end)
    with pytest.raises(KeyRevoked):
        keys.authenticate(secret)


def test_a_key_that_was_just_good_is_not_looked_up_again_and_a_refused_one_is(
    keys: KeyOperations, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, secret = keys.create(DEFAULT_ORG, "laptop", READ)
    other = KeyOperations(store)
    with pytest.raises(InvalidKey):
        other.authenticate("sk_live_later")
    record = KeyRecord("key_1", DEFAULT_ORG, "later", "sk_live", READ, clock.now())
    store.keys.add(record, sha256(b"sk_live_later").hexdigest())
    assert other.authenticate("sk_live_later").key_id == "key_1"

    now = [time.monotonic()]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    lookups: list[str] = []
    real = store.keys.by_hash
    monkeypatch.setattr(store.keys, "by_hash", lambda secret_hash: lookups.append(secret_hash) or real(secret_hash))
    for at, expected in ((0.0, 1), (0.49, 1), (0.5, 2), (0.99, 2), (1.0, 3)):
        monkeypatch.setattr(module.time, "monotonic", lambda at=at: now[0] + at)
        keys.authenticate(secret)
        assert len(lookups) == expected


def test_remembered_keys_are_bounded_and_none_is_confused_with_another(
    keys: KeyOperations, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_MOST_REMEMBERED", 3)
    made = [keys.create(DEFAULT_ORG, f"key {number}", READ) for number in range(10)]
    for record, secret in made * 2:
        assert keys.authenticate(secret).key_id == record.key_id


def test_only_the_own_organisation_lists_and_revokes(keys: KeyOperations, store: Store) -> None:
    for org_id in ("org_a", "org_b"):
        OrganisationOperations(store).create("Some name", org_id)
    record, secret = keys.create("org_a", "laptop", READ)
    assert keys.list("org_b") == ()
    with pytest.raises(NotFound):
        keys.revoke("org_b", record.key_id)
    assert keys.authenticate(secret).org_id == "org_a"
    assert [item.key_id for item in keys.list("org_a")] == [record.key_id]


def test_a_limit_of_the_organisation_comes_with_its_keys(keys: KeyOperations, store: Store) -> None:
    _, secret = keys.create(DEFAULT_ORG, "laptop", READ)
    assert keys.recognise(secret).requests_per_minute is None
    OrganisationOperations(store).limit(DEFAULT_ORG, 7)
    assert KeyOperations(store).recognise(secret).requests_per_minute == 7


def test_without_a_key_one_comes_in_until_the_first_is_made(keys: KeyOperations, store: Store) -> None:
    OrganisationOperations(store).limit(DEFAULT_ORG, 7)
    visitor = keys.keyless()
    assert visitor is not None
    assert (visitor.principal.org_id, visitor.principal.key_id, visitor.requests_per_minute) == (DEFAULT_ORG, None, 7)
    assert visitor.principal.may(Scope.ADMIN)
    record, _ = KeyOperations(store).create(DEFAULT_ORG, "laptop", READ)
    assert keys.keyless() is None
    keys.revoke(DEFAULT_ORG, record.key_id)
    assert keys.keyless() is None


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
