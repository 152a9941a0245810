"""A house in a process of its own that stops still at a named moment, so that a test can kill it there.

    python -m tests.flows.killable FOLDER HOLD [FILE DEFINITION]

With FILE and DEFINITION (JSON) it receives the document and starts a run of the definition, and prints
``accepted RUN_ID``. HOLD names the moments, parted by commas: ``TASK_ID`` (its work is done, nothing of that is
noted), ``read`` (a page is read), ``understand`` (the document is understood), or nothing. It prints ``reached``
there. Where nothing holds it, it waits for every run to end and prints ``ended`` and what they gave as JSON.
"""

import json
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from evidoc.flows.task import TASK_TYPES, Work
from evidoc.kernel.output import TaskOutput, output_to_json
from evidoc.kernel.registry import Registry
from tests.flows.open_house import PATIENCE, WHO, OpenHouse, open_house

T = TypeVar("T")

_REAL: Registry[Any] = Registry("task type", TASK_TYPES)


def held(kind: str) -> type:
    """The task type ``kind``, which stops still once its work is done where its task is the one to hold."""
    real = _REAL.get(kind)

    class HeldTask(real):  # type: ignore[misc, valid-type]
        def run(self, work: Work) -> TaskOutput:
            output: TaskOutput = super().run(work)
            hold_if(work.task_id)
            return output

    return HeldTask


def __getattr__(name: str) -> type:
    """Held task types by the name of the real ones."""
    if name in TASK_TYPES:
        return held(name)
    raise AttributeError(name)


def hold_if(moment: str) -> None:
    """Say that this moment is reached, and stay there, where it is one to hold."""
    if moment in sys.argv[2].split(","):
        sys.stdout.write("reached\n")  # in one piece: another thread may be saying so too
        sys.stdout.flush()
        threading.Event().wait()


def hold_after(call: Callable[..., T], moment: str) -> Callable[..., T]:
    """The call, held at ``moment`` once it is made."""

    def held_call(*given: Any, **named: Any) -> T:
        result = call(*given, **named)
        hold_if(moment)
        return result

    return held_call


def main() -> None:
    """Do what the arguments say."""
    folder = Path(sys.argv[1])
    with open_house(folder, {kind: f"tests.flows.killable:{kind}" for kind in TASK_TYPES}) as house:
        reader, understander = house.house.reader, house.house.understander
        reader._page = hold_after(reader._page, "read")  # type: ignore[method-assign]
        understander.process = hold_after(understander.process, "understand")  # type: ignore[method-assign]
        if len(sys.argv) > 3:
            flow = house.flows.create(WHO, "a flow", "", json.loads(sys.argv[4]))
            document = house.documents.receive(WHO, Path(sys.argv[3]), Path(sys.argv[3]).name)
            run = house.runs.start(WHO, flow.flow_id, document.document_id).run
            print("accepted", run.run_id, flush=True)
        print("ended", json.dumps(outcome(house)), flush=True)


def outcome(house: OpenHouse) -> dict[str, Any]:
    """How the one document and the one run ended."""
    (document,) = house.documents.list(WHO).items
    (flow,) = house.flows.list(WHO).items
    (run,) = house.runs.list(WHO, flow.flow_id).items
    document = house.processing.wait(WHO.org_id, document.document_id, PATIENCE)
    view = house.ended(run)
    results = house.documents.get(WHO, document.document_id).results
    return {
        "document": document.status,
        "built_in": len(results.decisions) if results else None,
        "run": view.record.status,
        "failure": view.record.failure and view.record.failure.message,
        "tasks": {
            record.task_id: [record.status, record.attempts, output and output_to_json(output)]
            for record, output in view.tasks
        },
        "children": [
            [child.status, [[one.status, one.attempts] for one, _ in house.runs.get(WHO, child.run_id).tasks]]
            for child in house.runs.children(WHO, run.run_id)
        ],
    }


if __name__ == "__main__":
    # Task types are loaded from this module by its full name, and must find the same ``hold_if``.
    main()
