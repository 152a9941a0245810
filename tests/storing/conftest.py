"""Stores for the tests, on SQLite and, where there is one, on a real PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL

from evidoc.storing.database import Database
from evidoc.storing.migrate import migrate
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
def postgres_template(postgres_server: URL) -> Iterator[str]:
    """A database with all tables and nothing in them, to make others from."""
    with postgres.new_database(postgres_server) as url:
        database = Database(url)
        migrate(database)
        database.close()
        assert url.database
        yield url.database


@pytest.fixture
def postgres_url(postgres_server: URL, postgres_template: str) -> Iterator[URL]:
    with postgres.new_database(postgres_server, postgres_template) as url:
        yield url


@pytest.fixture
def postgres_store(postgres_url: URL, folder: Path) -> Iterator[Store]:
    opened = Store.open(folder, database_url=postgres_url)
    yield opened
    opened.close()


@pytest.fixture(params=["sqlite", "postgresql"] if postgres.IS_THERE else ["sqlite"])
def store(request: pytest.FixtureRequest) -> Store:
    opened: Store = request.getfixturevalue("sqlite_store" if request.param == "sqlite" else "postgres_store")
    return opened
