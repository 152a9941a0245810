"""A real server in a process of its own, and what it and its children take."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

_TICKS = os.sysconf("SC_CLK_TCK")
_PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Served:
    """A running server; ``pid`` is its process, which has the sandbox's parent and the OCR worker as children."""

    url: str
    pid: int

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=_PATIENCE_SECONDS, trust_env=False)

    def cpu_seconds(self) -> float:
        """Processor time so far of the server, its children, and all that they have waited for."""
        return sum(_cpu_seconds(pid) for pid in self.processes())

    def processes(self) -> tuple[int, ...]:
        """The server and all that descend from it."""
        found, new = [self.pid], [self.pid]
        while new:
            new = [child for pid in new for child in _children(pid)]
            found += new
        return tuple(found)

    def memory_bytes(self) -> dict[int, int]:
        """The resident memory of each process."""
        return {pid: memory for pid in self.processes() if (memory := memory_of(pid)) is not None}


@contextmanager
def serving(data: Path, processors: int = 2, settings: Mapping[str, str] | None = None) -> Iterator[Served]:
    """A server with its data under ``data``, on ``processors`` processors, stopped at the end of the block."""
    given = {f"EVIDOC_{name.upper()}": value for name, value in (settings or {}).items()}
    command = ["-m", "evidoc", "serve", "--port", "0", "--data", str(data)]
    with answering(command, data.with_suffix(".log"), processors, given) as served:
        yield served


@contextmanager
def answering(
    command: Sequence[str], log: Path, processors: int = 2, given: Mapping[str, str] | None = None
) -> Iterator[Served]:
    """A server that Python runs with these arguments; the first line that it prints holds its URL."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("EVIDOC_")}
    environment |= given or {}
    chosen = sorted(os.sched_getaffinity(0))[:processors]
    with log.open("wb") as errors:
        process = subprocess.Popen(
            ["taskset", "--cpu-list", ",".join(map(str, chosen)), sys.executable, *command],
            stdout=subprocess.PIPE,
            stderr=errors,
            env=environment,
        )
    assert process.stdout is not None
    with process.stdout:
        ready = re.search(r"http://\S+", process.stdout.readline().decode())
        try:
            if ready is None:
                raise SystemExit(f"the server did not start; see {errors.name}")
            yield Served(ready[0], process.pid)
        finally:
            process.terminate()
            process.wait(_PATIENCE_SECONDS)


def memory_of(pid: int) -> int | None:
    """The resident memory of a process in bytes; None where it is gone."""
    return _status(pid, "VmRSS")


def peak_memory_of(pid: int) -> int:
    """The most resident memory that a process had; 0 where it is gone."""
    return _status(pid, "VmHWM") or 0


def reset_peak_memory(pid: int) -> None:
    """Have the peak counted from now on."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def _status(pid: int, field: str) -> int | None:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return None
    found = re.search(rf"{field}:\s+(\d+) kB", status)
    return int(found[1]) * 1024 if found else None


def _children(pid: int) -> list[int]:
    children: list[int] = []
    for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children += map(int, tasks.read_text().split())
        except OSError:
            continue
    return children


def _cpu_seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / _TICKS
