"""A number of places that callers wait for in turn, and stop waiting for when their work is no longer wanted."""

import heapq
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from evidoc.kernel.errors import Unavailable
from evidoc.kernel.stop import Stop


class _Waiter:
    """One caller that waits. ``woken`` is set when it was ``granted`` a place, or has nothing to wait for any more."""

    def __init__(self) -> None:
        self.woken = threading.Event()
        self.granted = False
        self.gone = False


class Places:
    """``number`` places, given to the waiting caller of the lowest rank, among equals to the one that came first."""

    def __init__(self, number: int) -> None:
        self._lock = threading.Lock()
        self._free = number
        self._closed = False
        self._turns = count()
        self._waiting: list[tuple[float, int, _Waiter]] = []

    def take(self, stop: Stop | None = None, rank: float = 0.0) -> None:
        """Wait for a place. Raises Unavailable once closed, and what ``stop`` says once it is set."""
        with self._lock:
            self._raise_if_closed()
            if self._free > 0 and not self._waiting:
                self._free -= 1
                return
            waiter = _Waiter()
            heapq.heappush(self._waiting, (rank, next(self._turns), waiter))
            self._grant()
        undo = stop.on_set(waiter.woken.set) if stop else None
        waiter.woken.wait()
        if undo:
            undo()
        with self._lock:
            if waiter.granted:
                return
            waiter.gone = True
            self._raise_if_closed()
        if stop:
            stop.check()

    def take_anyway(self) -> None:
        """Take a place though none may be free: whoever holds it is about to give it back."""
        with self._lock:
            self._free -= 1

    def give(self) -> None:
        """Give a place back."""
        with self._lock:
            self._free += 1
            self._grant()

    @contextmanager
    def held(self, stop: Stop | None = None, rank: float = 0.0) -> Iterator[None]:
        """A place for the time of a block."""
        self.take(stop, rank)
        try:
            yield
        finally:
            self.give()

    def waited_for(self) -> bool:
        """Whether anybody waits."""
        with self._lock:
            self._forget_gone()
            return bool(self._waiting)

    def close(self) -> None:
        """Whoever waits, and whoever comes, is told Unavailable."""
        with self._lock:
            self._closed = True
            for _, _, waiter in self._waiting:
                waiter.woken.set()

    def _raise_if_closed(self) -> None:
        if self._closed:
            raise Unavailable

    def _grant(self) -> None:
        self._forget_gone()
        while self._free > 0 and self._waiting:
            _, _, waiter = heapq.heappop(self._waiting)
            waiter.granted = True
            waiter.woken.set()
            self._free -= 1
            self._forget_gone()

    def _forget_gone(self) -> None:
        while self._waiting and self._waiting[0][2].gone:
            heapq.heappop(self._waiting)
