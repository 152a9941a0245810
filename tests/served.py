"""A real server: `evidoc serve` in a process of its own, on a free port, with a data folder of its own."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

PATIENCE = 60.0


@dataclass(frozen=True)
class Served:
    """A running server and how to reach it."""

    url: str
    data: Path
    process: "subprocess.Popen[bytes]"
    log: Path

    def client(self, key: str | None = None, **options: Any) -> httpx.Client:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return httpx.Client(base_url=self.url, headers=headers, timeout=PATIENCE, trust_env=False, **options)

    def make_key(self, *arguments: str) -> str:
        return self.evidoc("keys", "create", *arguments)

    def evidoc(self, *arguments: str) -> str:
        """What a command beside the running server prints."""
        return evidoc(*arguments, "--data", str(self.data)).stdout.strip()


def evidoc(*arguments: str, check: bool = True, **settings: str) -> "subprocess.CompletedProcess[str]":
    """The command line in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "evidoc", *arguments],
        capture_output=True,
        text=True,
        check=check,
        env=environment(settings),
        timeout=PATIENCE,
    )


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("EVIDOC_")}
    return kept | {f"EVIDOC_{name.upper()}": value for name, value in settings.items()}


@contextmanager
def serving(data: Path, surroundings: Mapping[str, str] | None = None, **settings: str) -> Iterator[Served]:
    """A server that is stopped, and whose exit is checked, when the block ends.

    ``surroundings`` are environment variables besides the settings.
    """
    log = data.with_suffix(".log")
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "evidoc", "serve", "--port", "0", "--data", str(data)],
            stdout=subprocess.PIPE,
            stderr=errors,
            env=environment(settings) | dict(surroundings or {}),
        )
    assert process.stdout is not None
    with process.stdout:
        ready = re.search(r"http://\S+", process.stdout.readline().decode())
        try:
            assert ready, log.read_text()
            yield Served(ready[0], data, process, log)
        finally:
            process.terminate()
            process.wait(PATIENCE)
    assert process.returncode == 0, log.read_text()


def until(ask: Callable[[], Any], is_so: Callable[[Any], bool]) -> Any:
    """What ``ask`` gives once it is so."""
    deadline = time.monotonic() + PATIENCE
    while not is_so(found := ask()):
        assert time.monotonic() < deadline, found
        time.sleep(0.02)
    return found


def until_final(client: httpx.Client, path: str) -> dict[str, Any]:
    """A document or execution once it has ended."""
    final: dict[str, Any] = until(
        lambda: client.get(path).raise_for_status().json(),
        lambda state: state["status"] in ("processed", "completed", "failed", "cancelled"),
    )
    return final
