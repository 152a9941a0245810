"""The organisations: whose keys, credits and settings there are. They are never removed."""

from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from evidoc.kernel.errors import Conflict, NotFound
from evidoc.kernel.principal import account_of
from evidoc.kernel.records import Organisation
from evidoc.storing.database import Database, Transaction
from evidoc.storing.schema import organisations


class Organisations:
    """Rows of organisations. ``org_id`` may be either side of one; the organisation itself is meant."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, record: Organisation, on: Transaction | None = None) -> None:
        """Keep a new organisation. Raises Conflict where its id is taken."""
        with self._database.write(on) as transaction:
            try:
                transaction.execute(
                    insert(organisations).values(
                        org_id=record.org_id,
                        name=record.name,
                        created_at=record.created_at,
                        requests_per_minute=record.requests_per_minute,
                        credits_limited=record.credits_limited,
                        credits=record.credits,
                        held=record.held,
                    )
                )
            except IntegrityError as error:
                raise Conflict(f"There is an organisation {record.org_id} already") from error

    def get(self, org_id: str, on: Transaction | None = None) -> Organisation:
        """The organisation of either side. Raises NotFound."""
        with self._database.read(on) as transaction:
            row = transaction.execute(_GET, {"this_org": account_of(org_id)}).first()
        if row is None:
            raise NotFound("Organisation not found")
        return _record(row)

    def list(self, on: Transaction | None = None) -> tuple[Organisation, ...]:
        """All organisations, oldest first."""
        with self._database.read(on) as transaction:
            rows = transaction.execute(
                select(organisations).order_by(organisations.c.created_at, organisations.c.org_id)
            )
            return tuple(_record(row) for row in rows)

    def rename(self, org_id: str, name: str, on: Transaction | None = None) -> None:
        """Call it by another name; its id stays. Raises NotFound."""
        self._change(org_id, {"name": name}, on)

    def set_limit(self, org_id: str, requests_per_minute: int | None, on: Transaction | None = None) -> None:
        """How many requests a minute each of its sides may make; None for the server's setting. Raises NotFound."""
        self._change(org_id, {"requests_per_minute": requests_per_minute}, on)

    def _change(self, org_id: str, values: dict[str, Any], on: Transaction | None) -> None:
        with self._database.write(on) as transaction:
            this = organisations.c.org_id == account_of(org_id)
            if not transaction.execute(update(organisations).where(this).values(**values)).rowcount:
                raise NotFound("Organisation not found")


_GET = select(organisations).where(organisations.c.org_id == bindparam("this_org"))
"""Built once: every request without a key asks it."""


def _record(row: Row[Any]) -> Organisation:
    return Organisation(
        org_id=row.org_id,
        name=row.name,
        created_at=row.created_at,
        requests_per_minute=row.requests_per_minute,
        credits_limited=row.credits_limited,
        credits=row.credits,
        held=row.held,
    )
