"""What is submitted is performed once and to its end, whatever happens to the process in between."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from evidoc.flows.engine.engine import Durable, Engine, Job

PATIENCE = 20.0


class Work:
    """A job of the test's own, with a list of what is unfinished as our database would have it."""

    def __init__(self, perform: Callable[[str, Durable], None]) -> None:
        self._perform = perform
        self.performed: list[str] = []
        self.unfinished: list[str] = []
        self.abandoned: list[str] = []
        self.ended = threading.Event()
        self.abandoned_one = threading.Event()

    def perform(self, _org_id: str, name: str, durable: Durable) -> None:
        self.performed.append(name)
        self._perform(name, durable)
        if name in self.unfinished:
            self.unfinished.remove(name)
        self.ended.set()

    def abandon(self, _org_id: str, name: str) -> None:
        self.abandoned.append(name)
        if name in self.unfinished:
            self.unfinished.remove(name)
        self.abandoned_one.set()

    def job(self) -> Job:
        return Job(self.perform, lambda: [("org", name) for name in self.unfinished], self.abandon)


@contextmanager
def running(folder: Path, work: Work, concurrent: int = 8) -> Iterator[Engine]:
    engine = Engine(f"sqlite:///{folder / 'engine.sqlite'}", {"work": work.job()}, concurrent)
    engine.start()
    try:
        yield engine
    finally:
        engine.stop()


def test_submitting_twice_performs_once(tmp_path: Path) -> None:
    go = threading.Event()
    work = Work(lambda _id, _durable: go.wait(PATIENCE) and None)
    with running(tmp_path, work) as engine:
        for _ in range(3):
            engine.submit("work", "org", "one")
        go.set()
        assert work.ended.wait(PATIENCE)
        engine.submit("work", "org", "one")
        engine.submit("work", "org", "two")
        assert engine.wait_until(lambda: "two" in work.performed, PATIENCE)
    assert work.performed == ["one", "two"]


def test_a_stopped_job_goes_on_at_the_next_start_without_its_finished_steps(tmp_path: Path) -> None:
    done: list[str] = []
    first_is_done, stop = threading.Event(), threading.Event()

    def perform(_id: str, durable: Durable) -> None:
        first, second = durable.reserve("first"), durable.reserve("second")
        first(lambda: {"said": done.append("first")})
        first_is_done.set()
        if not stop.is_set():
            durable.wait(3600)
        second(lambda: {"said": done.append("second")})

    work = Work(perform)
    with running(tmp_path, work) as engine:
        engine.submit("work", "org", "one")
        assert first_is_done.wait(PATIENCE)
    assert done == ["first"]
    stop.set()
    with running(tmp_path, work):
        assert work.ended.wait(PATIENCE)
    assert done == ["first", "second"]
    assert work.performed == ["one", "one"]


def test_a_sweep_starts_what_was_committed_and_never_submitted(tmp_path: Path) -> None:
    work = Work(lambda _id, _durable: None)
    work.unfinished = ["committed"]
    with running(tmp_path, work):
        assert work.ended.wait(PATIENCE)
    assert work.performed == ["committed"]


def test_a_job_whose_end_could_not_be_noted_is_taken_up_once_it_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evidoc.flows.engine.sweep.SWEEP_SECONDS", 0.2)
    full = threading.Event()
    full.set()

    def perform(_id: str, _durable: Durable) -> None:
        if full.is_set():
            raise OSError("no space left")

    class Unlucky(Work):
        def abandon(self, _org_id: str, _name: str) -> None:
            self.abandoned_one.set()
            raise OSError("no space left")

    work = Unlucky(perform)
    work.unfinished = ["one"]
    with running(tmp_path, work) as engine:
        with closing(sqlite3.connect(tmp_path / "engine.sqlite", timeout=PATIENCE)) as database:
            database.execute(
                "CREATE TRIGGER full BEFORE UPDATE ON workflow_status WHEN NEW.status IN ('SUCCESS', 'ERROR') "
                "BEGIN SELECT RAISE(ABORT, 'disk full'); END"
            )
        engine.submit("work", "org", "one")
        assert engine.wait_until(lambda: len(work.performed) > 1, PATIENCE)
        full.clear()
        assert work.ended.wait(PATIENCE)
    assert work.unfinished == []


def test_what_goes_wrong_is_abandoned_and_said_to_be(tmp_path: Path) -> None:
    def perform(_id: str, _durable: Durable) -> None:
        raise ValueError("a bug")

    work = Work(perform)
    work.unfinished = ["one"]
    with running(tmp_path, work):
        assert work.abandoned_one.wait(PATIENCE)
    assert work.abandoned == ["one"]
    assert work.performed == ["one"]


def test_one_that_cannot_be_given_up_keeps_no_other_from_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evidoc.flows.engine.sweep.SWEEP_SECONDS", 0.05)

    def perform(_id: str, _durable: Durable) -> None:
        raise ValueError("a bug")

    class Unlucky(Work):
        """Notes no end where the job itself fails; the sweep then notes all but that of "stuck"."""

        def abandon(self, org_id: str, name: str) -> None:
            self.abandoned.append(name)
            if name == "stuck" or self.abandoned.count(name) == 1:
                raise OSError("no space left")
            super().abandon(org_id, name)

    work = Unlucky(perform)
    work.unfinished = ["stuck", "other"]
    with running(tmp_path, work) as engine:
        assert engine.wait_until(lambda: "other" not in work.unfinished, PATIENCE)
    assert work.unfinished == ["stuck"]


def test_no_more_than_allowed_work_at_once_and_a_waiting_job_frees_its_place(tmp_path: Path) -> None:
    order: list[str] = []
    waiting_began = threading.Event()

    def perform(name: str, durable: Durable) -> None:
        order.append(f"{name} begins")
        if name == "first":
            waiting_began.set()
            durable.wait(3600)
        order.append(f"{name} ends")

    work = Work(perform)
    with running(tmp_path, work, concurrent=1) as engine:
        engine.submit("work", "org", "first")
        assert waiting_began.wait(PATIENCE)
        engine.submit("work", "org", "second")
        assert work.ended.wait(PATIENCE)
        assert order == ["first begins", "second begins", "second ends"]
        engine.nudge("first")
        assert engine.wait_until(lambda: "first ends" in order, PATIENCE)


def test_calls_side_by_side_overlap_and_run_steps(tmp_path: Path) -> None:
    meeting = threading.Barrier(3, timeout=PATIENCE)
    outcomes: dict[str, object] = {}

    def perform(_id: str, durable: Durable) -> None:
        steps = {name: durable.reserve(name) for name in ("a", "b", "c")}

        def call(name: str) -> None:
            outcomes[name] = steps[name](lambda: {"met": meeting.wait() >= 0})

        durable.side_by_side(*(lambda name=name: call(name) for name in steps))

    work = Work(perform)
    with running(tmp_path, work, concurrent=1) as engine:
        engine.submit("work", "org", "one")
        assert work.ended.wait(PATIENCE)
    assert outcomes == {name: {"met": True} for name in "abc"}


def test_a_fault_in_one_of_several_calls_reaches_the_job_after_all_have_ended(tmp_path: Path) -> None:
    ended: list[str] = []

    def perform(_id: str, durable: Durable) -> None:
        go = threading.Event()

        def wrong() -> None:
            go.set()
            raise ValueError("a bug")

        def right() -> None:
            assert go.wait(PATIENCE)
            ended.append("right")

        durable.side_by_side(right, wrong)
        ended.append("never")

    work = Work(perform)
    work.unfinished = ["one"]
    with running(tmp_path, work):
        assert work.abandoned_one.wait(PATIENCE)
    assert ended == ["right"]


def test_one_engine_a_process(tmp_path: Path) -> None:
    work = Work(lambda _id, _durable: None)
    with running(tmp_path, work), pytest.raises(RuntimeError, match="already"):
        Engine("sqlite://", {"work": work.job()}).start()


def test_lost_history_of_the_engine_is_no_lost_work(tmp_path: Path) -> None:
    stop = threading.Event()

    def perform(_id: str, durable: Durable) -> None:
        stop.set()
        durable.wait(0 if work.performed.count("one") > 1 else 3600)

    work = Work(perform)
    work.unfinished = ["one"]
    with running(tmp_path, work):
        assert stop.wait(PATIENCE)
    for file in tmp_path.glob("engine.sqlite*"):
        file.unlink()
    with running(tmp_path, work):
        assert work.ended.wait(PATIENCE)
    assert work.performed == ["one", "one"]


def test_what_ended_a_while_ago_is_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    work = Work(lambda _id, durable: durable.reserve("step")(dict) and None)
    names = ("one", "two", "three")
    with running(tmp_path, work) as engine:
        for name in names:
            engine.submit("work", "org", name)
        assert engine.wait_until(
            lambda: len(work.performed) == len(names) and not any(map(engine.is_busy, names)), PATIENCE
        )
    # However much there is to forget, the first sweep forgets it all.
    monkeypatch.setattr("evidoc.flows.engine.sweep.SWEEP_SECONDS", 10 * PATIENCE)
    monkeypatch.setattr("evidoc.flows.engine.sweep._FORGET_AT_ONCE", 1)
    monkeypatch.setattr("evidoc.flows.engine.sweep._KEPT_HISTORY", timedelta(hours=-1))
    with closing(sqlite3.connect(tmp_path / "engine.sqlite")) as database:

        def kept() -> int:
            return sum(
                int(database.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
                for table in ("workflow_status", "operation_outputs")
            )

        assert kept() == 2 * len(names)
        with running(tmp_path, work) as engine:
            assert engine.wait_until(lambda: kept() == 0, PATIENCE)
