"""Performing a run: its tasks in the order of their dependencies, side by side where they allow it.

How far each task has come is kept in our own rows, and nowhere else: a run that is taken up again does not repeat
what ended, and a try that a kill interrupted is made again and not counted twice. The end of a task is committed
together with the start of the one that follows it alone, and the last one's with the end of the run.
"""

import logging
import random
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeVar

from evidoc.flows.commit import graph_of
from evidoc.flows.conditions import Fate, fate_of
from evidoc.flows.engine.durable import Durable, Facts, Submit
from evidoc.flows.finish import End, Told, commit_end, end_with_children, pages_of, tell
from evidoc.flows.graph import Graph, RetryPolicy, TaskSpec
from evidoc.flows.house import House
from evidoc.flows.outputs import Outputs, keep_output
from evidoc.flows.process import Processing
from evidoc.flows.task import Work
from evidoc.kernel import clock
from evidoc.kernel.errors import (
    EvidocError,
    InternalError,
    NotFound,
    OutputUnfit,
    RunCancelled,
    StorageFull,
    Unavailable,
)
from evidoc.kernel.output import TaskOutput
from evidoc.kernel.records import Failure, RunRecord, RunStatus, TaskRecord, TaskStatus
from evidoc.storing.idempotency import KEPT

_log = logging.getLogger(__name__)

T = TypeVar("T")

ENDED = frozenset({RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.CANCELLED})
"""How a run can have ended."""

_DONE = frozenset({TaskStatus.COMPLETED, TaskStatus.FAILED, TaskStatus.SKIPPED})
_STORE_PATIENCE_SECONDS = 30.0


class Running:
    """Performs runs. ``submit`` takes up what follows from an end, ``ends`` tells those who wait for it."""

    def __init__(
        self, house: House, processing: Processing, submit: Submit | None = None, ends: Told | None = None
    ) -> None:
        self._house = house
        self._processing = processing
        self._submit = submit
        self._ends = ends

    def perform(self, org_id: str, run_id: str, durable: Durable) -> None:
        """The engine's job for one run."""
        run = self._house.store.runs.get(org_id, run_id)
        if run.status in ENDED:
            return
        graph = graph_of(run.definition, self._house.task_types)
        end = _Run(self._house, self._processing, run, graph, durable).perform()
        if end is not None:
            tell((end,), self._submit, self._ends)

    def unfinished(self) -> Iterable[tuple[str, str]]:
        """Every run that has not ended.

        Each sweep asks for them, and is the time to forget the keys of requests that were made long ago.
        """
        self._house.store.idempotency.forget(clock.now() - KEPT)
        return self._house.store.runs.unfinished()

    def abandon(self, org_id: str, run_id: str) -> None:
        """End as failed what could not be brought to an end; the runs that its tasks started end with it."""
        error = InternalError()
        store = self._house.store
        with store.database.write() as on:
            run = store.runs.get(org_id, run_id, on=on)
            ends = end_with_children(store, run, RunStatus.FAILED, Failure(error.code, error.message), on)
        tell(ends, self._submit, self._ends)


@dataclass(slots=True)
class _Notes:
    """What one thread has to note of tasks and has not committed yet."""

    records: list[TaskRecord] = field(default_factory=list)
    outputs: dict[str, bytes] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)

    def take(self, other: "_Notes") -> None:
        self.records += other.records
        self.outputs |= other.outputs

    def clear(self) -> None:
        self.records, self.outputs = [], {}


class _Run:
    """One run while it is performed."""

    def __init__(self, house: House, processing: Processing, run: RunRecord, graph: Graph, durable: Durable) -> None:
        self._house = house
        self._store = house.store
        self._processing = processing
        self._run = run
        self._graph = graph
        self._durable = durable
        self._lock = threading.Lock()
        self._counting = threading.Lock()
        self._ended: dict[str, Facts] = {}
        self._claimed: set[str] = set()
        self._records: dict[str, TaskRecord] = {}
        self._known: dict[str, TaskOutput] = {}
        self._last = _Notes()
        self._followers = {
            task.task_id: [one for one in graph.tasks if task.task_id in one.depends_on] for task in graph.tasks
        }

    def perform(self) -> End | None:
        """Bring the run to its end; None where it was ended by somebody else."""
        try:
            tasks = self._firmly(self._look_up)
        except NotFound as error:  # erased, and its runs cancelled with it
            return self._end(RunStatus.FAILED, Failure(error.code, error.message))
        self._records = {record.task_id: record for record in tasks}
        with self._lock:
            ready = self._claim_ready()
        self._side_by_side(ready, _Notes())
        return self._end(*self._outcome())

    def _look_up(self) -> tuple[TaskRecord, ...]:
        store, org_id, document_id = self._store, self._run.org_id, self._run.document_id
        with store.database.read() as on:
            self._document = store.documents.get(org_id, document_id, on=on)
            self._sealer = store.contents.sealer(org_id, document_id, on=on)
            return store.runs.tasks(org_id, self._run.run_id, on=on)

    def _end(self, status: RunStatus, failure: Failure | None) -> End | None:
        pages = pages_of(self._store, self._run)

        def commit() -> End | None:
            with self._store.database.write() as on:
                if self._last.records:
                    self._store.runs.note(
                        self._run.org_id, self._run.run_id, self._last.records, self._last.outputs, on=on
                    )
                return commit_end(self._store, self._run, status, failure, on, pages)

        return self._firmly(commit)

    def _side_by_side(self, tasks: list[TaskSpec], notes: _Notes) -> None:
        """Perform these tasks and all that they lead to."""
        while len(tasks) == 1:
            tasks = self._perform_task(tasks[0], notes)
        if tasks:
            self._durable.side_by_side(*(partial(self._side_by_side, [task], _Notes()) for task in tasks))

    def _perform_task(self, task: TaskSpec, notes: _Notes) -> list[TaskSpec]:
        """Perform one task, and return the tasks that wait for nothing else now."""
        facts = self._do_as_fated(task, notes)
        with self._lock:
            is_unseen = self._is_unseen(task)
        if not is_unseen:
            self._note(notes)
        elif not self._followers[task.task_id]:
            self._last.take(notes)
        # In one go, or another thread could take the task that this one is to commit its notes with.
        with self._lock:
            self._ended[task.task_id] = facts
            return self._claim_ready()

    def _is_unseen(self, task: TaskSpec) -> bool:
        """Whether the end of a task concerns nobody but this thread, which will commit it with what it does next."""
        followers = self._followers[task.task_id]
        if not followers:
            return len(self._ended) == len(self._graph.tasks) - 1
        others = set(followers[0].depends_on) - {task.task_id}
        return len(followers) == 1 and others <= self._ended.keys()

    def _claim_ready(self) -> list[TaskSpec]:
        """The tasks that wait for nothing now and that nobody has taken. To be asked with the lock held."""
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

    def _do_as_fated(self, task: TaskSpec, notes: _Notes) -> Facts:
        record = self._records[task.task_id]
        if record.status in _DONE and record.status is not TaskStatus.SKIPPED:
            return _facts(record)
        fate = fate_of(task, self._ended, self._outputs(task.depends_on))
        if record.status is not TaskStatus.SKIPPED:
            record = self._try_task(task, record, notes) if fate is Fate.RUN else _skipped(record)
            notes.records.append(record)
        facts = _facts(record)
        return {**facts, "passed": True} if fate is Fate.LEAVE_OUT else facts

    def _try_task(self, task: TaskSpec, record: TaskRecord, notes: _Notes) -> TaskRecord:
        """Try a task until it is done, or has failed for good; each try is noted before it is made."""
        while True:
            attempt = record.attempts if record.status is TaskStatus.RUNNING else record.attempts + 1
            begun = record.started_at or clock.now()
            record = replace(record, status=TaskStatus.RUNNING, attempts=attempt, started_at=begun, failure=None)
            notes.records.append(record)
            if not self._note(notes):
                return _skipped(record)
            failure, may_help = self._try_once(task, attempt, notes)
            has_output = task.task_id in notes.kept
            if failure is None:
                return replace(record, status=TaskStatus.COMPLETED, finished_at=clock.now(), has_output=has_output)
            if failure.code == RunCancelled.code and self._is_over():
                return _skipped(record)
            if not may_help or attempt >= task.retry.max_attempts:
                now = clock.now()
                return replace(
                    record, status=TaskStatus.FAILED, finished_at=now, failure=failure, has_output=has_output
                )
            record = replace(record, status=TaskStatus.PENDING, failure=failure)
            notes.records.append(record)
            self._note(notes)
            self._pause(delay_seconds(task.retry, attempt, random.random()))

    def _pause(self, seconds: float) -> None:
        """Let all of this time pass, whatever else wakes the run; a run that is cancelled waits no longer."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0 and not self._durable.stop.is_set():
            self._durable.wait(left)

    def _try_once(self, task: TaskSpec, attempt: int, notes: _Notes) -> tuple[Failure | None, bool]:
        """Why one try failed (None if it did not), and whether another may help."""
        try:
            self._count_pages()
            self._keep(task, self._do(task, attempt, notes), notes)
        except EvidocError as error:
            return Failure(error.code, error.message, task.task_id), worth_another_try(error)
        # The edge of a task: whatever went wrong in it is its own failure, and nobody else's.
        except Exception:  # noqa: BLE001
            _log.exception("task %s of run %s went wrong", task.task_id, self._run.run_id)
            ours = InternalError()
            return Failure(ours.code, ours.message, task.task_id), True
        return None, False

    def _do(self, task: TaskSpec, attempt: int, notes: _Notes) -> TaskOutput:
        """What a task gives. What was found is kept, too, where it does not fit and the task therefore fails."""
        work = Work(
            house=self._house,
            processing=self._processing,
            run=self._run,
            document=self._document,
            task_id=task.task_id,
            config=task.config,
            before=self._outputs(self._graph.ancestors(task.task_id)),
            attempt=attempt,
            durable=self._durable,
        )
        try:
            return self._house.task_types.get(task.type)().run(work)
        except OutputUnfit as unfit:
            if unfit.found is not None:
                self._keep(task, unfit.found, notes)
            raise

    def _outputs(self, names: Iterable[str]) -> Outputs:
        return Outputs(self._store, self._run, names, self._known)

    def _keep(self, task: TaskSpec, output: TaskOutput, notes: _Notes) -> None:
        sealed = keep_output(self._store, self._run, self._sealer, task.task_id, output)
        notes.kept.add(task.task_id)
        if sealed is not None:
            notes.outputs[task.task_id] = sealed
            self._known[task.task_id] = output

    def _count_pages(self) -> None:
        """Have the document read before the first task of a run that costs credits for each page, and hold those.

        Raises InsufficientCredits, and why the document cannot be read.
        """
        with self._counting:
            if not self._run.credits_per_page or self._run.page_count is not None:
                return
            count = len(self._processing.reading_of(self._document, self._durable.stop).pages)
            org_id, run_id = self._run.org_id, self._run.run_id
            with self._store.database.write() as on:
                if self._store.runs.set_page_count(org_id, run_id, count, on=on):
                    self._store.credits.hold(org_id, run_id, self._run.credits_per_page * count, on=on)
            self._run = replace(self._run, page_count=count)

    def _is_over(self) -> bool:
        org_id, run_id = self._run.org_id, self._run.run_id
        return self._firmly(lambda: self._store.runs.get(org_id, run_id)).status in ENDED

    def _note(self, notes: _Notes) -> bool:
        """Commit what is to be noted; whether the run is open still."""
        if not notes.records:
            return True
        org_id, run_id = self._run.org_id, self._run.run_id
        is_open = self._firmly(lambda: self._store.runs.note(org_id, run_id, notes.records, notes.outputs))
        notes.clear()
        return is_open

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


def _skipped(record: TaskRecord) -> TaskRecord:
    return replace(record, status=TaskStatus.SKIPPED, finished_at=clock.now(), failure=None, has_output=False)


def _facts(record: TaskRecord) -> Facts:
    if record.failure is None:
        return {"status": record.status}
    return {"status": record.status, "code": record.failure.code, "message": record.failure.message}


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
