"""A key is taken once, in the transaction of what it makes, and forgotten only when its time is over."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from evidoc.kernel import clock
from evidoc.kernel.errors import IdempotencyMismatch
from evidoc.kernel.idempotency import Idempotency, Replayed
from evidoc.storing.idempotency import KEPT
from evidoc.storing.store import Store
from tests.storing.records import ORG, OTHER, document

GIVEN = Idempotency("POST /v1/documents", "order 7 – ü", "a" * 64)


def claim(store: Store, given: Idempotency = GIVEN, made: str = "doc_1", org: str = ORG) -> None:
    with store.database.write() as on:
        store.idempotency.claim(org, given, made, on, {"id": made})


def test_a_repeat_is_told_what_was_made_and_the_first_answer(store: Store) -> None:
    store.idempotency.find(ORG, GIVEN)
    claim(store)
    for ask in (lambda: store.idempotency.find(ORG, GIVEN), lambda: claim(store, made="doc_2")):
        with pytest.raises(Replayed) as before:
            ask()
        assert (before.value.resource_id, before.value.answer) == ("doc_1", {"id": "doc_1"})


def test_the_same_key_with_another_request_is_refused(store: Store) -> None:
    claim(store)
    other = replace(GIVEN, fingerprint="b" * 64)
    with pytest.raises(IdempotencyMismatch):
        store.idempotency.find(ORG, other)
    with pytest.raises(IdempotencyMismatch):
        claim(store, other)


def test_keys_of_other_organisations_and_routes_are_others(store: Store) -> None:
    claim(store)
    claim(store, org=OTHER, made="doc_2")
    claim(store, replace(GIVEN, route="POST /v1/workflows"), made="wf_1")
    for org, given, made in (
        (ORG, GIVEN, "doc_1"),
        (OTHER, GIVEN, "doc_2"),
        (ORG, replace(GIVEN, route="POST /v1/workflows"), "wf_1"),
    ):
        with pytest.raises(Replayed) as before:
            store.idempotency.find(org, given)
        assert before.value.resource_id == made


def test_a_key_is_not_taken_where_nothing_was_made(store: Store) -> None:
    def fail() -> None:
        with store.database.write() as on:
            store.idempotency.claim(ORG, GIVEN, "doc_1", on)
            store.documents.add(document(), on=on)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    store.idempotency.find(ORG, GIVEN)
    assert store.documents.list(ORG, 1, 0).total == 0


def test_a_key_is_known_for_a_day_at_least_and_forgotten_afterwards(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert timedelta(hours=24) <= KEPT
    claim(store)
    assert store.idempotency.forget(clock.now() - KEPT) == 0
    with pytest.raises(Replayed):
        store.idempotency.find(ORG, GIVEN)
    assert store.idempotency.forget(clock.now() + timedelta(seconds=1)) == 1
    store.idempotency.find(ORG, GIVEN)
    claim(store, made="doc_2")


def test_of_many_transactions_at_once_one_takes_the_key(store: Store) -> None:
    together = threading.Barrier(8)

    def take(number: int) -> str:
        together.wait(30)
        try:
            claim(store, made=f"doc_{number}")
        except Replayed as before:
            return before.resource_id
        return f"doc_{number}"

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(take, range(8)))) == 1
