"""Runs: started, shown, listed, cancelled."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

from evidoc.flows.commit import commit_run
from evidoc.flows.engine.engine import Engine
from evidoc.flows.finish import End, Told, cancel_with_children, pages_of, tell
from evidoc.flows.house import House
from evidoc.flows.outputs import outputs_of
from evidoc.flows.process import may_take_long
from evidoc.flows.result import result_tasks
from evidoc.flows.run import ENDED
from evidoc.flows.schema.variables import check_variables
from evidoc.kernel.errors import FlowInactive, RunAlreadyCancelled, RunNotCancellable
from evidoc.kernel.idempotency import Idempotency
from evidoc.kernel.ids import new_id
from evidoc.kernel.output import TaskOutput
from evidoc.kernel.principal import Principal, Scope
from evidoc.kernel.records import (
    FlowRecord,
    FlowStatus,
    FlowVersion,
    Listing,
    RunRecord,
    RunStatus,
    TaskRecord,
    TaskStatus,
    Webhook,
)
from evidoc.operations.once import Answer, Made, Once
from evidoc.operations.permission import require
from evidoc.operations.reception import Reception
from evidoc.operations.sizes import check_metadata, check_size_of_variables
from evidoc.receiving.accept import UploadLimits
from evidoc.storing.database import Transaction


@dataclass(frozen=True, slots=True)
class RunView:
    """A run, its tasks in the definition's order with what they gave, and its result.

    ``result`` is, for a run that completed, the outputs of the tasks that no other task depends on, by task id.
    """

    record: RunRecord
    tasks: tuple[tuple[TaskRecord, TaskOutput | None], ...]
    result: Mapping[str, TaskOutput]


@dataclass(frozen=True, slots=True)
class Started:
    """A run that was started now, or (``replayed``) when this request was first sent.

    ``answer`` is the first answer to that request, where one was kept.
    """

    run: RunRecord
    replayed: bool = False
    answer: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run has come: the task at work, or else the next one (None where no task is left), and 0 to 100.

    It never goes back, and is 100 only for a run that completed.
    """

    step: str | None
    percentage: int


PagesDone: TypeAlias = Callable[[str], tuple[int, int | None] | None]
"""How many pages of a document that is being read are read, and of how many where that is known."""


class RunOperations:
    """The verbs for runs. Each raises FlowNotFound or RunNotFound where there is none.

    A flow is named by its id or its slug. ``flow_id``, where a run is named, is the flow that it must be of.
    """

    def __init__(
        self,
        house: House,
        engine: Engine,
        limits: UploadLimits | None = None,
        ends: Told | None = None,
        pages_done: PagesDone = lambda document_id: None,
    ) -> None:
        self._store = house.store
        self._fetcher = house.fetcher
        self._engine = engine
        self._ends = ends
        self._pages_done = pages_done
        self._reception = Reception(house.store, limits or UploadLimits())
        self._once = Once(house.store)

    def start(
        self,
        who: Principal,
        flow_id: str,
        document_id: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        version: int | None = None,
        metadata: Mapping[str, Any] | None = None,
        webhook: Webhook | None = None,
        idempotency: Idempotency | None = None,
        answer: Answer[RunRecord] | None = None,
    ) -> Started:
        """Commit a run of an active flow on a document and start it: once this returns, a crash does not lose it.

        ``webhook`` holds the caller's own secret; it is sealed before it is kept. ``answer`` makes the first answer,
        which a repeat of this request (the same ``idempotency``) is given again.
        Raises AddressRefused, FlowInactive, VersionNotFound, DocumentNotFound, InsufficientCredits,
        IdempotencyMismatch.
        """
        require(who, Scope.FLOWS_EXECUTE)
        check_metadata(metadata)
        check_size_of_variables(parameters)
        sealed = self._sealed(webhook)

        def make() -> RunRecord:
            flow, chosen = self._look_first(who, flow_id, version, parameters or {})
            with self._store.database.write() as on:
                document = self._store.documents.get(who.org_id, document_id, on=on)
                run = commit_run(
                    self._store, flow, document, parameters or {}, on, metadata=metadata, webhook=sealed, version=chosen
                )
                self._once.claim(who.org_id, idempotency, run.run_id, run, answer, on)
            self._engine.submit("run", who.org_id, run.run_id, long=may_take_long(document))
            return run

        return _started(self._once.make(who.org_id, idempotency, make, self._again(who)))

    def start_on(
        self,
        who: Principal,
        flow_id: str,
        path: Path,
        filename: str,
        declared_type: str | None = None,
        parameters: Mapping[str, Any] | None = None,
        *,
        version: int | None = None,
        metadata: Mapping[str, Any] | None = None,
        webhook: Webhook | None = None,
        idempotency: Idempotency | None = None,
        answer: Answer[RunRecord] | None = None,
    ) -> Started:
        """As ``start``, on the file at ``path`` (which stays the caller's), received in the same transaction.

        The document sets off no triggers: it came for this run. Where anything is refused, nothing is left.
        Raises what ``start`` raises, what ``accept`` refuses, DocumentUnreadable and StorageFull.
        """
        require(who, Scope.FLOWS_EXECUTE)
        check_metadata(metadata)
        check_size_of_variables(parameters)
        sealed = self._sealed(webhook)

        def make() -> RunRecord:
            flow, chosen = self._look_first(who, flow_id, version, parameters or {})
            run_id = new_id("exec")
            document = self._reception.examine_strictly(who, path, filename, declared_type, run_id)
            with self._reception.keep(document, path), self._store.database.write() as on:
                self._store.documents.add(document, on=on)
                run = commit_run(
                    self._store,
                    flow,
                    document,
                    parameters or {},
                    on,
                    run_id=run_id,
                    metadata=metadata,
                    webhook=sealed,
                    version=chosen,
                )
                self._once.claim(who.org_id, idempotency, run.run_id, run, answer, on)
            self._engine.submit("run", who.org_id, run.run_id, long=may_take_long(document))
            return run

        return _started(self._once.make(who.org_id, idempotency, make, self._again(who)))

    def get(self, who: Principal, run_id: str, flow_id: str | None = None, *, final_only: bool = False) -> RunView:
        """A run as far as it has come.

        With ``final_only`` what its tasks gave on the way is left out: all but what makes up the output of a run that
        completed. A page's text may be a thousand times as long.
        """
        require(who, Scope.EXECUTIONS_READ)
        return self._view(who, run_id, flow_id, final_only)

    def outcome(self, who: Principal, run_id: str) -> RunView:
        """The same, for whoever has started the run and waits for it: that needs no other scope than starting it."""
        require(who, Scope.FLOWS_EXECUTE)
        return self._view(who, run_id, None, final_only=True)

    def _view(self, who: Principal, run_id: str, flow_id: str | None, final_only: bool) -> RunView:
        with self._store.database.read() as on:
            run = self._run(who, run_id, flow_id, on)
            records = self._store.runs.tasks(who.org_id, run_id, on=on)
        wanted = [record for record in records if record.has_output and (not final_only or _is_final(run, record))]
        outputs = outputs_of(self._store, run, [record.task_id for record in wanted])
        tasks = tuple((record, outputs.get(record.task_id)) for record in records)
        return RunView(run, tasks, _result(run, tasks))

    def record(self, who: Principal, run_id: str, flow_id: str | None = None) -> RunRecord:
        """A run without its tasks and outputs."""
        require(who, Scope.EXECUTIONS_READ)
        with self._store.database.read() as on:
            return self._run(who, run_id, flow_id, on)

    def children(self, who: Principal, run_id: str) -> tuple[RunRecord, ...]:
        """The runs that tasks of this run started, oldest first."""
        require(who, Scope.EXECUTIONS_READ)
        with self._store.database.read() as on:
            self._run(who, run_id, None, on)
            return self._store.runs.children(who.org_id, run_id, on=on)

    def progress(self, who: Principal, run: RunRecord) -> Progress:
        """How far a run has come: the reading of its document counts as much as each of its tasks."""
        require(who, Scope.EXECUTIONS_READ)
        records = self._store.runs.tasks(who.org_id, run.run_id)
        if run.status is RunStatus.COMPLETED:
            return Progress(None, 100)
        # In this order: what is read by now was under way a moment ago, or is there.
        under_way = self._pages_done(run.document_id)
        read = 1.0 if pages_of(self._store, run) is not None else _share(under_way)
        left = [task.task_id for task in records if task.status in _OPEN_TASKS]
        at_work = [task.task_id for task in records if task.status is TaskStatus.RUNNING]
        ended = len(records) - len(left)
        return Progress(next(iter(at_work or left), None), min(99, int(100 * (ended + read) / (len(records) + 1))))

    def list(
        self,
        who: Principal,
        flow_id: str | None,
        limit: int = 10,
        offset: int = 0,
        statuses: Collection[RunStatus] = (),
    ) -> Listing[RunRecord]:
        """Runs of a flow, or (None) of every flow, newest first; with ``statuses``, those that have one of them.

        Runs that tasks of other runs started are left out. Those listed come without definition and parameters.
        """
        require(who, Scope.EXECUTIONS_READ)
        with self._store.database.read() as on:
            if flow_id is not None:
                flow_id = self._store.flows.find(who.org_id, flow_id, on=on).flow_id
            return self._store.runs.list(who.org_id, flow_id, limit, offset, statuses, on=on)

    def wait(self, who: Principal, run_id: str, seconds: float, flow_id: str | None = None) -> RunRecord:
        """The run when it has ended, or as it stands after ``seconds``."""
        require(who, Scope.EXECUTIONS_READ)

        def ended() -> bool:
            return self.record(who, run_id, flow_id).status in ENDED

        self._engine.wait_until(ended, seconds)
        return self.record(who, run_id, flow_id)

    def cancel(self, who: Principal, run_id: str, flow_id: str | None = None, *, strict: bool = False) -> RunRecord:
        """Stop a run and all that its tasks started; what finished stays.

        One that has ended stays as it is; ``strict`` raises RunAlreadyCancelled or RunNotCancellable for it.
        """
        require(who, Scope.EXECUTIONS_CANCEL)
        with self._store.database.read() as looking:
            run = self._run(who, run_id, flow_id, looking)
        pages = None if run.status in ENDED else pages_of(self._store, run)
        with self._store.database.write() as on:
            run = self._store.runs.get(who.org_id, run_id, on=on)
            ends = cancel_with_children(self._store, run, on, pages)
        if strict and not ends:
            raise RunAlreadyCancelled if run.status is RunStatus.CANCELLED else RunNotCancellable
        self._stopped(ends)
        return ends[0].run if ends else run

    def _stopped(self, ends: tuple[End, ...]) -> None:
        for end in ends:
            self._engine.cancel(end.run.run_id)
        tell(ends, self._engine.submit, self._ends)

    def _look_first(
        self, who: Principal, flow_id: str, version: int | None, parameters: Mapping[str, Any]
    ) -> tuple[FlowRecord, FlowVersion]:
        """The flow and its version, refused before anything is kept or locked where they cannot be run."""
        with self._store.database.read() as on:
            flow = self._store.flows.find(who.org_id, flow_id, on=on)
            if flow.status is not FlowStatus.ACTIVE:
                raise FlowInactive
            chosen = self._store.flows.version(flow, version, on=on)
        check_variables(chosen.definition, parameters)
        return flow, chosen

    def _run(self, who: Principal, run_id: str, flow_id: str | None, on: Transaction) -> RunRecord:
        if flow_id is None:
            return self._store.runs.get(who.org_id, run_id, on=on)
        flow = self._store.flows.find(who.org_id, flow_id, on=on)
        return self._store.runs.get(who.org_id, run_id, flow.flow_id, on=on)

    def _again(self, who: Principal) -> Callable[[str], RunRecord]:
        return lambda run_id: self._store.runs.get(who.org_id, run_id)

    def _sealed(self, webhook: Webhook | None) -> Webhook | None:
        if webhook is None:
            return None
        self._fetcher.check(webhook.url)
        if webhook.secret is None:
            return webhook
        return replace(webhook, secret=self._store.seal(webhook.secret))


def _started(made: Made[RunRecord]) -> Started:
    return Started(made.thing, made.replayed, made.answer)


def _is_final(run: RunRecord, task: TaskRecord) -> bool:
    if run.status is not RunStatus.COMPLETED:
        return False
    return task.task_type == "entity_extraction" or task.task_id in result_tasks(run)


def _result(run: RunRecord, tasks: tuple[tuple[TaskRecord, TaskOutput | None], ...]) -> Mapping[str, TaskOutput]:
    if run.status is not RunStatus.COMPLETED:
        return {}
    needed = {name for task in run.definition["tasks"] for name in task.get("depends_on", ())}
    return {record.task_id: output for record, output in tasks if output is not None and record.task_id not in needed}


_OPEN_TASKS = frozenset({TaskStatus.PENDING, TaskStatus.RUNNING})


def _share(pages: tuple[int, int | None] | None) -> float:
    done, total = pages or (0, None)
    return done / total if total else 0.0
