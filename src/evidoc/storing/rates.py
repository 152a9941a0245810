"""How many requests each side of an organisation has made in this minute, exact over threads and processes.

Windows are fixed: a minute, aligned to the epoch's minutes. A side has one row, so an old window leaves nothing
behind. Beside an SQLite database the counters lie in a file of their own, written without waiting for the disk:
they need not survive a power cut, and must not wait behind the documents. On PostgreSQL they are an unlogged table.

Where a counter cannot be written (a full disk, a lock that stays), this process counts in its own memory: the
limit then holds for each process by itself. Refusing everybody would turn a full disk into an outage of reading,
and letting everybody through would turn it into a way around the limit.
"""

import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from evidoc.kernel.errors import EvidocError
from evidoc.storing.database import Database

WINDOW_SECONDS = 60

_log = logging.getLogger("evidoc.storing")

_BUSY_SECONDS = 2.0
_BUSY_PAUSE = 0.001
_OUT_SECONDS = 10
_LOCK_NUMBER = 7_019_417_351_203  # any number: the advisory lock under which the table is made
_MEMORY_MOST = 10_000


@dataclass(frozen=True, slots=True)
class RateState:
    """One request counted: how many are left in the window, and when it ends (unix seconds)."""

    limit: int
    remaining: int
    reset_at: int
    allowed: bool


class Counter(Protocol):
    """Counts one more request of a side."""

    def add(self, org_id: str, window: int) -> tuple[int, int]:
        """Count one; the window it fell into, and how many have fallen there. Raises OSError or EvidocError."""

    def add_at_once(self, org_id: str, window: int) -> tuple[int, int] | None:
        """The same where it takes no waiting; None, and nothing is counted, where it might."""

    def close(self) -> None:
        """Let go of what it holds."""


class Rates:
    """The counters. A window never goes back: a clock that lags counts into the newest window there is."""

    def __init__(self, counter: Counter, now: Callable[[], float] = time.time) -> None:
        self._counter = counter
        self._memory = MemoryCounter()
        self._now = now
        self._full: dict[str, tuple[int, int]] = {}
        self._out_until = 0.0

    def take(self, org_id: str, limit: int) -> RateState:
        """Count a request of ``org_id``, of which ``limit`` may come in a minute."""
        window = int(self._now() // WINDOW_SECONDS)
        return self._known_full(org_id, limit, window) or self._taken(org_id, limit, *self._add(org_id, window))

    def take_at_once(self, org_id: str, limit: int) -> RateState | None:
        """The same where it takes no waiting, for a caller that must not; None where it might."""
        window = int(self._now() // WINDOW_SECONDS)
        if full := self._known_full(org_id, limit, window):
            return full
        counter = self._memory if self._is_out() else self._counter
        counted = counter.add_at_once(org_id, window)
        return None if counted is None else self._taken(org_id, limit, *counted)

    def close(self) -> None:
        """Let go of the counters."""
        self._counter.close()

    def _add(self, org_id: str, window: int) -> tuple[int, int]:
        if not self._is_out():
            try:
                return self._counter.add(org_id, window)
            except (OSError, EvidocError) as error:
                _log.warning("requests are counted in memory for %d s: %s", _OUT_SECONDS, error)
                self._out_until = time.monotonic() + _OUT_SECONDS
        return self._memory.add(org_id, window)

    def _is_out(self) -> bool:
        """Whether the counter failed a moment ago: not every request is to wait until it fails again."""
        return time.monotonic() < self._out_until

    def _taken(self, org_id: str, limit: int, window: int, taken: int) -> RateState:
        if taken > limit:
            if len(self._full) >= _MEMORY_MOST:
                self._full.clear()
            self._full[org_id] = (window, limit)
        return _state(limit, taken, window)

    def _known_full(self, org_id: str, limit: int, window: int) -> RateState | None:
        """The refusal that must come. What is used up stays so until its window ends: a flood costs no writes."""
        full_window, full_limit = self._full.get(org_id, (-1, 0))
        return _state(limit, limit + 1, window) if full_window == window and limit <= full_limit else None


def _state(limit: int, taken: int, window: int) -> RateState:
    return RateState(limit, max(limit - taken, 0), (window + 1) * WINDOW_SECONDS, taken <= limit)


class MemoryCounter:
    """Counters of this process alone."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken: dict[str, tuple[int, int]] = {}

    def add(self, org_id: str, window: int) -> tuple[int, int]:
        """Count one."""
        with self._lock:
            if len(self._taken) >= _MEMORY_MOST and org_id not in self._taken:
                self._taken.clear()
            standing, taken = self._taken.get(org_id, (window, 0))
            newest = _newest(standing, window)
            self._taken[org_id] = (newest, taken + 1 if newest == standing else 1)
            return self._taken[org_id]

    def add_at_once(self, org_id: str, window: int) -> tuple[int, int]:
        """Count one; memory never makes wait."""
        return self.add(org_id, window)

    def close(self) -> None:
        """Nothing is held."""


def _newest(standing: int, window: int) -> int:
    """The window to count into. One that lies far ahead was made by a clock that has since been set right."""
    return standing if window <= standing <= window + 1 else window


_UPSERT = """
    INSERT INTO rates (org_id, span, taken) VALUES ({org_id}, {span}, 1)
    ON CONFLICT (org_id) DO UPDATE SET
        taken = CASE WHEN rates.span BETWEEN excluded.span AND excluded.span + 1 THEN rates.taken + 1 ELSE 1 END,
        span = CASE WHEN rates.span BETWEEN excluded.span AND excluded.span + 1 THEN rates.span ELSE excluded.span END
    RETURNING span, taken
"""


class FileCounter:
    """Counters in an SQLite file that several processes may open."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._closed = False

    def add(self, org_id: str, window: int) -> tuple[int, int]:
        """Count one. Raises OSError where the file cannot be written."""
        with self._lock:
            try:
                try:
                    return self._count_patiently(org_id, window)
                except sqlite3.DatabaseError as error:
                    self._drop_connection()
                    if _code(error) not in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
                        raise
                    self._remove()  # a power cut may do that to a file that nobody waited for
                    return self._count_patiently(org_id, window)
            except sqlite3.DatabaseError as error:
                raise OSError(str(error)) from error

    def add_at_once(self, org_id: str, window: int) -> tuple[int, int] | None:
        """Count one, unless somebody else is counting; it takes some 30 microseconds, and no wait for the disk."""
        if not self._lock.acquire(blocking=False):
            return None
        try:
            return None if self._connection is None else self._count(org_id, window)
        except sqlite3.DatabaseError:
            return None  # whoever waits finds out what it is
        finally:
            self._lock.release()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._closed = True
            self._drop_connection()

    def _count_patiently(self, org_id: str, window: int) -> tuple[int, int]:
        deadline = time.monotonic() + _BUSY_SECONDS
        while True:
            try:
                return self._count(org_id, window)
            except sqlite3.OperationalError as error:
                if _code(error) & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise
                time.sleep(_BUSY_PAUSE)

    def _count(self, org_id: str, window: int) -> tuple[int, int]:
        if self._connection is None:
            self._connection = self._connect()
        # One row comes back; fetching all of them ends the statement, and with it the transaction.
        [(span, taken)] = self._connection.execute(_SQLITE_UPSERT, (org_id, window)).fetchall()
        return span, taken

    def _connect(self) -> sqlite3.Connection:
        if self._closed:
            raise OSError("the counters are closed")
        self._file.touch(mode=0o600)
        connection = sqlite3.connect(self._file, timeout=0, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute(
                "CREATE TABLE IF NOT EXISTS rates "
                "(org_id TEXT PRIMARY KEY, span INTEGER NOT NULL, taken INTEGER NOT NULL) WITHOUT ROWID"
            )
        except BaseException:
            connection.close()
            raise
        return connection

    def _drop_connection(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _remove(self) -> None:
        for ending in ("", "-wal", "-shm"):
            self._file.with_name(self._file.name + ending).unlink(missing_ok=True)


def _code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", 0)


_SQLITE_UPSERT = _UPSERT.format(org_id="?", span="?")


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


_TABLE_UPSERT = text(_UPSERT.format(org_id=":org_id", span="CAST(:span AS BIGINT)"))


def open_rates(database: Database, folder: Path) -> Rates:
    """The counters that go with a database: a file under ``folder``, or a table of the database."""
    return Rates(FileCounter(folder / "rates.sqlite") if database.is_sqlite else TableCounter(database))
