"""Messages of the outbox on their way, over real sockets; what a message says is the business of a contract."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook as Judge

from evidoc.delivering.webhooks import WebhookSender
from evidoc.flows.deliver import DELIVERY_JOB, SCHEDULE, Delivering, Schedule, open_try, signing_secret
from evidoc.flows.engine.durable import Job, Lane, Step
from evidoc.flows.engine.engine import Engine
from evidoc.kernel import clock
from evidoc.kernel.errors import DeliveryNotFound, Unavailable
from evidoc.kernel.principal import DEFAULT_ORG
from evidoc.kernel.records import Delivery, DeliveryAttempt, DeliveryStatus, RunRecord, Webhook
from evidoc.kernel.stop import Stop
from evidoc.reaching.allowed_hosts import AllowedHosts
from evidoc.reaching.fetcher import Fetcher, FetchLimits
from evidoc.storing.store import Store
from tests.flows.open_house import PATIENCE
from tests.reaching.receivers import Behave, answer, receiving, request_headers, saying, silent
from tests.storing.records import flow, run

ORG = DEFAULT_ORG
SOON = Schedule((0, 0.05, 0.05))


class Inline:
    """An engine for one try: no step is remembered, no time passes."""

    stop = Stop()

    def __init__(self) -> None:
        self.waits = 0

    def reserve(self, name: str) -> Step:
        return lambda do: do()

    def wait(self, seconds: float) -> None:
        self.waits += 1

    def begin(self, kind: str, org_id: str, id: str) -> None:  # noqa: A002
        raise NotImplementedError

    def side_by_side(self, *calls: Callable[[], None]) -> None:
        raise NotImplementedError


class Outbox:
    """A store with a run that has ended, and whoever sends its messages."""

    def __init__(self, store: Store, schedule: Schedule = SOON) -> None:
        self.store = store
        self.submitted: list[tuple[str, datetime | None]] = []
        self.compose: Callable[[Delivery, datetime], dict[str, Any]] = tell
        self.submit: Callable[..., None] = self.keep
        self.delivering = Delivering(
            store,
            WebhookSender(Fetcher(AllowedHosts.parse("127.0.0.1"), FetchLimits(30, 30))),
            {"doclo": lambda delivery, at: self.compose(delivery, at)},
            lambda *order, **when: self.submit(*order, **when),
            schedule,
        )
        self.run = self._run()

    def keep(self, _kind: str, _org_id: str, name: str, *, not_before: datetime | None, **more: Any) -> None:
        self.submitted.append((name, not_before))

    def add(self, at: str, secret: bytes | None = b"a secret") -> Delivery:
        """A message to the receiver at ``at``."""
        webhook = Webhook(f"http://{at}/hook", "doclo", None if secret is None else self.store.seal(secret))
        heard = RunRecord(**{name: getattr(self.run, name) for name in self.run.__slots__} | {"webhook": webhook})
        with self.store.database.write() as on:
            return self.store.deliveries.add(heard, "run.completed", on)

    def now(self, delivery: Delivery) -> Delivery:
        return self.store.deliveries.get(ORG, delivery.delivery_id)

    def perform(self, delivery: Delivery) -> Delivery:
        """Make the next try of a message."""
        self.delivering.perform(ORG, open_try(self.now(delivery)).id, Inline())
        return self.now(delivery)

    def _run(self) -> RunRecord:
        record = flow(org_id=ORG)
        self.store.flows.add(record)
        made = run(record.flow_id, org_id=ORG)
        self.store.runs.add(made)
        return made


def tell(delivery: Delivery, at: datetime) -> dict[str, Any]:
    return {"event": delivery.event, "timestamp": clock.to_wire(at), "run": delivery.run_id}


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    store = Store.open(tmp_path / "data")
    yield Outbox(store)
    store.close()


def in_turn(*said: bytes) -> Behave:
    """One answer after the other, the last one for ever."""
    left = list(said)

    def behave(link: Any, request: bytes) -> None:
        link.sendall(left.pop(0) if len(left) > 1 else left[0])

    return behave


def test_a_message_is_tried_until_it_arrives_and_signed_anew_each_time(outbox: Outbox) -> None:
    with receiving(in_turn(answer(500), answer(302, Location="/"), answer(204))) as receiver:
        delivery = outbox.add(receiver.at)
        states = [outbox.perform(delivery) for _ in range(3)]
    assert [state.status for state in states] == ["pending", "pending", "delivered"]
    assert [name for name, _ in outbox.submitted] == [f"{delivery.delivery_id}.{number}" for number in (2, 3)]
    assert [moment for _, moment in outbox.submitted] == [state.next_attempt_at for state in states[:2]]
    for request in receiver.requests:
        headers, body = request_headers(request), request.partition(b"\r\n\r\n")[2]
        assert headers["webhook-id"] == delivery.delivery_id
        told = Judge(b"a secret").verify(body, headers)
        assert told["run"] == outbox.run.run_id
        assert int(datetime.fromisoformat(told["timestamp"]).timestamp()) == int(headers["webhook-timestamp"])
    log = outbox.store.deliveries.attempts(ORG, delivery.delivery_id)
    assert [(attempt.number, attempt.status) for attempt in log] == [(1, 500), (2, 302), (3, 204)]
    assert [attempt.error is None for attempt in log] == [False, False, True]
    assert len({json.loads(request.partition(b"\r\n\r\n")[2])["timestamp"] for request in receiver.requests}) == 3


def test_without_a_secret_of_its_own_it_is_signed_with_the_organisations(outbox: Outbox) -> None:
    with receiving(saying(answer())) as receiver:
        assert outbox.perform(outbox.add(receiver.at, None)).status is DeliveryStatus.DELIVERED
    (request,) = receiver.requests
    secret = signing_secret(outbox.store, ORG)
    assert secret.startswith("whsec_")
    assert Judge(secret).verify(request.partition(b"\r\n\r\n")[2], request_headers(request))


def test_a_schedule_that_is_used_up_ends_it_and_a_replay_begins_it_anew(outbox: Outbox) -> None:
    with receiving(in_turn(*[answer(503)] * 5, answer(200))) as receiver:
        delivery = outbox.add(receiver.at)
        ended = [outbox.perform(delivery) for _ in SOON.seconds][-1]
        assert (ended.status, ended.attempts, ended.next_attempt_at) == (DeliveryStatus.FAILED, 3, None)
        again = outbox.store.deliveries.replay(ORG, delivery.delivery_id)
        assert again.status is DeliveryStatus.PENDING
        states = [outbox.perform(delivery) for _ in SOON.seconds]
    assert [state.status for state in states] == ["pending", "pending", "delivered"]
    assert states[-1].attempts == 6
    assert {request_headers(request)["webhook-id"] for request in receiver.requests} == {delivery.delivery_id}


def test_a_receiver_that_is_gone_is_left_alone(outbox: Outbox) -> None:
    with receiving(saying(answer(410))) as receiver:
        ended = outbox.perform(outbox.add(receiver.at))
    assert (ended.status, ended.attempts, ended.last_status) == (DeliveryStatus.FAILED, 1, 410)
    assert not outbox.submitted


def test_a_receiver_that_asks_for_time_gets_it(outbox: Outbox) -> None:
    with receiving(saying(answer(429, Retry_After="3600"))) as receiver:
        waiting = outbox.perform(outbox.add(receiver.at))
    assert waiting.next_attempt_at is not None
    assert timedelta(minutes=59) < waiting.next_attempt_at - clock.now() <= timedelta(hours=1)


def test_a_try_that_was_made_is_not_made_again(outbox: Outbox) -> None:
    with receiving(saying(answer())) as receiver:
        delivery = outbox.add(receiver.at)
        name = open_try(delivery).id
        for _ in range(2):
            outbox.delivering.perform(ORG, name, Inline())
    assert receiver.connections == 1
    with pytest.raises(DeliveryNotFound):
        outbox.delivering.perform("org_other", name, Inline())


def test_a_try_that_the_engine_gave_up_counts_and_the_next_one_follows(outbox: Outbox) -> None:
    delivery = outbox.add("127.0.0.1:1")
    name = open_try(delivery).id
    for _ in range(2):
        outbox.delivering.abandon(ORG, name)
    (following,) = outbox.delivering.unfinished()
    assert following.id == f"{delivery.delivery_id}.2"
    assert outbox.now(delivery).attempts == 1


def test_a_message_that_cannot_be_written_is_a_failure_of_its_own(outbox: Outbox) -> None:
    def broken(delivery: Delivery, at: datetime) -> dict[str, Any]:
        raise ZeroDivisionError

    outbox.compose = broken
    with receiving(saying(answer())) as receiver:
        waiting = outbox.perform(outbox.add(receiver.at))
        assert (waiting.status, waiting.last_error) == (DeliveryStatus.PENDING, "The message could not be written")
        assert not receiver.connections
        outbox.compose = tell
        assert outbox.perform(waiting).status is DeliveryStatus.DELIVERED


def test_while_the_store_is_busy_nothing_is_sent_twice_and_nothing_lost(
    outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    note, busy = outbox.store.deliveries.note, [True, True]

    def note_later(*given: Any, **named: Any) -> bool:
        if busy and busy.pop():
            raise Unavailable
        return note(*given, **named)

    monkeypatch.setattr(outbox.store.deliveries, "note", note_later)
    durable = Inline()
    with receiving(saying(answer())) as receiver:
        delivery = outbox.add(receiver.at)
        outbox.delivering.perform(ORG, open_try(delivery).id, durable)
    assert (receiver.connections, durable.waits) == (1, 2)
    assert outbox.now(delivery).status is DeliveryStatus.DELIVERED


def test_the_schedule_is_the_published_one_with_jitter() -> None:
    assert SCHEDULE == (0, 5, 60, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000)
    schedule = Schedule()
    for tries, seconds in enumerate(SCHEDULE):
        waits = [schedule.after(tries, None, chance) for chance in (0.0, 0.5, 1.0)]
        assert waits == [timedelta(seconds=seconds * factor) for factor in (0.85, 1.0, 1.15)]
        assert schedule.after(tries, 100_000, 0.5) == timedelta(seconds=100_000)
    assert schedule.after(len(SCHEDULE), None, 0.5) is None
    assert schedule.after(len(SCHEDULE), 5, 0.5) is None


@contextmanager
def sending(outbox: Outbox, file: Path, lane: Lane) -> Iterator[Engine]:
    """A real engine that sends what is in the outbox."""
    delivering = outbox.delivering
    job = Job(delivering.perform, delivering.unfinished, delivering.abandon)
    engine = Engine(f"sqlite:///{file}", {DELIVERY_JOB: job}, lanes={DELIVERY_JOB: lane})
    outbox.submit = engine.submit
    engine.start()
    try:
        yield engine
    finally:
        engine.stop()


def arrived(outbox: Outbox, *deliveries: Delivery) -> Callable[[], bool]:
    return lambda: all(outbox.now(delivery).status is DeliveryStatus.DELIVERED for delivery in deliveries)


def test_a_receiver_that_never_answers_holds_up_nobody_else(outbox: Outbox, tmp_path: Path) -> None:
    with receiving(silent) as hanging, receiving(saying(answer())) as other:
        stuck = [outbox.add(hanging.at) for _ in range(100)]
        with sending(outbox, tmp_path / "engine.sqlite", Lane(8, 2, 4, 2)) as engine:
            assert engine.wait_until(lambda: hanging.connections == 2, PATIENCE)
            delivery = outbox.add(other.at)
            outbox.delivering.submit(delivery)
            assert engine.wait_until(arrived(outbox, delivery), PATIENCE)
            assert hanging.connections == 2
        assert {outbox.now(one).status for one in stuck} == {DeliveryStatus.PENDING}


def test_many_receivers_that_did_not_answer_hold_up_nobody_else(outbox: Outbox, tmp_path: Path) -> None:
    with ExitStack() as closing:
        hanging = [closing.enter_context(receiving(silent)) for _ in range(20)]
        other = closing.enter_context(receiving(saying(answer())))
        for receiver in hanging:
            stuck = outbox.add(receiver.at)
            timed_out = DeliveryAttempt(stuck.delivery_id, 1, clock.now(), None, "It did not answer in time", 20_000)
            outbox.store.deliveries.note(ORG, timed_out, DeliveryStatus.PENDING, clock.now())
        with sending(outbox, tmp_path / "engine.sqlite", Lane(4, 2, 2, 1)) as engine:
            assert engine.wait_until(lambda: sum(receiver.connections for receiver in hanging) >= 2, PATIENCE)
            delivery = outbox.add(other.at)
            outbox.delivering.submit(delivery)
            assert engine.wait_until(arrived(outbox, delivery), PATIENCE)


def test_what_an_engine_has_forgotten_is_known_from_the_outbox(outbox: Outbox, tmp_path: Path) -> None:
    lane = Lane(8, 2, 4, 8)
    seen = threading.Event()

    def hold(link: Any, request: bytes) -> None:
        seen.set()
        link.recv(1)

    with receiving(hold) as receiver:
        deliveries = [outbox.add(receiver.at) for _ in range(5)]
        at = receiver.port
        with sending(outbox, tmp_path / "one.sqlite", lane):
            assert seen.wait(PATIENCE)
    assert not any(outbox.now(delivery).attempts for delivery in deliveries)
    with (
        receiving(saying(answer()), port=at) as receiver,
        sending(outbox, tmp_path / "two.sqlite", lane) as engine,
    ):
        assert engine.wait_until(arrived(outbox, *deliveries), PATIENCE)
    ids = {request_headers(request)["webhook-id"] for request in receiver.requests}
    assert ids == {delivery.delivery_id for delivery in deliveries}


def test_tries_that_fail_come_back_by_themselves(outbox: Outbox, tmp_path: Path) -> None:
    with receiving(in_turn(answer(500), answer(500), answer(200))) as receiver:
        delivery = outbox.add(receiver.at)
        with sending(outbox, tmp_path / "engine.sqlite", Lane(8, 2, 4, 2)) as engine:
            assert engine.wait_until(arrived(outbox, delivery), PATIENCE)
    assert outbox.now(delivery).attempts == 3


def test_the_engine_keeps_no_content_of_a_message(outbox: Outbox, tmp_path: Path) -> None:
    outbox.compose = lambda delivery, at: {"output": "a very private word", "timestamp": clock.to_wire(at)}
    with receiving(saying(answer())) as receiver:
        delivery = outbox.add(receiver.at)
        with sending(outbox, tmp_path / "engine.sqlite", Lane(8, 2, 4, 2)) as engine:
            assert engine.wait_until(arrived(outbox, delivery), PATIENCE)
    kept = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert b"private word" not in kept
    assert b"a secret" not in kept
