"""The one door to the database: transactions, durability, and its errors in our words.

SQLite (the default) runs with a write-ahead log. No block below is left before all that it wrote, or saw of others,
is synchronised to the disk: what was acknowledged survives a power cut, and what could be lost is never shown. Its
writers take the write lock at BEGIN, one at a time, so none fails half-way on a lock. The SQL of this room is written
for PostgreSQL as well.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, CursorResult, Engine, Executable, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from evidoc.kernel.errors import EvidocError, StorageFull, Unavailable
from evidoc.storing.folders import is_disk_full
from evidoc.storing.log_sync import LogSync

BUSY_SECONDS = 15
"""How long a writer waits for its turn before the request is refused as unavailable."""

_WRITES = "evidoc_writes"

_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA trusted_schema = OFF",
    f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}",
)

# A quota or a file size limit shows as a failed write, a full disk as SQLITE_FULL.
_SQLITE_FULL = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE})
_DISK_FULL_STATES = frozenset({"53100"})
_TRY_AGAIN_STATES = frozenset({"40001", "40P01", "53300", "55P03", "57P01", "57P02", "57P03"})


class Transaction:
    """One open transaction. Hand it on as ``on=`` and several facts are kept together or not at all."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._after_commit: list[Callable[[], None]] = []

    def execute(
        self, statement: Executable, parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None
    ) -> CursorResult[Any]:
        """Run one statement."""
        result = self._connection.execute(statement, parameters)
        assert isinstance(result, CursorResult)
        return result

    def insert_if_absent(self, table: Table, row: Mapping[str, Any]) -> bool:
        """Add a row; False, and nothing changed, where one with its primary key (or a unique value) is there.

        A row that another transaction has added and not yet committed is waited for.
        """
        speak = sqlite if self._connection.dialect.name == "sqlite" else postgresql
        statement = speak.insert(table).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
        return self.execute(statement, row).rowcount > 0

    def after_commit(self, action: Callable[[], None]) -> None:
        """Have ``action`` called once what was written here is durable; never if it is rolled back."""
        self._after_commit.append(action)

    @property
    def connection(self) -> Connection:
        """The connection itself, for migrations."""
        return self._connection

    def take_actions(self) -> tuple[Callable[[], None], ...]:
        """The actions to call after the commit."""
        return tuple(self._after_commit)


class Database:
    """A database by its URL, e.g. ``sqlite:////var/lib/evidoc/evidoc.sqlite`` or ``postgresql+psycopg://...``."""

    def __init__(self, url: str | URL) -> None:
        self.is_sqlite = make_url(url).get_backend_name() == "sqlite"
        self._engine = _make_engine(url, sqlite=self.is_sqlite)
        # The same connections, with options that would cost more when each block set them anew.
        self._engine_to_write = self._engine.execution_options(**{_WRITES: True})
        # PostgreSQL commits each statement: at its level, read committed, a block around reads adds nothing.
        alone = {} if self.is_sqlite else {"isolation_level": "AUTOCOMMIT"}
        self._engine_alone = self._engine.execution_options(**alone)
        self._writer = threading.Lock()
        self._writing = threading.local()
        self._log = _log_of(url) if self.is_sqlite else None
        self._residue = False

    @contextmanager
    def write(self, on: Transaction | None = None) -> Iterator[Transaction]:
        """A transaction that may change things; committed at the end of the block, rolled back by an exception.

        With ``on`` it is that transaction, left open. Raises StorageFull, or Unavailable where the database
        stayed locked or cannot be reached.
        """
        if on is not None:
            yield on
            return
        commit = 0
        try:
            with self._turn(), _translated():
                with self._engine_to_write.connect() as connection, connection.begin():
                    transaction = Transaction(connection)
                    yield transaction
                commit = self._log.committed() if self._log else 0
                if self._residue:
                    self.forget_deleted(patience_ms=0)
        finally:
            # A block that was refused may have been so by what others committed a moment ago.
            self._make_durable(commit or None)
        for action in transaction.take_actions():
            action()

    @contextmanager
    def read(self, on: Transaction | None = None) -> Iterator[Transaction]:
        """A block that only looks. With ``on`` it is that transaction.

        On SQLite all of it sees one state of the database; on PostgreSQL each statement sees what is committed by then.
        """
        if on is not None:
            yield on
            return
        try:
            with _translated(), self._engine_alone.connect() as connection, connection.begin():
                yield Transaction(connection)
        finally:
            self._make_durable()

    @contextmanager
    def alone(self) -> Iterator[Transaction]:
        """A block whose every statement is a transaction of its own: on PostgreSQL one round trip in place of three."""
        if self.is_sqlite:
            with self.write() as transaction:
                yield transaction
            return
        with _translated(), self._engine_alone.connect() as connection, connection.begin():
            yield Transaction(connection)

    def forget_deleted(self, patience_ms: int = 250) -> None:
        """Empty SQLite's write-ahead log, where deleted rows may still stand.

        Readers of an older state hold it; what they hold for longer than ``patience_ms`` the next writers retry.
        """
        if not self.is_sqlite:
            return
        with self._engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert isinstance(driver, sqlite3.Connection)
            try:
                driver.execute(f"PRAGMA busy_timeout = {patience_ms:d}")
                (busy, *_) = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            except sqlite3.OperationalError:
                busy = True
            finally:
                driver.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
        self._residue = bool(busy)

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()

    def _make_durable(self, commit: int | None = None) -> None:
        """Wait until a commit (None: every one so far) is on the disk. Raises StorageFull or Unavailable."""
        if self._log is None:
            return
        try:
            self._log.wait(commit)
        except OSError as error:
            if is_disk_full(error):
                raise StorageFull from error
            raise Unavailable("The database cannot be written at the moment; try again") from error

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Queue the writers of this process, where the database admits one at a time (fairer than polling its lock)."""
        if not self.is_sqlite:
            yield
            return
        if getattr(self._writing, "now", False):
            raise RuntimeError("this thread is in a write transaction already; pass it on with on=")
        if not self._writer.acquire(timeout=BUSY_SECONDS):
            raise Unavailable("The database is busy; try again")
        self._writing.now = True
        try:
            yield
        finally:
            self._writing.now = False
            self._writer.release()


def sqlite_file(file: Path) -> URL:
    """The URL of an SQLite file, whatever characters its path has."""
    return URL.create("sqlite", database=str(file))


def _make_engine(url: str | URL, *, sqlite: bool) -> Engine:
    engine = create_engine(url, pool_size=16, max_overflow=48, pool_timeout=BUSY_SECONDS)
    if sqlite:
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    elif engine.driver == "psycopg":
        event.listen(engine, "connect", _prepare_postgres)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # the driver's own BEGIN comes too late, and never for DDL
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    try:
        driver.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
    except sqlite3.Error as error:
        raise DBAPIError.instance("BEGIN", None, error, sqlite3.Error) from error


def _log_of(url: str | URL) -> LogSync | None:
    """The log of a database file; None for a database in memory."""
    file = make_url(url).database
    return LogSync(Path(file)) if file and file != ":memory:" else None


def _prepare_postgres(connection: Any, _record: object) -> None:
    """PostgreSQL knows no NUL characters, and SQLite does: what is looked for with one is not there, and no fault."""
    from psycopg.types.string import StrDumperUnknown

    class TextDumper(StrDumperUnknown):
        def dump(self, obj: str) -> Any:
            return super().dump(obj.replace("\0", "\ufffd") if "\0" in obj else obj)

    connection.adapters.register_dumper(str, TextDumper)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except PoolTimeout as error:
        raise Unavailable("The database is busy; try again") from error
    except DBAPIError as error:
        known = _known(error)
        if known is None:
            raise
        raise known from error


def _known(error: DBAPIError) -> EvidocError | None:
    """Our word for a database error that is nobody's bug."""
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorcode", 0)
        if code in _SQLITE_FULL:
            return StorageFull()
        if code & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return Unavailable("The database is busy; try again")
        if code & 0xFF in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN):
            return Unavailable("The database cannot be written at the moment; try again")
        return None
    state = getattr(cause, "sqlstate", None) or ""
    if state in _DISK_FULL_STATES:
        return StorageFull()
    if error.connection_invalidated or state in _TRY_AGAIN_STATES or state.startswith("08"):
        return Unavailable("The database cannot be reached at the moment; try again")
    return None
