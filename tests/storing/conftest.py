"""Stores for the tests, on SQLite and, where there is one, on a real PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL

from evidoc.kernel.principal import DEFAULT_ORG
from evidoc.storing.database import Database
from evidoc.storing.migrate import migrate
from evidoc.storing.schema import metadata, organisations
from evidoc.storing.store import Store
from tests import postgres


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def sqlite_store(folder: Path) -> Iterator[Store]:
    opened = Store.open(folder)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[URL]:
    with postgres.running_postgres() as url:
        yield url


@pytest.fixture(scope="session")
def postgres_database(postgres_server: URL) -> Iterator[URL]:
    """A database with all tables; ``postgres_url`` empties it for each test, which is quicker than making another."""
    with postgres.new_database(postgres_server) as url:
        database = Database(url)
        migrate(database)
        database.close()
        yield url


@pytest.fixture
def postgres_url(postgres_database: URL) -> Iterator[URL]:
    yield postgres_database
    emptied = [f"DELETE FROM {table.name}" for table in reversed(metadata.sorted_tables) if table is not organisations]
    with postgres.asking(postgres_database) as execute:
        execute("; ".join([*emptied, f"DELETE FROM organisations WHERE org_id <> '{DEFAULT_ORG}'"]))
        execute(
            "UPDATE organisations SET credits_limited = false, credits = 0, held = 0, requests_per_minute = NULL, "
            "signing_secret = NULL"
        )
        execute("DROP TABLE IF EXISTS rates")


@pytest.fixture
def postgres_store(postgres_url: URL, folder: Path) -> Iterator[Store]:
    opened = Store.open(folder, database_url=postgres_url)
    yield opened
    opened.close()


@pytest.fixture(params=["sqlite", "postgresql"] if postgres.IS_THERE else ["sqlite"])
def store(request: pytest.FixtureRequest) -> Store:
    opened: Store = request.getfixturevalue("sqlite_store" if request.param == "sqlite" else "postgres_store")
    return opened
