"""The runs of every organisation and their tasks. A state that is final is never left.

The organisation is the first argument of every method and part of every query, except where a sweep looks for
work of all organisations. A run of another organisation is RunNotFound, as one that never was.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, case, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from evidoc.kernel import clock
from evidoc.kernel.errors import Conflict, RunNotFound
from evidoc.kernel.records import Failure, Listing, RunRecord, RunStatus, TaskRecord, TaskStatus, Webhook
from evidoc.storing.database import Database, Transaction
from evidoc.storing.listing import failure_columns, failure_of, newest_first
from evidoc.storing.schema import Moment, documents, runs, tasks

_OPEN_RUNS = (RunStatus.PENDING, RunStatus.RUNNING)
_NOT_LISTED = ("definition", "parameters")
_OPEN_TASKS = (TaskStatus.PENDING, TaskStatus.RUNNING)


class Runs:
    """Rows of runs and of their tasks."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, record: RunRecord, tasks_to_do: Sequence[TaskRecord] = (), on: Transaction | None = None) -> None:
        """Keep a new run, and its tasks in this order. Raises Conflict where its id is taken."""
        with self._database.write(on) as transaction:
            try:
                transaction.execute(_ADD, _run_columns(record))
            except IntegrityError as error:
                raise Conflict(f"The run {record.run_id} cannot be added: its flow is gone or its id taken") from error
            if tasks_to_do:
                transaction.execute(
                    _ADD_TASKS,
                    [
                        {"org_id": record.org_id, "position": position, **_task_columns(task)}
                        for position, task in enumerate(tasks_to_do)
                    ],
                )

    def get(self, org_id: str, run_id: str, flow_id: str | None = None, on: Transaction | None = None) -> RunRecord:
        """One run, of the flow ``flow_id`` where that is given. Raises RunNotFound."""
        with self._database.read(on) as transaction:
            row = transaction.execute(_GET, {"this_org": org_id, "this_run": run_id}).first()
        if row is None or flow_id not in (None, row.flow_id):
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

        ``statuses`` are those wanted; none for all. Runs that a task of another run started are left out. Those
        listed come without definition and parameters: a hundred of them may be a hundred megabytes.
        """
        conditions: list[ColumnElement[bool]] = [runs.c.org_id == org_id, runs.c.parent_run_id.is_(None)]
        for column, value in ((runs.c.flow_id, flow_id), (runs.c.document_id, document_id)):
            if value is not None:
                conditions.append(column == value)
        if statuses:
            conditions.append(runs.c.status.in_(statuses))
        with self._database.read(on) as transaction:
            return newest_first(transaction, runs, conditions, limit, offset, _run, _NOT_LISTED)

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
        """The runs on a document that have not ended, those that tasks started included, oldest first.

        In a transaction that writes, nobody else changes them before it ends.
        """
        query = (
            select(runs)
            .where(runs.c.org_id == org_id, runs.c.document_id == document_id, runs.c.status.in_(_OPEN_RUNS))
            .order_by(runs.c.created_at, runs.c.run_id)
            .with_for_update()
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

    def unfinished(self, on: Transaction | None = None) -> tuple[tuple[str, str], ...]:
        """Every organisation's runs that have not ended, oldest first, as (org_id, run_id): for the sweep.

        Their rows are not read: many may wait, and each holds a definition and variables of some size.
        """
        query = (
            select(runs.c.org_id, runs.c.run_id)
            .where(runs.c.status.in_(_OPEN_RUNS))
            .order_by(runs.c.created_at, runs.c.run_id)
        )
        with self._database.read(on) as transaction:
            return tuple((row.org_id, row.run_id) for row in transaction.execute(query))

    def ended_among(self, run_ids: Collection[str], on: Transaction | None = None) -> frozenset[str]:
        """Which of some runs, of whatever organisation, have ended: for those who wait for them."""
        with self._database.read(on) as transaction:
            rows = transaction.execute(
                select(runs.c.run_id).where(runs.c.run_id.in_(run_ids), runs.c.status.not_in(_OPEN_RUNS))
            )
            return frozenset(rows.scalars())

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
        facts = {
            "this_org": org_id,
            "this_run": run_id,
            "new_status": status,
            "now": now,
            "new_page_count": page_count,
            "new_credits_used": credits_used,
            **{f"new_{name}": value for name, value in failure_columns(failure).items()},
        }
        with self._database.write(on) as transaction:
            if transaction.execute(_FINISH, facts).rowcount:
                return True
            self.get(org_id, run_id, on=transaction)
            return False

    def note(
        self,
        org_id: str,
        run_id: str,
        records: Sequence[TaskRecord],
        outputs: Mapping[str, bytes] | None = None,
        on: Transaction | None = None,
    ) -> bool:
        """Note where tasks of a run stand, with the sealed ``outputs`` (by task id) of those that have ended.

        A run that has not ended is running from its first note on; False where it has ended, and then only ends of
        tasks are noted. A task that had ended
        stays as it was: its first end stands. Attempts never count down, and a task that began keeps the moment it
        did. What a task gave is not kept any more once the document is erased.
        """
        now = clock.now()
        with self._database.write(on) as transaction:
            is_open = bool(transaction.execute(_BEGIN, {"this_org": org_id, "this_run": run_id, "now": now}).rowcount)
            if not is_open:
                records = [record for record in records if record.status not in _OPEN_TASKS]
                if not self._keeps_outputs(transaction, org_id, run_id):
                    records, outputs = [replace(record, has_output=False) for record in records], None
            sealed = outputs or {}
            notes = [
                {"this_org": org_id, "this_task": record.task_id, "output": sealed.get(record.task_id)}
                | {f"new_{name}": value for name, value in _task_columns(record).items()}
                for record in records
            ]
            if notes:
                transaction.execute(_NOTE, notes)
            return is_open

    def tasks(self, org_id: str, run_id: str, on: Transaction | None = None) -> tuple[TaskRecord, ...]:
        """The tasks of a run, in the order they were added. Raises RunNotFound."""
        with self._database.read(on) as transaction:
            rows = transaction.execute(_TASKS, {"this_org": org_id, "this_run": run_id}).all()
            if not rows:
                self.get(org_id, run_id, on=transaction)
            return tuple(_task(row) for row in rows)

    def outputs(
        self, org_id: str, run_id: str, task_ids: Collection[str] | None = None, on: Transaction | None = None
    ) -> Mapping[str, bytes]:
        """The sealed outputs that are kept in the rows of these tasks (None: of all), by task id."""
        asked: dict[str, Any] = {"this_org": org_id, "this_run": run_id}
        if task_ids is not None:
            asked["these_tasks"] = list(task_ids)
        with self._database.read(on) as transaction:
            rows = transaction.execute(_OUTPUTS if task_ids is None else _THESE_OUTPUTS, asked)
            return {row.task_id: row.output for row in rows}

    def _keeps_outputs(self, transaction: Transaction, org_id: str, run_id: str) -> bool:
        """Whether the document of a run is there still. Raises RunNotFound."""
        run = self.get(org_id, run_id, on=transaction)
        there = select(documents.c.document_id).where(
            documents.c.org_id == org_id, documents.c.document_id == run.document_id
        )
        return transaction.execute(there).first() is not None


# Statements of the busiest path are built once: building one costs more than running it.
_THIS_RUN = (runs.c.org_id == bindparam("this_org"), runs.c.run_id == bindparam("this_run"))
_GET = select(runs).where(*_THIS_RUN)
_ADD = insert(runs)
_ADD_TASKS = insert(tasks)
_IS_OPEN = or_(runs.c.status == RunStatus.PENDING, runs.c.status == RunStatus.RUNNING)
_FINISH = (
    update(runs)
    .where(*_THIS_RUN, _IS_OPEN)
    .values(
        status=bindparam("new_status"),
        finished_at=bindparam("now", type_=Moment()),
        updated_at=bindparam("now", type_=Moment()),
        page_count=bindparam("new_page_count"),
        credits_used=bindparam("new_credits_used"),
        failure_code=bindparam("new_failure_code"),
        failure_message=bindparam("new_failure_message"),
        failure_task_id=bindparam("new_failure_task_id"),
    )
)
_BEGIN = (
    update(runs)
    .where(*_THIS_RUN, _IS_OPEN)
    .values(
        status=RunStatus.RUNNING,
        started_at=func.coalesce(runs.c.started_at, bindparam("now", type_=Moment())),
        updated_at=bindparam("now", type_=Moment()),
    )
)
_NOTE = (
    update(tasks)
    .where(
        tasks.c.org_id == bindparam("this_org"),
        tasks.c.run_id == bindparam("new_run_id"),
        tasks.c.task_id == bindparam("this_task"),
        or_(tasks.c.status == TaskStatus.PENDING, tasks.c.status == TaskStatus.RUNNING),  # IN cannot take many rows
    )
    .values(
        status=bindparam("new_status"),
        attempts=case(
            (tasks.c.attempts > bindparam("new_attempts"), tasks.c.attempts), else_=bindparam("new_attempts")
        ),
        started_at=func.coalesce(tasks.c.started_at, bindparam("new_started_at", type_=Moment())),
        finished_at=bindparam("new_finished_at"),
        has_output=bindparam("new_has_output"),
        output=bindparam("output"),
        failure_code=bindparam("new_failure_code"),
        failure_message=bindparam("new_failure_message"),
        failure_task_id=bindparam("new_failure_task_id"),
    )
)
_TASKS = (
    select(*(column for column in tasks.c if column is not tasks.c.output))
    .where(tasks.c.org_id == bindparam("this_org"), tasks.c.run_id == bindparam("this_run"))
    .order_by(tasks.c.position, tasks.c.task_id)
)
_OUTPUTS = select(tasks.c.task_id, tasks.c.output).where(
    tasks.c.org_id == bindparam("this_org"), tasks.c.run_id == bindparam("this_run"), tasks.c.output.is_not(None)
)
_THESE_OUTPUTS = _OUTPUTS.where(tasks.c.task_id.in_(bindparam("these_tasks", expanding=True)))


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
        definition=row.definition or {},
        created_at=row.created_at,
        updated_at=row.updated_at,
        parameters=row.parameters or {},
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
