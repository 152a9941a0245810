"""Runs that a task starts: committed, begun, waited for without holding a place, and ended with their parent.

Their ids are made from the parent's, the task and the try, so that a task which a kill interrupted finds them again,
those that have ended among them.
"""

import hashlib
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from evidoc.flows.commit import commit_run
from evidoc.flows.finish import cancel_with_children
from evidoc.flows.given import keep_input
from evidoc.flows.outputs import output_of
from evidoc.flows.references import DEEPEST, parse_reference
from evidoc.flows.result import final_output, result_tasks
from evidoc.flows.task import Work
from evidoc.flows.values import plain, value_of
from evidoc.kernel import clock
from evidoc.kernel.errors import (
    EvidocError,
    FlowInactive,
    FlowNesting,
    FlowNotFound,
    RunCancelled,
    RunNotFound,
    RunTimeout,
    StorageFull,
    Unavailable,
    VersionNotFound,
)
from evidoc.kernel.output import ValueOutput
from evidoc.kernel.records import Failure, FlowRecord, FlowStatus, FlowVersion, RunRecord, RunStatus

_log = logging.getLogger(__name__)

_LOOK_AGAIN_SECONDS = 2.0
"""A child may also end in another process."""

_FIRST_DELAY_SECONDS = 0.5
_LONGEST_DELAY_SECONDS = 30.0

_ENDED = frozenset({RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.CANCELLED})
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True, slots=True)
class Child:
    """A run to start: which definition, on which pages (None: those of the parent), with which variables and input."""

    flow: FlowRecord
    version: FlowVersion
    parameters: Mapping[str, Any]
    pages: tuple[int, int] | None = None
    given: ValueOutput | None = None


@dataclass(frozen=True, slots=True)
class ChildEnd:
    """How a child ended; one that could not even be started has no ``run`` and says why in ``failure``."""

    run: RunRecord | None
    failure: Failure | None = None


def referred(work: Work, name: str) -> tuple[FlowRecord, FlowVersion]:
    """The flow that a task names. Raises FlowNotFound, VersionNotFound, FlowInactive, FlowNesting."""
    flows = work.house.store.flows
    reference = parse_reference(name)
    if reference is None:
        raise FlowNotFound(f"There is no flow {name!r} to run")
    try:
        flow = flows.find(work.run.org_id, reference.flow)
        version = flows.version(flow, reference.version)
    except FlowNotFound as error:
        raise FlowNotFound(f"There is no flow {reference.flow!r} to run") from error
    except VersionNotFound as error:
        raise VersionNotFound(f"The flow {reference.flow!r} has no version {reference.version} to run") from error
    if flow.status is not FlowStatus.ACTIVE:
        raise FlowInactive(f"The flow {reference.flow!r} is inactive")
    stack = list(_stack(work))
    if flow.flow_id in stack:
        trail = " -> ".join((*reversed(stack[: stack.index(flow.flow_id) + 1]), flow.flow_id))
        raise FlowNesting(f"Flows run each other in a circle: {trail}")
    return flow, version


def inline(work: Work, definition: Mapping[str, Any]) -> tuple[FlowRecord, FlowVersion]:
    """A definition inside the parent's own, as the flow and version that a child of it runs."""
    run = work.run
    name = work.task_id
    flow = FlowRecord(run.flow_id, run.org_id, name, "", definition, FlowStatus.ACTIVE, run.created_at, run.created_at)
    return flow, FlowVersion(run.flow_id, run.org_id, run.flow_version, definition, run.created_at)


def output_of_child(work: Work, run: RunRecord) -> ValueOutput:
    """What a child that completed gave; null where it gave nothing."""
    store = work.house.store
    found = {name: output_of(store, run, name) for name in result_tasks(run)}
    output = final_output(run, {name: output for name, output in found.items() if output is not None})
    return plain(None) if output is None else value_of(output)


def perform_children(
    work: Work, children: Sequence[Child], at_once: int, timeout: timedelta | None = None
) -> tuple[ChildEnd, ...]:
    """Run all of them to their ends, ``at_once`` at a time; how each ended, in their order.

    Raises RunCancelled once the parent is cancelled, FlowNesting where they would stand too deep, and RunTimeout where
    ``timeout`` passes after the first one was committed: those that have not ended are cancelled then.
    """
    if work.run.depth >= DEEPEST:
        raise FlowNesting(f"Flows run each other more than {DEEPEST} levels deep")
    return _Children(work, children, at_once, timeout).perform()


class _Children:
    """The children of one task while it waits for them."""

    def __init__(self, work: Work, children: Sequence[Child], at_once: int, timeout: timedelta | None) -> None:
        self._work = work
        self._runs = work.house.store.runs
        self._children = children
        self._at_once = at_once
        self._timeout = timeout
        self._ends: dict[int, ChildEnd] = {}
        self._open: dict[int, RunRecord] = {}
        self._begun: datetime | None = None

    def perform(self) -> tuple[ChildEnd, ...]:
        delay = _FIRST_DELAY_SECONDS
        while len(self._ends) < len(self._children):
            try:
                self._fill()
                self._look()
            except (StorageFull, Unavailable) as error:
                _log.warning("task %s of run %s waits for the store: %s", *self._names(), error.message)
                self._work.durable.wait(delay)
                delay = min(2 * delay, _LONGEST_DELAY_SECONDS)
                continue
            if self._open and not self._may_begin():
                self._work.durable.wait(self._patience())
        return tuple(self._ends[index] for index in range(len(self._children)))

    def _names(self) -> tuple[str, str]:
        return self._work.task_id, self._work.run.run_id

    def _fill(self) -> None:
        """Start children while there is room for them; one that cannot be started has ended."""
        while self._may_begin():
            index = len(self._open) + len(self._ends)
            try:
                run = self._commit(index, self._children[index])
            except (StorageFull, Unavailable, RunCancelled):
                raise
            except EvidocError as error:
                self._ends[index] = ChildEnd(None, Failure(error.code, error.message))
                continue
            self._begun = min(self._begun or run.created_at, run.created_at)
            self._open[index] = run
            if run.status not in _ENDED:
                self._work.durable.begin_other("run", run.org_id, run.run_id)

    def _look(self) -> None:
        """See which have ended; stop where the parent has, or where it took too long."""
        for index, run in list(self._open.items()):
            present = self._runs.get(run.org_id, run.run_id)
            if present.status in _ENDED:
                del self._open[index]
                self._ends[index] = ChildEnd(present, present.failure)
        # The parent last: children that ended because it was cancelled are no ends of their own.
        parent = self._work.run
        if self._runs.get(parent.org_id, parent.run_id).status in _ENDED:
            raise RunCancelled
        if self._open and self._patience() <= 0:
            self._cancel()
            assert self._timeout is not None
            raise RunTimeout(f"The flow did not end within {self._timeout.total_seconds():g} seconds")

    def _may_begin(self) -> bool:
        begun = len(self._open) + len(self._ends)
        return begun < len(self._children) and len(self._open) < self._at_once

    def _patience(self) -> float:
        if self._timeout is None or self._begun is None:
            return _LOOK_AGAIN_SECONDS
        left = (self._begun + self._timeout - clock.now()).total_seconds()
        return min(left, _LOOK_AGAIN_SECONDS)

    def _commit(self, index: int, child: Child) -> RunRecord:
        """The child's run, as an earlier try committed it or as it is committed now."""
        parent, store = self._work.run, self._work.house.store
        run_id = child_id(parent.run_id, self._work.task_id, self._work.attempt, index)
        try:
            return self._runs.get(parent.org_id, run_id)
        except RunNotFound:
            pass
        if child.given is not None:
            keep_input(store, parent, run_id, child.given)
        with store.database.write() as on:
            if self._runs.get(parent.org_id, parent.run_id, on=on).status in _ENDED:
                raise RunCancelled
            return commit_run(
                store,
                child.flow,
                self._work.document,
                child.parameters,
                on,
                run_id=run_id,
                parent=parent,
                pages=child.pages or parent.pages,
                version=child.version,
            )

    def _cancel(self) -> None:
        store = self._work.house.store
        for run in self._open.values():
            with store.database.write() as on:
                ends = cancel_with_children(store, run, on)
            for end in ends:
                self._work.durable.cancel_other(end.run.run_id)


def child_id(run_id: str, task_id: str, attempt: int, index: int) -> str:
    """The id of a child: the same for the same parent, task, try and place, and like any other run's."""
    digest = hashlib.sha256(f"{run_id}\n{task_id}\n{attempt}\n{index}".encode()).digest()
    number = int.from_bytes(digest[:16], "big")
    return "exec_" + "".join(_CROCKFORD[number >> shift & 31] for shift in range(125, -1, -5))


def _stack(work: Work) -> Iterator[str]:
    """The flows that are being run, from this run's own up to the first."""
    run = work.run
    yield run.flow_id
    while run.parent_run_id is not None:
        run = work.house.store.runs.get(run.org_id, run.parent_run_id)
        yield run.flow_id
