"""The child of the sandbox: it gives up every power it can, runs one job, and is gone.

What holds where: memory, CPU time, file size and open files are limited on every Unix. On Linux the child
also dies with its parent and stands alone in a network namespace where the system permits one, and, on
x86-64 and ARM, a seccomp filter refuses it sockets, new processes, signals and tracing.
"""

import errno
import gc
import io
import json
import mmap
import os
import resource
import signal
import socket
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from evidoc.kernel.errors import DocumentTooComplex, EvidocError, ReaderCrashed
from evidoc.reading.sandbox_confine import confine, die_with_parent
from evidoc.reading.sandbox_frames import Kind, encode_error, encode_frame
from evidoc.reading.sandbox_limits import SandboxLimits

Send = Callable[[bytes], None]
WarmUp = Callable[[], None]
Job = Callable[[Mapping[str, Any], "bytes | mmap.mmap", Send], None]

_COPY_BELOW = 1 << 20
_MOST_DESCRIPTORS = 4096


class Outlet:
    """Writes frames, and buys the child more CPU time for each result: who makes progress may go on."""

    def __init__(self, descriptor: int, limits: SandboxLimits) -> None:
        self._pipe = io.FileIO(descriptor, "wb")
        self._limits = limits
        self._until = float(limits.cpu_seconds) + time.process_time()

    def allow(self, limits: SandboxLimits) -> None:
        """Go by these limits from now on."""
        self._until += limits.cpu_seconds - self._limits.cpu_seconds
        self._limits = limits

    def result(self, payload: bytes) -> None:
        """One result of the job."""
        used = time.process_time()
        self._until = min(self._until + self._limits.seconds_per_result, used + self._limits.cpu_seconds)
        allow_cpu_until(self._until, self._limits)
        self.write(Kind.RESULT, payload)

    def write(self, kind: Kind, payload: bytes = b"") -> None:
        """One frame, whole."""
        for part in encode_frame(kind, payload):
            view = memoryview(part)
            while view:
                view = view[self._pipe.write(view) :]


def allow_cpu_until(seconds: float, limits: SandboxLimits) -> None:
    """Let this process use up to ``seconds`` of CPU time in all; the kernel counts whole ones."""
    hard = limits.most_cpu_seconds
    resource.setrlimit(resource.RLIMIT_CPU, (min(int(seconds) + 1, hard), hard))


def run_child(
    jobs: Mapping[str, Job],
    warm_ups: Sequence[WarmUp],
    limits: SandboxLimits,
    folder: Path,
    parent: int,
    inherited: int,
    inlet: socket.socket,
) -> None:
    """Get ready, wait for a call on ``inlet``, and run its job. Never raises; the process ends next.

    ``warm_ups`` were called in the parent already; called again here they make this process's own copies of
    the memory that a job will touch. ``inherited`` is the address space that the parent had mapped already.
    """
    _let_go_of(inlet.fileno(), folder)
    die_with_parent(parent)
    confine()
    for warm_up in warm_ups:
        warm_up()
    message, descriptors, _, _ = socket.recv_fds(inlet, 1, 3)
    inlet.close()
    if not message:
        return
    request_fd, data_fd, result_fd = descriptors
    outlet = Outlet(result_fd, limits)
    try:
        with io.FileIO(request_fd) as file:
            request = json.loads(file.read())
        limits = replace(limits, cpu_seconds=limits.cpu_seconds + request["more_seconds"])
        outlet.allow(limits)
        data = _contents(data_fd)
        _limit(limits, inherited + len(data))
        jobs[request["job"]](request["arguments"], data, outlet.result)
        outlet.write(Kind.END)
    except EvidocError as error:
        outlet.write(Kind.ERROR, encode_error(error))
    except (MemoryError, RecursionError) as error:
        gc.collect()
        too_complex = DocumentTooComplex("The document needs more memory than this server allows")
        outlet.write(Kind.ERROR, encode_error(too_complex, type(error).__name__))
    except BrokenPipeError:
        pass
    except OSError as error:
        full = error.errno in (errno.EFBIG, errno.ENOSPC)
        answer = DocumentTooComplex("The document unpacks to more than this server allows") if full else ReaderCrashed()
        outlet.write(Kind.ERROR, encode_error(answer, _trace()))
    # The edge of the process: whatever a hostile document provoked must become an answer.
    except Exception:  # noqa: BLE001
        outlet.write(Kind.ERROR, encode_error(ReaderCrashed(), _trace()))


def _trace() -> str:
    """Where the current exception came from, for the log; without its message, which may quote the document."""
    kind, _, trace = sys.exc_info()
    where = "".join(traceback.format_tb(trace, limit=-8))[-4000:]
    return f"{kind.__name__ if kind else ''}\n{where}"


def _let_go_of(kept: int, folder: Path) -> None:
    """Close what belongs to the parent and to other calls; restore signals; move into the child's own folder."""
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    signal.set_wakeup_fd(-1)
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(nothing, standard)
    os.closerange(3, kept)
    os.closerange(kept + 1, _MOST_DESCRIPTORS)
    folder.mkdir(mode=0o700)
    os.chdir(folder)
    tempfile.tempdir = str(folder)


def _contents(descriptor: int) -> "bytes | mmap.mmap":
    size = os.fstat(descriptor).st_size
    if size >= _COPY_BELOW:
        return mmap.mmap(descriptor, size, access=mmap.ACCESS_READ)
    with io.FileIO(descriptor) as file:
        file.seek(0)
        return file.read()


def _limit(limits: SandboxLimits, mapped: int) -> None:
    """Set the hard limits; ``mapped`` bytes of address space are no memory of the child's own."""
    _lower(resource.RLIMIT_AS, limits.memory_bytes + mapped)
    _lower(resource.RLIMIT_DATA, limits.memory_bytes)
    _lower(resource.RLIMIT_FSIZE, limits.file_bytes)
    _lower(resource.RLIMIT_NOFILE, 64)
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_NPROC, 0)
    allow_cpu_until(limits.cpu_seconds, limits)


def _lower(which: int, to: int) -> None:
    _, hard = resource.getrlimit(which)
    if hard != resource.RLIM_INFINITY:
        to = min(to, hard)
    resource.setrlimit(which, (to, to))
