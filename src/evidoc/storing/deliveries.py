"""The outbox of webhooks: messages that must reach a receiver, and the log of every try.

A message is added in the transaction of the fact that it tells of, so neither is ever kept without the other. The
organisation is the first argument of every method and part of every query, except where a sweep looks for the work
of all organisations. A message of another organisation is DeliveryNotFound, as one that never was.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, insert, select, update

from evidoc.kernel import clock
from evidoc.kernel.errors import DeliveryNotFound
from evidoc.kernel.ids import new_id
from evidoc.kernel.records import Delivery, DeliveryAttempt, DeliveryStatus, Listing, RunRecord, Webhook
from evidoc.storing.database import Database, Transaction
from evidoc.storing.listing import newest_first
from evidoc.storing.schema import deliveries, delivery_attempts


class Deliveries:
    """Rows of webhook messages and of their tries."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, run: RunRecord, event: str, on: Transaction) -> Delivery:
        """Put a message about the end of ``run`` into the outbox, due at once, in the transaction of that end.

        Raises ValueError for a run that nobody wants to hear of.
        """
        if run.webhook is None:
            raise ValueError(f"the run {run.run_id} has no webhook")
        now = clock.now()
        delivery = Delivery(
            delivery_id=new_id("whd"),
            org_id=run.org_id,
            run_id=run.run_id,
            event=event,
            webhook=run.webhook,
            status=DeliveryStatus.PENDING,
            created_at=now,
            next_attempt_at=now,
        )
        on.execute(
            insert(deliveries).values(
                delivery_id=delivery.delivery_id,
                org_id=delivery.org_id,
                run_id=delivery.run_id,
                event=event,
                contract=run.webhook.contract,
                url=run.webhook.url,
                secret=run.webhook.secret,
                status=delivery.status,
                attempts=0,
                tries=0,
                next_attempt_at=now,
                created_at=now,
            )
        )
        return delivery

    def get(self, org_id: str, delivery_id: str, on: Transaction | None = None) -> Delivery:
        """One message. Raises DeliveryNotFound."""
        with self._database.read(on) as transaction:
            row = transaction.execute(select(deliveries).where(*_one(org_id, delivery_id))).first()
        if row is None:
            raise DeliveryNotFound()
        return _delivery(row)

    def list(
        self,
        org_id: str,
        limit: int,
        offset: int,
        run_id: str | None = None,
        status: DeliveryStatus | None = None,
        on: Transaction | None = None,
    ) -> Listing[Delivery]:
        """A page of the organisation's messages, newest first; of one run, or in one state, where that is given."""
        conditions: list[ColumnElement[bool]] = [deliveries.c.org_id == org_id]
        for column, value in ((deliveries.c.run_id, run_id), (deliveries.c.status, status)):
            if value is not None:
                conditions.append(column == value)
        with self._database.read(on) as transaction:
            return newest_first(transaction, deliveries, conditions, limit, offset, _delivery)

    def attempts(self, org_id: str, delivery_id: str, on: Transaction | None = None) -> tuple[DeliveryAttempt, ...]:
        """Every try of one message, first to last. Raises DeliveryNotFound."""
        with self._database.read(on) as transaction:
            self.get(org_id, delivery_id, on=transaction)
            rows = transaction.execute(
                select(delivery_attempts)
                .where(delivery_attempts.c.delivery_id == delivery_id)
                .order_by(delivery_attempts.c.number)
            )
            return tuple(_attempt(row) for row in rows)

    def unfinished(self, due: datetime | None = None, on: Transaction | None = None) -> tuple[Delivery, ...]:
        """Every organisation's messages that are still to be sent, those due first at the front: for the sweep.

        With ``due``, only those that are due by then.
        """
        conditions = [deliveries.c.status == DeliveryStatus.PENDING]
        if due is not None:
            conditions.append(deliveries.c.next_attempt_at <= due)
        with self._database.read(on) as transaction:
            rows = transaction.execute(
                select(deliveries).where(*conditions).order_by(deliveries.c.next_attempt_at, deliveries.c.delivery_id)
            )
            return tuple(_delivery(row) for row in rows)

    def note(
        self,
        org_id: str,
        attempt: DeliveryAttempt,
        status: DeliveryStatus,
        next_attempt_at: datetime | None = None,
        on: Transaction | None = None,
    ) -> bool:
        """Note one try and what becomes of its message: it is over, or tried again at ``next_attempt_at``.

        False where a try of this number was noted before: that one stands.
        """
        facts: dict[str, Any] = {
            "status": status,
            "attempts": attempt.number,
            "tries": deliveries.c.tries + 1,
            "next_attempt_at": next_attempt_at,
            "last_status": attempt.status,
            "last_error": attempt.error,
        }
        if status is DeliveryStatus.DELIVERED:
            facts["delivered_at"] = clock.now()
        this = (*_one(org_id, attempt.delivery_id), deliveries.c.attempts == attempt.number - 1)
        with self._database.write(on) as transaction:
            if not transaction.execute(update(deliveries).where(*this).values(**facts)).rowcount:
                return False
            transaction.execute(
                insert(delivery_attempts).values(
                    delivery_id=attempt.delivery_id,
                    number=attempt.number,
                    at=attempt.at,
                    status=attempt.status,
                    error=attempt.error,
                    duration_ms=attempt.duration_ms,
                )
            )
            return True

    def replay(self, org_id: str, delivery_id: str, on: Transaction | None = None) -> Delivery:
        """Make a message due now, and start its schedule of tries anew. Raises DeliveryNotFound."""
        facts = {"status": DeliveryStatus.PENDING, "tries": 0, "next_attempt_at": clock.now()}
        with self._database.write(on) as transaction:
            transaction.execute(update(deliveries).where(*_one(org_id, delivery_id)).values(**facts))
            return self.get(org_id, delivery_id, on=transaction)


def _one(org_id: str, delivery_id: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return deliveries.c.org_id == org_id, deliveries.c.delivery_id == delivery_id


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(
        delivery_id=row.delivery_id,
        org_id=row.org_id,
        run_id=row.run_id,
        event=row.event,
        webhook=Webhook(row.url, row.contract, row.secret),
        status=DeliveryStatus(row.status),
        created_at=row.created_at,
        attempts=row.attempts,
        tries=row.tries,
        next_attempt_at=row.next_attempt_at,
        delivered_at=row.delivered_at,
        last_status=row.last_status,
        last_error=row.last_error,
    )


def _attempt(row: Row[Any]) -> DeliveryAttempt:
    return DeliveryAttempt(row.delivery_id, row.number, row.at, row.status, row.error, row.duration_ms)
