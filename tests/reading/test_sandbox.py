"""What the sandbox promises: whatever a job does, its caller gets an answer and nobody else notices."""

import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from evidoc.kernel.errors import (
    Detail,
    DocumentEncrypted,
    DocumentTooComplex,
    EvidocError,
    InvalidRequest,
    ReaderCrashed,
    RunCancelled,
    Unavailable,
)
from evidoc.kernel.stop import Stop
from evidoc.reading.sandbox import Data, Sandbox
from evidoc.reading.sandbox_frames import FrameBuffer, Kind, encode_frame
from evidoc.reading.sandbox_limits import SandboxLimits

JOBS = {
    name: f"tests.reading.jobs_for_sandbox:{name}"
    for name in (
        *("echo", "count", "refuse", "refuse_in_detail", "blunder", "segfault", "loop", "hang", "tell_pid_and_hang"),
        *("work_and_report", "eat_memory", "eat_memory_in_c", "fill_the_disk", "try_everything", "tell_environment"),
        *("leave_files", "say_started_then_wait"),
    )
}
TIGHT = SandboxLimits(
    memory_bytes=256 << 20, cpu_seconds=1, wall_seconds=2.0, seconds_per_result=0.6, file_bytes=4 << 20, concurrent=4
)


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    box = Sandbox(JOBS, tmp_path_factory.mktemp("scratch"), TIGHT)
    yield box
    box.close()


def run(sandbox: Sandbox, job: str, data: Data = b"", **arguments: object) -> list[bytes]:
    return list(sandbox.run(job, arguments, data))


def await_end(pid: int, seconds: float = 20.0) -> bool:
    """Wait until the process has ended (or was gone already); False when it did not in time."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        poll = select.poll()
        poll.register(handle, select.POLLIN)
        return bool(poll.poll(seconds * 1000))
    finally:
        os.close(handle)


def test_results_arrive_in_order(sandbox: Sandbox) -> None:
    assert run(sandbox, "count", times=1000) == [str(number).encode() for number in range(1000)]


@pytest.mark.parametrize("size", [0, 5, 3_000_000])
def test_bytes_files_and_pieces_reach_the_job_whole(sandbox: Sandbox, tmp_path: Path, size: int) -> None:
    data = os.urandom(size)
    path = tmp_path / "data"
    path.write_bytes(data)

    assert run(sandbox, "echo", data) == [data]
    assert run(sandbox, "echo", path) == [data]
    assert run(sandbox, "echo", [data[: size // 3], data[size // 3 :]]) == [data]


def test_an_unknown_job_is_a_mistake_of_the_caller(sandbox: Sandbox) -> None:
    with pytest.raises(LookupError, match="unknown job 'dance'"):
        run(sandbox, "dance")


def test_a_refusal_comes_back_as_itself_after_the_results_before_it(sandbox: Sandbox) -> None:
    results = sandbox.run("refuse", {}, b"")

    assert next(results) == b"a first result"
    with pytest.raises(DocumentEncrypted):
        next(results)


def test_a_refusal_keeps_its_message_and_details(sandbox: Sandbox) -> None:
    with pytest.raises(InvalidRequest) as caught:
        run(sandbox, "refuse_in_detail")

    assert caught.value.message == "no good"
    assert caught.value.details == (Detail("a[0].b", "is not a thing"),)


@pytest.mark.parametrize(
    ("job", "error"),
    [
        ("segfault", ReaderCrashed),
        ("blunder", ReaderCrashed),
        ("loop", DocumentTooComplex),
        ("hang", DocumentTooComplex),
        ("eat_memory", DocumentTooComplex),
        ("eat_memory_in_c", DocumentTooComplex),
        ("fill_the_disk", DocumentTooComplex),
    ],
)
def test_misbehaviour_is_a_typed_error_and_others_go_on(sandbox: Sandbox, job: str, error: type[EvidocError]) -> None:
    with ThreadPoolExecutor(1) as pool:
        bad = pool.submit(run, sandbox, job)
        assert run(sandbox, "echo", b"meanwhile") == [b"meanwhile"]

        with pytest.raises(error) as caught:
            bad.result()

    assert type(caught.value) is error
    assert "jobs_for_sandbox" not in caught.value.message
    assert run(sandbox, "echo", b"after") == [b"after"]


def test_who_makes_progress_may_take_longer_than_the_limit(tmp_path: Path) -> None:
    sandbox = Sandbox(JOBS, tmp_path, SandboxLimits(cpu_seconds=1, wall_seconds=60, seconds_per_result=0.6))
    try:
        assert len(run(sandbox, "work_and_report", steps=8, cpu_seconds_each=0.4)) == 8
    finally:
        sandbox.close()


def test_progress_without_end_is_bounded_too(tmp_path: Path) -> None:
    sandbox = Sandbox(JOBS, tmp_path, SandboxLimits(cpu_seconds=1, most_cpu_seconds=2, seconds_per_result=1.0))
    try:
        with pytest.raises(DocumentTooComplex):
            run(sandbox, "work_and_report", steps=1000, cpu_seconds_each=0.2)
    finally:
        sandbox.close()


def test_a_slow_caller_costs_the_job_nothing(sandbox: Sandbox) -> None:
    """Between asking for results no clock runs: the pipe is full and the job waits."""
    results = sandbox.run("echo", {"times": 30}, bytes(1_000_000))
    first = next(results)

    assert len(first) == 1_000_000
    assert sum(1 for _ in results) == 29


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere only resource limits hold")
def test_a_job_reaches_nothing_outside_itself(sandbox: Sandbox) -> None:
    assert run(sandbox, "try_everything") == []


def test_a_job_sees_no_secret_of_the_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVIDOC_MASTER_KEY", "do not tell")
    sandbox = Sandbox(JOBS, tmp_path)
    try:
        assert not any(b"do not tell" in entry for entry in run(sandbox, "tell_environment"))
    finally:
        sandbox.close()


def test_what_a_job_leaves_in_its_folder_is_removed(sandbox: Sandbox) -> None:
    folder, file = run(sandbox, "leave_files")

    assert Path(file.decode()).parent == Path(folder.decode())
    wait_for(lambda: not Path(folder.decode()).exists())


def test_closing_the_results_early_ends_the_job(sandbox: Sandbox) -> None:
    results = sandbox.run("tell_pid_and_hang", {}, b"")
    pid = int(next(results))

    results.close()

    assert await_end(pid)


@pytest.mark.parametrize("job", ["hang", "loop", "tell_pid_and_hang"])
def test_a_stop_ends_the_job_at_once_and_frees_its_slot(tmp_path: Path, job: str) -> None:
    sandbox, stop = Sandbox(JOBS, tmp_path, SandboxLimits(concurrent=1, wall_seconds=600, cpu_seconds=600)), Stop()
    try:
        run(sandbox, "echo", b"warm")
        with ThreadPoolExecutor(2) as pool:
            call = pool.submit(lambda: list(sandbox.run(job, {}, b"", stop=stop)))
            waiting = pool.submit(lambda: list(sandbox.run("echo", {}, b"x", stop=Stop())))
            stop.set()
            with pytest.raises(RunCancelled):
                call.result(20)
            assert waiting.result(20) == [b"x"]
    finally:
        sandbox.close()


def test_a_stop_ends_the_wait_for_a_slot(tmp_path: Path) -> None:
    sandbox, stop = Sandbox(JOBS, tmp_path, SandboxLimits(concurrent=1, wall_seconds=600)), Stop()
    try:
        holder = sandbox.run("tell_pid_and_hang", {}, b"")
        child = int(next(holder))
        with ThreadPoolExecutor(1) as pool:
            call = pool.submit(lambda: list(sandbox.run("echo", {}, b"x", stop=stop)))
            wait_for(sandbox._slots.waited_for)
            stop.set()
            with pytest.raises(RunCancelled):
                call.result(20)
        holder.close()
        assert await_end(child)
        assert run(sandbox, "echo", b"x") == [b"x"]
    finally:
        sandbox.close()


def test_a_stop_kills_the_child(sandbox: Sandbox) -> None:
    stop = Stop()
    results = sandbox.run("tell_pid_and_hang", {}, b"", stop=stop)
    child = int(next(results))
    stop.set()
    assert await_end(child)
    with pytest.raises(RunCancelled):
        next(results)


def test_a_slot_lent_is_not_waited_for_by_one_that_is_stopped(tmp_path: Path) -> None:
    sandbox, stop = Sandbox(JOBS, tmp_path, SandboxLimits(concurrent=1, wall_seconds=600)), Stop()
    try:
        lender = sandbox.run("count", {"times": 10}, b"", stop=stop)
        next(lender)
        taker = sandbox.run("tell_pid_and_hang", {}, b"")

        def lend_until_stopped() -> None:
            with sandbox.slot_lent(stop):
                next(taker)
                stop.set()

        with pytest.raises(RunCancelled):
            lend_until_stopped()
        lender.close()
        taker.close()
        assert run(sandbox, "echo", b"x") == [b"x"]
        assert run(sandbox, "echo", b"y") == [b"y"]
    finally:
        sandbox.close()


def test_one_that_sends_many_results_takes_turns_with_others(tmp_path: Path) -> None:
    sandbox = Sandbox(JOBS, tmp_path, SandboxLimits(concurrent=1, cpu_seconds=60, wall_seconds=60))
    try:
        long = sandbox.run("work_and_report", {"steps": 100_000, "cpu_seconds_each": 0.01}, b"")
        next(long)
        with ThreadPoolExecutor(1) as pool:
            short = pool.submit(run, sandbox, "echo", b"x")
            while not short.done():
                next(long)
            assert short.result() == [b"x"]
        next(long)
        long.close()
    finally:
        sandbox.close()


def test_many_threads_share_one_sandbox(sandbox: Sandbox) -> None:
    def call(number: int) -> bool:
        return run(sandbox, "echo", str(number).encode()) == [str(number).encode()]

    with ThreadPoolExecutor(12) as pool:
        assert all(pool.map(call, range(120)))


def test_killing_the_parent_between_calls_is_not_noticed(sandbox: Sandbox) -> None:
    run(sandbox, "echo", b"warm")
    before = sandbox.parent_pid
    assert before is not None

    os.kill(before, signal.SIGKILL)
    assert await_end(before)

    assert run(sandbox, "echo", b"again") == [b"again"]
    assert sandbox.parent_pid != before


def test_killing_the_parent_during_a_call_starts_the_call_again(tmp_path: Path) -> None:
    sandbox = Sandbox(JOBS, tmp_path / "scratch")
    try:
        with ThreadPoolExecutor(1) as pool:
            call = pool.submit(run, sandbox, "say_started_then_wait", folder=str(tmp_path))
            wait_for(lambda: any(tmp_path.glob("started-*")))
            parent = sandbox.parent_pid
            assert parent is not None
            os.kill(parent, signal.SIGKILL)
            (tmp_path / "go").touch()

            assert call.result() == [b"done"]
    finally:
        sandbox.close()


def test_killing_the_parent_after_results_came_is_said_and_takes_the_child_along(tmp_path: Path) -> None:
    sandbox = Sandbox(JOBS, tmp_path)
    try:
        results = sandbox.run("tell_pid_and_hang", {}, b"")
        child = int(next(results))
        parent = sandbox.parent_pid
        assert parent is not None
        os.kill(parent, signal.SIGKILL)

        with pytest.raises(Unavailable):
            next(results)

        assert await_end(child)
        assert run(sandbox, "echo", b"again") == [b"again"]
    finally:
        sandbox.close()


OWNER = """
import sys
from pathlib import Path
from evidoc.reading.sandbox import Data, Sandbox
box = Sandbox({"hang": "tests.reading.jobs_for_sandbox:tell_pid_and_hang"}, Path(sys.argv[1]))
for result in box.run("hang", {}, b""):
    print(box.parent_pid, result.decode(), flush=True)
"""


def test_killing_the_owner_leaves_no_process_behind(tmp_path: Path) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(tmp_path)],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    with owner:
        assert owner.stdout is not None
        parent, child = map(int, owner.stdout.readline().split())

        owner.kill()
        owner.wait()

        assert await_end(parent)
        assert await_end(child)
    wait_for(lambda: not any(tmp_path.iterdir()))


def test_after_close_nothing_runs(tmp_path: Path) -> None:
    sandbox = Sandbox(JOBS, tmp_path)
    run(sandbox, "echo", b"x")
    parent = sandbox.parent_pid
    assert parent is not None

    sandbox.close()

    assert await_end(parent)
    with pytest.raises(Unavailable):
        run(sandbox, "echo", b"x")
    assert not list(tmp_path.iterdir())


def test_folders_of_dead_servers_are_removed_at_the_start(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    left_over = tmp_path / f"sandbox-{ended.pid}-x"
    left_over.mkdir()
    sandbox = Sandbox(JOBS, tmp_path)
    try:
        run(sandbox, "echo", b"x")

        assert not left_over.exists()
    finally:
        sandbox.close()


@pytest.mark.parametrize("cut", [1, 3, 7, 10_000])
def test_frames_survive_any_cut_of_the_stream(cut: int) -> None:
    stream = b"".join(b"".join(encode_frame(Kind.RESULT, bytes([number]) * number)) for number in range(50))
    buffer = FrameBuffer(1000)

    frames = [frame for start in range(0, len(stream), cut) for frame in buffer.feed(stream[start : start + cut])]

    assert frames == [(Kind.RESULT, bytes([number]) * number) for number in range(50)]


@pytest.mark.parametrize("garbage", [b"\x09\x00\x00\x00\x00", b"\x01\xff\xff\xff\xff", b"GET / HTTP/1.1\r\n"])
def test_a_stream_that_is_no_frames_is_refused(garbage: bytes) -> None:
    with pytest.raises(ReaderCrashed):
        list(FrameBuffer(1000).feed(garbage))


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait until ``condition()`` holds; fail after a generous time."""
    pause = threading.Event()
    for _ in range(2000):
        if condition():
            return
        pause.wait(0.01)
    raise AssertionError("it never came true")
