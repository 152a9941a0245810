"""What a flow's definition may hold. It is refused once, with one ``Detail`` per fault.

Faults are unknown and missing keys, unknown task types, ids that are missing or used twice, dependencies that do
not exist or run in a circle, configs that a task does not understand, conditions on tasks that choose nothing,
retries and triggers out of bounds.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from evidoc.flows.options import (
    Option,
    boolean,
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
from evidoc.flows.sources import sources_in
from evidoc.kernel.errors import Detail

MOST_TASKS = 100
MOST_BYTES = 256 * 1024
MOST_DETAILS = 50

CHOOSING_TYPES = frozenset({"document_classification", "categorize"})
"""The types of task that say what kind of document it is; conditions may ask those."""

SOURCED_TYPES = frozenset({"join", "combine", "output", "trigger", "for_each"})
"""The types of task that take values from tasks which their config names."""

ConfigOptions = Callable[[str], "Mapping[str, Option] | None"]
"""The options of a task type's config, or None for a type that does not exist."""

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
    "accepts": Option(
        lambda value, path: check_options(
            value,
            {"content_types": Option(list_of(_mime_type, 50), required=True), "refuse": Option(boolean)},
            path,
        )
    ),
    "result": Option(text(64)),
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
    "when": Option(
        lambda value, path: check_options(
            value,
            {"task": Option(text(64), required=True), "is": Option(list_of(text(), 200, 1), required=True)},
            path,
        )
    ),
    "needs": Option(one_of("all", "any")),
}


def faults_of(definition: Any, options_of: ConfigOptions, known_types: Sequence[str]) -> Iterator[Detail]:
    """Every fault of a definition, with the path of its field."""
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
        yield from _result_faults(definition)


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
    yield from _condition_faults(tasks, ids)
    yield from _source_faults(tasks)


def _result_faults(definition: Mapping[str, Any]) -> Iterator[Detail]:
    named, tasks = definition.get("result"), definition["tasks"]
    known = [task.get("id") for task in tasks if isinstance(task, Mapping)] if isinstance(tasks, list) else []
    if isinstance(named, str) and named not in known:
        yield Detail("definition.result", f"there is no task with the id {named[:60]!r}")


def _condition_faults(tasks: Sequence[Any], ids: Mapping[str, int]) -> Iterator[Detail]:
    for index, task in enumerate(tasks):
        when = task.get("when") if isinstance(task, Mapping) else None
        asked = when.get("task") if isinstance(when, Mapping) else None
        if not isinstance(asked, str):
            continue
        at, wanted = f"definition.tasks[{index}].when.task", task.get("depends_on")
        if not isinstance(wanted, list) or asked not in wanted:
            yield Detail(at, f"must be one of the tasks that this one depends on; {asked[:60]!r} is not")
        elif asked in ids and _type_of(tasks[ids[asked]]) not in CHOOSING_TYPES:
            yield Detail(at, f"must be a task of the type {' or '.join(sorted(CHOOSING_TYPES))}")


def _source_faults(tasks: Sequence[Any]) -> Iterator[Detail]:
    """What a task takes from others must be there when it begins; a flow for sections must be named, and once."""
    for index, task in enumerate(tasks):
        if _type_of(task) not in SOURCED_TYPES:
            continue
        config, wanted = task.get("config", {}), task.get("depends_on")
        for at, name in sources_in(config, f"definition.tasks[{index}].config"):
            if not isinstance(wanted, list) or name not in wanted:
                yield Detail(at, f"must be one of the tasks that this one depends on; {name[:60]!r} is not")
        if (
            task.get("type") == "for_each"
            and isinstance(config, Mapping)
            and ("flow" in config) == ("definition" in config)
        ):
            yield Detail(f"definition.tasks[{index}].config", "must have either a flow or a definition")


def _type_of(task: Any) -> str | None:
    """The type of a task, where it says one as it should."""
    kind = task.get("type") if isinstance(task, Mapping) else None
    return kind if isinstance(kind, str) else None


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
