"""Requests counted in an SQLite file of their own, written without waiting for the disk."""

import sqlite3
import threading
import time
from pathlib import Path

from evidoc.storing.rate_counters.upsert import UPSERT

_BUSY_SECONDS = 2.0
_BUSY_PAUSE = 0.001
_SQLITE_UPSERT = UPSERT.format(org_id="?", span="?")


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
