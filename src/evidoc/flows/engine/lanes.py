"""Whose turn it is: what waits for its time or its place, and what is under way. Not locked; the engine does that."""

import heapq
import time
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

from evidoc.flows.engine.durable import Lane
from evidoc.kernel import clock
from evidoc.kernel.stop import Stop

LONG_SECONDS = 3.0
"""Work that has held its place for so long counts as long."""

_NEVER = float("inf")


@dataclass(frozen=True, slots=True, eq=False)
class Order:
    """One job that is to be performed, and its turn."""

    kind: str
    org_id: str
    id: str
    lane: str
    not_before: datetime | None
    group: str | None
    long: bool
    turn: int


@dataclass(slots=True)
class Activity:
    """A job under way: it holds a place unless all of its branches wait, or nobody wants it any more."""

    lane: str
    group: str | None = None
    long: bool = False
    since: float = field(default_factory=time.monotonic)
    stop: Stop = field(default_factory=Stop)
    begun: bool = False
    branches: int = 1
    waiting: int = 0
    nudges: int = 0

    @property
    def holds_place(self) -> bool:
        """Whether any of its branches works; what was cancelled and does not come back is waited for by nobody."""
        return self.waiting < self.branches and not self.stop.is_set()

    def is_long(self, now: float) -> bool:
        """Whether it is expected to take long, or does."""
        return self.long or now - self.since >= LONG_SECONDS


@dataclass(slots=True)
class _Queue:
    """What waits for a place in one lane: two heaps by turn, and those whose group has its places full."""

    short: list[tuple[int, Order]] = field(default_factory=list)
    long: list[tuple[int, Order]] = field(default_factory=list)
    parked: dict[str, deque[Order]] = field(default_factory=lambda: defaultdict(deque))


class Lanes:
    """Orders that wait, in the lanes they wait in, and the activities that they became."""

    def __init__(self, lanes: Mapping[str, Lane]) -> None:
        self._lanes = dict(lanes)
        self._turns = count()
        self._waiting: dict[str, Order] = {}
        self._delayed: list[tuple[datetime, int, Order]] = []
        self._queues = {name: _Queue() for name in lanes}
        self._groups: Counter[tuple[str, str]] = Counter()
        self.active: dict[str, Activity] = {}

    def __contains__(self, id: str) -> bool:  # noqa: A002
        return id in self._waiting or id in self.active

    def add(
        self,
        kind: str,
        org_id: str,
        id: str,  # noqa: A002
        lane: str,
        not_before: datetime | None,
        group: str | None,
        long: bool,
    ) -> bool:
        """Let a job wait for its time and then its turn. False where it does already, or is under way."""
        if id in self.active:
            return False
        earlier = self._waiting.get(id)
        if earlier is not None and not _is_sooner(not_before, earlier.not_before):
            return False
        order = Order(kind, org_id, id, lane, not_before, group, long, next(self._turns))
        self._waiting[id] = order
        if not_before is not None and not_before > clock.now():
            heapq.heappush(self._delayed, (not_before, order.turn, order))
        else:
            self._line_up(order)
        return True

    def remove(self, id: str) -> None:  # noqa: A002
        """Let a job wait no longer."""
        self._waiting.pop(id, None)

    def take(self) -> Order | None:
        """The order whose turn it is and for which there is a place; it is under way from now on."""
        now = clock.now()
        while self._delayed and self._delayed[0][0] <= now:
            due = heapq.heappop(self._delayed)[2]
            if self._is_wanted(due):
                self._line_up(due)
        for name in self._queues:
            if order := self._next(name):
                del self._waiting[order.id]
                self._begin(order.id, Activity(order.lane, order.group, order.long))
                return order
        return None

    def enter(self, id: str, lane: str) -> Activity:  # noqa: A002
        """The activity of a job that begins, also of one that never waited."""
        if id not in self.active:
            self._begin(id, Activity(lane))
        activity = self.active[id]
        activity.begun = True
        return activity

    def leave(self, id: str) -> None:  # noqa: A002
        """End an activity, and give its place to whoever is next."""
        activity = self.active.pop(id, None)
        if activity is None or activity.group is None:
            return
        key = (activity.lane, activity.group)
        self._groups[key] -= 1
        if not self._groups[key]:
            del self._groups[key]
        self._unpark(self._queues[activity.lane], activity.group)

    def seconds_until_due(self) -> float:
        """When to look again although nothing was told: a time comes, or work under way turns out long."""
        seconds = _NEVER
        if self._delayed:
            seconds = max(0.0, (self._delayed[0][0] - clock.now()).total_seconds())
        now = time.monotonic()
        for activity in self.active.values():
            if self._queues[activity.lane].short and activity.holds_place and not activity.is_long(now):
                seconds = min(seconds, activity.since + LONG_SECONDS - now)
        return seconds

    def _begin(self, id: str, activity: Activity) -> None:  # noqa: A002
        self.active[id] = activity
        if activity.group is not None:
            self._groups[activity.lane, activity.group] += 1

    def _is_wanted(self, order: Order) -> bool:
        return self._waiting.get(order.id) is order

    def _line_up(self, order: Order) -> None:
        queue = self._queues[order.lane]
        if order.group is not None and order.group in queue.parked:
            queue.parked[order.group].append(order)
        else:
            self._push(queue, order)

    def _unpark(self, queue: _Queue, group: str | None) -> None:
        """Let the next of a group line up, now that one of its places is free."""
        parked = queue.parked.get(group) if group is not None else None
        if parked:
            self._push(queue, parked.popleft())
        if group is not None and not parked:
            queue.parked.pop(group, None)

    def _push(self, queue: _Queue, order: Order) -> None:
        heapq.heappush(queue.long if order.long else queue.short, (order.turn, order))

    def _next(self, name: str) -> Order | None:
        lane, queue = self._lanes[name], self._queues[name]
        short_may, long_may = self._rooms(name, lane)
        heaps = [heap for heap, may in ((queue.short, short_may), (queue.long, long_may)) if may]
        while heap := min((heap for heap in heaps if heap), key=lambda heap: heap[0][0], default=None):
            order = heapq.heappop(heap)[1]
            if not self._is_wanted(order):
                self._unpark(queue, order.group)
                continue
            if order.group is not None and self._groups[name, order.group] >= lane.of_a_group:
                queue.parked[order.group].append(order)
                continue
            return order
        return None

    def _rooms(self, name: str, lane: Lane) -> tuple[bool, bool]:
        """Whether there is a place for short work, and one for long work."""
        now = time.monotonic()
        holding = [activity for activity in self._of(name) if activity.holds_place]
        long = sum(activity.is_long(now) for activity in holding)
        free = len(holding) < lane.places
        kept = len(holding) - long < lane.reserve and len(holding) < lane.places + lane.more
        return free or kept, free and (long < lane.places - lane.reserve or lane.places <= lane.reserve)

    def _of(self, name: str) -> Iterator[Activity]:
        return (activity for activity in self.active.values() if activity.lane == name)


def _is_sooner(this: datetime | None, that: datetime | None) -> bool:
    return that is not None and (this is None or this < that)
