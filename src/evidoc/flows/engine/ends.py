"""Waiting for the end of runs without a thread for each that waits."""

import asyncio
import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Collection

from evidoc.kernel.errors import Unavailable

_log = logging.getLogger(__name__)

_LOOK_AGAIN_SECONDS = 2.0
"""Runs may also end through another process."""

_LOOK_AT_ONCE = 500


class _Waiter:
    """One that waits, in the event loop that it waits in."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.future: asyncio.Future[bool] = self._loop.create_future()

    def tell(self, *, ended: bool) -> None:
        """Wake it, from any thread: the end has come, or (False) the house closes."""
        try:
            self._loop.call_soon_threadsafe(self._wake, ended)
        except RuntimeError:
            _log.debug("the loop of one that waited is closed")

    def _wake(self, ended: bool) -> None:
        if not self.future.done():
            self.future.set_result(ended)


class Ends:
    """Tells thousands of waiters of the ends of runs. ``told`` and ``close`` may be called from any thread.

    ``ended(run_ids)`` says which of some runs have ended; it is asked in a thread of its own, of all that are waited
    for together: of each at once, for it may have ended before anybody waited, and then every two seconds.
    """

    def __init__(self, ended: Callable[[Collection[str]], Collection[str]]) -> None:
        self._ended = ended
        self._changed = threading.Condition()
        self._waiters: dict[str, set[_Waiter]] = defaultdict(set)
        self._fresh: set[str] = set()
        self._looking = False
        self._closed = False

    def told(self, run_id: str) -> None:
        """A run has ended, and that is committed."""
        with self._changed:
            waiters = self._waiters.pop(run_id, ())
            self._fresh.discard(run_id)
        for waiter in waiters:
            waiter.tell(ended=True)

    async def wait(self, run_id: str, seconds: float) -> bool:
        """Whether the run ends within ``seconds``. Raises Unavailable at once when the house closes."""
        waiter = _Waiter()
        with self._changed:
            if self._closed:
                raise Unavailable
            self._waiters[run_id].add(waiter)
            self._fresh.add(run_id)
            self._start_looking()
        try:
            ended = await asyncio.wait_for(waiter.future, seconds)
        except TimeoutError:
            return False
        finally:
            self._forget(run_id, waiter)
        if not ended:
            raise Unavailable
        return True

    def close(self) -> None:
        """Tell all who wait, and all who come, that there is nothing to wait for here any more."""
        with self._changed:
            self._closed = True
            waiters = [waiter for those in self._waiters.values() for waiter in those]
            self._waiters.clear()
            self._changed.notify_all()
        for waiter in waiters:
            waiter.tell(ended=False)

    def _forget(self, run_id: str, waiter: _Waiter) -> None:
        with self._changed:
            those = self._waiters.get(run_id)
            if those is not None:
                those.discard(waiter)
                if not those:
                    del self._waiters[run_id]
                    self._fresh.discard(run_id)

    def _start_looking(self) -> None:
        if not self._looking:
            self._looking = True
            threading.Thread(target=self._look, name="ends-looker", daemon=True).start()
        self._changed.notify_all()

    def _look(self) -> None:
        """Ask for ends while anybody waits."""
        again = time.monotonic() + _LOOK_AGAIN_SECONDS
        while True:
            with self._changed:
                while not self._fresh and time.monotonic() < again and not self._is_idle():
                    self._changed.wait(max(0.0, again - time.monotonic()))
                if self._is_idle():
                    self._looking = False
                    return
                if time.monotonic() >= again:
                    asked = list(self._waiters)
                    again = time.monotonic() + _LOOK_AGAIN_SECONDS
                else:
                    asked = list(self._fresh)
                self._fresh.clear()
            for start in range(0, len(asked), _LOOK_AT_ONCE):
                self._tell_ended(asked[start : start + _LOOK_AT_ONCE])

    def _is_idle(self) -> bool:
        return self._closed or not self._waiters

    def _tell_ended(self, asked: list[str]) -> None:
        # The edge of a thread that others rely on: what fails here is tried again.
        try:
            ended = self._ended(asked)
        except Exception:  # noqa: BLE001
            _log.exception("the ends of runs could not be looked for")
            return
        for run_id in ended:
            self.told(run_id)
