"""Places go round in turn, and nobody waits for one whose work is no longer wanted."""

import threading
from collections.abc import Callable

import pytest

from evidoc.kernel.errors import RunCancelled, Unavailable
from evidoc.kernel.places import Places
from evidoc.kernel.stop import Stop

PATIENCE = 20.0


class Caller(threading.Thread):
    """Takes a place and says so, or what it was told instead."""

    def __init__(self, places: Places, said: list[str], name: str, stop: Stop | None = None, rank: float = 0) -> None:
        super().__init__(name=name, daemon=True)
        self._places, self._said, self._stop, self._rank = places, said, stop, rank
        self.start()

    def run(self) -> None:
        try:
            self._places.take(self._stop, self._rank)
        except (RunCancelled, Unavailable) as error:
            self._said.append(f"{self.name}: {error.code}")
        else:
            self._said.append(self.name)


def until(is_so: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(2000):
        if is_so():
            return
        pause.wait(0.005)
    raise AssertionError("it never came true")


def queued(places: Places, said: list[str], *callers: tuple[str, float]) -> None:
    """Let callers (name, rank) wait, in this order."""
    for number, (name, rank) in enumerate(callers, 1):
        Caller(places, said, name, rank=rank)
        until(lambda number=number: len(places._waiting) == number)  # type: ignore[misc]


def test_the_lowest_rank_is_next_and_among_equals_the_first() -> None:
    places, said = Places(1), []
    places.take()
    queued(places, said, ("late page", 9), ("first", 1), ("second", 1), ("urgent", 0))
    for number in range(1, 5):
        places.give()
        until(lambda number=number: len(said) == number)  # type: ignore[misc]
    assert said == ["urgent", "first", "second", "late page"]
    places.give()
    assert not places.waited_for()


def test_a_stop_ends_the_wait_and_costs_no_place() -> None:
    places, said, stop = Places(1), [], Stop()
    places.take()
    Caller(places, said, "cancelled", stop)
    until(places.waited_for)
    stop.set()
    until(lambda: bool(said))
    assert said == ["cancelled: run_cancelled"]
    assert not places.waited_for()
    places.give()
    with places.held():
        pass
    places.take(stop)  # what is free is not refused: the work itself asks its stop


def test_when_closed_nobody_waits() -> None:
    places, said = Places(0), []
    Caller(places, said, "waiting")
    until(places.waited_for)
    places.close()
    until(lambda: bool(said))
    assert said == ["waiting: unavailable"]
    with pytest.raises(Unavailable):
        places.take()


def test_many_threads_never_hold_more_than_there_are() -> None:
    places, lock, now, most = Places(3), threading.Lock(), [0], [0]

    def work() -> None:
        for _ in range(200):
            with places.held():
                with lock:
                    now[0] += 1
                    most[0] = max(most[0], now[0])
                with lock:
                    now[0] -= 1

    threads = [threading.Thread(target=work) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert most[0] <= 3
    assert not places.waited_for()
    with places.held(), places.held(), places.held():
        pass
