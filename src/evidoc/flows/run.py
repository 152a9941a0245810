"""Performing a run: its tasks in the order of their dependencies, side by side where they allow it.

Each task is one step of the engine. How often it was tried is kept in our own rows, so that tries survive a
kill; a try that a kill interrupted is made again and not counted twice.
"""

import logging
import random
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import TypeVar

from evidoc.flows.commit import graph_of
from evidoc.flows.conditions import Fate, fate_of
from evidoc.flows.engine import Durable, Facts, Step
from evidoc.flows.graph import Graph, RetryPolicy, TaskSpec
from evidoc.flows.house import House
from evidoc.flows.process import Processing
from evidoc.flows.task import Work
from evidoc.kernel import clock
from evidoc.kernel.errors import (
    DocumentNotFound,
    EvidocError,
    InternalError,
    NotFound,
    OutputUnfit,
    StorageFull,
    Unavailable,
)
from evidoc.kernel.output import TaskOutput, output_from_json, output_to_json
from evidoc.kernel.records import Failure, RunRecord, RunStatus, TaskRecord, TaskStatus
from evidoc.storing.store import Store

_log = logging.getLogger(__name__)

T = TypeVar("T")

ENDED = frozenset({RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.CANCELLED})
"""How a run can have ended."""

_DONE = frozenset({TaskStatus.COMPLETED, TaskStatus.FAILED, TaskStatus.SKIPPED})
_STORE_PATIENCE_SECONDS = 30.0


class Running:
    """Performs runs."""

    def __init__(self, house: House, processing: Processing) -> None:
        self._house = house
        self._processing = processing

    def perform(self, org_id: str, run_id: str, durable: Durable) -> None:
        """The engine's job for one run."""
        run = self._house.store.runs.get(org_id, run_id)
        if run.status in ENDED:
            return
        graph = graph_of(run.definition, self._house.task_types)
        steps = {task.task_id: durable.reserve(f"task {task.task_id}") for task in graph.tasks}
        _Run(self._house, self._processing, run, graph, steps, durable).perform()

    def unfinished(self) -> Iterable[tuple[str, str]]:
        """Every run that has not ended."""
        return [(run.org_id, run.run_id) for run in self._house.store.runs.unfinished()]

    def abandon(self, org_id: str, run_id: str) -> None:
        """End as failed what could not be brought to an end."""
        error = InternalError()
        self._house.store.runs.finish(org_id, run_id, RunStatus.FAILED, Failure(error.code, error.message))


class _Run:
    """One run while it is performed."""

    def __init__(
        self,
        house: House,
        processing: Processing,
        run: RunRecord,
        graph: Graph,
        steps: dict[str, Step],
        durable: Durable,
    ) -> None:
        self._house = house
        self._runs = house.store.runs
        self._processing = processing
        self._run = run
        self._graph = graph
        self._steps = steps
        self._durable = durable
        self._lock = threading.Lock()
        self._ended: dict[str, Facts] = {}
        self._claimed: set[str] = set()
        self._kept: set[str] = set()
        self._records: dict[str, TaskRecord] = {}

    def perform(self) -> None:
        """Bring the run to its end."""
        self._firmly(lambda: self._runs.set_running(self._run.org_id, self._run.run_id))
        tasks = self._firmly(lambda: self._runs.tasks(self._run.org_id, self._run.run_id))
        self._records = {record.task_id: record for record in tasks}
        self._side_by_side(self._claim_ready())
        status, failure = self._outcome()
        self._firmly(lambda: self._runs.finish(self._run.org_id, self._run.run_id, status, failure))

    def _side_by_side(self, tasks: list[TaskSpec]) -> None:
        """Perform these tasks and all that they lead to."""
        while len(tasks) == 1:
            tasks = self._perform_task(tasks[0])
        if tasks:
            self._durable.side_by_side(*(partial(self._branch, task) for task in tasks))

    def _branch(self, task: TaskSpec) -> None:
        self._side_by_side(self._perform_task(task))

    def _perform_task(self, task: TaskSpec) -> list[TaskSpec]:
        """Perform one task, and return the tasks that wait for nothing else now."""
        facts = self._steps[task.task_id](partial(self._do_as_fated, task))
        with self._lock:
            self._ended[task.task_id] = facts
        return self._claim_ready()

    def _claim_ready(self) -> list[TaskSpec]:
        with self._lock:
            ready = [
                task
                for task in self._graph.tasks
                if task.task_id not in self._claimed and all(name in self._ended for name in task.depends_on)
            ]
            self._claimed.update(task.task_id for task in ready)
            return ready

    def _outcome(self) -> tuple[RunStatus, Failure | None]:
        for task in self._graph.tasks:
            facts = self._ended[task.task_id]
            if facts["status"] == TaskStatus.FAILED:
                return RunStatus.FAILED, Failure(facts["code"], facts["message"], task.task_id)
        if all(facts["status"] == TaskStatus.COMPLETED or facts.get("passed") for facts in self._ended.values()):
            return RunStatus.COMPLETED, None
        return RunStatus.CANCELLED, None

    def _do_as_fated(self, task: TaskSpec) -> Facts:
        fate = fate_of(task, self._ended, _Outputs(self._house.store, self._run, task.depends_on))
        if fate is Fate.RUN:
            return self._try_task(task)
        facts = self._skip(task)
        return {**facts, "passed": True} if fate is Fate.LEAVE_OUT else facts

    def _skip(self, task: TaskSpec) -> Facts:
        record = TaskRecord(self._run.run_id, task.task_id, task.type, TaskStatus.SKIPPED, finished_at=clock.now())
        self._put(record)
        return {"status": TaskStatus.SKIPPED}

    def _try_task(self, task: TaskSpec) -> Facts:
        """Try a task until it is done, or has failed for good; each try is noted before it is made."""
        record = self._records[task.task_id]
        while record.status not in _DONE:
            if self._is_cancelled():
                return self._skip(task)
            attempt = record.attempts if record.status is TaskStatus.RUNNING else record.attempts + 1
            begun = record.started_at or clock.now()
            record = replace(record, status=TaskStatus.RUNNING, attempts=attempt, started_at=begun, failure=None)
            self._put(record)
            failure, may_help = self._try_once(task, attempt)
            if failure is None:
                record = replace(record, status=TaskStatus.COMPLETED, finished_at=clock.now(), has_output=True)
            elif may_help and attempt < task.retry.max_attempts:
                record = replace(record, status=TaskStatus.PENDING, failure=failure)
            else:
                kept = task.task_id in self._kept
                now = clock.now()
                record = replace(record, status=TaskStatus.FAILED, finished_at=now, failure=failure, has_output=kept)
            self._put(record)
            if record.status is TaskStatus.PENDING:
                self._durable.wait(delay_seconds(task.retry, attempt, random.random()))
        if record.failure is None:
            return {"status": record.status}
        return {"status": record.status, "code": record.failure.code, "message": record.failure.message}

    def _try_once(self, task: TaskSpec, attempt: int) -> tuple[Failure | None, bool]:
        """Why one try failed (None if it did not), and whether another may help."""
        try:
            self._keep(task, self._do(task, attempt))
        except EvidocError as error:
            return Failure(error.code, error.message, task.task_id), worth_another_try(error)
        # The edge of a task: whatever went wrong in it is its own failure, and nobody else's.
        except Exception:  # noqa: BLE001
            _log.exception("task %s of run %s went wrong", task.task_id, self._run.run_id)
            ours = InternalError()
            return Failure(ours.code, ours.message, task.task_id), True
        return None, False

    def _do(self, task: TaskSpec, attempt: int) -> TaskOutput:
        """What a task gives. What was found is kept, too, where it does not fit and the task therefore fails."""
        try:
            return self._house.task_types.get(task.type)().run(self._work(task, attempt))
        except OutputUnfit as unfit:
            if unfit.found is not None:
                self._keep(task, unfit.found)
            raise

    def _work(self, task: TaskSpec, attempt: int) -> Work:
        store, org_id = self._house.store, self._run.org_id
        document = store.documents.get(org_id, self._run.document_id)
        return Work(
            house=self._house,
            processing=self._processing,
            run=self._run,
            document=document,
            task_id=task.task_id,
            config=task.config,
            before=_Outputs(store, self._run, self._graph.ancestors(task.task_id)),
            attempt=attempt,
            durable=self._durable,
        )

    def _keep(self, task: TaskSpec, output: TaskOutput) -> None:
        name = output_name(self._run.run_id, task.task_id)
        self._house.store.contents.put_json(self._run.org_id, self._run.document_id, name, output_to_json(output))
        self._kept.add(task.task_id)

    def _put(self, record: TaskRecord) -> None:
        self._firmly(lambda: self._runs.put_task(self._run.org_id, record))

    def _is_cancelled(self) -> bool:
        return self._firmly(lambda: self._runs.get(self._run.org_id, self._run.run_id)).status in ENDED

    def _firmly(self, call: Callable[[], T]) -> T:
        """Make a call to the store, again and again while it is busy or full: a fact of a run is never dropped."""
        delay = 0.5
        while True:
            try:
                return call()
            except (StorageFull, Unavailable) as error:
                _log.warning("run %s waits for the store: %s", self._run.run_id, error.message)
                self._durable.wait(delay)
                delay = min(2 * delay, _STORE_PATIENCE_SECONDS)


class _Outputs(Mapping[str, TaskOutput]):
    """What earlier tasks gave, by task id; opened only where it is asked for."""

    def __init__(self, store: Store, run: RunRecord, names: Iterable[str]) -> None:
        self._store = store
        self._run = run
        self._names = dict.fromkeys(names)

    def __getitem__(self, name: str) -> TaskOutput:
        output = output_of(self._store, self._run, name) if name in self._names else None
        if output is None:
            raise KeyError(name)
        return output

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def delay_seconds(policy: RetryPolicy, failed: int, chance: float) -> float:
    """How long to wait after the try number ``failed`` (from 1); ``chance`` is a random number from 0 to 1.

    Exponential backoff takes a random part of the doubled delay ("full jitter"), so that tasks which failed
    together do not come back together.
    """
    if policy.backoff == "none":
        return 0.0
    if policy.backoff == "fixed":
        return policy.initial_delay_ms / 1000
    return chance * min(policy.initial_delay_ms * 2.0 ** (failed - 1), policy.max_delay_ms) / 1000


def worth_another_try(error: EvidocError) -> bool:
    """Whether the same task may succeed later: not where the request, the document or the receiver is at fault."""
    return error.status >= 500 and not isinstance(error, NotFound)


def output_name(run_id: str, task_id: str) -> str:
    """Where a task's output lies among the contents of its document."""
    return f"run/{run_id}/{task_id}"


def output_of(store: Store, run: RunRecord, task_id: str) -> TaskOutput | None:
    """What a task gave; None if it gave nothing yet, or the document was erased since."""
    try:
        kept = store.contents.get_json(run.org_id, run.document_id, output_name(run.run_id, task_id))
    except DocumentNotFound:
        return None
    return None if kept is None else output_from_json(kept)
