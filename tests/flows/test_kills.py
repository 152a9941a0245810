"""kill -9 in the middle of any task, then a start: every run ends as it would have, its row written once."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.flows.open_house import PATIENCE, task, write_pdf

ROOT = Path(__file__).parents[2]

TASKS = [
    task("parse", "document_parser"),
    task("text", "text_extraction", "parse"),
    task("tables", "table_extraction", "text"),
    task("entities", "entity_extraction", "tables", entities=["invoice_number", "total_amount", "date"]),
    task("kind", "document_classification", "entities", categories=["invoice", "contract"]),
    task("summary", "summarization", "kind"),
    task("store", "database_connector", "summary", table="invoices"),
]

BRANCHES = [
    task("left", "text_extraction"),
    task("right", "table_extraction"),
    task("store", "database_connector", "left", "right", table="invoices"),
]


class Server:
    """One process of tests.flows.killable."""

    def __init__(self, folder: Path, hold: str, *more: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.flows.killable", str(folder), hold, *more],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONWARNINGS": "ignore"},
        )

    def next(self, word: str) -> str:
        """What the process says after its next ``word``."""
        watchdog = threading.Timer(2 * PATIENCE, self._process.kill)
        watchdog.start()
        try:
            return self._next(word)
        finally:
            watchdog.cancel()

    def _next(self, word: str) -> str:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            said, _, rest = line.partition(" ")
            if said.strip() == word:
                return rest.strip()
        raise AssertionError(f"the server ended with {self._process.wait()} and never said {word!r}")

    def kill(self) -> None:
        """End it as a power cut would."""
        self._process.send_signal(signal.SIGKILL)
        self.close()

    def close(self) -> None:
        """End it where it has not ended."""
        self._process.kill()
        self._process.wait(60)
        assert self._process.stdout is not None
        self._process.stdout.close()


class Machine:
    """A data folder and the servers that ran on it, one after the other."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._servers: list[Server] = []

    def start(self, hold: str = "", tasks: list[dict[str, Any]] | None = None) -> Server:
        """Start a server; with ``tasks``, one that receives an invoice and runs them on it."""
        more = () if tasks is None else (str(write_pdf(self._folder / "invoice.pdf")), json.dumps({"tasks": tasks}))
        self._servers.append(Server(self._folder / "data", hold, *more))
        return self._servers[-1]

    def outcome(self) -> Any:
        """How everything ends in the last server, without what differs from run to run: ids and moments."""
        told = re.sub(r'"(\w+_[0-9A-Z]{26}|\d{4}-\d\d-\d\dT[\d:.]+Z)"', '""', self._servers[-1].next("ended"))
        return json.loads(told)

    def rows(self) -> int:
        """How many rows were delivered."""
        with closing(sqlite3.connect(self._folder / "data" / "default_database.sqlite")) as database:
            return int(database.execute("SELECT count(*) FROM invoices").fetchone()[0])

    def close(self) -> None:
        """End every server."""
        for server in self._servers:
            server.close()


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    with closing(Machine(tmp_path)) as opened:
        yield opened


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What the run gives when nobody kills anything."""
    with closing(Machine(tmp_path_factory.mktemp("undisturbed"))) as opened:
        opened.start(tasks=TASKS)
        told = opened.outcome()
    assert told["run"] == "completed"
    assert [(status, attempts) for status, attempts, _ in told["tasks"].values()] == [("completed", 1)] * 7
    return told


@pytest.mark.parametrize(
    "moments",
    [("read", "parse", "text", "tables"), ("entities", "kind", "summary", "store"), ("understand",)],
    ids=" ".join,
)
def test_a_run_survives_a_kill_in_each_of_its_tasks(
    machine: Machine, undisturbed: Any, moments: tuple[str, ...]
) -> None:
    for number, moment in enumerate(moments):
        server = machine.start(moment, TASKS if number == 0 else None)
        server.next("reached")
        server.kill()
    machine.start()
    assert machine.outcome() == undisturbed
    assert machine.rows() == 1


def test_branches_under_way_are_both_taken_up_again(machine: Machine) -> None:
    server = machine.start("left,right", BRANCHES)
    for _ in range(2):
        server.next("reached")
    server.kill()
    machine.start()
    told = machine.outcome()
    assert told["run"] == "completed"
    assert [attempts for _, attempts, _ in told["tasks"].values()] == [1, 1, 1]
    assert machine.rows() == 1


def test_a_kill_right_after_the_answer_loses_nothing(machine: Machine, undisturbed: Any) -> None:
    server = machine.start(tasks=TASKS)
    server.next("accepted")
    server.kill()
    machine.start()
    assert machine.outcome() == undisturbed
    assert machine.rows() == 1
