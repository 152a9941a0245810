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

HEAD = "0002"
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
    Column("run_id", String(64)),
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
    Column("slug", String(64)),
    Column("notation", String(16), nullable=False, server_default="tasks"),
    Column("source", JSON(none_as_null=True)),
    Index(None, "org_id", "created_at", "flow_id"),
    Index("ix_flows_org_id_slug", "org_id", "slug", unique=True),
)

flow_versions = Table(
    "flow_versions",
    metadata,
    Column("flow_id", ForeignKey("flows.flow_id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("org_id", String(64), nullable=False),
    Column("definition", JSON, nullable=False),
    Column("notation", String(16), nullable=False),
    Column("source", JSON(none_as_null=True)),
    Column("created_at", Moment, nullable=False),
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
    Column("metadata", JSON(none_as_null=True)),
    Column("parent_run_id", String(64)),
    Column("depth", Integer, nullable=False, server_default="0"),
    Column("first_page", Integer),
    Column("last_page", Integer),
    Column("webhook_url", Text),
    Column("webhook_contract", String(16)),
    Column("webhook_secret", LargeBinary),
    Column("credits_per_page", Integer, nullable=False, server_default="0"),
    Column("credits_used", BigInteger),
    Column("page_count", Integer),
    Index(None, "org_id", "flow_id", "created_at", "run_id"),
    Index(None, "org_id", "document_id"),
    Index(None, "status"),
    Index(None, "parent_run_id"),
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
    Column("output", LargeBinary),
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
    Column("environment", String(8), nullable=False, server_default="live"),
    Index(None, "org_id", "created_at"),
)

organisations = Table(
    "organisations",
    metadata,
    Column("org_id", String(64), primary_key=True),
    Column("name", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("requests_per_minute", Integer),
    Column("credits_limited", Boolean, nullable=False),
    Column("credits", BigInteger, nullable=False),
    Column("held", BigInteger, nullable=False),
    Column("signing_secret", LargeBinary),
)

credit_entries = Table(
    "credit_entries",
    metadata,
    Column("entry_id", String(64), primary_key=True),
    Column("org_id", ForeignKey("organisations.org_id"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("balance", BigInteger, nullable=False),
    Column("run_id", String(64)),
    Column("note", Text),
    Column("created_at", Moment, nullable=False),
    Index(None, "org_id", "created_at", "entry_id"),
    Index("ix_credit_entries_run_id_kind", "run_id", "kind", unique=True),
)
"""What was granted (positive) and charged (negative), with the balance after it; a run is charged once at most."""

idempotency = Table(
    "idempotency",
    metadata,
    Column("org_id", String(64), primary_key=True),
    Column("route", String(100), primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("resource_id", String(64), nullable=False),
    Column("answer", JSON(none_as_null=True)),
    Column("created_at", Moment, nullable=False),
    Index(None, "created_at"),
)
"""What a creating request with this key made, and its first answer where that holds no content."""

deliveries = Table(
    "deliveries",
    metadata,
    Column("delivery_id", String(64), primary_key=True),
    Column("org_id", String(64), nullable=False),
    Column("run_id", String(64), nullable=False),
    Column("event", String(64), nullable=False),
    Column("contract", String(16), nullable=False),
    Column("url", Text, nullable=False),
    Column("secret", LargeBinary),
    Column("status", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next_attempt_at", Moment),
    Column("created_at", Moment, nullable=False),
    Column("delivered_at", Moment),
    Column("last_status", Integer),
    Column("last_error", Text),
    Index(None, "org_id", "created_at", "delivery_id"),
    Index(None, "status", "next_attempt_at"),
    Index(None, "run_id"),
)
"""The outbox of webhooks: written in the transaction of the fact that it tells of."""

delivery_attempts = Table(
    "delivery_attempts",
    metadata,
    Column("delivery_id", ForeignKey("deliveries.delivery_id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("status", Integer),
    Column("error", Text),
    Column("duration_ms", Integer, nullable=False),
)
