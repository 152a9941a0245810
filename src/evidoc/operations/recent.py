"""What was decoded a moment ago, kept in memory for the next who asks: it never changes, only goes."""

import threading
from collections import OrderedDict
from typing import Generic, TypeVar

T = TypeVar("T")


class Recent(Generic[T]):
    """The most recently asked values by id, their weights (bytes, about) together at most ``most_bytes``."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._guard = threading.Lock()
        self._kept: OrderedDict[str, tuple[T, int]] = OrderedDict()
        self._bytes = 0

    def get(self, name: str) -> T | None:
        """The value, if it is kept still."""
        with self._guard:
            found = self._kept.get(name)
            if found is None:
                return None
            self._kept.move_to_end(name)
            return found[0]

    def put(self, name: str, value: T, weight: int) -> None:
        """Keep a value; one that is heavier than all may be together is not kept."""
        with self._guard:
            self._drop(name)
            if weight > self._most_bytes:
                return
            self._kept[name] = (value, weight)
            self._bytes += weight
            while self._bytes > self._most_bytes:
                self._drop(next(iter(self._kept)))

    def drop(self, name: str) -> None:
        """Forget a value."""
        with self._guard:
            self._drop(name)

    def _drop(self, name: str) -> None:
        found = self._kept.pop(name, None)
        if found is not None:
            self._bytes -= found[1]
