"""Requests counted in an unlogged table of PostgreSQL."""

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from evidoc.storing.database import Database
from evidoc.storing.rate_counters.upsert import UPSERT

_LOCK_NUMBER = 7_019_417_351_203  # any number: the advisory lock under which the table is made
_TABLE_UPSERT = text(UPSERT.format(org_id=":org_id", span="CAST(:span AS BIGINT)"))


class TableCounter:
    """Counters in an unlogged table of PostgreSQL, shared by all servers and workers."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._made = False

    def add(self, org_id: str, window: int) -> tuple[int, int]:
        """Count one. Raises EvidocError or OSError where the database refuses."""
        try:
            if not self._made:
                self._make()
            with self._database.alone() as transaction:
                row = transaction.execute(_TABLE_UPSERT, {"org_id": org_id, "span": window}).one()
        except DBAPIError as error:
            self._made = False  # somebody may have dropped the table; the next one makes it again
            raise OSError(str(error.orig)) from error
        return row.span, row.taken

    def add_at_once(self, org_id: str, window: int) -> None:
        """Never: the database is elsewhere."""
        return

    def close(self) -> None:
        """The database is closed by whoever opened it."""

    def _make(self) -> None:
        with self._database.write() as transaction:
            transaction.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK_NUMBER})
            transaction.execute(
                text(
                    "CREATE UNLOGGED TABLE IF NOT EXISTS rates "
                    "(org_id VARCHAR(64) PRIMARY KEY, span BIGINT NOT NULL, taken BIGINT NOT NULL)"
                )
            )
        self._made = True
