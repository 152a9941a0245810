"""Bring a database to the newest tables. Costs one query where it stands there already."""

from pathlib import Path

from sqlalchemy import inspect, text

from evidoc.kernel.errors import CannotStart
from evidoc.storing.database import Database, Transaction
from evidoc.storing.schema import HEAD

FOLDER = Path(__file__).with_name("migrations")


def migrate(database: Database, target: str = HEAD) -> None:
    """Run the migrations that are missing, all in one transaction.

    Raises CannotStart where the database was made by a newer Evidoc.
    """
    with database.read() as transaction:
        if revision(transaction) == target:
            return
    with database.write() as transaction:
        standing = revision(transaction)
        if standing != target:
            _upgrade(transaction, standing, target)


def revision(transaction: Transaction) -> str | None:
    """The migration that the database stands at; None when it is empty."""
    if not inspect(transaction.connection).has_table("alembic_version"):
        return None
    found: str | None = transaction.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def _upgrade(transaction: Transaction, standing: str | None, target: str) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = transaction.connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if standing is not None and standing not in known:
        raise CannotStart(
            f"The database was made by a newer Evidoc (its tables are at {standing}, this one knows {HEAD}); "
            "start that version, or restore a backup"
        )
    command.upgrade(config, target)
