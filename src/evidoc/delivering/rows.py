"""Rows come in, tables in named databases of the operator's hold them: made, widened, and written once.

A row is known by its execution and task: writing it again changes nothing. Errors never show a URL, a
statement or a value; those that may pass are DeliveryFailed, all others DeliveryRefused.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, Engine, MetaData, Table, and_, create_engine, event, insert, inspect, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import (
    ArgumentError,
    CompileError,
    DataError,
    DBAPIError,
    IntegrityError,
    NoSuchModuleError,
    NoSuchTableError,
    NotSupportedError,
    OperationalError,
    ProgrammingError,
    SQLAlchemyError,
    StatementError,
)
from sqlalchemy.schema import CreateColumn, Index

from evidoc.delivering.columns import KEY, ColumnType, bound_value, identity_columns, sql_type
from evidoc.kernel.errors import DeliveryFailed, DeliveryRefused

DEFAULT_CONNECTION = "default_database"

MOST_COLUMNS = 500

_NEVER_ON_SQLITE = frozenset({"SQLITE_ERROR", "SQLITE_READONLY", "SQLITE_AUTH"})
"""Errors that SQLite's driver calls operational and that no second try helps: a reserved name, a view, no schema."""

_ATTEMPTS = 3
_BUSY_SECONDS = 15


@dataclass(frozen=True, slots=True)
class RowColumn:
    """A column to write: its name and type if it must be made, and the value as text (None for NULL)."""

    name: str
    type: ColumnType
    value: str | None


class Rows:
    """The databases that flows may write to, by name.

    ``connections`` maps names to SQLAlchemy URLs. ``default_database`` is a SQLite file in ``data_folder`` unless
    it is among them.
    """

    def __init__(self, connections: Mapping[str, str], data_folder: Path) -> None:
        default = f"sqlite:///{data_folder.absolute() / DEFAULT_CONNECTION}.sqlite"
        self._urls = {DEFAULT_CONNECTION: default, **connections}
        self._engines: dict[str, Engine] = {}
        self._lock = threading.Lock()
        # One for each: a database that does not answer keeps only its own tables waiting.
        self._shaping = {name: threading.Lock() for name in self._urls}

    @property
    def names(self) -> tuple[str, ...]:
        """The connections that there are."""
        return tuple(sorted(self._urls))

    def write(self, connection: str, table: str, columns: Sequence[RowColumn]) -> bool:
        """Write one row; ``columns`` hold the key (execution_id, task_id) too. False where it was there already.

        A table that is missing is made, columns that it lacks are added; columns that are there keep their type,
        and a value that does not fit it is refused. Raises DeliveryFailed and DeliveryRefused.
        """
        with _translated(connection):
            engine = self._engine(connection)
            with self._shaping[connection]:
                shaped = _shape(engine, table, columns)
            with engine.begin() as link:
                return _insert_once(link, shaped, columns)

    def check(self, connection: str) -> None:
        """See that a database can be reached, writing nothing. Raises DeliveryFailed and DeliveryRefused."""
        with _translated(connection), self._engine(connection).connect() as link:
            link.execute(select(1))

    def close(self) -> None:
        """Let go of every connection."""
        with self._lock:
            for engine in self._engines.values():
                engine.dispose()
            self._engines.clear()

    def _engine(self, name: str) -> Engine:
        if name not in self._urls:
            raise DeliveryRefused(f"There is no connection {name!r}; known are {', '.join(self.names)}")
        with self._lock:
            if name not in self._engines:
                self._engines[name] = _make_engine(self._urls[name])
            return self._engines[name]


def _make_engine(url: str) -> Engine:
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, pool_size=4, pool_pre_ping=True, hide_parameters=True)
    engine = create_engine(url, connect_args={"timeout": _BUSY_SECONDS}, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver's own BEGIN comes too late
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _shape(engine: Engine, name: str, columns: Sequence[RowColumn]) -> Table:
    """The table as it is once it has every column. Another process may be shaping it too, so look again."""
    schema, _, bare = name.rpartition(".")
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return _shape_once(engine, schema or None, bare, columns)
        except (DBAPIError, NoSuchTableError):
            if attempt == _ATTEMPTS:
                raise
    raise AssertionError


def _shape_once(engine: Engine, schema: str | None, name: str, columns: Sequence[RowColumn]) -> Table:
    with engine.begin() as link:
        if not inspect(link).has_table(name, schema=schema):
            made = Table(name, MetaData(), *identity_columns(), schema=schema)
            Index(f"uq_{name}_execution"[:60], *(made.c[key] for key in KEY), unique=True)
            made.create(link)
        table = Table(name, MetaData(), schema=schema, autoload_with=link)
        present = {column.name.casefold() for column in table.columns}
        missing = [column for column in columns if column.name.casefold() not in present]
        if len(present) + len(missing) > MOST_COLUMNS:
            raise DeliveryRefused(f"The table {name!r} would have more than {MOST_COLUMNS} columns")
        for column in missing:
            _add_column(link, table, column)
        if missing:
            table = Table(name, MetaData(), schema=schema, autoload_with=link)
        return table


def _add_column(link: Connection, table: Table, column: RowColumn) -> None:
    prepare = link.dialect.identifier_preparer
    # A column needs a table to be written down; this one is never made.
    written = Column(column.name, sql_type(column.type))
    Table(table.name, MetaData(), written, schema=table.schema)
    definition = CreateColumn(written).compile(dialect=link.dialect)
    link.exec_driver_sql(f"ALTER TABLE {prepare.format_table(table)} ADD COLUMN {definition}")


def _insert_once(link: Connection, table: Table, columns: Sequence[RowColumn]) -> bool:
    names = {column.name.casefold(): column for column in table.columns}
    values = {}
    for column in columns:
        target = names[column.name.casefold()]
        values[target] = bound_value(column.value, target.type, column.name)
    key = and_(*(names[name] == values[names[name]] for name in KEY))
    if link.execute(select(names[KEY[0]]).where(key).limit(1)).first() is not None:
        return False
    try:
        with link.begin_nested():
            link.execute(insert(table).values(values))
    except IntegrityError:
        # Written by another process since we looked, or refused by a constraint of the table's owner.
        if link.execute(select(names[KEY[0]]).where(key).limit(1)).first() is None:
            raise
        return False
    return True


@contextmanager
def _translated(connection: str) -> Iterator[None]:
    """Errors of databases and drivers in our words, without what they say of values and addresses."""
    told = f"The database {connection!r}"
    try:
        yield
    except (NoSuchModuleError, ArgumentError, ImportError) as error:
        raise DeliveryRefused(f"{told} has a URL that cannot be used, or its driver is not installed") from error
    except (ProgrammingError, DataError, IntegrityError, NotSupportedError, CompileError, NoSuchTableError) as error:
        raise DeliveryRefused(f"{told} refuses the row or its table ({_cause(error)})") from error
    except OperationalError as error:
        if getattr(error.orig, "sqlite_errorname", "") in _NEVER_ON_SQLITE:
            raise DeliveryRefused(f"{told} refuses the row or its table ({_cause(error)})") from error
        raise DeliveryFailed(f"{told} cannot take the row at the moment ({_cause(error)})") from error
    except DBAPIError as error:
        raise DeliveryFailed(f"{told} cannot take the row at the moment ({_cause(error)})") from error
    except StatementError as error:
        raise DeliveryRefused(f"{told} has a column that does not take its value ({_cause(error)})") from error
    except SQLAlchemyError as error:
        raise DeliveryFailed(f"{told} cannot take the row at the moment ({_cause(error)})") from error


def _cause(error: SQLAlchemyError) -> str:
    cause = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(cause, "sqlstate", None) or getattr(cause, "sqlite_errorname", None)
    return f"{type(cause).__name__} {code}" if code else type(cause).__name__
