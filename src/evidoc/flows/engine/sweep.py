"""Finding what our own rows say is to be done and nobody does, and forgetting what the engine no longer needs to know.

What was committed and never submitted is handed in; what the engine could not bring to an end is given up.
"""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from itertools import islice

from dbos import DBOS

from evidoc.flows.engine.durable import Job, Open, Submit
from evidoc.kernel import clock

_log = logging.getLogger(__name__)

SWEEP_SECONDS = 30.0

_KEPT_HISTORY = timedelta(hours=1)
_FORGET_AT_ONCE = 500
_ASK_AT_ONCE = 500

_UNDER_WAY = frozenset({"PENDING", "ENQUEUED", "DELAYED"})


class Sweep:
    """Looks at once and then every half minute, in a thread of its own.

    ``is_busy(id)`` says whether a job waits or is under way in this process.
    """

    def __init__(self, jobs: Mapping[str, Job], submit: Submit, is_busy: Callable[[str], bool]) -> None:
        self._jobs = jobs
        self._submit = submit
        self._is_busy = is_busy
        self._over = threading.Event()
        self._guard = threading.Lock()
        self._left: set[str] = set()
        self._thread = threading.Thread(target=self._keep_sweeping, name="engine-sweeper", daemon=True)

    def start(self) -> None:
        """Begin; the engine must be able to take work."""
        self._thread.start()

    def end(self) -> None:
        """Begin nothing more."""
        self._over.set()

    def join(self, seconds: float) -> None:
        """Wait until the sweep under way is over."""
        if self._thread.is_alive():
            self._thread.join(seconds)

    def left(self, id: str) -> None:  # noqa: A002
        """A job came to an end in this process, whether or not that could be noted."""
        with self._guard:
            self._left.add(id)

    def _keep_sweeping(self) -> None:
        while True:
            # The edge of a thread that must not end: what fails here is tried again by the next sweep.
            try:
                self._sweep()
            except Exception:  # noqa: BLE001
                _log.exception("the engine could not sweep")
            if self._over.wait(SWEEP_SECONDS):
                return

    def _sweep(self) -> None:
        with self._guard:
            left_before = set(self._left)
        unfinished: set[str] = set()
        for kind, job in self._jobs.items():
            found = [item if isinstance(item, Open) else Open(*item) for item in job.unfinished()]
            unfinished.update(item.id for item in found)
            self._look_after(kind, [item for item in found if not self._is_busy(item.id)])
        with self._guard:
            self._left -= left_before - unfinished
        self._forget_history()

    def _look_after(self, kind: str, idle: Iterable[Open]) -> None:
        """Start, resume or give up what has not ended and is not under way in this process."""
        for some in _portions(idle, _ASK_AT_ONCE):
            ids = [item.id for item in some]
            known = DBOS.list_workflows(workflow_ids=ids, load_input=False, load_output=False)
            statuses = {workflow.workflow_id: workflow.status for workflow in known}
            for item in some:
                # One that cannot be looked after, for whatever reason, must not keep the others from it.
                try:
                    self._look_after_one(kind, item, statuses.get(item.id))
                except Exception:  # noqa: BLE001
                    _log.exception("the engine could not look after %s", item.id)

    def _look_after_one(self, kind: str, item: Open, status: str | None) -> None:
        if self._over.is_set() or self._is_busy(item.id):
            return
        if status is None:
            self._submit(kind, item.org_id, item.id, item.not_before, item.group, long=item.long)
        elif status not in _UNDER_WAY:
            self._jobs[kind].abandon(item.org_id, item.id)
        elif self._was_left(item.id):
            # It came to an end here, and neither database could be told: the disk was full, say.
            DBOS.resume_workflow(item.id)

    def _was_left(self, id: str) -> bool:  # noqa: A002
        with self._guard:
            return id in self._left

    def _forget_history(self) -> None:
        """Remove what ended a while ago: our own rows say how, and nothing unfinished refers to it."""
        before = clock.to_wire(clock.now() - _KEPT_HISTORY)
        while not self._over.is_set():
            old = DBOS.list_workflows(
                status=["SUCCESS", "ERROR"],
                completed_before=before,
                limit=_FORGET_AT_ONCE,
                load_input=False,
                load_output=False,
            )
            if old:
                DBOS.delete_workflows([workflow.workflow_id for workflow in old])
            if len(old) < _FORGET_AT_ONCE:
                return


def _portions(items: Iterable[Open], size: int) -> Iterator[list[Open]]:
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some
