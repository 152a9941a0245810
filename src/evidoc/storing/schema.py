"""The tables as they stand after every migration. Content is never here: only ids and small facts.

Moments are whole milliseconds since 1970 UTC, so they sort, subtract and average alike in every database.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)

HEAD = "0001"
"""The newest migration; a database that stands here needs none."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class Moment(TypeDecorator[datetime]):
    """An aware datetime, kept as milliseconds since 1970 UTC."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: D102
        return None if value is None else (value - _EPOCH) // _MILLISECOND

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: D102
        return None if value is None else _EPOCH + int(value) * _MILLISECOND


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

installation = Table(
    "installation",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", LargeBinary, nullable=False),
)

documents = Table(
    "documents",
    metadata,
    Column("document_id", String(64), primary_key=True),
    Column("org_id", String(64), nullable=False),
    Column("name", Text, nullable=False),
    Column("content_type", String(255), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("status", String(16), nullable=False),
    Column("metadata", JSON, nullable=False),
    Column("page_count", Integer),
    Column("failure_code", String(64)),
    Column("failure_message", Text),
    Column("failure_task_id", Text),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Index(None, "org_id", "created_at", "document_id"),
    Index(None, "status"),
)

document_keys = Table(
    "document_keys",
    metadata,
    Column("document_id", String(64), primary_key=True),
    Column("org_id", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("wrapped", LargeBinary),
    Column("created_at", Moment, nullable=False),
    Index(None, "state"),
)

flows = Table(
    "flows",
    metadata,
    Column("flow_id", String(64), primary_key=True),
    Column("org_id", String(64), nullable=False),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("definition", JSON, nullable=False),
    Column("status", String(16), nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Index(None, "org_id", "created_at", "flow_id"),
)

runs = Table(
    "runs",
    metadata,
    Column("run_id", String(64), primary_key=True),
    Column("org_id", String(64), nullable=False),
    Column("flow_id", ForeignKey("flows.flow_id"), nullable=False),
    Column("flow_version", Integer, nullable=False),
    Column("document_id", String(64), nullable=False),
    Column("status", String(16), nullable=False),
    Column("definition", JSON, nullable=False),
    Column("parameters", JSON, nullable=False),
    Column("failure_code", String(64)),
    Column("failure_message", Text),
    Column("failure_task_id", Text),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("started_at", Moment),
    Column("finished_at", Moment),
    Index(None, "org_id", "flow_id", "created_at", "run_id"),
    Index(None, "org_id", "document_id"),
    Index(None, "status"),
)

tasks = Table(
    "tasks",
    metadata,
    Column("run_id", ForeignKey("runs.run_id"), primary_key=True),
    Column("task_id", Text, primary_key=True),
    Column("org_id", String(64), nullable=False),
    Column("position", Integer, nullable=False),
    Column("task_type", String(64), nullable=False),
    Column("status", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("failure_code", String(64)),
    Column("failure_message", Text),
    Column("failure_task_id", Text),
    Column("started_at", Moment),
    Column("finished_at", Moment),
    Column("has_output", Boolean, nullable=False),
)

keys = Table(
    "keys",
    metadata,
    Column("key_id", String(64), primary_key=True),
    Column("org_id", String(64), nullable=False),
    Column("name", Text, nullable=False),
    Column("hint", String(32), nullable=False),
    Column("secret_hash", String(64), nullable=False, unique=True),
    Column("scopes", JSON, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment),
    Column("revoked_at", Moment),
    Column("last_used_at", Moment),
    Index(None, "org_id", "created_at"),
)
