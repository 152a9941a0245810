"""Requests counted: exactly the limit is let through, whoever counts and from wherever."""

import sqlite3
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import URL, text

from evidoc.kernel.errors import Unavailable
from evidoc.storing import rates as module
from evidoc.storing.rate_counters import file as file_module
from evidoc.storing.rate_counters import memory as memory_module
from evidoc.storing.rate_counters.file import FileCounter
from evidoc.storing.rate_counters.memory import MemoryCounter
from evidoc.storing.rates import Rates, RateState
from evidoc.storing.store import Store
from tests import postgres
from tests.storing.records import ORG, OTHER

MINUTE = 30_000_000


class Clock:
    """A clock that is set."""

    def __init__(self) -> None:
        self.now = MINUTE * 60 + 1.5

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def rates(store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Rates:
    monkeypatch.setattr(store.rates, "_now", clock)
    return store.rates


def test_as_many_as_the_limit_are_let_through_and_the_next_minute_begins_anew(rates: Rates, clock: Clock) -> None:
    reset = (MINUTE + 1) * 60
    assert [rates.take(ORG, 2) for _ in range(4)] == [
        RateState(2, 1, reset, allowed=True),
        RateState(2, 0, reset, allowed=True),
        RateState(2, 0, reset, allowed=False),
        RateState(2, 0, reset, allowed=False),
    ]
    clock.now = reset - 0.001
    assert not rates.take(ORG, 2).allowed
    clock.now = reset
    assert rates.take(ORG, 2) == RateState(2, 1, reset + 60, allowed=True)


def test_each_side_has_its_own(rates: Rates) -> None:
    assert rates.take(ORG, 1).allowed
    assert rates.take(OTHER, 1).allowed
    assert rates.take(f"{ORG}.test", 1).allowed
    assert not rates.take(ORG, 1).allowed


def test_another_limit_counts_from_the_next_request_on(rates: Rates) -> None:
    taken = [rates.take(ORG, limit) for limit in (2, 2, 2, 5, 4, 5)]
    assert [state.allowed for state in taken] == [True, True, False, True, False, False]


def test_two_that_count_count_together(rates: Rates, store: Store, clock: Clock) -> None:
    other = Rates(store.rates._counter, clock)
    assert [counted.take(ORG, 3).allowed for counted in (rates, other, other, rates, other)] == [True] * 3 + [False] * 2


def test_a_clock_that_lags_does_not_open_the_minute_again(rates: Rates, store: Store, clock: Clock) -> None:
    ahead = Clock()
    ahead.now += 60
    other = Rates(store.rates._counter, ahead)
    assert [other.take(ORG, 2).allowed, rates.take(ORG, 2).allowed] == [True, True]
    assert rates.take(ORG, 2) == RateState(2, 0, (MINUTE + 2) * 60, allowed=False)
    assert not other.take(ORG, 2).allowed


def test_a_clock_that_was_far_ahead_locks_nobody_out(rates: Rates, clock: Clock) -> None:
    now = clock.now
    clock.now += 10**9
    assert [rates.take(ORG, 1).allowed for _ in range(2)] == [True, False]
    clock.now = now
    assert [rates.take(ORG, 1).allowed for _ in range(2)] == [True, False]


def test_many_threads_are_let_through_exactly_as_often(rates: Rates) -> None:
    with ThreadPoolExecutor(16) as threads:
        taken = list(threads.map(lambda _: rates.take(ORG, 100), range(300)))
    assert sorted(state.remaining for state in taken if state.allowed) == list(range(100))


def test_those_that_wait_and_those_that_do_not_count_together(rates: Rates) -> None:
    def take(number: int) -> RateState | None:
        return rates.take_at_once(ORG, 100) if number % 2 else rates.take(ORG, 100)

    with ThreadPoolExecutor(16) as threads:
        taken = [state for state in threads.map(take, range(400)) if state is not None]
    assert sorted(state.remaining for state in taken if state.allowed) == list(range(100))
    assert rates.take_at_once(ORG, 100) == taken[-1]


def test_who_may_not_wait_is_told_so_and_nothing_is_counted(tmp_path: Path, clock: Clock) -> None:
    file = tmp_path / "rates.sqlite"
    rates = Rates(FileCounter(file), clock)
    assert rates.take_at_once(ORG, 5) is None  # the file is yet to be made
    assert rates.take(ORG, 5).remaining == 4
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert rates.take_at_once(ORG, 5) is None
        other.execute("COMMIT")
    state = rates.take_at_once(ORG, 5)
    assert state is not None
    assert state.remaining == 3
    rates.close()
    assert rates.take_at_once(ORG, 5) is None


def test_a_file_that_stays_locked_stops_nobody(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_module, "_BUSY_SECONDS", 0.01)
    rates = Rates(FileCounter(tmp_path / "rates.sqlite"), clock)
    rates.take(ORG, 5)
    with closing(sqlite3.connect(tmp_path / "rates.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert rates.take(ORG, 5).allowed
        assert rates.take_at_once(ORG, 5) is not None  # nobody waits for it again within the next seconds
    rates.close()


def test_a_counter_that_can_be_written_again_counts_again(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "later"
    rates = Rates(FileCounter(folder / "rates.sqlite"), clock)
    monkeypatch.setattr(module, "_OUT_SECONDS", 0)
    assert rates.take(ORG, 5).remaining == 4
    folder.mkdir()
    assert [rates.take(ORG, 5).remaining for _ in range(2)] == [4, 3]
    assert (folder / "rates.sqlite").exists()
    rates.close()


SCRIPT = """
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from evidoc.storing.database import Database
from evidoc.storing.rate_counters.file import FileCounter
from evidoc.storing.rate_counters.table import TableCounter
from evidoc.storing.rates import Rates

where, limit = sys.argv[1], int(sys.argv[2])
counter = TableCounter(Database(where)) if "://" in where else FileCounter(Path(where))
rates = Rates(counter, lambda: 1_800_000_000.0)
print("ready", flush=True)
sys.stdin.readline()
with ThreadPoolExecutor(8) as threads:
    taken = list(threads.map(lambda _: rates.take("org_a", limit), range(limit * 2 // 5)))
print(*(state.remaining for state in taken if state.allowed))
"""


def granted_to_four_processes(where: str, limit: int) -> list[int]:
    """How many were left after each request that four processes of eight threads were granted."""
    children = [
        subprocess.Popen(
            [sys.executable, "-c", SCRIPT, where, str(limit)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
    for child in children:
        assert child.stdin is not None
        child.stdin.write("go\n")
        child.stdin.flush()
    return sorted(int(word) for child in children for word in child.communicate(timeout=60)[0].split())


def test_many_processes_are_let_through_exactly_as_often_together(tmp_path: Path) -> None:
    assert granted_to_four_processes(str(tmp_path / "rates.sqlite"), 1000) == list(range(1000))


@pytest.mark.skipif(not postgres.IS_THERE, reason="there is no PostgreSQL")
def test_so_are_many_processes_on_postgresql(postgres_url: URL) -> None:
    where = postgres_url.render_as_string(hide_password=False)
    assert granted_to_four_processes(where, 250) == list(range(250))


@pytest.mark.skipif(not postgres.IS_THERE, reason="there is no PostgreSQL")
def test_a_table_that_was_dropped_is_made_again(postgres_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_OUT_SECONDS", 0)
    rates = postgres_store.rates
    rates.take(ORG, 5)
    with postgres_store.database.write() as transaction:
        transaction.execute(text("DROP TABLE rates"))
    assert rates.take(ORG, 5).allowed
    assert rates.take(ORG, 5).remaining == 4


def test_the_file_holds_one_row_a_side_and_is_its_owners_own(tmp_path: Path, clock: Clock) -> None:
    file = tmp_path / "rates.sqlite"
    counter = FileCounter(file)
    rates = Rates(counter, clock)
    for _ in range(1500):
        clock.now += 60
        rates.take(ORG, 5)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert counter.add(ORG, MINUTE + 1500) == (MINUTE + 1500, 2)
    rates.close()
    assert file.stat().st_size < 20_000
    assert [left.name for left in tmp_path.iterdir()] == ["rates.sqlite"]


@pytest.mark.parametrize("damage", [b"not a database at all" * 1000, b""])
def test_a_file_that_a_power_cut_damaged_is_made_anew(tmp_path: Path, clock: Clock, damage: bytes) -> None:
    file = tmp_path / "rates.sqlite"
    file.write_bytes(damage)
    rates = Rates(FileCounter(file), clock)
    for _ in range(5):
        rates.take(ORG, 100)
    other = Rates(FileCounter(file), clock)
    assert other.take(ORG, 100).remaining == 94
    other.close()
    rates.close()


class Broken:
    """A counter that cannot be written."""

    def add(self, org_id: str, window: int) -> tuple[int, int]:
        raise Unavailable

    def add_at_once(self, org_id: str, window: int) -> None:
        return

    def close(self) -> None:
        pass


def test_where_nothing_can_be_written_each_process_keeps_the_limit_by_itself(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    rates = Rates(Broken(), clock)
    assert [rates.take(ORG, 2).allowed for _ in range(3)] == [True, True, False]
    clock.now += 60
    assert [rates.take(ORG, 2).allowed for _ in range(3)] == [True, True, False]
    assert len(caplog.records) == 1
    assert ORG not in caplog.text


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    monkeypatch.setattr(module, "_MOST_FULL", 10)
    monkeypatch.setattr(memory_module, "_MOST_SIDES", 10)
    rates = Rates(MemoryCounter(), clock)
    for number in range(100):
        rates.take(f"org_{number}", 1)
        assert not rates.take(f"org_{number}", 1).allowed


FULL = """
import resource, sys
from pathlib import Path
from evidoc.storing.rate_counters.file import FileCounter
from evidoc.storing.rates import Rates

rates = Rates(FileCounter(Path(sys.argv[1])), lambda: 1_800_000_000.0)
assert rates.take("org_a", 10).remaining == 9
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
states = [rates.take("org_a", 10) for _ in range(12)]
assert [state.allowed for state in states] == [True] * 10 + [False] * 2, states
resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
print("went on")
"""


def test_a_full_disk_stops_neither_counting_nor_answering(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL, tmp_path / "rates.sqlite"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "went on\n"), done.stderr
