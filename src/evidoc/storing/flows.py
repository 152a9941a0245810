"""The flows of every organisation. One of another organisation is FlowNotFound, as one that never was."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Row, case, func, insert, select, update

from evidoc.kernel import clock
from evidoc.kernel.errors import FlowNotFound
from evidoc.kernel.records import FlowRecord, FlowStats, FlowStatus, Listing, RunStatus
from evidoc.storing.database import Database, Transaction
from evidoc.storing.listing import newest_first
from evidoc.storing.schema import flows, runs


class Flows:
    """Rows of flows."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, record: FlowRecord, on: Transaction | None = None) -> None:
        """Keep a new flow."""
        with self._database.write(on) as transaction:
            transaction.execute(
                insert(flows).values(
                    flow_id=record.flow_id,
                    org_id=record.org_id,
                    name=record.name,
                    description=record.description,
                    definition=dict(record.definition),
                    status=record.status,
                    version=record.version,
                    created_at=record.created_at,
                    updated_at=record.updated_at,
                )
            )

    def get(self, org_id: str, flow_id: str, on: Transaction | None = None) -> FlowRecord:
        """One flow. Raises FlowNotFound."""
        with self._database.read(on) as transaction:
            row = transaction.execute(select(flows).where(*_one(org_id, flow_id))).first()
        if row is None:
            raise FlowNotFound()
        return _record(row)

    def list(
        self, org_id: str, limit: int, offset: int, status: FlowStatus | None = None, on: Transaction | None = None
    ) -> Listing[FlowRecord]:
        """A page of the organisation's flows, newest first."""
        conditions: list[ColumnElement[bool]] = [flows.c.org_id == org_id]
        if status is not None:
            conditions.append(flows.c.status == status)
        with self._database.read(on) as transaction:
            return newest_first(transaction, flows, conditions, limit, offset, _record)

    def active(self, org_id: str, on: Transaction | None = None) -> tuple[FlowRecord, ...]:
        """All active flows of the organisation, oldest first: those whose triggers may fire."""
        with self._database.read(on) as transaction:
            rows = transaction.execute(
                select(flows)
                .where(flows.c.org_id == org_id, flows.c.status == FlowStatus.ACTIVE)
                .order_by(flows.c.created_at, flows.c.flow_id)
            )
            return tuple(_record(row) for row in rows)

    def update(
        self,
        org_id: str,
        flow_id: str,
        *,
        name: str | None = None,
        description: str | None = None,
        definition: Mapping[str, Any] | None = None,
        status: FlowStatus | None = None,
        on: Transaction | None = None,
    ) -> FlowRecord:
        """Change what is given, and return the flow as it is then. Raises FlowNotFound.

        A definition that differs from the present one makes a new version; runs keep the one they began with.
        """
        with self._database.write(on) as transaction:
            present = self.get(org_id, flow_id, on=transaction)
            given = {"name": name, "description": description, "status": status}
            changes: dict[str, Any] = {column: value for column, value in given.items() if value is not None}
            changes["updated_at"] = clock.now()
            if definition is not None and definition != present.definition:
                changes |= {"definition": dict(definition), "version": present.version + 1}
            transaction.execute(update(flows).where(*_one(org_id, flow_id)).values(**changes))
            return self.get(org_id, flow_id, on=transaction)

    def stats(self, org_id: str, flow_id: str, on: Transaction | None = None) -> FlowStats:
        """How the flow's runs ended so far. Raises FlowNotFound."""
        duration = runs.c.finished_at - func.coalesce(runs.c.started_at, runs.c.created_at)
        query = select(
            func.count().label("total"),
            func.coalesce(func.sum(case((runs.c.status == RunStatus.COMPLETED, 1), else_=0)), 0).label("successful"),
            func.coalesce(func.sum(case((runs.c.status == RunStatus.FAILED, 1), else_=0)), 0).label("failed"),
            func.avg(duration).label("average"),
        ).where(runs.c.org_id == org_id, runs.c.flow_id == flow_id)
        with self._database.read(on) as transaction:
            self.get(org_id, flow_id, on=transaction)
            row = transaction.execute(query).one()
        average_ms = None if row.average is None else round(row.average)
        return FlowStats(row.total, int(row.successful), int(row.failed), average_ms)


def _one(org_id: str, flow_id: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return flows.c.org_id == org_id, flows.c.flow_id == flow_id


def _record(row: Row[Any]) -> FlowRecord:
    return FlowRecord(
        flow_id=row.flow_id,
        org_id=row.org_id,
        name=row.name,
        description=row.description,
        definition=row.definition,
        status=FlowStatus(row.status),
        created_at=row.created_at,
        updated_at=row.updated_at,
        version=row.version,
    )
