"""The durable engine: DBOS on a database of its own, in this process, behind four verbs.

What is submitted is performed to its end, also when the process is killed in the middle and started again:
its finished steps are not repeated, an interrupted one is. The engine keeps ids and small facts only. Its
database may even be lost: what is to be done is known from our own rows, which a sweep hands in again.

DBOS is a singleton of the process, and so is a started engine.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol, TypeAlias

from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer, SetWorkflowID
from sqlalchemy import Engine as SqlEngine
from sqlalchemy import create_engine, event
from sqlalchemy.engine import make_url

from evidoc.kernel import clock

_log = logging.getLogger(__name__)

Facts: TypeAlias = Mapping[str, Any]
"""The outcome of a step as the engine keeps it: a few ids and words, never content."""

Step: TypeAlias = Callable[[Callable[[], Facts]], Facts]
"""Runs a function once: its outcome is kept, and returned without running it when the work is taken up again."""

SWEEP_SECONDS = 30.0

_KEPT_HISTORY = timedelta(hours=1)
_FORGET_AT_ONCE = 500

_LOOK_AGAIN_SECONDS = 2.0
"""Conditions may also come true through another process."""

_APPLICATION = "evidoc"
_VERSION = "1"
"""DBOS takes up only work of its own version. Raise it when a job's steps change their order or names."""

_UNDER_WAY = frozenset({"PENDING", "ENQUEUED", "DELAYED"})


class Stopping(BaseException):
    """The engine is being stopped: unwinds a job without ending it, so that the next start takes it up again."""


class Durable(Protocol):
    """What a job may ask of the engine while it runs."""

    def reserve(self, name: str) -> Step:
        """The next step. Reserve steps in an order that is the same each time; run them in any order, once each."""

    def wait(self, seconds: float) -> None:
        """Let time pass, one's place free for others. Returns early when the job is nudged."""

    def side_by_side(self, *calls: Callable[[], None]) -> None:
        """Make calls at the same time and wait for all of them; each may run steps and wait."""


@dataclass(frozen=True, slots=True)
class Job:
    """A kind of durable work.

    ``perform(org_id, id, durable)`` does it. ``unfinished()`` names all that is committed and not yet ended, as
    (org_id, id). ``abandon(org_id, id)`` ends, as failed, what the engine could not bring to an end.
    """

    perform: Callable[[str, str, Durable], None]
    unfinished: Callable[[], Iterable[tuple[str, str]]]
    abandon: Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class _Order:
    kind: str
    org_id: str
    id: str


@dataclass(slots=True)
class _Activity:
    """A job under way: it holds a place unless all of its branches wait."""

    branches: int = 1
    waiting: int = 0
    nudged: bool = False


class Engine:
    """Performs jobs durably, ``concurrent`` at a time, first come first served."""

    def __init__(self, url: str, jobs: Mapping[str, Job], concurrent: int = 8) -> None:
        self._url = url
        self._jobs = dict(jobs)
        self._concurrent = concurrent
        self._changed = threading.Condition()
        self._queue: deque[_Order] = deque()
        self._queued: set[str] = set()
        self._active: dict[str, _Activity] = {}
        self._left: set[str] = set()
        self._stopping = False
        self._next_sweep = 0.0
        self._workflows: dict[str, Callable[[str, str], None]] = {}
        self._dispatcher = threading.Thread(target=self._dispatch, name="engine-dispatcher", daemon=True)
        self._sql: SqlEngine | None = None

    def start(self) -> None:
        """Take up what an earlier process left, then what is submitted. Raises RuntimeError if one runs already."""
        _occupy(self)
        self._sql = _make_engine(self._url)
        DBOS(config=self._config(self._sql))
        for kind, job in self._jobs.items():
            self._workflows[kind] = DBOS.workflow(name=kind)(self._workflow(job))
        DBOS.launch()
        self._dispatcher.start()

    def submit(self, kind: str, org_id: str, id: str) -> None:  # noqa: A002 - a document's or a run's
        """Have a committed job performed; submitting it twice is submitting it once. Returns at once."""
        with self._changed:
            if id not in self._queued and id not in self._active:
                self._queued.add(id)
                self._queue.append(_Order(kind, org_id, id))
                self._changed.notify_all()

    def nudge(self, id: str) -> None:  # noqa: A002
        """Wake a job from its wait, so that it looks at the world again (it was cancelled, say)."""
        with self._changed:
            if id in self._active:
                self._active[id].nudged = True
                self._changed.notify_all()

    def is_busy(self, id: str) -> bool:  # noqa: A002
        """Whether a job waits for its turn or is under way in this process."""
        with self._changed:
            return id in self._queued or id in self._active

    def wait_until(self, true: Callable[[], bool], seconds: float) -> bool:
        """Wait until a condition on what jobs do is true; it is asked whenever a job begins, waits or ends."""
        until = time.monotonic() + seconds
        with self._changed:
            while not true():
                left = until - time.monotonic()
                if left <= 0:
                    return False
                self._changed.wait(min(left, _LOOK_AGAIN_SECONDS))
            return True

    def stop(self, patience_seconds: float = 10.0) -> None:
        """Let steps under way end, for a while; what is not finished goes on at the next start."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._active, patience_seconds)
        if self._dispatcher.is_alive():
            self._dispatcher.join(patience_seconds)
        DBOS.destroy(destroy_registry=True)
        if self._sql is not None:
            self._sql.dispose()
        _vacate(self)

    def _config(self, sql: SqlEngine) -> DBOSConfig:
        return {
            "name": _APPLICATION,
            "system_database_url": self._url,
            "system_database_engine": sql,
            "application_version": _VERSION,
            "executor_id": "server",
            "serializer": DBOSPortableJSONSerializer(),
            "log_level": "ERROR",
            "use_listen_notify": False,
            # Nothing is ever sent to a job; this only bounds how long stopping takes.
            "notification_listener_polling_interval_sec": 0.25,
        }

    def _workflow(self, job: Job) -> Callable[[str, str], None]:
        def perform(org_id: str, id: str) -> None:  # noqa: A002
            with self._at_work(id):
                try:
                    job.perform(org_id, id, _Durable(self, id))
                except Exception:
                    job.abandon(org_id, id)
                    raise

        return perform

    @contextmanager
    def _at_work(self, id: str) -> Iterator[None]:  # noqa: A002
        with self._changed:
            self._check()
            self._active.setdefault(id, _Activity())
        try:
            yield
        finally:
            self._left.add(id)
            self._leave(id)

    def _leave(self, id: str) -> None:  # noqa: A002
        with self._changed:
            self._active.pop(id, None)
            self._changed.notify_all()

    def _check(self) -> None:
        if self._stopping:
            raise Stopping

    def _places_free(self) -> bool:
        held = sum(activity.waiting < activity.branches for activity in self._active.values())
        return held < self._concurrent

    def _dispatch(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(self._due, max(0.0, self._next_sweep - time.monotonic()))
                if self._stopping:
                    return
                order = self._take() if self._queue and self._places_free() else None
                if order is None and time.monotonic() >= self._next_sweep:
                    self._next_sweep = time.monotonic() + SWEEP_SECONDS
                elif order is None:
                    continue
            # The edge of a thread that must not end: what fails here is tried again by the next sweep.
            try:
                self._sweep() if order is None else self._begin(order)
            except Exception:  # noqa: BLE001
                _log.exception("the engine could not %s", "sweep" if order is None else f"start {order.id}")
                if order is not None:
                    self._leave(order.id)

    def _due(self) -> bool:
        return self._stopping or bool(self._queue and self._places_free()) or time.monotonic() >= self._next_sweep

    def _take(self) -> _Order:
        order = self._queue.popleft()
        self._queued.discard(order.id)
        self._active[order.id] = _Activity()
        return order

    def _begin(self, order: _Order) -> None:
        if DBOS.get_workflow_status(order.id) is not None:
            # Performed already, or about to be taken up by the recovery of an earlier process's work.
            self._leave(order.id)
            return
        with SetWorkflowID(order.id):
            DBOS.start_workflow(self._workflows[order.kind], order.org_id, order.id)

    def _sweep(self) -> None:
        unfinished: set[str] = set()
        for kind, job in self._jobs.items():
            for org_id, id in job.unfinished():  # noqa: A001
                unfinished.add(id)
                # One that cannot be looked after, for whatever reason, must not keep the others from it.
                try:
                    self._look_after(_Order(kind, org_id, id))
                except Exception:  # noqa: BLE001
                    _log.exception("the engine could not look after %s", id)
        with self._changed:
            self._left &= unfinished
        self._forget_history()

    def _look_after(self, order: _Order) -> None:
        """Start, resume or give up what has not ended and is not under way in this process."""
        with self._changed:
            if order.id in self._queued or order.id in self._active:
                return
        status = DBOS.get_workflow_status(order.id)
        if status is None:
            self.submit(order.kind, order.org_id, order.id)
        elif status.status not in _UNDER_WAY:
            self._jobs[order.kind].abandon(order.org_id, order.id)
        elif order.id in self._left:
            # It came to an end here, and neither database could be told: the disk was full, say.
            DBOS.resume_workflow(order.id)

    def _forget_history(self) -> None:
        """Remove what ended a while ago: our own rows say how, and nothing unfinished refers to it."""
        before = clock.to_wire(clock.now() - _KEPT_HISTORY)
        old = DBOS.list_workflows(
            status=["SUCCESS", "ERROR"],
            completed_before=before,
            limit=_FORGET_AT_ONCE,
            load_input=False,
            load_output=False,
        )
        if old:
            DBOS.delete_workflows([workflow.workflow_id for workflow in old])

    def _pause(self, id: str, seconds: float) -> None:  # noqa: A002
        with self._changed:
            activity = self._active[id]
            activity.waiting += 1
            self._changed.notify_all()
            try:
                self._changed.wait_for(lambda: self._stopping or activity.nudged, seconds)
            finally:
                activity.waiting -= 1
            self._check()

    def _branch(self, id: str, more: int) -> None:  # noqa: A002
        with self._changed:
            self._active[id].branches += more


class _Durable:
    """One job's side of the engine."""

    def __init__(self, engine: Engine, id: str) -> None:  # noqa: A002
        self._engine = engine
        self._id = id

    def reserve(self, name: str) -> Step:
        reservation = DBOS.reserve_step()

        def step(do: Callable[[], Facts]) -> Facts:
            self._engine._check()
            return reservation.run({"name": name}, do)

        return step

    def wait(self, seconds: float) -> None:
        self._engine._pause(self._id, seconds)

    def side_by_side(self, *calls: Callable[[], None]) -> None:
        raised: list[BaseException] = []

        def run(call: Callable[[], None]) -> None:
            try:
                call()
            except BaseException as error:  # noqa: BLE001 - raised again by the thread that waits
                raised.append(error)
            finally:
                self._engine._branch(self._id, -1)

        self._engine._branch(self._id, len(calls))
        # DBOS knows the workflow by a context variable, so each thread works in a copy of this context.
        threads = [
            threading.Thread(target=copy_context().run, args=(run, call), name=f"{self._id}-branch", daemon=True)
            for call in calls[1:]
        ]
        for thread in threads:
            thread.start()
        run(calls[0])
        # This thread now only waits for its branches, and holds no place by itself.
        self._engine._branch(self._id, -1)
        for thread in threads:
            thread.join()
        self._engine._branch(self._id, 1)
        for error in raised:
            raise error


_singleton = threading.Lock()
_started: list[Engine] = []


def _occupy(engine: Engine) -> None:
    with _singleton:
        if _started:
            raise RuntimeError("an engine is running in this process already")
        _started.append(engine)


def _vacate(engine: Engine) -> None:
    with _singleton:
        if engine in _started:
            _started.remove(engine)


def _make_engine(url: str) -> SqlEngine:
    """The engine's database. On SQLite a write-ahead log makes it two to three times faster than DBOS's default.

    A power cut may lose its last facts, not those of our own database; work is then done again, never lost.
    """
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, pool_size=20, max_overflow=20)
    engine = create_engine(url, pool_size=16, max_overflow=112)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = "IMMEDIATE"
        for pragma in ("busy_timeout=30000", "journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    return engine
