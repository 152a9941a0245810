"""Runs: started, shown, listed, cancelled."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from evidoc.flows.commit import commit_run
from evidoc.flows.engine import Engine
from evidoc.flows.house import House
from evidoc.flows.run import ENDED, output_of
from evidoc.kernel.errors import FlowInactive
from evidoc.kernel.output import TaskOutput
from evidoc.kernel.principal import Principal, Scope
from evidoc.kernel.records import FlowStatus, Listing, RunRecord, RunStatus, TaskRecord
from evidoc.operations.permission import require


@dataclass(frozen=True, slots=True)
class RunView:
    """A run, its tasks in the definition's order with what they gave, and its result.

    ``result`` is, for a run that completed, the outputs of the tasks that no other task depends on, by task id.
    """

    record: RunRecord
    tasks: tuple[tuple[TaskRecord, TaskOutput | None], ...]
    result: Mapping[str, TaskOutput]


class RunOperations:
    """The verbs for runs. Each raises FlowNotFound or RunNotFound where there is none."""

    def __init__(self, house: House, engine: Engine) -> None:
        self._store = house.store
        self._engine = engine

    def start(
        self, who: Principal, flow_id: str, document_id: str, parameters: Mapping[str, Any] | None = None
    ) -> RunRecord:
        """Commit a run of an active flow on a document and start it: once this returns, a crash does not lose it.

        Raises FlowInactive and DocumentNotFound.
        """
        require(who, Scope.WRITE)
        with self._store.database.write() as on:
            flow = self._store.flows.get(who.org_id, flow_id, on=on)
            document = self._store.documents.get(who.org_id, document_id, on=on)
            if flow.status is not FlowStatus.ACTIVE:
                raise FlowInactive
            run = commit_run(self._store, flow, document, parameters or {}, on)
        self._engine.submit("run", who.org_id, run.run_id)
        return run

    def get(self, who: Principal, flow_id: str, run_id: str) -> RunView:
        """A run of this flow, as far as it has come."""
        require(who, Scope.READ)
        with self._store.database.read() as on:
            self._store.flows.get(who.org_id, flow_id, on=on)
            run = self._store.runs.get(who.org_id, run_id, flow_id, on=on)
            records = self._store.runs.tasks(who.org_id, run_id, on=on)
        tasks = tuple(
            (record, output_of(self._store, run, record.task_id) if record.has_output else None) for record in records
        )
        return RunView(run, tasks, _result(run, tasks))

    def list(
        self,
        who: Principal,
        flow_id: str,
        limit: int = 10,
        offset: int = 0,
        statuses: Collection[RunStatus] = (),
    ) -> Listing[RunRecord]:
        """Runs of a flow, newest first; with ``statuses``, those that have one of them."""
        require(who, Scope.READ)
        with self._store.database.read() as on:
            self._store.flows.get(who.org_id, flow_id, on=on)
            return self._store.runs.list(who.org_id, flow_id, limit, offset, statuses, on=on)

    def wait(self, who: Principal, flow_id: str, run_id: str, seconds: float) -> RunRecord:
        """The run when it has ended, or as it stands after ``seconds``."""
        require(who, Scope.READ)

        def ended() -> bool:
            return self._store.runs.get(who.org_id, run_id, flow_id).status in ENDED

        self._engine.wait_until(ended, seconds)
        return self._store.runs.get(who.org_id, run_id, flow_id)

    def cancel(self, who: Principal, flow_id: str, run_id: str) -> RunRecord:
        """Stop a run; a task that is under way ends first, and what finished stays. One that has ended stays so."""
        require(who, Scope.WRITE)
        self._store.runs.get(who.org_id, run_id, flow_id)
        self._store.runs.finish(who.org_id, run_id, RunStatus.CANCELLED)
        self._engine.nudge(run_id)
        return self._store.runs.get(who.org_id, run_id, flow_id)


def _result(run: RunRecord, tasks: tuple[tuple[TaskRecord, TaskOutput | None], ...]) -> Mapping[str, TaskOutput]:
    if run.status is not RunStatus.COMPLETED:
        return {}
    needed = {name for task in run.definition["tasks"] for name in task.get("depends_on", ())}
    return {record.task_id: output for record, output in tasks if output is not None and record.task_id not in needed}
