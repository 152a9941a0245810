from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from evidoc.kernel import clock
from evidoc.kernel.errors import ContentDamaged, DeliveryNotFound, NotFound
from evidoc.kernel.principal import DEFAULT_ORG, Environment, side_of
from evidoc.kernel.records import Delivery, DeliveryAttempt, DeliveryStatus, RunRecord, Webhook
from evidoc.storing.store import Store
from tests.storing.records import ORG, OTHER, flow, run

HOOK = Webhook("https://hooks.example/a", "doclo")


@pytest.fixture
def ended(store: Store) -> RunRecord:
    """A run that somebody wants to hear of."""
    record = flow()
    store.flows.add(record)
    heard = run(record.flow_id, webhook=replace(HOOK, secret=store.seal(b"a secret")))
    store.runs.add(heard)
    return heard


@pytest.fixture
def delivery(store: Store, ended: RunRecord) -> Delivery:
    with store.database.write() as on:
        return store.deliveries.add(ended, "run.completed", on)


def attempt(delivery: Delivery, number: int, status: int | None = None) -> DeliveryAttempt:
    error = None if status == 200 else "no"
    return DeliveryAttempt(delivery.delivery_id, number, clock.now(), status, error, 12)


def test_a_message_is_kept_with_the_fact_it_tells_of_or_not_at_all(store: Store, ended: RunRecord) -> None:
    with suppress(KeyError), store.database.write() as on:
        store.deliveries.add(ended, "run.completed", on)
        raise KeyError
    assert store.deliveries.unfinished() == ()
    with store.database.write() as on:
        kept = store.deliveries.add(ended, "run.completed", on)
    assert store.deliveries.get(ORG, kept.delivery_id) == kept
    assert store.deliveries.unfinished() == (kept,)
    assert kept.webhook == ended.webhook
    assert kept.next_attempt_at == kept.created_at
    assert kept.delivery_id.startswith("whd_")


def test_nothing_is_sent_about_a_run_that_nobody_wants_to_hear_of(store: Store, ended: RunRecord) -> None:
    with pytest.raises(ValueError, match="webhook"), store.database.write() as on:
        store.deliveries.add(replace(ended, webhook=None), "run.completed", on)


def test_each_try_is_noted_once_and_the_message_follows(store: Store, delivery: Delivery) -> None:
    later = clock.now() + timedelta(hours=1)
    first, second = attempt(delivery, 1, 503), attempt(delivery, 2, 200)
    assert store.deliveries.note(ORG, first, DeliveryStatus.PENDING, later)
    assert not store.deliveries.note(ORG, attempt(delivery, 1, 200), DeliveryStatus.DELIVERED)
    assert not store.deliveries.note(ORG, attempt(delivery, 3, 200), DeliveryStatus.DELIVERED)
    waiting = store.deliveries.get(ORG, delivery.delivery_id)
    assert (waiting.attempts, waiting.tries, waiting.next_attempt_at) == (1, 1, later)
    assert (waiting.status, waiting.last_status, waiting.last_error) == (DeliveryStatus.PENDING, 503, "no")
    assert store.deliveries.note(ORG, second, DeliveryStatus.DELIVERED)
    arrived = store.deliveries.get(ORG, delivery.delivery_id)
    assert (arrived.attempts, arrived.status, arrived.next_attempt_at) == (2, DeliveryStatus.DELIVERED, None)
    assert (arrived.last_status, arrived.last_error) == (200, None)
    assert arrived.delivered_at is not None
    assert store.deliveries.unfinished() == ()
    assert store.deliveries.attempts(ORG, delivery.delivery_id) == (first, second)


def test_a_replay_begins_the_schedule_anew_and_keeps_the_log(store: Store, delivery: Delivery) -> None:
    store.deliveries.note(ORG, attempt(delivery, 1), DeliveryStatus.FAILED)
    again = store.deliveries.replay(ORG, delivery.delivery_id)
    assert (again.status, again.attempts, again.tries) == (DeliveryStatus.PENDING, 1, 0)
    assert again.next_attempt_at is not None
    assert store.deliveries.unfinished() == (again,)
    assert len(store.deliveries.attempts(ORG, delivery.delivery_id)) == 1


def test_messages_are_listed_newest_first_and_by_what_is_asked(store: Store, ended: RunRecord) -> None:
    other = run(ended.flow_id, webhook=HOOK)
    store.runs.add(other)
    with store.database.write() as on:
        made = [store.deliveries.add(one, "run.failed", on) for one in (ended, other, ended)]
    store.deliveries.note(ORG, attempt(made[0], 1, 200), DeliveryStatus.DELIVERED)
    ids = [one.delivery_id for one in made]
    page = store.deliveries.list(ORG, 2, 0)
    assert ([one.delivery_id for one in page.items], page.total) == (sorted(ids, reverse=True)[:2], 3)
    assert {one.delivery_id for one in store.deliveries.list(ORG, 9, 0, run_id=ended.run_id).items} == {ids[0], ids[2]}
    done = store.deliveries.list(ORG, 9, 0, status=DeliveryStatus.DELIVERED)
    assert [one.delivery_id for one in done.items] == [ids[0]]


def test_the_sweep_finds_those_due_first_at_the_front(store: Store, ended: RunRecord) -> None:
    with store.database.write() as on:
        made = [store.deliveries.add(ended, "run.failed", on) for _ in range(3)]
    for number, hours in enumerate((3, 1, 2)):
        moment = clock.now() + timedelta(hours=hours)
        store.deliveries.note(ORG, attempt(made[number], 1), DeliveryStatus.PENDING, moment)
    order = [one.delivery_id for one in store.deliveries.unfinished()]
    assert order == [made[number].delivery_id for number in (1, 2, 0)]
    due = [one.delivery_id for one in store.deliveries.unfinished(clock.now() + timedelta(minutes=90))]
    assert due == order[:1]


def test_a_message_of_another_organisation_is_not_there(store: Store, delivery: Delivery) -> None:
    this = delivery.delivery_id
    for ask in (store.deliveries.get, store.deliveries.attempts, store.deliveries.replay):
        with pytest.raises(DeliveryNotFound):
            ask(OTHER, this)
    assert not store.deliveries.note(OTHER, attempt(delivery, 1, 200), DeliveryStatus.DELIVERED)
    assert store.deliveries.list(OTHER, 9, 0).total == 0
    assert store.deliveries.get(ORG, this) == delivery


def test_an_organisation_has_one_signing_secret_until_it_gets_another(store: Store) -> None:
    secrets: Iterator[bytes] = iter([store.seal(b"one"), store.seal(b"two")])
    sides = [side_of(DEFAULT_ORG, environment) for environment in Environment]
    kept = [store.signing_secrets.get(side, lambda: next(secrets)) for side in (*sides, *sides)]
    assert {store.unseal(sealed) for sealed in kept} == {b"one"}
    store.signing_secrets.put(sides[1], store.seal(b"three"))
    assert store.unseal(store.signing_secrets.get(sides[0], lambda: b"")) == b"three"
    with pytest.raises(ContentDamaged):
        store.unseal(b"three")
    for ask in (
        lambda: store.signing_secrets.get("org_none", lambda: b""),
        lambda: store.signing_secrets.put("no", b""),
    ):
        with pytest.raises(NotFound):
            ask()
