"""Kinds of work do not starve each other, short work does not wait for long, and what has a time waits for it."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from evidoc.flows.engine.engine import Durable, Engine, Job, Lane, Open
from evidoc.kernel import clock
from evidoc.kernel.errors import RunCancelled

PATIENCE = 20.0


class Held:
    """A kind of work of which each job stays until it is let go, or cancelled."""

    def __init__(self, lane: str | None = None) -> None:
        self.begun: list[str] = []
        self.ended: list[str] = []
        self.cancelled: list[str] = []
        self.open: list[Open] = []
        self.let_go: set[str] = set()
        self._lane = lane

    def job(self) -> Job:
        return Job(self._perform, lambda: list(self.open), lambda _org, _name: None, self._lane)

    def _perform(self, _org_id: str, name: str, durable: Durable) -> None:
        self.begun.append(name)
        while name not in self.let_go:
            if durable.stop.wait(0.005):
                try:
                    durable.stop.check()
                except RunCancelled:
                    self.cancelled.append(name)
                    break
        self.ended.append(name)


@contextmanager
def running(folder: Path, kinds: Mapping[str, Held], **lanes: Lane) -> Iterator[Engine]:
    jobs = {kind: held.job() for kind, held in kinds.items()}
    engine = Engine(f"sqlite:///{folder / 'engine.sqlite'}", jobs, 2, lanes)
    engine.start()
    try:
        yield engine
        for held in kinds.values():
            held.let_go |= {*held.begun}
    finally:
        engine.stop()


def reached(is_so: Callable[[], bool]) -> bool:
    pause, until = threading.Event(), time.monotonic() + PATIENCE
    while not is_so() and time.monotonic() < until:
        pause.wait(0.005)
    return is_so()


def test_one_kind_of_work_leaves_the_places_of_another_alone(tmp_path: Path) -> None:
    slow, quick = Held(), Held()
    quick.let_go = {"quick"}
    with running(tmp_path, {"slow": slow, "quick": quick}) as engine:
        for number in range(10):
            engine.submit("slow", "org", f"slow {number}")
        assert reached(lambda: len(slow.begun) == 2)
        engine.submit("quick", "org", "quick")
        assert reached(lambda: quick.ended == ["quick"])
        assert sorted(slow.begun) == ["slow 0", "slow 1"]


def test_long_work_leaves_the_reserve_to_short_work(tmp_path: Path) -> None:
    work = Held()
    work.let_go = {"invoice"}
    with running(tmp_path, {"work": work}, work=Lane(3, reserve=1)) as engine:
        for number in range(5):
            engine.submit("work", "org", f"scan {number}", long=True)
        engine.submit("work", "org", "invoice")
        assert reached(lambda: len(work.begun) == 3 and work.ended == ["invoice"])
        assert sorted(work.begun) == ["invoice", "scan 0", "scan 1"]


def test_what_turns_out_to_be_long_makes_room_for_short_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evidoc.flows.engine.lanes.LONG_SECONDS", 0.05)
    work = Held()
    work.let_go = {"invoice"}
    with running(tmp_path, {"work": work}, work=Lane(2, reserve=1, more=1)) as engine:
        for number in range(3):
            engine.submit("work", "org", f"scan {number}")
        assert reached(lambda: len(work.begun) == 3)
        engine.submit("work", "org", "invoice")
        work.let_go.add("scan 0")
        assert reached(lambda: "invoice" in work.ended)


def test_a_group_holds_few_places_and_keeps_its_order(tmp_path: Path) -> None:
    work = Held()
    work.let_go = {"other"}
    with running(tmp_path, {"work": work}, work=Lane(8, of_a_group=2)) as engine:
        for number in range(6):
            engine.submit("work", "org", f"hangs {number}", group="hangs.example")
        engine.submit("work", "org", "other", group="quick.example")
        assert reached(lambda: len(work.begun) == 3 and work.ended == ["other"])
        assert sorted(work.begun) == ["hangs 0", "hangs 1", "other"]
        engine.cancel("hangs 2")
        work.let_go |= {"hangs 0", "hangs 1"}
        assert reached(lambda: len(work.begun) == 5)
        assert sorted(work.begun[3:]) == ["hangs 3", "hangs 4"]


def test_an_order_waits_for_its_time_and_the_earlier_one_counts(tmp_path: Path) -> None:
    work = Held()
    work.let_go = {"later", "sooner", "now"}
    with running(tmp_path, {"work": work}) as engine:
        due = clock.now() + timedelta(seconds=0.3)
        engine.submit("work", "org", "later", not_before=due)
        engine.submit("work", "org", "never", not_before=due + timedelta(days=1))
        engine.submit("work", "org", "sooner", not_before=due + timedelta(days=1))
        engine.submit("work", "org", "sooner", not_before=due)
        engine.submit("work", "org", "sooner", not_before=due + timedelta(days=2))
        engine.submit("work", "org", "now", not_before=due - timedelta(days=1))
        assert reached(lambda: work.ended == ["now"])
        assert clock.now() < due
        assert reached(lambda: len(work.ended) == 3)
        assert clock.now() >= due
        assert engine.is_busy("never")
        engine.submit("work", "org", "never")
        assert reached(lambda: "never" in work.begun)


def test_what_waited_for_its_time_in_an_earlier_process_is_known_from_our_rows(tmp_path: Path) -> None:
    work = Held()
    work.let_go = {"due"}
    work.open = [
        Open("org", "due", clock.now() - timedelta(seconds=1), "one.example"),
        Open("org", "not due", clock.now() + timedelta(days=1), "one.example"),
    ]
    with running(tmp_path, {"work": work}) as engine:
        assert reached(lambda: work.ended == ["due"] and engine.is_busy("not due"))
        assert work.begun == ["due"]


def test_cancelled_work_ends_or_never_begins(tmp_path: Path) -> None:
    work = Held()
    with running(tmp_path, {"work": work}, work=Lane(1)) as engine:
        engine.submit("work", "org", "under way")
        engine.submit("work", "org", "waiting")
        engine.submit("work", "org", "later", not_before=clock.now() + timedelta(days=1))
        assert reached(lambda: work.begun == ["under way"])
        for name in ("waiting", "later", "under way", "unheard of"):
            engine.cancel(name)
        assert reached(lambda: not any(map(engine.is_busy, ("waiting", "later", "under way"))))
        assert work.begun == work.cancelled == ["under way"]
        engine.submit("work", "org", "next")
        assert reached(lambda: "next" in work.begun)


def test_cancelling_wakes_a_job_from_its_wait(tmp_path: Path) -> None:
    waits, woken = threading.Event(), threading.Event()

    def perform(_org_id: str, _name: str, durable: Durable) -> None:
        waits.set()
        durable.wait(3600)
        assert durable.stop.is_set()
        durable.wait(3600)  # not for long any more
        woken.set()

    engine = Engine(f"sqlite:///{tmp_path / 'engine.sqlite'}", {"work": Job(perform, list, lambda _org, _name: None)})
    engine.start()
    try:
        engine.submit("work", "org", "one")
        assert waits.wait(PATIENCE)
        engine.cancel("one")
        assert woken.wait(PATIENCE)
    finally:
        engine.stop()


def test_a_stopping_engine_interrupts_what_takes_long_and_cancels_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evidoc.flows.engine.engine._GRACE_SECONDS", 0.05)
    work = Held()
    engine = Engine(f"sqlite:///{tmp_path / 'engine.sqlite'}", {"work": work.job()})
    engine.start()
    try:
        engine.submit("work", "org", "long")
        assert reached(lambda: work.begun == ["long"])
    finally:
        engine.stop(patience_seconds=600)
    assert (work.ended, work.cancelled) == ([], [])
    work.let_go = {"long"}
    with running(tmp_path, {"work": work}) as engine:
        assert reached(lambda: work.ended == ["long"])
