"""Bringing the messages of the outbox to their webhooks: one job of the engine for each try.

Where a message stands, and when it is tried next, is kept in our own rows. The engine may forget a try or make it
twice, and still every message is sent until it has arrived or its schedule is used up, under the same id each time.
"""

import json
import logging
import random
import secrets
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias, TypeVar
from urllib.parse import urlsplit

from evidoc.delivering.webhooks import SECRET_PREFIX, Outcome, WebhookSender
from evidoc.flows.engine.durable import Durable, Open, Submit
from evidoc.kernel import clock
from evidoc.kernel.errors import EvidocError, StorageFull, Unavailable
from evidoc.kernel.records import Delivery, DeliveryAttempt, DeliveryStatus
from evidoc.storing.store import Store

_log = logging.getLogger(__name__)

T = TypeVar("T")

DELIVERY_JOB = "webhook"
"""The engine's kind of job, and its lane, that sends messages."""

SCHEDULE = (0, 5, 60, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000)
"""The seconds before the first try, and before each that follows one that failed."""

_JITTER = 0.15
_LOOKED_AHEAD = timedelta(minutes=5)
"""Longer than it takes until the next sweep; what dead receivers left waits for hours, and is not read each time."""

_STORE_PATIENCE_SECONDS = 30.0

Compose: TypeAlias = Callable[[Delivery, datetime], Mapping[str, Any]]
"""What a contract tells a receiver: the JSON object for a message that is sent at a moment."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a message is tried: ``seconds`` as SCHEDULE, each made up to 15 % shorter or longer by chance."""

    seconds: tuple[float, ...] = SCHEDULE

    def after(self, tries: int, retry_after: float | None, chance: float) -> timedelta | None:
        """How long to wait after so many tries, no less than the receiver asked for; None where that was the last.

        ``chance`` is a random number from 0 to 1, so that messages which failed together do not come back together.
        """
        if tries >= len(self.seconds):
            return None
        wait = self.seconds[tries] * (1 - _JITTER + 2 * _JITTER * chance)
        return timedelta(seconds=max(wait, retry_after or 0.0))


class Delivering:
    """Sends the messages of the outbox. ``compose`` has, by the name of a contract, how it words a message."""

    def __init__(
        self,
        store: Store,
        sender: WebhookSender,
        compose: Mapping[str, Compose],
        submit: Submit,
        schedule: Schedule | None = None,
    ) -> None:
        self._store = store
        self._sender = sender
        self._compose = compose
        self._submit = submit
        self._schedule = schedule or Schedule()

    def perform(self, org_id: str, id: str, durable: Durable) -> None:  # noqa: A002
        """The engine's job for one try. It takes no step: our own row tells whether the try was made."""
        delivery_id, number = _parts(id)
        delivery = _firmly(durable, lambda: self._store.deliveries.get(org_id, delivery_id))
        if not _is_due(delivery, number):
            return
        at = clock.now()
        outcome = self._send(delivery, at, durable)
        noted = _firmly(durable, lambda: self._note(delivery, at, outcome))
        if noted.status is DeliveryStatus.PENDING:
            self.submit(noted)

    def unfinished(self) -> Iterable[Open]:
        """The next try of every message that has not arrived, unless it is not due for a good while."""
        due = clock.now() + _LOOKED_AHEAD
        return [open_try(delivery) for delivery in self._store.deliveries.unfinished(due)]

    def abandon(self, org_id: str, id: str) -> None:  # noqa: A002
        """Count a try that the engine could not bring to an end as one that failed."""
        delivery_id, number = _parts(id)
        delivery = self._store.deliveries.get(org_id, delivery_id)
        if _is_due(delivery, number):
            self._note(delivery, clock.now(), Outcome(None, "The server broke it off", 0))

    def submit(self, delivery: Delivery) -> None:
        """Have the engine make the next try of a committed message, at its time."""
        due = open_try(delivery)
        self._submit(DELIVERY_JOB, due.org_id, due.id, not_before=due.not_before, group=due.group, long=due.long)

    def _send(self, delivery: Delivery, at: datetime, durable: Durable) -> Outcome:
        try:
            body, secret = _firmly(durable, lambda: (self._body(delivery, at), self._secret(delivery)))
        except EvidocError as error:
            return Outcome(None, f"The message could not be written: {error.message}", 0)
        # The edge of a message: whatever is wrong with it is its own failure, and shown in its log.
        except Exception:  # noqa: BLE001
            _log.exception("the message %s could not be written", delivery.delivery_id)
            return Outcome(None, "The message could not be written", 0)
        return self._sender.send(delivery.webhook.url, delivery.delivery_id, secret, body, at, durable.stop)

    def _body(self, delivery: Delivery, at: datetime) -> bytes:
        told = self._compose[delivery.webhook.contract](delivery, at)
        return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()

    def _secret(self, delivery: Delivery) -> str:
        if delivery.webhook.secret is not None:
            return self._store.unseal(delivery.webhook.secret).decode()
        return signing_secret(self._store, delivery.org_id)

    def _note(self, delivery: Delivery, at: datetime, outcome: Outcome) -> Delivery:
        """Keep what became of a try; the message as it stands then."""
        attempt = DeliveryAttempt(
            delivery.delivery_id, delivery.attempts + 1, at, outcome.status, outcome.error, outcome.duration_ms
        )
        with self._store.database.write() as on:
            # Its schedule may have begun anew while this try was under way.
            tries = self._store.deliveries.get(delivery.org_id, delivery.delivery_id, on=on).tries + 1
            status, following = self._what_follows(tries, outcome)
            self._store.deliveries.note(delivery.org_id, attempt, status, following, on=on)
            return self._store.deliveries.get(delivery.org_id, delivery.delivery_id, on=on)

    def _what_follows(self, tries: int, outcome: Outcome) -> tuple[DeliveryStatus, datetime | None]:
        if outcome.is_delivered:
            return DeliveryStatus.DELIVERED, None
        wait = self._schedule.after(tries, outcome.retry_after, random.random())
        if wait is None or outcome.is_gone:
            return DeliveryStatus.FAILED, None
        return DeliveryStatus.PENDING, clock.now() + wait


def open_try(delivery: Delivery) -> Open:
    """The next try of a message, as the engine knows it.

    Tries of one organisation at one host are a group, and those at a host that did not answer last time may take
    long: receivers that hang hold up nobody else's messages.
    """
    parts = urlsplit(delivery.webhook.url)
    return Open(
        delivery.org_id,
        f"{delivery.delivery_id}.{delivery.attempts + 1}",
        delivery.next_attempt_at,
        f"{delivery.org_id} {parts.netloc.lower()}",
        long=delivery.attempts > 0 and delivery.last_status is None,
    )


def signing_secret(store: Store, org_id: str) -> str:
    """The secret that signs an organisation's messages where a run brings none; made when it is first needed."""
    sealed = store.signing_secrets.get(org_id, lambda: store.seal(new_signing_secret().encode()))
    return store.unseal(sealed).decode()


def new_signing_secret() -> str:
    """A secret as Standard Webhooks writes them: ``whsec_`` and the base64 of 32 random bytes."""
    return SECRET_PREFIX + b64encode(secrets.token_bytes(32)).decode()


def _parts(id: str) -> tuple[str, int]:  # noqa: A002
    delivery_id, _, number = id.rpartition(".")
    return delivery_id, int(number)


def _is_due(delivery: Delivery, number: int) -> bool:
    """Whether the try of this number is still to be made."""
    return delivery.status is DeliveryStatus.PENDING and delivery.attempts == number - 1


def _firmly(durable: Durable, call: Callable[[], T]) -> T:
    """Make a call to the store, again and again while it is busy or full: nothing is sent twice for that."""
    delay = 0.5
    while True:
        try:
            return call()
        except (StorageFull, Unavailable) as error:
            _log.warning("a message waits for the store: %s", error.message)
            durable.wait(delay)
            delay = min(2 * delay, _STORE_PATIENCE_SECONDS)
