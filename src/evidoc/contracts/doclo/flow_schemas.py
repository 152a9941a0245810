"""What a flow takes and what it gives, as JSON Schemas, told from its definition."""

from collections.abc import Iterable, Mapping
from typing import Any

from evidoc.flows.builtins.builtin import input_schema
from evidoc.flows.result import final_tasks

_ANY: Mapping[str, Any] = {}
_TEXT = {"type": "string"}
_CATEGORY = {
    "type": "object",
    "properties": {
        "category": {"type": ["string", "null"]},
        "confidence": {"type": "number"},
        "categories": {"type": "array", "items": {"type": "object"}},
    },
}
_SECTION = {
    "type": "object",
    "properties": {
        "category": _TEXT,
        "first_page": {"type": "integer"},
        "last_page": {"type": "integer"},
        "confidence": {"type": "number"},
    },
}
_OF_TYPE: Mapping[str, Mapping[str, Any]] = {
    "categorize": _CATEGORY,
    "document_classification": _CATEGORY,
    "split": {"type": "array", "items": _SECTION},
    "summarization": {"type": "object", "properties": {"summary": _TEXT, "key_points": {"type": "array"}}},
    "text_extraction": {"type": "object"},
    "document_parser": {"type": "object"},
    "table_extraction": {"type": "object", "properties": {"tables": {"type": "array"}}},
    "database_connector": {"type": "object"},
}


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
    last = final_tasks(definition)
    named = [task for task in tasks.values() if task["type"] == "entity_extraction"]
    if named and definition.get("result") is None:
        values = {name: _ANY for task in named for name in _entity_names(task.get("config", {}))}
        others = {name: _schema_of(tasks[name]) for name in last if tasks[name] not in named}
        return {"type": "object", "properties": others | values}
    if len(last) == 1:
        return dict(_schema_of(tasks[last[0]]))
    return {"type": "object", "properties": {name: _schema_of(tasks[name]) for name in last}}


def _schema_of(task: Mapping[str, Any]) -> Mapping[str, Any]:
    if task["type"] == "extract":
        schema: Mapping[str, Any] = task.get("config", {}).get("schema", {"type": "object"})
        return schema
    return _OF_TYPE.get(task["type"], _ANY)


def _entity_names(config: Mapping[str, Any]) -> Iterable[str]:
    for entity in (*config.get("entities", ()), *config.get("custom_entities", ())):
        yield entity if isinstance(entity, str) else entity["name"]
