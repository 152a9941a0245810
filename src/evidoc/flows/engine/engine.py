"""The durable engine: DBOS on a database of its own, in this process, behind a few verbs.

What is submitted is performed to its end, also when the process is killed in the middle and started again:
its finished steps are not repeated, an interrupted one is. The engine keeps ids and small facts only. Its
database may even be lost: what is to be done is known from our own rows, which a sweep hands in again.

DBOS is a singleton of the process, and so is a started engine.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import copy_context
from datetime import datetime

from dbos import DBOS, SetWorkflowID
from sqlalchemy import Engine as SqlEngine

from evidoc.flows.engine.database import engine_config, open_engine_database
from evidoc.flows.engine.durable import Durable, Facts, Job, Lane, Open, Step, Stopping
from evidoc.flows.engine.lanes import Activity, Lanes, Order
from evidoc.flows.engine.only import occupy, vacate
from evidoc.flows.engine.sweep import Sweep
from evidoc.kernel.stop import Stop

__all__ = ["Durable", "Engine", "Facts", "Job", "Lane", "Open", "Step", "Stopping"]

_log = logging.getLogger(__name__)

_LONGEST_WAIT_SECONDS = 30.0
_LOOK_AGAIN_SECONDS = 2.0
"""Conditions may also come true through another process."""

_GRACE_SECONDS = 2.0
"""How long a step may go on when the engine stops, before it is interrupted where it can be."""

_STOPPED_WAIT_SECONDS = 0.25
"""The longest wait of a job that was cancelled before it."""


class Engine:
    """Performs jobs durably, each kind in its lane, first come first served among those that take about as long.

    ``lanes`` are by the name that jobs give; a lane that is not among them has ``concurrent`` places.
    """

    def __init__(
        self, url: str, jobs: Mapping[str, Job], concurrent: int = 8, lanes: Mapping[str, Lane] | None = None
    ) -> None:
        self._url = url
        self._jobs = dict(jobs)
        self._lane_of = {kind: job.lane or kind for kind, job in jobs.items()}
        self._lanes = Lanes({name: (lanes or {}).get(name, Lane(concurrent)) for name in self._lane_of.values()})
        self._changed = threading.Condition()
        self._changes = 0
        self._wanted_by: dict[str, str] = {}
        self._stopping = False
        self._workflows: dict[str, Callable[[str, str], None]] = {}
        self._dispatcher = threading.Thread(target=self._dispatch, name="engine-dispatcher", daemon=True)
        self._sweep = Sweep(self._jobs, self.submit, self.is_busy)
        self._sql: SqlEngine | None = None

    def start(self) -> None:
        """Take up what an earlier process left, then what is submitted. Raises RuntimeError if one runs already."""
        occupy(self)
        self._sql = open_engine_database(self._url)
        DBOS(config=engine_config(self._url, self._sql))
        for kind, job in self._jobs.items():
            self._workflows[kind] = DBOS.workflow(name=kind)(self._workflow(self._lane_of[kind], job))
        DBOS.launch()
        self._dispatcher.start()
        self._sweep.start()

    def submit(
        self,
        kind: str,
        org_id: str,
        id: str,  # noqa: A002 - a document's or a run's
        not_before: datetime | None = None,
        group: str | None = None,
        *,
        long: bool = False,
    ) -> None:
        """Have a committed job performed; submitting it twice is submitting it once. Returns at once.

        It does not begin before ``not_before``, kept in memory until then (the sweep knows it from ``unfinished``);
        the earlier of two such moments counts. ``group`` shares few places of the lane. ``long``: it may take long.
        """
        with self._changed:
            if self._lanes.add(kind, org_id, id, self._lane_of[kind], not_before, group, long):
                self._tell()

    def nudge(self, id: str) -> None:  # noqa: A002
        """Wake a job from its wait, so that it looks at the world again."""
        with self._changed:
            activity = self._lanes.active.get(id)
            if activity is not None:
                activity.nudges += 1
                self._tell()

    def cancel(self, id: str) -> None:  # noqa: A002
        """Let a job that was ended in our own rows stop: one that waits for its turn never begins, one under way
        has its ``stop`` set, and whatever of the house works for it ends at once.
        """
        with self._changed:
            self._lanes.remove(id)
            activity = self._lanes.active.get(id)
            self._tell()
        if activity is not None:
            activity.stop.set()
            self.nudge(id)

    def is_busy(self, id: str) -> bool:  # noqa: A002
        """Whether a job waits for its turn or is under way in this process."""
        with self._changed:
            return id in self._lanes

    def wait_until(self, true: Callable[[], bool], seconds: float) -> bool:
        """Wait until a condition on what jobs do is true; it is asked whenever a job begins, waits or ends."""
        until = time.monotonic() + seconds
        while True:
            with self._changed:
                seen = self._changes
            if true():
                return True
            left = until - time.monotonic()
            if left <= 0:
                return False
            self._await_change(seen, min(left, _LOOK_AGAIN_SECONDS))

    def stop(self, patience_seconds: float = 10.0) -> None:
        """Let steps under way end, for a while; what is not finished goes on at the next start."""
        until = time.monotonic() + patience_seconds
        with self._changed:
            self._stopping = True
            self._sweep.end()
            self._tell()
            self._changed.wait_for(lambda: not self._lanes.active, min(_GRACE_SECONDS, patience_seconds))
            under_way = list(self._lanes.active.values())
        for activity in under_way:
            activity.stop.interrupt(Stopping)
        with self._changed:
            self._changed.wait_for(lambda: not self._lanes.active, max(0.0, until - time.monotonic()))
        if self._dispatcher.is_alive():
            self._dispatcher.join(max(0.1, until - time.monotonic()))
        self._sweep.join(max(0.1, until - time.monotonic()))
        DBOS.destroy(destroy_registry=True)
        if self._sql is not None:
            self._sql.dispose()
        vacate(self)

    def _workflow(self, lane: str, job: Job) -> Callable[[str, str], None]:
        def perform(org_id: str, id: str) -> None:  # noqa: A002
            with self._at_work(id, lane) as activity:
                try:
                    job.perform(org_id, id, _Durable(self, id, activity))
                except Exception:
                    job.abandon(org_id, id)
                    raise

        return perform

    @contextmanager
    def _at_work(self, id: str, lane: str) -> Iterator[Activity]:  # noqa: A002
        with self._changed:
            if self._stopping:
                self._lanes.leave(id)
                self._tell()
            self._check()
            activity = self._lanes.enter(id, lane)
        try:
            yield activity
        finally:
            self._sweep.left(id)
            with self._changed:
                self._lanes.leave(id)
                self._tell()
                waiting = self._wanted_by.pop(id, None)
                for other in [one for one, by in self._wanted_by.items() if by == id]:
                    del self._wanted_by[other]
            if waiting is not None:
                self.nudge(waiting)

    def _await_change(self, seen: int, seconds: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._changes != seen, seconds)

    def _tell(self) -> None:
        self._changes += 1
        self._changed.notify_all()

    def _check(self) -> None:
        if self._stopping:
            raise Stopping

    def _dispatch(self) -> None:
        while order := self._await_turn():
            # The edge of a thread that must not end: what fails here is tried again by the next sweep.
            try:
                self._begin(order)
            except Exception:  # noqa: BLE001
                _log.exception("the engine could not start %s", order.id)
                self._let_go(order)

    def _await_turn(self) -> Order | None:
        """The next order; None once the engine stops."""
        with self._changed:
            while not self._stopping:
                if order := self._lanes.take():
                    return order
                self._changed.wait(min(self._lanes.seconds_until_due(), _LONGEST_WAIT_SECONDS))
            return None

    def _begin(self, order: Order) -> None:
        threading.Thread(target=self._perform, args=(order,), name=order.id, daemon=True).start()

    def _perform(self, order: Order) -> None:
        # The edge of a thread: an error of the job's own is kept by DBOS, all else is tried again by the next sweep.
        try:
            with SetWorkflowID(order.id):
                self._workflows[order.kind](order.org_id, order.id)
        except Stopping:
            _log.debug("%s goes on at the next start", order.id)
        except Exception:  # noqa: BLE001
            _log.log(logging.DEBUG if self._stopping else logging.ERROR, "%s went wrong", order.id, exc_info=True)
        finally:
            # Where it never began: it was performed already, say, or DBOS could not be told.
            self._let_go(order)

    def _let_go(self, order: Order) -> None:
        with self._changed:
            activity = self._lanes.active.get(order.id)
            if activity is not None and not activity.begun:
                self._lanes.leave(order.id)
                self._tell()

    def _pause(self, activity: Activity, seconds: float, nudges: int) -> int:
        """Let time pass unless the job was nudged more than ``nudges`` times; how often it was."""
        if activity.stop.is_set():
            seconds = min(seconds, _STOPPED_WAIT_SECONDS)
        with self._changed:
            activity.waiting += 1
            self._tell()
            try:
                self._changed.wait_for(lambda: self._stopping or activity.nudges > nudges, seconds)
            finally:
                activity.waiting -= 1
                activity.since = time.monotonic()
            self._check()
            return activity.nudges

    def _branch(self, activity: Activity, more: int) -> None:
        with self._changed:
            activity.branches += more
            self._tell()


class _Durable:
    """One job's side of the engine."""

    def __init__(self, engine: Engine, id: str, activity: Activity) -> None:  # noqa: A002
        self._engine = engine
        self._id = id
        self._activity = activity
        self._seen = threading.local()  # each branch is woken by each nudge once

    @property
    def stop(self) -> Stop:
        return self._activity.stop

    def reserve(self, name: str) -> Step:
        reservation = DBOS.reserve_step()

        def step(do: Callable[[], Facts]) -> Facts:
            self._engine._check()
            return reservation.run({"name": name}, do)

        return step

    def wait(self, seconds: float) -> None:
        self._seen.nudges = self._engine._pause(self._activity, seconds, getattr(self._seen, "nudges", 0))

    def begin_other(self, kind: str, org_id: str, id: str) -> None:  # noqa: A002
        with self._engine._changed:
            self._engine._wanted_by[id] = self._id
        self._engine.submit(kind, org_id, id)

    def cancel_other(self, id: str) -> None:  # noqa: A002
        self._engine.cancel(id)

    def side_by_side(self, *calls: Callable[[], None]) -> None:
        raised: list[BaseException] = []

        def run(call: Callable[[], None]) -> None:
            try:
                call()
            except BaseException as error:  # noqa: BLE001 - raised again by the thread that waits
                raised.append(error)
            finally:
                self._engine._branch(self._activity, -1)

        self._engine._branch(self._activity, len(calls))
        # DBOS knows the workflow by a context variable, so each thread works in a copy of this context.
        threads = [
            threading.Thread(target=copy_context().run, args=(run, call), name=f"{self._id}-branch", daemon=True)
            for call in calls[1:]
        ]
        for thread in threads:
            thread.start()
        run(calls[0])
        # This thread now only waits for its branches, and holds no place by itself.
        self._engine._branch(self._activity, -1)
        for thread in threads:
            thread.join()
        self._engine._branch(self._activity, 1)
        for error in raised:
            raise error
