"""What flows work with: the rooms of one running house, built elsewhere and handed in."""

from dataclasses import dataclass

from evidoc.flows.task import Task
from evidoc.kernel.registry import Registry


@dataclass(frozen=True, slots=True)
class House:
    """The rooms that tasks and processing may use."""

    task_types: Registry[type[Task]]
