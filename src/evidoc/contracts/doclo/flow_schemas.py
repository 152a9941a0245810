"""What a flow takes and what it gives, as JSON Schemas, told from its definition."""

from collections.abc import Iterable, Mapping
from typing import Any

from evidoc.flows.builtins.builtin import input_schema
from evidoc.flows.output_schema import definition_schema, task_schema
from evidoc.flows.result import final_tasks

_ANY: Mapping[str, Any] = {}


def input_of(definition: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of a run's input: a document, and the variables that its tasks cannot do without."""
    needed = {
        str(config["schema_from"]).removeprefix("variables.")
        for config in (task.get("config", {}) for task in definition["tasks"])
        if "schema_from" in config and "schema" not in config
    }
    if not needed:
        return dict(input_schema())
    schema = {"type": "object", "description": "A JSON Schema (2020-12): what to extract"}
    variables = {"type": "object", "properties": dict.fromkeys(sorted(needed), schema), "required": sorted(needed)}
    return dict(input_schema(variables))


def output_of(definition: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of a run's output; an empty one, which everything fits, where only the run will tell."""
    tasks: Mapping[str, Mapping[str, Any]] = {task["id"]: task for task in definition["tasks"]}
    named = [task for task in tasks.values() if task["type"] == "entity_extraction"]
    if named and definition.get("result") is None:
        values = {name: _ANY for task in named for name in _entity_names(task.get("config", {}))}
        last = [name for name in final_tasks(definition) if tasks[name] not in named]
        return {"type": "object", "properties": {name: task_schema(name, tasks) for name in last} | values}
    return dict(definition_schema(definition))


def _entity_names(config: Mapping[str, Any]) -> Iterable[str]:
    for entity in (*config.get("entities", ()), *config.get("custom_entities", ())):
        yield entity if isinstance(entity, str) else entity["name"]
