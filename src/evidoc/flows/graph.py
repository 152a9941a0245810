"""A flow's definition, checked whole and turned into a graph. Pure: it reads no store and runs nothing.

A definition is refused once, with one ``Detail`` per fault: unknown and missing keys, unknown task types,
ids that are missing or used twice, dependencies that do not exist or run in a circle, configs that a task
does not understand, retries and triggers out of bounds.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from evidoc.flows.options import (
    Option,
    check_options,
    json_type,
    list_of,
    mapping_of,
    one_of,
    scalar,
    text,
    unknown,
    whole_number,
)
from evidoc.kernel.errors import Detail, InvalidRequest

MOST_TASKS = 100
MOST_BYTES = 256 * 1024
MOST_DETAILS = 50

ConfigOptions = Callable[[str], "Mapping[str, Option] | None"]
"""The options of a task type's config, or None for a type that does not exist."""


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
class TaskSpec:
    """One task of a graph; ``retry`` is its own policy, or the flow's where it has none."""

    task_id: str
    type: str
    depends_on: tuple[str, ...]
    config: Mapping[str, Any]
    retry: RetryPolicy


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
    """A valid definition. ``tasks`` are in an order in which every task follows what it depends on."""

    tasks: tuple[TaskSpec, ...]
    triggers: tuple[Trigger, ...]

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


_RETRY = {
    "max_attempts": Option(whole_number(1, 100)),
    "backoff": Option(one_of("none", "fixed", "exponential")),
    "initial_delay_ms": Option(whole_number(0, 3_600_000)),
    "max_delay_ms": Option(whole_number(0, 3_600_000)),
}
_FILENAME = list_of(text(), 50, 1)


def _patterns(value: Any, path: str) -> Iterator[Detail]:
    yield from (text() if isinstance(value, str) else _FILENAME)(value, path)


def _mime_type(value: Any, path: str) -> Iterator[Detail]:
    if not isinstance(value, str) or not re.fullmatch(r"(\*|[\w.+-]+)/(\*|[\w.+-]+)|\*", value):
        yield Detail(path, "must be a media type such as application/pdf or image/*")


_TRIGGER = {
    "type": Option(one_of("document_upload"), required=True),
    "filter": Option(
        lambda value, path: check_options(
            value,
            {
                "mime_types": Option(list_of(_mime_type, 50, 1)),
                "filename": Option(_patterns),
                "name": Option(_patterns),
                "metadata": Option(mapping_of(scalar, 50)),
            },
            path,
        )
    ),
}


def _anything(_value: Any, _path: str) -> Iterator[Detail]:
    return iter(())


_DEFINITION = {
    "version": Option(scalar),
    "name": Option(scalar),
    "description": Option(scalar),
    "metadata": Option(_anything),
    "triggers": Option(_anything),
    "tasks": Option(_anything, required=True),
    "error_handling": Option(
        lambda value, path: check_options(
            value, {"retry": Option(lambda one, at: check_options(one, _RETRY, at))}, path
        )
    ),
}
_TASK = {
    "id": Option(_anything),
    "type": Option(_anything),
    "name": Option(scalar),
    "description": Option(scalar),
    "depends_on": Option(_anything),
    "config": Option(_anything),
    "retry": Option(lambda value, path: check_options(value, _RETRY, path)),
}


def parse(definition: Any, options_of: ConfigOptions, known_types: Sequence[str]) -> Graph:
    """The graph of a definition. Raises InvalidRequest with one detail per fault.

    ``options_of`` gives the options that a task type's config may hold; ``known_types`` are named to whoever
    asks for a type that does not exist.
    """
    faults = list(_faults(definition, options_of, known_types))
    if faults:
        count = f"{len(faults)} faults" if len(faults) > 1 else "a fault"
        raise InvalidRequest(f"The workflow definition has {count}", faults[:MOST_DETAILS])
    return _build(definition)


def _faults(definition: Any, options_of: ConfigOptions, known_types: Sequence[str]) -> Iterator[Detail]:
    if not isinstance(definition, Mapping):
        yield Detail("definition", f"must be an object, not {json_type(definition)}")
        return
    size = len(json.dumps(definition, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    if size > MOST_BYTES:
        yield Detail("definition", f"must not be larger than {MOST_BYTES} bytes; this is {size}")
        return
    yield from check_options(definition, _DEFINITION, "definition")
    yield from _trigger_faults(definition.get("triggers", []))
    if "tasks" in definition:
        yield from _task_faults(definition["tasks"], options_of, known_types)


def _trigger_faults(triggers: Any) -> Iterator[Detail]:
    yield from list_of(lambda one, path: check_options(one, _TRIGGER, path), 20)(triggers, "definition.triggers")


def _task_faults(tasks: Any, options_of: ConfigOptions, known_types: Sequence[str]) -> Iterator[Detail]:
    path = "definition.tasks"
    if not isinstance(tasks, list):
        yield Detail(path, f"must be a list, not {json_type(tasks)}")
        return
    if not 1 <= len(tasks) <= MOST_TASKS:
        yield Detail(path, f"must hold 1 to {MOST_TASKS} tasks, not {len(tasks)}")
        return
    ids: dict[str, int] = {}
    for index, task in enumerate(tasks):
        at = f"{path}[{index}]"
        yield from check_options(task, _TASK, at)
        if isinstance(task, Mapping):
            yield from _id_faults(task.get("id"), index, ids, at)
            yield from _type_faults(task, options_of, known_types, at)
    yield from _dependency_faults(tasks, ids)


def _id_faults(task_id: Any, index: int, ids: dict[str, int], at: str) -> Iterator[Detail]:
    if task_id is None:
        yield Detail(f"{at}.id", "is required")
    elif not isinstance(task_id, str) or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", task_id):
        yield Detail(f"{at}.id", "must be 1 to 64 letters, digits, _ . or -, and start with a letter or digit")
    elif task_id in ids:
        yield Detail(f"{at}.id", f"{task_id!r} is already the id of definition.tasks[{ids[task_id]}]")
    else:
        ids[task_id] = index


def _type_faults(
    task: Mapping[str, Any], options_of: ConfigOptions, known_types: Sequence[str], at: str
) -> Iterator[Detail]:
    kind = task.get("type")
    if kind is None:
        yield Detail(f"{at}.type", "is required")
        return
    options = options_of(kind) if isinstance(kind, str) else None
    if options is None:
        yield Detail(f"{at}.type", unknown(kind, known_types))
        return
    yield from check_options(task.get("config", {}), options, f"{at}.config")


def _dependency_faults(tasks: Sequence[Any], ids: Mapping[str, int]) -> Iterator[Detail]:
    edges: dict[str, list[str]] = {}
    for index, task in enumerate(tasks):
        if not isinstance(task, Mapping):
            continue
        at, wanted = f"definition.tasks[{index}].depends_on", task.get("depends_on", [])
        if not isinstance(wanted, list):
            yield Detail(at, f"must be a list of task ids, not {json_type(wanted)}")
            continue
        known = []
        for place, name in enumerate(wanted):
            if not isinstance(name, str) or name not in ids:
                yield Detail(f"{at}[{place}]", f"there is no task with the id {str(name)[:60]!r}")
            elif name in wanted[:place]:
                yield Detail(f"{at}[{place}]", f"{name!r} is named twice")
            else:
                known.append(name)
        name = task.get("id")
        if isinstance(name, str) and ids.get(name) == index:
            edges[name] = known
    for cycle in _cycles(edges):
        yield Detail(
            f"definition.tasks[{ids[cycle[0]]}].depends_on", f"runs in a circle: {' -> '.join((*cycle, cycle[0]))}"
        )


def _cycles(edges: Mapping[str, Sequence[str]]) -> Iterator[list[str]]:
    """One circle for each knot of the graph, each task reported at most once. Depth first, without recursion."""
    done: set[str] = set()
    for root in edges:
        trail: list[str] = []
        stack: list[tuple[str, Iterator[str]]] = []
        if root not in done:
            trail, stack = [root], [(root, iter(edges[root]))]
        while stack:
            following = next(stack[-1][1], None)
            if following is None:
                stack.pop()
                done.add(trail.pop())
            elif following in trail:
                yield trail[trail.index(following) :]
            elif following not in done:
                trail.append(following)
                stack.append((following, iter(edges.get(following, ()))))


def _build(definition: Mapping[str, Any]) -> Graph:
    default = definition.get("error_handling", {}).get("retry", {})
    tasks = {
        task["id"]: TaskSpec(
            task_id=task["id"],
            type=task["type"],
            depends_on=tuple(task.get("depends_on", ())),
            config=task.get("config", {}),
            retry=RetryPolicy(**{**default, **task.get("retry", {})}),
        )
        for task in definition["tasks"]
    }
    return Graph(
        tasks=tuple(tasks[name] for name in _in_order(tasks)),
        triggers=tuple(_trigger(one) for one in definition.get("triggers", ())),
    )


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
