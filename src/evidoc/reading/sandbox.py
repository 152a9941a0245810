"""Runs jobs on hostile bytes in child processes with hard limits, forked from one warm parent.

A child costs a few milliseconds. Whatever it does (crash, hang, eat memory) ends as a typed error for that
call alone. The server may die at any moment: parent and children notice and go.
"""

import json
import logging
import os
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, replace
from pathlib import Path
from signal import SIGABRT, SIGKILL, SIGXCPU
from typing import Any, TypeAlias

from evidoc.kernel.errors import DocumentTooComplex, EvidocError, ReaderCrashed, Unavailable
from evidoc.kernel.places import Places
from evidoc.kernel.stop import Stop
from evidoc.reading.sandbox_frames import FrameBuffer, Kind, decode_error
from evidoc.reading.sandbox_limits import SandboxLimits

_log = logging.getLogger(__name__)

_START_SECONDS = 60.0
_ATTEMPTS = 3
_TURN_SECONDS = 0.5
_CHUNK = 1 << 18
_PIPE_BYTES = 1 << 18
_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV", "SYSTEMROOT")
_TOO_LONG = "The document takes longer to process than this server allows"
_TOO_BIG = "The document needs more memory than this server allows"

Data: TypeAlias = bytes | Path | Iterable[bytes]
"""What a job works on: bytes, a file of them, or pieces of them."""


class _ParentDied(Exception):
    """The warm parent went away before it could say how the call ended."""


class Sandbox:
    """A warm parent process and the calls it forks children for. Safe to share between threads.

    ``jobs`` maps names to functions, as ``"module:function"``, with the signature
    ``job(arguments, data, send)``: ``arguments`` as given to ``run``, ``data`` the bytes (a mapping of them
    when large), ``send`` takes each result. ``preload`` names modules to import, and functions to call
    (``"module:function"``), before the first fork.
    ``scratch`` is where children get their temporary folders.
    """

    def __init__(
        self,
        jobs: Mapping[str, str],
        scratch: Path,
        limits: SandboxLimits | None = None,
        preload: Sequence[str] = (),
    ) -> None:
        self.limits = limits or SandboxLimits()
        self._jobs = dict(jobs)
        self._preload = list(preload)
        self._scratch = scratch
        self._slots = Places(self.limits.concurrent)
        self._idle = threading.BoundedSemaphore(self.limits.idle)
        self._lock = threading.Lock()
        self._parent: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._closed = False

    def start(self) -> None:
        """Start warming the parent up now rather than at the first call."""
        with self._lock:
            self._warm()

    @property
    def parent_pid(self) -> int | None:
        """The process id of the warm parent, where there is one; for health pages and tests."""
        return self._parent.pid if self._parent else None

    def run(
        self, job: str, arguments: Mapping[str, Any], data: Data, *, more_seconds: int = 0, stop: Stop | None = None
    ) -> Generator[bytes, None, None]:
        """Yield the results of ``job`` as they come. Closing the iterator early kills the child.

        ``data`` in pieces is never held here as a whole; it is asked for again if the sandbox was interrupted.
        ``more_seconds`` allows a job that can show no progress what honest data of this size take. ``stop`` ends the
        wait for a slot, and kills the child. A job that sends many results takes turns with those that wait.
        Raises what the job raised (an EvidocError), DocumentTooComplex when it went over a limit, ReaderCrashed when
        it crashed, Unavailable when the sandbox itself was interrupted, RunCancelled when ``stop`` is set.
        """
        if job not in self._jobs:
            raise LookupError(f"unknown job {job!r}; known are {', '.join(sorted(self._jobs))}")
        with self._slots.held(stop):
            began = time.monotonic()
            for attempt in range(1, _ATTEMPTS + 1):
                results = 0
                try:
                    for result in self._run_once(job, arguments, data, more_seconds, stop):
                        results += 1
                        yield result
                        if time.monotonic() - began > _TURN_SECONDS:
                            self._let_others(stop)
                            began = time.monotonic()
                    return
                except _ParentDied as error:
                    if results or attempt == _ATTEMPTS:
                        raise Unavailable("Reading was interrupted; try again") from error

    @contextmanager
    def slot_lent(self, stop: Stop | None = None) -> Iterator[None]:
        """Let other calls have this call's slot while its caller does something long with a result.

        Only for a thread that is in the midst of ``run``, whose child meanwhile comes to a stand at the full pipe.
        On the way out the slot is waited for, unless the call ends now: because of an error, or by ``stop``. Where too
        many stand idle already, this one keeps its slot.
        """
        if not self._idle.acquire(blocking=False):
            yield
            return
        self._slots.give()
        try:
            yield
            self._slots.take(stop)
        except BaseException:
            self._slots.take_anyway()
            raise
        finally:
            self._idle.release()

    def close(self) -> None:
        """End the parent and every child; further calls raise Unavailable."""
        with self._lock:
            self._closed = True
            self._end_parent()
        self._slots.close()

    def _let_others(self, stop: Stop | None) -> None:
        """Lend the slot for a turn where others wait for one."""
        if self._slots.waited_for():
            with self.slot_lent(stop):
                pass

    def _run_once(
        self, job: str, arguments: Mapping[str, Any], data: Data, more_seconds: int, stop: Stop | None
    ) -> Iterator[bytes]:
        limits = replace(self.limits, wall_seconds=self.limits.wall_seconds + more_seconds)
        with ExitStack() as stack:
            request = json.dumps({"job": job, "arguments": arguments, "more_seconds": more_seconds}).encode()
            result_read, result_write = os.pipe()
            stack.callback(os.close, result_read)
            lifeline, far_end = socket.socketpair()
            stack.enter_context(lifeline)
            with ExitStack() as handed_over:
                handed_over.callback(os.close, result_write)
                handed_over.enter_context(far_end)
                with suppress(OSError):
                    _widen(result_write)
                request_fd = _descriptor_of(request, handed_over)
                data_fd = _descriptor_of(data, handed_over)
                self._hand_over([request_fd, data_fd, result_write, far_end.fileno()])
            yield from _Call(lifeline, result_read, limits, stop or Stop()).results()

    def _hand_over(self, descriptors: list[int]) -> None:
        with self._lock:
            for _ in range(_ATTEMPTS):
                control = self._warm()
                try:
                    socket.send_fds(control, [b"c"], descriptors)
                    return
                except (BrokenPipeError, ConnectionResetError):
                    self._end_parent()
        raise Unavailable("The sandbox for reading documents cannot be started")

    def _warm(self) -> socket.socket:
        if self._closed:
            raise Unavailable("The sandbox for reading documents is closed")
        if self._control is not None and self._parent is not None and self._parent.poll() is None:
            return self._control
        self._end_parent()
        self._scratch.mkdir(parents=True, exist_ok=True)
        _remove_left_overs(self._scratch)
        folder = Path(tempfile.mkdtemp(prefix=f"sandbox-{os.getpid()}-", dir=self._scratch))
        config = {
            "jobs": self._jobs,
            "preload": self._preload,
            "limits": asdict(self.limits),
            "scratch": str(folder.resolve()),
        }
        near_end, far_end = socket.socketpair()
        with far_end:
            # A session of its own: Ctrl-C in the terminal is for the server, which then closes this.
            self._parent = subprocess.Popen(
                [
                    *(sys.executable, "-P", "-m", f"{__package__}.sandbox_parent"),
                    *(json.dumps(config), str(far_end.fileno()), str(os.getpid())),
                ],
                pass_fds=(far_end.fileno(),),
                env=_environment(),
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        self._control = near_end
        return near_end

    def _end_parent(self) -> None:
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._parent is not None:
            try:
                self._parent.wait(timeout=5)
            except subprocess.TimeoutExpired:
                self._parent.kill()
                self._parent.wait()
            self._parent = None


class _Call:
    """One call as its caller sees it: results from the pipe, fate from the lifeline, and the clock.

    When the call is to stop, the lifeline is cut: the parent then kills the child, and the pipe ends.
    """

    def __init__(self, lifeline: socket.socket, pipe: int, limits: SandboxLimits, stop: Stop) -> None:
        self._stop = stop
        self._lifeline = lifeline
        self._pipe = pipe
        self._limits = limits
        self._frames = FrameBuffer(limits.result_bytes)
        self._left = limits.wall_seconds

    def results(self) -> Iterator[bytes]:
        """The results until the end of the job; raises the error that it ended with."""
        undo = self._stop.on_set(self._cut)
        try:
            yield from self._results()
        except _ParentDied:
            self._stop.check()
            raise
        finally:
            undo()

    def _cut(self) -> None:
        with suppress(OSError):
            self._lifeline.shutdown(socket.SHUT_RDWR)

    def _results(self) -> Iterator[bytes]:
        self._await_start()
        while chunk := self._next_chunk():
            self._stop.check()
            for kind, payload in self._frames.feed(chunk):
                if kind is Kind.RESULT:
                    self._left = min(self._left + self._limits.seconds_per_result, self._limits.wall_seconds)
                    yield payload
                elif kind is Kind.END:
                    return
                else:
                    error, cause = decode_error(payload)
                    if cause:
                        _log.warning("a sandboxed job ended with %s: %s", error.code, cause)
                    raise error
        raise self._fate()

    def _await_start(self) -> None:
        self._lifeline.settimeout(_START_SECONDS)
        try:
            if self._lifeline.recv(1) != b"s":
                raise _ParentDied
        except ConnectionResetError as error:
            raise _ParentDied from error
        except TimeoutError as error:
            raise Unavailable("The sandbox for reading documents does not answer") from error

    def _next_chunk(self) -> bytes:
        """What the pipe brings; empty at its end. The clock runs only in here, while the child keeps us waiting."""
        began = time.monotonic()
        poll = select.poll()
        poll.register(self._pipe, select.POLLIN)
        if not poll.poll(max(self._left, 0) * 1000):
            raise DocumentTooComplex(_TOO_LONG)
        self._left -= time.monotonic() - began
        return os.read(self._pipe, _CHUNK)

    def _fate(self) -> EvidocError:
        """Why the pipe ended before the job did."""
        self._stop.check()
        line = b""
        with suppress(ConnectionResetError, TimeoutError):
            while chunk := self._lifeline.recv(4096):
                line += chunk
        if not line.endswith(b"\n"):
            raise _ParentDied
        ended = json.loads(line)
        if ended["code"] in (-SIGXCPU, -SIGKILL) and not self._memory_was_tight(ended):
            return DocumentTooComplex(_TOO_LONG)
        # Libraries that cannot report a failed allocation stop themselves.
        if self._memory_was_tight(ended):
            return DocumentTooComplex(_TOO_BIG)
        _log.warning("a sandboxed job ended with exit code %s", ended["code"])
        return ReaderCrashed()

    def _memory_was_tight(self, ended: Mapping[str, int]) -> bool:
        return ended["most_memory_bytes"] > self._limits.memory_bytes * 0.6 and ended["code"] != SIGABRT


def _descriptor_of(data: Data, stack: ExitStack) -> int:
    """A readable descriptor of ``data``; the stack closes it."""
    if isinstance(data, Path):
        return stack.enter_context(data.open("rb")).fileno()
    descriptor = os.memfd_create("evidoc") if sys.platform == "linux" else _unnamed_file()
    stack.callback(os.close, descriptor)
    for piece in [data] if isinstance(data, bytes) else data:
        view = memoryview(piece)
        while view:
            view = view[os.write(descriptor, view) :]
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def _unnamed_file() -> int:
    descriptor, name = tempfile.mkstemp()
    os.unlink(name)
    return descriptor


def _widen(pipe: int) -> None:
    if sys.platform == "linux":
        import fcntl

        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)


def _environment() -> dict[str, str]:
    """What the sandbox may know of the server's environment: no secrets, and no threads in numeric libraries."""
    kept = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    kept["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    return kept | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def _remove_left_overs(scratch: Path) -> None:
    """Remove the folders of sandboxes whose server is gone and could not do it itself."""
    for folder in scratch.glob("sandbox-*"):
        owner = folder.name.split("-")[1]
        try:
            os.kill(int(owner), 0)
        except ProcessLookupError:
            shutil.rmtree(folder, ignore_errors=True)
        except (ValueError, PermissionError):
            continue
