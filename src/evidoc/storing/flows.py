"""The flows of every organisation and all their versions.

A flow of another organisation is FlowNotFound, as one that never was. Those of ``BUILTIN_ORG`` are found, listed
and run by everybody, and changed only by ``put_builtin``.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, case, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from evidoc.kernel import clock
from evidoc.kernel.errors import Conflict, FlowNotFound, VersionNotFound
from evidoc.kernel.principal import BUILTIN_ORG
from evidoc.kernel.records import FlowRecord, FlowStats, FlowStatus, FlowVersion, Listing, RunStatus
from evidoc.storing.database import Database, Transaction
from evidoc.storing.listing import newest_first, page_of
from evidoc.storing.schema import flow_versions, flows, runs

_PUBLISHING_TRIES = 10
"""How often a built-in is tried while other processes publish the same."""


class Flows:
    """Rows of flows and of their versions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, record: FlowRecord, on: Transaction | None = None) -> None:
        """Keep a new flow as its first version. Raises Conflict where its slug or id is taken."""
        with self._database.write(on) as transaction:
            if record.slug is not None:
                taken = select(flows.c.flow_id).where(flows.c.org_id == record.org_id, flows.c.slug == record.slug)
                if transaction.execute(taken).first() is not None:
                    raise Conflict(f"There is a flow with the slug {record.slug!r} already")
            try:
                transaction.execute(insert(flows).values(**_columns(record)))
            except IntegrityError as error:
                raise Conflict(f"There is a flow with the slug {record.slug!r} already") from error
            _add_version(transaction, record)

    def get(self, org_id: str, flow_id: str, on: Transaction | None = None) -> FlowRecord:
        """One flow of the organisation's own. Raises FlowNotFound."""
        with self._database.read(on) as transaction:
            row = transaction.execute(select(flows).where(*_one(org_id, flow_id))).first()
        if row is None:
            raise FlowNotFound()
        return _record(row)

    def find(self, org_id: str, reference: str, on: Transaction | None = None) -> FlowRecord:
        """The flow with this id or slug: the organisation's own, else a built-in one. Raises FlowNotFound."""
        asked = {"this_org": org_id, "reference": reference}
        with self._database.read(on) as transaction:
            row = transaction.execute(_FIND, asked).first()
        if row is None:
            raise FlowNotFound()
        return _record(row)

    def version(self, flow: FlowRecord, version: int | None = None, on: Transaction | None = None) -> FlowVersion:
        """What ``flow`` was at ``version``; its present one where None. Raises VersionNotFound."""
        if version is None:
            return _version_of(flow)
        query = select(flow_versions).where(
            flow_versions.c.flow_id == flow.flow_id,
            flow_versions.c.org_id == flow.org_id,
            flow_versions.c.version == min(version, _LARGEST_VERSION),
        )
        with self._database.read(on) as transaction:
            row = transaction.execute(query).first()
        if row is None:
            raise VersionNotFound(f"The flow has no version {version}")
        return _version(row)

    def versions(self, flow: FlowRecord, on: Transaction | None = None) -> tuple[int, ...]:
        """The numbers of all versions, newest first."""
        query = (
            select(flow_versions.c.version)
            .where(flow_versions.c.flow_id == flow.flow_id, flow_versions.c.org_id == flow.org_id)
            .order_by(flow_versions.c.version.desc())
        )
        with self._database.read(on) as transaction:
            return tuple(transaction.execute(query).scalars())

    def list(
        self, org_id: str, limit: int, offset: int, status: FlowStatus | None = None, on: Transaction | None = None
    ) -> Listing[FlowRecord]:
        """A page of the organisation's flows, newest first."""
        conditions: list[ColumnElement[bool]] = [flows.c.org_id == org_id]
        if status is not None:
            conditions.append(flows.c.status == status)
        with self._database.read(on) as transaction:
            return newest_first(transaction, flows, conditions, limit, offset, _record)

    def list_all(
        self, org_id: str, limit: int, offset: int, status: FlowStatus | None = None, on: Transaction | None = None
    ) -> Listing[FlowRecord]:
        """A page of the organisation's own flows, newest first, and after them the built-in ones by name.

        A built-in one is left out where a flow of the organisation's own has its slug.
        """
        own = select(flows.c.slug).where(flows.c.org_id == org_id, flows.c.slug.is_not(None))
        built_in = and_(flows.c.org_id == BUILTIN_ORG, flows.c.slug.not_in(own))
        conditions: list[ColumnElement[bool]] = [or_(flows.c.org_id == org_id, built_in)]
        if status is not None:
            conditions.append(flows.c.status == status)
        is_built_in = flows.c.org_id == BUILTIN_ORG
        order = (
            case((is_built_in, 1), else_=0),
            case((is_built_in, flows.c.flow_id), else_=""),
            flows.c.created_at.desc(),
            flows.c.flow_id.desc(),
        )
        with self._database.read(on) as transaction:
            return page_of(transaction, flows, conditions, order, limit, offset, _record)

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
        notation: str = "tasks",
        source: Mapping[str, Any] | None = None,
        status: FlowStatus | None = None,
        version: int | None = None,
        on: Transaction | None = None,
    ) -> FlowRecord:
        """Change what is given, and return the flow as it is then. Raises FlowNotFound.

        A definition that differs from the present one (or comes from another ``source``) makes a new version, the next
        one or ``version`` where that is later; runs keep the one they began with.
        """
        with self._database.write(on) as transaction:
            lock = select(flows).where(*_one(org_id, flow_id)).with_for_update()
            row = transaction.execute(lock).first()
            if row is None:
                raise FlowNotFound()
            present = _record(row)
            given = {"name": name, "description": description, "status": status}
            changes: dict[str, Any] = {column: value for column, value in given.items() if value is not None}
            changes["updated_at"] = clock.now()
            is_new = definition is not None and (definition, notation, source) != (
                present.definition,
                present.notation,
                present.source,
            )
            if definition is not None and is_new:
                changes |= {
                    "definition": dict(definition),
                    "version": max(present.version + 1, version or 0),
                    "notation": notation,
                    "source": None if source is None else dict(source),
                }
            transaction.execute(update(flows).where(*_one(org_id, flow_id)).values(**changes))
            changed = self.get(org_id, flow_id, on=transaction)
            if is_new:
                _add_version(transaction, changed)
            return changed

    def put_builtin(self, wanted: FlowRecord) -> FlowRecord:
        """Publish a flow of ``BUILTIN_ORG`` at its ``version``: new, as a change, or not at all where it is there.

        Several processes may do so at once. One that knows an older version than is there already changes nothing.
        """
        for _ in range(_PUBLISHING_TRIES - 1):
            try:
                return self._put_builtin(wanted)
            except (Conflict, IntegrityError):
                # Another process was a moment earlier; what it wrote is seen by the next look.
                continue
        return self._put_builtin(wanted)

    def _put_builtin(self, wanted: FlowRecord) -> FlowRecord:
        with self._database.write() as on:
            # Locked, so that what is compared here is what is changed below.
            row = on.execute(select(flows).where(*_one(BUILTIN_ORG, wanted.flow_id)).with_for_update()).first()
            if row is None:
                self.add(wanted, on=on)
                return wanted
            present = _record(row)
            if present.version > wanted.version or _what_counts(present) == _what_counts(wanted):
                return present
            return self.update(
                BUILTIN_ORG,
                wanted.flow_id,
                name=wanted.name,
                description=wanted.description,
                definition=wanted.definition,
                notation=wanted.notation,
                source=wanted.source,
                status=FlowStatus.ACTIVE,
                version=wanted.version,
                on=on,
            )

    def stats(self, org_id: str, flow_id: str, on: Transaction | None = None) -> FlowStats:
        """How the organisation's runs of a flow, its own or a built-in one, ended so far. Raises FlowNotFound.

        Runs that a task of another run started are not counted.
        """
        with self._database.read(on) as transaction:
            row = transaction.execute(_STATS, {"this_org": org_id, "this_flow": flow_id}).one()
            if not row.total:  # what has runs is there
                self.find(org_id, flow_id, on=transaction)
        average_ms = None if row.average is None else round(row.average)
        return FlowStats(row.total, int(row.successful), int(row.failed), average_ms)


_FIND = (
    select(flows)
    .where(
        or_(flows.c.org_id == bindparam("this_org"), flows.c.org_id == BUILTIN_ORG),
        or_(flows.c.flow_id == bindparam("reference"), flows.c.slug == bindparam("reference")),
    )
    .order_by(case((flows.c.org_id == bindparam("this_org"), 0), else_=1))
    .limit(1)
)
"""Built once: it is asked for every run."""

_STATS = select(
    func.count().label("total"),
    func.coalesce(func.sum(case((runs.c.status == RunStatus.COMPLETED, 1), else_=0)), 0).label("successful"),
    func.coalesce(func.sum(case((runs.c.status == RunStatus.FAILED, 1), else_=0)), 0).label("failed"),
    func.avg(runs.c.finished_at - func.coalesce(runs.c.started_at, runs.c.created_at)).label("average"),
).where(
    runs.c.org_id == bindparam("this_org"),
    runs.c.flow_id == bindparam("this_flow"),
    runs.c.parent_run_id.is_(None),
)

_LARGEST_VERSION = 2**31 - 1
"""The largest number that the column takes in every database; no flow has that version."""


def _one(org_id: str, flow_id: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return flows.c.org_id == org_id, flows.c.flow_id == flow_id


def _what_counts(record: FlowRecord) -> tuple[Any, ...]:
    return record.name, record.description, record.definition, record.notation, record.source, record.status


def _add_version(transaction: Transaction, record: FlowRecord) -> None:
    transaction.execute(
        insert(flow_versions).values(
            flow_id=record.flow_id,
            version=record.version,
            org_id=record.org_id,
            definition=dict(record.definition),
            notation=record.notation,
            source=None if record.source is None else dict(record.source),
            created_at=record.updated_at,
        )
    )


def _columns(record: FlowRecord) -> dict[str, Any]:
    return {
        "flow_id": record.flow_id,
        "org_id": record.org_id,
        "name": record.name,
        "description": record.description,
        "definition": dict(record.definition),
        "status": record.status,
        "version": record.version,
        "created_at": record.created_at,
        "updated_at": record.updated_at,
        "slug": record.slug,
        "notation": record.notation,
        "source": None if record.source is None else dict(record.source),
    }


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
        slug=row.slug,
        notation=row.notation,
        source=row.source,
    )


def _version_of(flow: FlowRecord) -> FlowVersion:
    return FlowVersion(
        flow_id=flow.flow_id,
        org_id=flow.org_id,
        version=flow.version,
        definition=flow.definition,
        created_at=flow.updated_at,
        notation=flow.notation,
        source=flow.source,
    )


def _version(row: Row[Any]) -> FlowVersion:
    return FlowVersion(
        flow_id=row.flow_id,
        org_id=row.org_id,
        version=row.version,
        definition=row.definition,
        created_at=row.created_at,
        notation=row.notation,
        source=row.source,
    )
