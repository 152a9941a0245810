"""A flow that every organisation has from the start, as code defines it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class BuiltinFlow:
    """``definition`` is in the tasks notation. ``version`` rises by one with every change of the definition.

    ``input`` and ``output`` are JSON Schemas of what a run takes and gives.
    """

    slug: str
    name: str
    description: str
    version: int
    definition: Mapping[str, Any]
    input: Schema
    output: Schema


def extractor(slug: str, name: str, description: str, version: int, output: Schema) -> BuiltinFlow:
    """A flow that reads a document and extracts what ``output`` asks for."""
    return BuiltinFlow(slug, name, description, version, _definition({"schema": output}), input_schema(), output)


def generic_extractor(slug: str, name: str, description: str, version: int) -> BuiltinFlow:
    """A flow that reads a document and extracts what a schema among the run's variables asks for."""
    schema = {"type": "object", "description": "A JSON Schema (2020-12) of an object: what to extract"}
    return BuiltinFlow(
        slug,
        name,
        description,
        version,
        _definition({"schema_from": "variables.schema"}),
        input_schema({"type": "object", "properties": {"schema": schema}, "required": ["schema"]}),
        {"type": "object", "description": "A value that fits the schema given in variables.schema"},
    )


def input_schema(variables: Schema | None = None) -> Schema:
    """What a run takes: a document, and variables where the flow asks for some."""
    document = {
        "type": "object",
        "properties": {
            "base64": {"type": "string", "description": "The file as base64, or as a data: URL"},
            "filename": {"type": "string"},
            "mimeType": {"type": "string"},
        },
        "required": ["base64"],
    }
    properties: dict[str, Any] = {"document": document, "variables": variables or {"type": "object"}}
    return {
        "type": "object",
        "properties": properties,
        "required": ["document", "variables"] if variables else ["document"],
    }


def text(description: str = "") -> Schema:
    """The schema of a text."""
    return {"type": "string", "description": description} if description else {"type": "string"}


def day(description: str = "") -> Schema:
    """The schema of a date."""
    return {**text(description), "format": "date"}


def number(description: str = "") -> Schema:
    """The schema of a number."""
    return {"type": "number", "description": description} if description else {"type": "number"}


def record(**properties: Schema) -> Schema:
    """The schema of an object with these properties, each of which may be absent."""
    return {"type": "object", "properties": properties, "additionalProperties": False}


def rows(**properties: Schema) -> Schema:
    """The schema of a list of such objects."""
    return {"type": "array", "items": record(**properties)}


def _definition(extract: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "tasks": [
            {"id": "parse", "type": "document_parser", "config": {"output_format": "json"}},
            {"id": "extract", "type": "extract", "depends_on": ["parse"], "config": dict(extract)},
        ]
    }
