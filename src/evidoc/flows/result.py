"""What a whole run gave: the output of the task that its definition names, or of those that nothing waits for."""

from collections.abc import Mapping
from typing import Any

from evidoc.flows.values import object_of, value_of
from evidoc.kernel.output import TaskOutput
from evidoc.kernel.records import RunRecord


def result_tasks(run: RunRecord) -> tuple[str, ...]:
    """The tasks whose outputs are those of the run: the one that its definition names, else all that end a branch."""
    return final_tasks(run.definition)


def final_tasks(definition: Mapping[str, Any]) -> tuple[str, ...]:
    """The same of a definition."""
    tasks = definition["tasks"]
    named = definition.get("result")
    if named is not None:
        return (named,)
    needed = {name for task in tasks for name in task.get("depends_on", ())}
    return tuple(task["id"] for task in tasks if task["id"] not in needed)


def final_output(run: RunRecord, outputs: Mapping[str, TaskOutput]) -> TaskOutput | None:
    """What the run gave, from what its tasks gave by their ids.

    Where several tasks end the graph and the definition names none of them, an object of what they gave, by their
    ids. None where there is nothing: the run has not come that far, its last task was left out, or the document is
    erased.
    """
    wanted = result_tasks(run)
    found = {name: outputs[name] for name in wanted if name in outputs}
    if len(wanted) == 1 or not found:
        return next(iter(found.values()), None)
    return object_of({name: value_of(output) for name, output in found.items()})
