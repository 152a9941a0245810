from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from evidoc.kernel.errors import CannotStart
from evidoc.storing.database import Database, sqlite_file
from evidoc.storing.migrate import FOLDER, migrate, revision
from evidoc.storing.schema import HEAD, metadata

config = Config()
config.set_main_option("script_location", str(FOLDER))
SCRIPTS = ScriptDirectory.from_config(config)
EARLIER = [script.revision for script in SCRIPTS.walk_revisions() if script.revision != HEAD]


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(sqlite_file(tmp_path / "strange ? name % #.sqlite"))


def differences(database: Database) -> list[object]:
    with database.read() as transaction:
        context = MigrationContext.configure(transaction.connection, opts={"compare_type": False})
        return list(compare_metadata(context, metadata))


def test_the_newest_migration_is_the_one_that_the_tables_name() -> None:
    assert SCRIPTS.get_heads() == [HEAD]


@pytest.mark.parametrize("start", [None, *EARLIER])
def test_from_every_earlier_state_the_same_tables_result(database: Database, start: str | None) -> None:
    if start is not None:
        migrate(database, target=start)
    migrate(database)
    assert differences(database) == []
    with database.read() as transaction:
        assert revision(transaction) == HEAD
    database.close()


def test_columns_are_as_strict_as_the_tables_say(database: Database) -> None:
    migrate(database)
    with database.read() as transaction:
        for table in metadata.tables.values():
            rows = transaction.execute(text(f"PRAGMA table_info({table.name})")).all()
            assert {row.name: bool(row.notnull) for row in rows} == {
                column.name: not column.nullable for column in table.columns
            }
    database.close()


def test_migrating_again_changes_nothing(database: Database) -> None:
    migrate(database)
    with database.read() as transaction:
        before = transaction.execute(text("SELECT sql FROM sqlite_master ORDER BY name")).all()
    migrate(database)
    with database.read() as transaction:
        assert transaction.execute(text("SELECT sql FROM sqlite_master ORDER BY name")).all() == before
    database.close()


def test_a_migration_that_fails_leaves_the_database_as_it_was(database: Database) -> None:
    with database.write() as transaction:
        transaction.execute(text("CREATE TABLE runs (mine INTEGER)"))
    with pytest.raises(Exception, match="already exists"):
        migrate(database)
    with database.read() as transaction:
        names = transaction.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
    assert names == ["runs"]
    database.close()


def test_a_database_of_a_newer_evidoc_is_left_alone(database: Database) -> None:
    migrate(database)
    with database.write() as transaction:
        transaction.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(CannotStart, match="newer"):
        migrate(database)
    database.close()
