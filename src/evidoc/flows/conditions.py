"""What becomes of a task once all that it depends on has ended."""

from collections.abc import Mapping
from enum import Enum
from typing import Any

from evidoc.flows.graph import TaskSpec
from evidoc.kernel.output import ClassificationOutput, TaskOutput
from evidoc.kernel.records import TaskStatus


class Fate(Enum):
    """RUN it; SKIP it, since something before it failed or was cancelled; LEAVE it OUT, since it is not wanted."""

    RUN = "run"
    SKIP = "skip"
    LEAVE_OUT = "leave out"


def fate_of(task: TaskSpec, ended: Mapping[str, Mapping[str, Any]], outputs: Mapping[str, TaskOutput]) -> Fate:
    """What becomes of ``task``: ``ended`` are the facts of what it depends on, ``outputs`` what that gave.

    A task that was passed by has ``passed`` among its facts.
    """
    before = [ended[name] for name in task.depends_on]
    passed = [bool(facts.get("passed")) for facts in before]
    if any(
        facts["status"] != TaskStatus.COMPLETED and not was_passed
        for facts, was_passed in zip(before, passed, strict=True)
    ):
        return Fate.SKIP
    if all(passed) if task.needs == "any" and passed else any(passed):
        return Fate.LEAVE_OUT
    if task.when is not None and chosen(outputs.get(task.when.task)) not in task.when.categories:
        return Fate.LEAVE_OUT
    return Fate.RUN


def chosen(output: TaskOutput | None) -> str | None:
    """The category that a task chose for the document; None where it chose none."""
    if isinstance(output, ClassificationOutput) and output.classifications:
        return output.classifications[0].category
    return None
