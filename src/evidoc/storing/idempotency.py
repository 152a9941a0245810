"""Which creating requests were made already, by the keys that their callers gave. Kept for two days.

The organisation is the first argument of every method and part of every query. The row is written in the
transaction that creates, so there is a key without what it made never, and the other way round never.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, select

from evidoc.kernel import clock
from evidoc.kernel.errors import IdempotencyMismatch
from evidoc.kernel.idempotency import Idempotency, Replayed
from evidoc.storing.database import Database, Transaction
from evidoc.storing.schema import idempotency

KEPT = timedelta(hours=48)
"""How long a key is known; contracts promise 24 hours."""


class IdempotencyKeys:
    """Rows of keys."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, org_id: str, given: Idempotency, on: Transaction | None = None) -> None:
        """Look whether this request was made before. Raises Replayed, or IdempotencyMismatch for another request."""
        with self._database.read(on) as transaction:
            asked = {"this_org": org_id, "this_route": given.route, "this_key": given.key}
            row = transaction.execute(_FIND, asked).first()
        if row is None:
            return
        if row.fingerprint != given.fingerprint:
            raise IdempotencyMismatch
        raise Replayed(row.resource_id, row.answer)

    def claim(
        self,
        org_id: str,
        given: Idempotency,
        resource_id: str,
        on: Transaction,
        answer: Mapping[str, Any] | None = None,
    ) -> None:
        """Take a key for what this transaction creates, with the answer that a repeat is to get, where it is known.

        Raises Replayed or IdempotencyMismatch where the key is taken: roll the transaction back then. Another
        transaction that is about to take the same key is waited for.
        """
        row = {
            "org_id": org_id,
            "route": given.route,
            "key": given.key,
            "fingerprint": given.fingerprint,
            "resource_id": resource_id,
            "answer": None if answer is None else dict(answer),
            "created_at": clock.now(),
        }
        if not on.insert_if_absent(idempotency, row):
            self.find(org_id, given, on=on)

    def forget(self, before: datetime) -> int:
        """Forget every organisation's keys of before then; how many there were."""
        with self._database.read() as transaction:
            old = transaction.execute(select(idempotency.c.key).where(idempotency.c.created_at < before).limit(1))
            if old.first() is None:
                return 0
        with self._database.write() as transaction:
            return transaction.execute(delete(idempotency).where(idempotency.c.created_at < before)).rowcount


_FIND = select(idempotency.c.fingerprint, idempotency.c.resource_id, idempotency.c.answer).where(
    idempotency.c.org_id == bindparam("this_org"),
    idempotency.c.route == bindparam("this_route"),
    idempotency.c.key == bindparam("this_key"),
)
