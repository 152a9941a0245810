"""A sign that work is no longer wanted, seen at once by whoever does it, however deep in the house."""

import threading
from collections.abc import Callable

from evidoc.kernel.errors import RunCancelled


class Stop:
    """Set once, never unset. Safe to share between threads.

    ``interrupt`` is for the end of the process: what is under way then ends with another error and is taken up again
    later, and ``is_set`` stays False, since nobody cancelled anything.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._over = threading.Event()
        self._cancelled = False
        self._error: Callable[[], BaseException] = RunCancelled
        self._callbacks: dict[object, Callable[[], None]] = {}

    def set(self) -> None:
        """Say that the work was cancelled: calls back whoever asked for it, in this thread."""
        with self._lock:
            if not self._over.is_set():
                self._cancelled = True
                self._end()

    def interrupt(self, error: Callable[[], BaseException]) -> None:
        """End the work with ``error()`` rather than as cancelled."""
        with self._lock:
            if not self._over.is_set():
                self._error = error
                self._end()

    def is_set(self) -> bool:
        """Whether the work was cancelled."""
        return self._cancelled

    def check(self) -> None:
        """Raises RunCancelled once the work was cancelled; the error of ``interrupt`` where that ended it."""
        if self._over.is_set():
            raise self._error()

    def wait(self, seconds: float | None) -> bool:
        """Wait until the work is to end, ``seconds`` at most; whether it is."""
        return self._over.wait(seconds)

    def on_set(self, call: Callable[[], None]) -> Callable[[], None]:
        """Have ``call`` made when the work is to end, at once if it is already; the answer undoes this.

        ``call`` is short, waits for nothing and raises nothing. Once undoing returns, it is not under way any more.
        """
        key = object()
        with self._lock:
            if self._over.is_set():
                call()
            else:
                self._callbacks[key] = call

        def undo() -> None:
            with self._lock:
                self._callbacks.pop(key, None)

        return undo

    def _end(self) -> None:
        self._over.set()
        callbacks, self._callbacks = self._callbacks, {}
        for call in callbacks.values():
            call()
