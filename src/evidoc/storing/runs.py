"""The runs of every organisation and their tasks. A state that is final is never left.

The organisation is the first argument of every method and part of every query, except where a sweep looks for
work of all organisations. A run of another organisation is RunNotFound, as one that never was.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, case, func, insert, literal, select, update
from sqlalchemy.exc import IntegrityError

from evidoc.kernel import clock
from evidoc.kernel.errors import Conflict, RunNotFound
from evidoc.kernel.records import Failure, Listing, RunRecord, RunStatus, TaskRecord, TaskStatus, Webhook
from evidoc.storing.database import Database, Transaction
from evidoc.storing.listing import failure_columns, failure_of, newest_first
from evidoc.storing.schema import Moment, runs, tasks

_OPEN_RUNS = (RunStatus.PENDING, RunStatus.RUNNING)
_OPEN_TASKS = (TaskStatus.PENDING, TaskStatus.RUNNING)


class Runs:
    """Rows of runs and of their tasks."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, record: RunRecord, tasks_to_do: Sequence[TaskRecord] = (), on: Transaction | None = None) -> None:
        """Keep a new run, and its tasks in this order. Raises Conflict where its id is taken."""
        with self._database.write(on) as transaction:
            try:
                transaction.execute(insert(runs).values(**_run_columns(record)))
            except IntegrityError as error:
                raise Conflict(f"The run {record.run_id} cannot be added: its flow is gone or its id taken") from error
            if tasks_to_do:
                transaction.execute(
                    insert(tasks),
                    [
                        {"org_id": record.org_id, "position": position, **_task_columns(task)}
                        for position, task in enumerate(tasks_to_do)
                    ],
                )

    def get(self, org_id: str, run_id: str, flow_id: str | None = None, on: Transaction | None = None) -> RunRecord:
        """One run, of the flow ``flow_id`` where that is given. Raises RunNotFound."""
        conditions = [*_one(org_id, run_id)]
        if flow_id is not None:
            conditions.append(runs.c.flow_id == flow_id)
        with self._database.read(on) as transaction:
            row = transaction.execute(select(runs).where(*conditions)).first()
        if row is None:
            raise RunNotFound()
        return _run(row)

    def list(
        self,
        org_id: str,
        flow_id: str | None,
        limit: int,
        offset: int,
        statuses: Collection[RunStatus] = (),
        document_id: str | None = None,
        on: Transaction | None = None,
    ) -> Listing[RunRecord]:
        """A page of the organisation's runs (of one flow, unless ``flow_id`` is None), newest first.

        ``statuses`` are those wanted; none for all. Runs that a task of another run started are left out.
        """
        conditions: list[ColumnElement[bool]] = [runs.c.org_id == org_id, runs.c.parent_run_id.is_(None)]
        for column, value in ((runs.c.flow_id, flow_id), (runs.c.document_id, document_id)):
            if value is not None:
                conditions.append(column == value)
        if statuses:
            conditions.append(runs.c.status.in_(statuses))
        with self._database.read(on) as transaction:
            return newest_first(transaction, runs, conditions, limit, offset, _run)

    def children(
        self, org_id: str, run_id: str, statuses: Collection[RunStatus] = (), on: Transaction | None = None
    ) -> tuple[RunRecord, ...]:
        """The runs that tasks of this run started, oldest first; with ``statuses``, those that have one of them."""
        conditions: list[ColumnElement[bool]] = [runs.c.org_id == org_id, runs.c.parent_run_id == run_id]
        if statuses:
            conditions.append(runs.c.status.in_(statuses))
        with self._database.read(on) as transaction:
            rows = transaction.execute(select(runs).where(*conditions).order_by(runs.c.created_at, runs.c.run_id))
            return tuple(_run(row) for row in rows)

    def open_on(self, org_id: str, document_id: str, on: Transaction | None = None) -> tuple[RunRecord, ...]:
        """The runs on a document that have not ended, those that tasks started included, oldest first."""
        query = (
            select(runs)
            .where(runs.c.org_id == org_id, runs.c.document_id == document_id, runs.c.status.in_(_OPEN_RUNS))
            .order_by(runs.c.created_at, runs.c.run_id)
        )
        with self._database.read(on) as transaction:
            return tuple(_run(row) for row in transaction.execute(query))

    def set_page_count(self, org_id: str, run_id: str, page_count: int, on: Transaction | None = None) -> bool:
        """Note how many pages an open run's document has. False where it was known, or the run has ended."""
        with self._database.write(on) as transaction:
            changed = transaction.execute(
                update(runs)
                .where(*_one(org_id, run_id), runs.c.status.in_(_OPEN_RUNS), runs.c.page_count.is_(None))
                .values(page_count=page_count, updated_at=clock.now())
            )
            return bool(changed.rowcount)

    def unfinished(self, on: Transaction | None = None) -> tuple[RunRecord, ...]:
        """Every organisation's runs that have not ended, oldest first: for the sweep."""
        with self._database.read(on) as transaction:
            rows = transaction.execute(
                select(runs).where(runs.c.status.in_(_OPEN_RUNS)).order_by(runs.c.created_at, runs.c.run_id)
            )
            return tuple(_run(row) for row in rows)

    def ended_among(self, run_ids: Collection[str], on: Transaction | None = None) -> frozenset[str]:
        """Which of some runs, of whatever organisation, have ended: for those who wait for them."""
        with self._database.read(on) as transaction:
            rows = transaction.execute(
                select(runs.c.run_id).where(runs.c.run_id.in_(run_ids), runs.c.status.not_in(_OPEN_RUNS))
            )
            return frozenset(rows.scalars())

    def set_running(self, org_id: str, run_id: str, on: Transaction | None = None) -> bool:
        """Note that a run has begun. False where it had before. Raises RunNotFound."""
        now = clock.now()
        return self._change(
            org_id,
            run_id,
            (RunStatus.PENDING,),
            {"status": RunStatus.RUNNING, "started_at": now, "updated_at": now},
            on,
        )

    def finish(
        self,
        org_id: str,
        run_id: str,
        status: RunStatus,
        failure: Failure | None = None,
        *,
        page_count: int | None = None,
        credits_used: int | None = None,
        at: datetime | None = None,
        on: Transaction | None = None,
    ) -> bool:
        """Note how a run ended. False where it had ended before: the first end stands. Raises RunNotFound."""
        if status in _OPEN_RUNS:
            raise ValueError(f"{status} is no end")
        now = at or clock.now()
        facts: dict[str, Any] = {"status": status, "finished_at": now, "updated_at": now, **failure_columns(failure)}
        facts |= {"page_count": page_count, "credits_used": credits_used}
        return self._change(org_id, run_id, _OPEN_RUNS, facts, on)

    def put_task(self, org_id: str, record: TaskRecord, on: Transaction | None = None) -> bool:
        """Note where a task stands. False where it had ended before: the first end stands. Raises RunNotFound.

        Attempts never count down, and a task that began keeps the moment it did.
        """
        this = (
            tasks.c.org_id == org_id,
            tasks.c.run_id == record.run_id,
            tasks.c.task_id == record.task_id,
        )
        facts = _task_columns(record) | {
            "attempts": case((tasks.c.attempts > record.attempts, tasks.c.attempts), else_=record.attempts),
            "started_at": func.coalesce(tasks.c.started_at, literal(record.started_at, Moment())),
        }
        with self._database.write(on) as transaction:
            changed = bool(
                transaction.execute(
                    update(tasks).where(*this, tasks.c.status.in_(_OPEN_TASKS)).values(**facts)
                ).rowcount
            )
            if not changed:
                self.get(org_id, record.run_id, on=transaction)
                if transaction.execute(select(tasks.c.task_id).where(*this)).first() is not None:
                    return False
                position = select(func.count()).select_from(tasks).where(*this[:2])
                order = transaction.execute(position).scalar_one()
                transaction.execute(insert(tasks).values(org_id=org_id, position=order, **_task_columns(record)))
            transaction.execute(update(runs).where(*_one(org_id, record.run_id)).values(updated_at=clock.now()))
            return True

    def tasks(self, org_id: str, run_id: str, on: Transaction | None = None) -> tuple[TaskRecord, ...]:
        """The tasks of a run, in the order they were first put. Raises RunNotFound."""
        with self._database.read(on) as transaction:
            self.get(org_id, run_id, on=transaction)
            rows = transaction.execute(
                select(tasks)
                .where(tasks.c.org_id == org_id, tasks.c.run_id == run_id)
                .order_by(tasks.c.position, tasks.c.task_id)
            )
            return tuple(_task(row) for row in rows)

    def _change(
        self,
        org_id: str,
        run_id: str,
        states: tuple[RunStatus, ...],
        facts: dict[str, Any],
        on: Transaction | None,
    ) -> bool:
        with self._database.write(on) as transaction:
            changed = transaction.execute(
                update(runs).where(*_one(org_id, run_id), runs.c.status.in_(states)).values(**facts)
            )
            if changed.rowcount:
                return True
            self.get(org_id, run_id, on=transaction)
            return False


def _one(org_id: str, run_id: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return runs.c.org_id == org_id, runs.c.run_id == run_id


def _run_columns(record: RunRecord) -> dict[str, Any]:
    return {
        "run_id": record.run_id,
        "org_id": record.org_id,
        "flow_id": record.flow_id,
        "flow_version": record.flow_version,
        "document_id": record.document_id,
        "status": record.status,
        "definition": dict(record.definition),
        "parameters": dict(record.parameters),
        "created_at": record.created_at,
        "updated_at": record.updated_at,
        "started_at": record.started_at,
        "finished_at": record.finished_at,
        "metadata": dict(record.metadata),
        "parent_run_id": record.parent_run_id,
        "depth": record.depth,
        "first_page": record.pages[0] if record.pages else None,
        "last_page": record.pages[1] if record.pages else None,
        "webhook_url": record.webhook.url if record.webhook else None,
        "webhook_contract": record.webhook.contract if record.webhook else None,
        "webhook_secret": record.webhook.secret if record.webhook else None,
        "credits_per_page": record.credits_per_page,
        "credits_used": record.credits_used,
        "page_count": record.page_count,
        **failure_columns(record.failure),
    }


def _run(row: Row[Any]) -> RunRecord:
    return RunRecord(
        run_id=row.run_id,
        org_id=row.org_id,
        flow_id=row.flow_id,
        document_id=row.document_id,
        status=RunStatus(row.status),
        definition=row.definition,
        created_at=row.created_at,
        updated_at=row.updated_at,
        parameters=row.parameters,
        flow_version=row.flow_version,
        started_at=row.started_at,
        finished_at=row.finished_at,
        failure=failure_of(row),
        metadata=row.metadata or {},
        parent_run_id=row.parent_run_id,
        depth=row.depth,
        pages=None if row.first_page is None else (row.first_page, row.last_page),
        webhook=None if row.webhook_url is None else Webhook(row.webhook_url, row.webhook_contract, row.webhook_secret),
        credits_per_page=row.credits_per_page,
        credits_used=row.credits_used,
        page_count=row.page_count,
    )


def _task_columns(record: TaskRecord) -> dict[str, Any]:
    return {
        "run_id": record.run_id,
        "task_id": record.task_id,
        "task_type": record.task_type,
        "status": record.status,
        "attempts": record.attempts,
        "started_at": record.started_at,
        "finished_at": record.finished_at,
        "has_output": record.has_output,
        **failure_columns(record.failure),
    }


def _task(row: Row[Any]) -> TaskRecord:
    return TaskRecord(
        run_id=row.run_id,
        task_id=row.task_id,
        task_type=row.task_type,
        status=TaskStatus(row.status),
        attempts=row.attempts,
        started_at=row.started_at,
        finished_at=row.finished_at,
        failure=failure_of(row),
        has_output=row.has_output,
    )
