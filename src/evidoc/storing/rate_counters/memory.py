"""Requests counted in the memory of this process."""

import threading

_MOST_SIDES = 10_000


class MemoryCounter:
    """Counters of this process alone."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken: dict[str, tuple[int, int]] = {}

    def add(self, org_id: str, window: int) -> tuple[int, int]:
        """Count one."""
        with self._lock:
            if len(self._taken) >= _MOST_SIDES and org_id not in self._taken:
                self._taken.clear()
            standing, taken = self._taken.get(org_id, (window, 0))
            newest = _newest(standing, window)
            self._taken[org_id] = (newest, taken + 1 if newest == standing else 1)
            return self._taken[org_id]

    def add_at_once(self, org_id: str, window: int) -> tuple[int, int]:
        """Count one; memory never makes wait."""
        return self.add(org_id, window)

    def close(self) -> None:
        """Nothing is held."""


def _newest(standing: int, window: int) -> int:
    """The window to count into. One that lies far ahead was made by a clock that has since been set right."""
    return standing if window <= standing <= window + 1 else window
