"""What the engine promises to those who hand it work, and asks of them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeAlias

from evidoc.kernel.stop import Stop

Facts: TypeAlias = Mapping[str, Any]
"""The outcome of a step as the engine keeps it: a few ids and words, never content."""

Step: TypeAlias = Callable[[Callable[[], Facts]], Facts]
"""Runs a function once: its outcome is kept, and returned without running it when the work is taken up again."""


class Stopping(BaseException):
    """The engine is being stopped: unwinds a job without ending it, so that the next start takes it up again."""


class Durable(Protocol):
    """What a job may ask of the engine while it runs."""

    @property
    def stop(self) -> Stop:
        """Set when the job is cancelled."""

    def reserve(self, name: str) -> Step:
        """The next step. Reserve steps in an order that is the same each time; run them in any order, once each."""

    def wait(self, seconds: float) -> None:
        """Let time pass, one's place free for others. Returns early when the job is nudged or cancelled."""

    def side_by_side(self, *calls: Callable[[], None]) -> None:
        """Make calls at the same time and wait for all of them; each may run steps and wait."""

    def begin_other(self, kind: str, org_id: str, id: str) -> None:  # noqa: A002
        """Have another committed job performed, as ``Engine.submit``; this one is nudged when it is over."""

    def cancel_other(self, id: str) -> None:  # noqa: A002
        """Let another job that was ended in our own rows stop."""


class Submit(Protocol):
    """The engine's way to take committed work up."""

    def __call__(
        self,
        kind: str,
        org_id: str,
        id: str,  # noqa: A002
        not_before: datetime | None = None,
        group: str | None = None,
        *,
        long: bool = False,
    ) -> None:
        """Have it performed, not before a moment, sharing the few places of its group; it may take ``long``."""


@dataclass(frozen=True, slots=True)
class Open:
    """A job that has not ended: not to begin before ``not_before``, one of its ``group``, expected to take ``long``."""

    org_id: str
    id: str
    not_before: datetime | None = None
    group: str | None = None
    long: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    """A kind of durable work.

    ``perform(org_id, id, durable)`` does it. ``unfinished()`` names all that is committed and not yet ended, as
    (org_id, id) or Open. ``abandon(org_id, id)`` ends, as failed, what the engine could not bring to an end.
    ``lane`` is where it waits for a place; None for a lane of its kind's own.
    """

    perform: Callable[[str, str, Durable], None]
    unfinished: Callable[[], Iterable[tuple[str, str] | Open]]
    abandon: Callable[[str, str], None]
    lane: str | None = None


@dataclass(frozen=True, slots=True)
class Lane:
    """How much of one kind of work is done at once, whatever the other lanes do.

    ``places`` are shared by all, but for ``reserve`` of them that work which takes long never fills. Work is expected
    to take long, or has held its place for a while. Up to ``more`` beyond ``places`` keep the reserve free where work
    turned out long after it had begun. No more than ``of_a_group`` of one group hold a place.
    """

    places: int = 8
    reserve: int = 1
    more: int = 4
    of_a_group: int = 2
