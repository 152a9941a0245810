"""The warm parent of the sandbox: one thread, everything imported once, a fork for each call.

Started by ``Sandbox`` with its configuration, the control socket and its owner as arguments. Each byte on the
control socket brings the descriptors of one call: request, data, result pipe, lifeline. On the lifeline the
parent writes ``s`` when the child has started and one JSON line when it has ended; when the other end of a
lifeline closes, its child is killed. When the control socket closes, everything ends.
"""

import gc
import json
import os
import selectors
import shutil
import signal
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from evidoc.reading.sandbox_child import Job, run_child
from evidoc.reading.sandbox_confine import leave_network
from evidoc.reading.sandbox_limits import SandboxLimits

_OWNER_CHECK_SECONDS = 1.0


@dataclass(slots=True)
class Running:
    """A child at work: its folder, and the lifeline to whoever asked for it."""

    folder: Path
    lifeline: socket.socket


class SandboxParent:
    """Forks a child for each call that comes over ``control``, and tells how it ended."""

    def __init__(self, control: socket.socket, jobs: dict[str, Job], limits: SandboxLimits, scratch: Path) -> None:
        self._control = control
        self._jobs = jobs
        self._limits = limits
        self._scratch = scratch
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
            for pid in self._running:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            while self._running:
                self._reap(block=True)

    def _accept(self) -> bool:
        """Start the call that is waiting on the control socket; False when the socket has closed."""
        message, descriptors, _, _ = socket.recv_fds(self._control, 1, 4)
        if not message:
            return False
        request_fd, data_fd, result_fd, lifeline_fd = descriptors
        self._count += 1
        folder = self._scratch / f"call-{self._count}"
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            try:
                run_child(self._jobs, self._limits, folder, parent, (request_fd, data_fd, result_fd))
            finally:
                os._exit(0)
        for descriptor in (request_fd, data_fd, result_fd):
            os.close(descriptor)
        lifeline = socket.socket(fileno=lifeline_fd)
        lifeline.settimeout(0)
        self._running[pid] = Running(folder, lifeline)
        self._selector.register(lifeline, selectors.EVENT_READ, pid)
        _tell(lifeline, b"s")
        return True

    def _kill(self, pid: int) -> None:
        """Nobody waits for this child any more."""
        self._selector.unregister(self._running[pid].lifeline)
        os.kill(pid, signal.SIGKILL)

    def _reap(self, *, block: bool = False) -> None:
        """Say how the ended children ended, and remove what they left."""
        while self._running:
            pid, status, usage = os.wait4(-1, 0 if block else os.WNOHANG)
            if pid == 0:
                return
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


def main(arguments: list[str]) -> None:
    """Warm up, then serve."""
    config: dict[str, Any] = json.loads(arguments[0])
    control = socket.socket(fileno=int(arguments[1]))
    leave_network()
    jobs = {name: load_job(where) for name, where in config["jobs"].items()}
    for module in config["preload"]:
        import_module(module)
    scratch = Path(config["scratch"])
    gc.collect()
    gc.freeze()
    try:
        SandboxParent(control, jobs, SandboxLimits(**config["limits"]), scratch).serve(int(arguments[2]))
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    main(sys.argv[1:])
