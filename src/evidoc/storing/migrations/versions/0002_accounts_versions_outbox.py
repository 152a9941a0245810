"""Organisations, credits, idempotency keys, flow versions, runs within runs, the outbox of webhooks."""

import time

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    _columns()
    _flow_versions()
    _accounts()
    _idempotency()
    _deliveries()


def _columns() -> None:
    new = {
        "documents": [sa.Column("run_id", sa.String(64))],
        "flows": [
            sa.Column("slug", sa.String(64)),
            sa.Column("notation", sa.String(16), nullable=False, server_default="tasks"),
            sa.Column("source", sa.JSON),
        ],
        "runs": [
            sa.Column("metadata", sa.JSON),
            sa.Column("parent_run_id", sa.String(64)),
            sa.Column("depth", sa.Integer, nullable=False, server_default="0"),
            sa.Column("first_page", sa.Integer),
            sa.Column("last_page", sa.Integer),
            sa.Column("webhook_url", sa.Text),
            sa.Column("webhook_contract", sa.String(16)),
            sa.Column("webhook_secret", sa.LargeBinary),
            sa.Column("credits_per_page", sa.Integer, nullable=False, server_default="0"),
            sa.Column("credits_used", sa.BigInteger),
            sa.Column("page_count", sa.Integer),
        ],
        "tasks": [sa.Column("output", sa.LargeBinary)],
        "keys": [sa.Column("environment", sa.String(8), nullable=False, server_default="live")],
    }
    for table, columns in new.items():
        for column in columns:
            op.add_column(table, column)
    op.create_index("ix_flows_org_id_slug", "flows", ["org_id", "slug"], unique=True)
    op.create_index("ix_runs_parent_run_id", "runs", ["parent_run_id"])


def _flow_versions() -> None:
    op.create_table(
        "flow_versions",
        sa.Column("flow_id", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("org_id", sa.String(64), nullable=False),
        sa.Column("definition", sa.JSON, nullable=False),
        sa.Column("notation", sa.String(16), nullable=False),
        sa.Column("source", sa.JSON),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("flow_id", "version", name="pk_flow_versions"),
        sa.ForeignKeyConstraint(["flow_id"], ["flows.flow_id"], name="fk_flow_versions_flow_id_flows"),
    )
    op.execute(
        "INSERT INTO flow_versions (flow_id, version, org_id, definition, notation, created_at) "
        "SELECT flow_id, version, org_id, definition, 'tasks', updated_at FROM flows"
    )


def _accounts() -> None:
    op.create_table(
        "organisations",
        sa.Column("org_id", sa.String(64), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("requests_per_minute", sa.Integer),
        sa.Column("credits_limited", sa.Boolean, nullable=False),
        sa.Column("credits", sa.BigInteger, nullable=False),
        sa.Column("held", sa.BigInteger, nullable=False),
        sa.Column("signing_secret", sa.LargeBinary),
        sa.PrimaryKeyConstraint("org_id", name="pk_organisations"),
    )
    organisations = sa.table(
        "organisations",
        *(sa.column(name) for name in ("org_id", "name", "created_at", "credits_limited", "credits", "held")),
    )
    known = {"org_default"} | {row.org_id for row in op.get_bind().execute(sa.text("SELECT org_id FROM keys"))}
    now = int(time.time() * 1000)
    op.bulk_insert(
        organisations,
        [
            {"org_id": org, "name": org, "created_at": now, "credits_limited": False, "credits": 0, "held": 0}
            for org in sorted(known)
        ],
    )
    op.create_table(
        "credit_entries",
        sa.Column("entry_id", sa.String(64), nullable=False),
        sa.Column("org_id", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("balance", sa.BigInteger, nullable=False),
        sa.Column("run_id", sa.String(64)),
        sa.Column("note", sa.Text),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("entry_id", name="pk_credit_entries"),
        sa.ForeignKeyConstraint(["org_id"], ["organisations.org_id"], name="fk_credit_entries_org_id_organisations"),
    )
    op.create_index(
        "ix_credit_entries_org_id_created_at_entry_id", "credit_entries", ["org_id", "created_at", "entry_id"]
    )
    op.create_index("ix_credit_entries_run_id_kind", "credit_entries", ["run_id", "kind"], unique=True)


def _idempotency() -> None:
    op.create_table(
        "idempotency",
        sa.Column("org_id", sa.String(64), nullable=False),
        sa.Column("route", sa.String(100), nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("resource_id", sa.String(64), nullable=False),
        sa.Column("answer", sa.JSON),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("org_id", "route", "key", name="pk_idempotency"),
    )
    op.create_index("ix_idempotency_created_at", "idempotency", ["created_at"])


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("delivery_id", sa.String(64), nullable=False),
        sa.Column("org_id", sa.String(64), nullable=False),
        sa.Column("run_id", sa.String(64), nullable=False),
        sa.Column("event", sa.String(64), nullable=False),
        sa.Column("contract", sa.String(16), nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("secret", sa.LargeBinary),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("next_attempt_at", sa.BigInteger),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("delivered_at", sa.BigInteger),
        sa.Column("last_status", sa.Integer),
        sa.Column("last_error", sa.Text),
        sa.PrimaryKeyConstraint("delivery_id", name="pk_deliveries"),
    )
    op.create_index(
        "ix_deliveries_org_id_created_at_delivery_id", "deliveries", ["org_id", "created_at", "delivery_id"]
    )
    op.create_index("ix_deliveries_status_next_attempt_at", "deliveries", ["status", "next_attempt_at"])
    op.create_index("ix_deliveries_run_id", "deliveries", ["run_id"])
    op.create_table(
        "delivery_attempts",
        sa.Column("delivery_id", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("error", sa.Text),
        sa.Column("duration_ms", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("delivery_id", "number", name="pk_delivery_attempts"),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.delivery_id"], name="fk_delivery_attempts_delivery_id_deliveries"
        ),
    )
