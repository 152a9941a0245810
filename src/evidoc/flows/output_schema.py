"""What a task will give, as a JSON Schema told from the definition; empty where only the run can tell."""

import json
from collections.abc import Mapping
from typing import Any

from evidoc.flows.result import final_tasks

Schema = Mapping[str, Any]
Tasks = Mapping[str, Mapping[str, Any]]

ANY: Schema = {}
_TEXT = {"type": "string"}
_NUMBER = {"type": "number"}
_PAGE = {"type": "integer", "minimum": 1}
_CATEGORY = {
    "type": "object",
    "properties": {
        "category": {"type": ["string", "null"]},
        "confidence": _NUMBER,
        "categories": {"type": "array", "items": {"type": "object"}},
    },
}
_SECTION = {
    "type": "object",
    "properties": {"category": _TEXT, "first_page": _PAGE, "last_page": _PAGE, "confidence": _NUMBER},
}
_ERROR = {"type": "object", "properties": {"code": _TEXT, "message": _TEXT}}
_OF_TYPE: Mapping[str, Schema] = {
    "categorize": _CATEGORY,
    "document_classification": _CATEGORY,
    "split": {"type": "array", "items": _SECTION},
    "summarization": {"type": "object", "properties": {"summary": _TEXT, "key_points": {"type": "array"}}},
    "text_extraction": {"type": "object"},
    "document_parser": {"type": "object"},
    "table_extraction": {"type": "object", "properties": {"tables": {"type": "array"}}},
    "database_connector": {"type": "object"},
}


MOST_BYTES = 1024 * 1024
"""About how large a schema is told; tasks that hand on each other's values could make one of any size."""

_BYTES_A_TASK = 200


class _Room:
    """How much may still be told."""

    def __init__(self) -> None:
        self._left = MOST_BYTES

    def take(self, size: int) -> bool:
        """Use some of it; False, and then always, where it does not suffice."""
        self._left -= size
        return self._left >= 0


def task_schema(task_id: str, tasks: Tasks, room: _Room | None = None) -> Schema:
    """The schema of what one task of a valid definition gives. ``tasks`` are all of them by id."""
    room = room or _Room()
    task = tasks.get(task_id)
    if task is None or not room.take(_BYTES_A_TASK):
        return ANY
    config: Mapping[str, Any] = task.get("config", {})
    match task["type"]:
        case "extract":
            schema: Schema = config.get("schema", {"type": "object"})
            return schema if room.take(len(json.dumps(schema))) else ANY
        case "join":
            return _any_of([task_schema(name, tasks, room) for name in config["from"]])
        case "for_each":
            return _for_each(config, room)
        case "output":
            return _output(config, tasks, room)
        case "combine" if config.get("strategy") == "concatenate":
            return {"type": "array"}
        case kind:
            return _OF_TYPE.get(kind, ANY)


def definition_schema(definition: Mapping[str, Any], room: _Room | None = None) -> Schema:
    """The schema of what a run of a valid definition gives."""
    room = room or _Room()
    tasks = {task["id"]: task for task in definition["tasks"]}
    last = final_tasks(definition)
    if len(last) == 1:
        return task_schema(last[0], tasks, room)
    return {"type": "object", "properties": {name: task_schema(name, tasks, room) for name in last}}


def _for_each(config: Mapping[str, Any], room: _Room) -> Schema:
    inner = config.get("definition")
    output = ANY if inner is None else definition_schema(inner, room)
    item = {
        "type": "object",
        "properties": {
            "section": _SECTION,
            "status": {"type": "string", "enum": ["completed", "failed", "cancelled"]},
            "run_id": _TEXT,
            "output": output,
            "error": _ERROR,
        },
        "required": ["section", "status"],
    }
    return {"type": "object", "properties": {"items": {"type": "array", "items": item}}, "required": ["items"]}


def _output(config: Mapping[str, Any], tasks: Tasks, room: _Room) -> Schema:
    members = config.get("members")
    sources = config.get("from", [])
    if members is not None or not sources:
        return {
            "type": "object",
            "properties": {name: task_schema(source, tasks, room) for name, source in (members or {}).items()},
        }
    schemas = [task_schema(source, tasks, room) for source in sources]
    match config.get("transform"):
        case None if len(schemas) == 1:
            return schemas[0]
        case None:
            return {"type": "array"}
        case "pick":
            known = {name: schema for one in schemas for name, schema in one.get("properties", {}).items()}
            return {"type": "object", "properties": {name: known.get(name, ANY) for name in config["pick"]}}
        case _:
            return ANY


def _any_of(schemas: list[Schema]) -> Schema:
    """A schema that fits what any of these fits; those that differ only are named."""
    different = [schema for place, schema in enumerate(schemas) if schema not in schemas[:place]]
    if ANY in different or not different:
        return ANY
    return different[0] if len(different) == 1 else {"anyOf": different}
