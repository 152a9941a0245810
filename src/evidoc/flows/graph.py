"""A flow's definition as a graph. Pure: it reads no store and runs nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from evidoc.flows.definition import MOST_DETAILS, ConfigOptions, faults_of
from evidoc.kernel.errors import InvalidRequest


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often a task is tried, and how long between tries.

    ``backoff`` is none (at once), fixed (``initial_delay_ms`` each time) or exponential (a random time up to
    ``initial_delay_ms`` doubled with each try, at most ``max_delay_ms``).
    """

    max_attempts: int = 1
    backoff: str = "none"
    initial_delay_ms: int = 500
    max_delay_ms: int = 30_000


@dataclass(frozen=True, slots=True)
class Condition:
    """Holds where the task ``task`` said that the document is one of ``categories``."""

    task: str
    categories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TaskSpec:
    """One task of a graph; ``retry`` is its own policy, or the flow's where it has none.

    A task whose condition ``when`` does not hold is passed by, and so is what depends on it: that is no failure. One
    that ``needs`` "any" rather than "all" runs where at least one of the tasks that it depends on did.
    """

    task_id: str
    type: str
    depends_on: tuple[str, ...]
    config: Mapping[str, Any]
    retry: RetryPolicy
    when: Condition | None = None
    needs: str = "all"


@dataclass(frozen=True, slots=True)
class Trigger:
    """When a flow starts by itself: ``type`` is document_upload; an empty filter matches every document.

    Each filter key that is given must match: ``mime_types`` and ``filename`` are patterns of which one must fit,
    ``metadata`` are values that the document's metadata must hold.
    """

    type: str
    mime_types: tuple[str, ...] = ()
    filename: tuple[str, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Graph:
    """A valid definition. ``tasks`` are in an order in which every task follows what it depends on.

    ``result`` is the task whose output is that of the whole run, where the definition names one.
    """

    tasks: tuple[TaskSpec, ...]
    triggers: tuple[Trigger, ...]
    result: str | None = None

    def task(self, task_id: str) -> TaskSpec:
        """The task with this id. Raises KeyError where there is none."""
        for task in self.tasks:
            if task.task_id == task_id:
                return task
        raise KeyError(task_id)

    def ancestors(self, task_id: str) -> tuple[str, ...]:
        """Every task that this one depends on, directly or through others, in the order of ``tasks``."""
        found: set[str] = set()
        waiting = [task_id]
        while waiting:
            new = set(self.task(waiting.pop()).depends_on) - found
            found |= new
            waiting.extend(new)
        return tuple(task.task_id for task in self.tasks if task.task_id in found)


def parse(definition: Any, options_of: ConfigOptions, known_types: Sequence[str]) -> Graph:
    """The graph of a definition. Raises InvalidRequest with one detail per fault.

    ``options_of`` gives the options that a task type's config may hold; ``known_types`` are named to whoever
    asks for a type that does not exist.
    """
    faults = list(faults_of(definition, options_of, known_types))
    if faults:
        count = f"{len(faults)} faults" if len(faults) > 1 else "a fault"
        raise InvalidRequest(f"The workflow definition has {count}", faults[:MOST_DETAILS])
    return _build(definition)


def _build(definition: Mapping[str, Any]) -> Graph:
    default = definition.get("error_handling", {}).get("retry", {})
    tasks = {
        task["id"]: TaskSpec(
            task_id=task["id"],
            type=task["type"],
            depends_on=tuple(task.get("depends_on", ())),
            config=task.get("config", {}),
            retry=RetryPolicy(**{**default, **task.get("retry", {})}),
            when=_condition(task["when"]) if "when" in task else None,
            needs=task.get("needs", "all"),
        )
        for task in definition["tasks"]
    }
    return Graph(
        tasks=tuple(tasks[name] for name in _in_order(tasks)),
        triggers=tuple(_trigger(one) for one in definition.get("triggers", ())),
        result=definition.get("result"),
    )


def _condition(when: Mapping[str, Any]) -> Condition:
    return Condition(when["task"], tuple(when["is"]))


def _in_order(tasks: Mapping[str, TaskSpec]) -> list[str]:
    """Task ids, each after what it depends on, otherwise as written."""
    ordered: dict[str, None] = {}
    waiting = list(tasks)
    while waiting:
        ready = [name for name in waiting if all(parent in ordered for parent in tasks[name].depends_on)]
        ordered |= dict.fromkeys(ready)
        waiting = [name for name in waiting if name not in ordered]
    return list(ordered)


def _trigger(trigger: Mapping[str, Any]) -> Trigger:
    wanted = trigger.get("filter", {})
    names: list[str] = []
    for key in ("filename", "name"):
        given = wanted.get(key, [])
        names.extend([given] if isinstance(given, str) else given)
    return Trigger(
        type=trigger["type"],
        mime_types=tuple(wanted.get("mime_types", ())),
        filename=tuple(names),
        metadata=wanted.get("metadata", {}),
    )
