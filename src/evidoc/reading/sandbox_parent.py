"""The warm parent of the sandbox: one thread, everything imported once, a forked child for each call.

Started by ``Sandbox`` with its configuration, the control socket and its owner as arguments. Each byte on the
control socket brings the descriptors of one call: request, data, result pipe, lifeline. On the lifeline the
parent writes ``s`` when the child has started and one JSON line when it has ended; when the other end of a
lifeline closes, its child is killed. When the control socket closes, everything ends. One child is always
forked ahead of its call, so that no caller waits for the fork.
"""

import gc
import json
import os
import resource
import selectors
import shutil
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from evidoc.reading.sandbox_child import Job, WarmUp, run_child
from evidoc.reading.sandbox_confine import filter_program, leave_network
from evidoc.reading.sandbox_limits import SandboxLimits

_OWNER_CHECK_SECONDS = 1.0


@dataclass(slots=True)
class Spare:
    """A child that waits for a call: its folder, and where the call is handed to it."""

    pid: int
    folder: Path
    inlet: socket.socket


@dataclass(slots=True)
class Running:
    """A child at work: its folder, and the lifeline to whoever asked for it."""

    folder: Path
    lifeline: socket.socket


class SandboxParent:
    """Forks a child for each call that comes over ``control``, and tells how it ended."""

    def __init__(
        self,
        control: socket.socket,
        jobs: Mapping[str, Job],
        warm_ups: Sequence[WarmUp],
        limits: SandboxLimits,
        scratch: Path,
    ) -> None:
        self._control = control
        self._jobs = jobs
        self._warm_ups = warm_ups
        self._limits = limits
        self._scratch = scratch
        self._inherited = _mapped_bytes()
        self._spare: Spare | None = None
        self._running: dict[int, Running] = {}
        self._count = 0
        self._selector = selectors.DefaultSelector()

    def serve(self, owner: int) -> None:
        """Work until the control socket closes or the process ``owner`` is gone."""
        woken, wake = socket.socketpair()
        for end in (woken, wake):
            end.settimeout(0)
        signal.set_wakeup_fd(wake.fileno())
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        self._selector.register(self._control, selectors.EVENT_READ)
        self._selector.register(woken, selectors.EVENT_READ)
        try:
            while os.getppid() == owner:
                self._spare = self._spare or self._fork()
                for key, _ in self._selector.select(_OWNER_CHECK_SECONDS):
                    if key.fileobj is self._control:
                        if not self._accept():
                            return
                    elif key.fileobj is woken:
                        woken.recv(4096)
                    else:
                        self._kill(key.data)
                self._reap()
        finally:
            for pid in (*self._running, *([self._spare.pid] if self._spare else ())):
                os.kill(pid, signal.SIGKILL)
            while self._running or self._spare:
                self._reap(block=True)

    def _accept(self) -> bool:
        """Start the call that is waiting on the control socket; False when the socket has closed."""
        message, descriptors, _, _ = socket.recv_fds(self._control, 1, 4)
        if not message:
            return False
        *call, lifeline_fd = descriptors
        spare = self._spare or self._fork()
        self._spare = None
        lifeline = socket.socket(fileno=lifeline_fd)
        lifeline.settimeout(0)
        with suppress(BrokenPipeError), spare.inlet:
            socket.send_fds(spare.inlet, [b"c"], call)
        for descriptor in call:
            os.close(descriptor)
        self._running[spare.pid] = Running(spare.folder, lifeline)
        self._selector.register(lifeline, selectors.EVENT_READ, spare.pid)
        _tell(lifeline, b"s")
        return True

    def _fork(self) -> Spare:
        """A new child that waits for its call."""
        self._count += 1
        folder = self._scratch / f"call-{self._count}"
        parent = os.getpid()
        inlet, far_end = socket.socketpair()
        pid = os.fork()
        if pid == 0:
            try:
                run_child(self._jobs, self._warm_ups, self._limits, folder, parent, self._inherited, far_end)
            finally:
                os._exit(0)
        far_end.close()
        return Spare(pid, folder, inlet)

    def _kill(self, pid: int) -> None:
        """Nobody waits for this child any more."""
        self._selector.unregister(self._running[pid].lifeline)
        os.kill(pid, signal.SIGKILL)

    def _reap(self, *, block: bool = False) -> None:
        """Say how the ended children ended, and remove what they left."""
        while self._running or self._spare:
            pid, status, usage = os.wait4(-1, 0 if block else os.WNOHANG)
            if pid == 0:
                return
            if self._spare and pid == self._spare.pid:
                self._spare.inlet.close()
                shutil.rmtree(self._spare.folder, ignore_errors=True)
                self._spare = None
                continue
            running = self._running.pop(pid)
            with suppress(KeyError):
                self._selector.unregister(running.lifeline)
            ended = {"code": os.waitstatus_to_exitcode(status), "most_memory_bytes": usage.ru_maxrss * 1024}
            _tell(running.lifeline, json.dumps(ended).encode() + b"\n")
            running.lifeline.close()
            shutil.rmtree(running.folder, ignore_errors=True)


def _tell(lifeline: socket.socket, message: bytes) -> None:
    with suppress(BrokenPipeError, ConnectionResetError):
        lifeline.sendall(message)


def load_job(where: str) -> Job:
    """The function at ``module:function``."""
    module, _, name = where.partition(":")
    job: Job = getattr(import_module(module), name)
    return job


def _preload(where: str) -> WarmUp | None:
    """Import ``module``; the function, where ``module:function`` names one."""
    module, _, name = where.partition(":")
    loaded = import_module(module)
    function: WarmUp | None = getattr(loaded, name) if name else None
    return function


def _mapped_bytes() -> int:
    """The address space of this process; 0 where the system does not say."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    except OSError:
        return 0


def main(arguments: list[str]) -> None:
    """Warm up, then serve."""
    config: dict[str, Any] = json.loads(arguments[0])
    control = socket.socket(fileno=int(arguments[1]))
    leave_network()
    filter_program()
    jobs = {name: load_job(where) for name, where in config["jobs"].items()}
    warm_ups = [loaded for where in config["preload"] if (loaded := _preload(where)) is not None]
    for warm_up in warm_ups:
        warm_up()
    scratch = Path(config["scratch"])
    gc.collect()
    gc.freeze()
    try:
        limits = SandboxLimits(**config["limits"])
        SandboxParent(control, jobs, warm_ups, limits, scratch).serve(int(arguments[2]))
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    main(sys.argv[1:])
