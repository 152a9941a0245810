"""Whatever the order in which branches end, everything that their tasks gave is kept."""

import random
import threading
import time
from pathlib import Path
from types import SimpleNamespace, TracebackType
from typing import Any, ClassVar

import pytest

from evidoc.flows import run as run_module
from evidoc.flows.task import Work
from evidoc.kernel.output import TextOutput
from evidoc.kernel.records import RunStatus, TaskStatus
from tests.flows.open_house import open_house, task, write_pdf

LAYERS = 19
SIDE_BY_SIDE = "abcd"
ROUNDS = 3


class Restless:
    """A lock after which another thread has its turn as likely as not: it brings out what depends on their order."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._lock.release()
        time.sleep(random.random() * 0.004)


class Brief:
    """Takes a moment, each time another."""

    options: ClassVar[dict[str, Any]] = {}

    def run(self, work: Work) -> TextOutput:
        time.sleep(random.random() * 0.01)
        return TextOutput("text", 1, text=work.task_id)


def layered() -> dict[str, Any]:
    """Layers of tasks side by side, each followed by one task that needs all of them."""
    tasks, before = [], []
    for layer in range(LAYERS):
        sides = [f"{name}{layer}" for name in SIDE_BY_SIDE]
        tasks += [task(name, "brief", *before) for name in sides]
        tasks.append(task(f"all{layer}", "brief", *sides))
        before = [f"all{layer}"]
    return {"tasks": tasks}


def test_no_output_is_lost_where_branches_end_at_the_same_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_module, "threading", SimpleNamespace(Lock=Restless))
    with open_house(tmp_path / "house", {"brief": f"{__name__}:Brief"}) as house:
        document = house.upload(write_pdf(tmp_path / "invoice.pdf"))
        for _ in range(ROUNDS):
            view = house.ended(house.start(layered(), document))
            assert view.record.status is RunStatus.COMPLETED
            assert all(record.status is TaskStatus.COMPLETED for record, _ in view.tasks)
            assert [output for _, output in view.tasks] == [
                TextOutput("text", 1, text=record.task_id) for record, _ in view.tasks
            ]
