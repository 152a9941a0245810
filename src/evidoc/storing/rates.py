"""How many requests each side of an organisation has made in this minute, exact over threads and processes.

Windows are fixed: a minute, aligned to the epoch's minutes. A side has one row, so an old window leaves nothing
behind. Beside an SQLite database the counters lie in a file of their own, written without waiting for the disk:
they need not survive a power cut, and must not wait behind the documents. On PostgreSQL they are an unlogged table.

Where a counter cannot be written (a full disk, a lock that stays), this process counts in its own memory: the
limit then holds for each process by itself. Refusing everybody would turn a full disk into an outage of reading,
and letting everybody through would turn it into a way around the limit.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from evidoc.kernel.errors import EvidocError
from evidoc.storing.database import Database
from evidoc.storing.rate_counter import RateCounter
from evidoc.storing.rate_counters.file import FileCounter
from evidoc.storing.rate_counters.memory import MemoryCounter
from evidoc.storing.rate_counters.table import TableCounter

WINDOW_SECONDS = 60

_log = logging.getLogger("evidoc.storing")

_OUT_SECONDS = 10
_MOST_FULL = 10_000


@dataclass(frozen=True, slots=True)
class RateState:
    """One request counted: how many are left in the window, and when it ends (unix seconds)."""

    limit: int
    remaining: int
    reset_at: int
    allowed: bool


class Rates:
    """The counters. A window never goes back: a clock that lags counts into the newest window there is."""

    def __init__(self, counter: RateCounter, now: Callable[[], float] = time.time) -> None:
        self._counter = counter
        self._memory = MemoryCounter()
        self._now = now
        self._full: dict[str, tuple[int, int]] = {}
        self._out_until = 0.0

    def take(self, org_id: str, limit: int) -> RateState:
        """Count a request of ``org_id``, of which ``limit`` may come in a minute."""
        window = int(self._now() // WINDOW_SECONDS)
        return self._known_full(org_id, limit, window) or self._taken(org_id, limit, *self._add(org_id, window))

    def take_at_once(self, org_id: str, limit: int) -> RateState | None:
        """The same where it takes no waiting, for a caller that must not; None where it might."""
        window = int(self._now() // WINDOW_SECONDS)
        if full := self._known_full(org_id, limit, window):
            return full
        counter = self._memory if self._is_out() else self._counter
        counted = counter.add_at_once(org_id, window)
        return None if counted is None else self._taken(org_id, limit, *counted)

    def close(self) -> None:
        """Let go of the counters."""
        self._counter.close()

    def _add(self, org_id: str, window: int) -> tuple[int, int]:
        if not self._is_out():
            try:
                return self._counter.add(org_id, window)
            except (OSError, EvidocError) as error:
                _log.warning("requests are counted in memory for %d s: %s", _OUT_SECONDS, error)
                self._out_until = time.monotonic() + _OUT_SECONDS
        return self._memory.add(org_id, window)

    def _is_out(self) -> bool:
        """Whether the counter failed a moment ago: not every request is to wait until it fails again."""
        return time.monotonic() < self._out_until

    def _taken(self, org_id: str, limit: int, window: int, taken: int) -> RateState:
        if taken > limit:
            if len(self._full) >= _MOST_FULL:
                self._full.clear()
            self._full[org_id] = (window, limit)
        return _state(limit, taken, window)

    def _known_full(self, org_id: str, limit: int, window: int) -> RateState | None:
        """The refusal that must come. What is used up stays so until its window ends: a flood costs no writes."""
        full_window, full_limit = self._full.get(org_id, (-1, 0))
        return _state(limit, limit + 1, window) if full_window == window and limit <= full_limit else None


def _state(limit: int, taken: int, window: int) -> RateState:
    return RateState(limit, max(limit - taken, 0), (window + 1) * WINDOW_SECONDS, taken <= limit)


def open_rates(database: Database, folder: Path) -> Rates:
    """The counters that go with a database: a file under ``folder``, or a table of the database."""
    return Rates(FileCounter(folder / "rates.sqlite") if database.is_sqlite else TableCounter(database))
