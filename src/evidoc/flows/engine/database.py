"""The database that the durable engine keeps its own state in."""

from typing import Any

from dbos import DBOSConfig, DBOSPortableJSONSerializer
from sqlalchemy import Engine as SqlEngine
from sqlalchemy import create_engine, event
from sqlalchemy.engine import make_url

_APPLICATION = "evidoc"
_VERSION = "1"
"""DBOS takes up only work of its own version. Raise it when a job's steps change their order or names."""


def engine_config(url: str, sql: SqlEngine) -> DBOSConfig:
    """How DBOS works here, on the database ``sql`` at ``url``."""
    return {
        "name": _APPLICATION,
        "system_database_url": url,
        "system_database_engine": sql,
        "application_version": _VERSION,
        "executor_id": "server",
        "serializer": DBOSPortableJSONSerializer(),
        "log_level": "ERROR",
        "use_listen_notify": False,
        # Nothing is ever sent to a job; this only bounds how long stopping takes.
        "notification_listener_polling_interval_sec": 0.25,
    }


def open_engine_database(url: str) -> SqlEngine:
    """The engine's database. On SQLite a write-ahead log makes it two to three times faster than DBOS's default.

    A power cut may lose its last facts, not those of our own database; work is then done again, never lost.
    """
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, pool_size=20, max_overflow=20)
    engine = create_engine(url, pool_size=16, max_overflow=112)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = "IMMEDIATE"
        for pragma in ("busy_timeout=30000", "journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    return engine
