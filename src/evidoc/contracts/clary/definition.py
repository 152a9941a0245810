"""A workflow's definition as the description of the API shows it. What is right is decided by ``flows.graph``."""

from typing import Any

from evidoc.flows.task import TASK_TYPES

EXAMPLE: dict[str, Any] = {
    "triggers": [{"type": "document_upload", "filter": {"mime_types": ["application/pdf"]}}],
    "tasks": [
        {"id": "parse_document", "type": "document_parser", "config": {"output_format": "json"}},
        {
            "id": "extract_invoice_data",
            "type": "entity_extraction",
            "depends_on": ["parse_document"],
            "config": {"entities": ["invoice_number", "date", "total_amount", "vendor_name", "line_items"]},
        },
        {
            "id": "store_results",
            "type": "database_connector",
            "depends_on": ["extract_invoice_data"],
            "config": {"connection": "default_database", "table": "invoices"},
        },
    ],
    "error_handling": {"retry": {"max_attempts": 3, "backoff": "exponential"}},
}
"""The definition on the contract's page."""

_SCALAR = {"nullable": True, "oneOf": [{"type": "string"}, {"type": "number"}, {"type": "boolean"}]}
_RETRY: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "max_attempts": {"type": "integer", "minimum": 1, "maximum": 100, "default": 1},
        "backoff": {"type": "string", "enum": ["none", "fixed", "exponential"], "default": "none"},
        "initial_delay_ms": {"type": "integer", "minimum": 0, "maximum": 3_600_000, "default": 500},
        "max_delay_ms": {"type": "integer", "minimum": 0, "maximum": 3_600_000, "default": 30_000},
    },
}
_CONDITION: dict[str, Any] = {
    "type": "object",
    "required": ["task", "is"],
    "additionalProperties": False,
    "description": "Only where a task before it has chosen one of these categories",
    "properties": {
        "task": {"type": "string"},
        "is": {"type": "array", "minItems": 1, "maxItems": 200, "items": {"type": "string"}},
    },
}
_TASK: dict[str, Any] = {
    "type": "object",
    "required": ["id", "type"],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$"},
        "type": {"type": "string", "enum": list(TASK_TYPES)},
        "name": _SCALAR,
        "description": _SCALAR,
        "depends_on": {"type": "array", "items": {"type": "string"}, "description": "Ids of tasks that come before"},
        "config": {"type": "object", "description": "Its options, by type (docs/workflows.md)"},
        "retry": _RETRY,
        "when": _CONDITION,
        "needs": {
            "type": "string",
            "enum": ["all", "any"],
            "default": "all",
            "description": "Whether it is left out where any task before it was left out, or only where all were",
        },
    },
}
_FILTER: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "mime_types": {
            "type": "array",
            "minItems": 1,
            "maxItems": 50,
            "items": {"type": "string", "pattern": r"^((\*|[A-Za-z0-9.+-]+)/(\*|[A-Za-z0-9.+-]+)|\*)$"},
        },
        "filename": {
            "type": "array",
            "minItems": 1,
            "maxItems": 50,
            "items": {"type": "string", "pattern": r"\S", "maxLength": 200},
        },
        "metadata": {
            "type": "object",
            "maxProperties": 50,
            "additionalProperties": {"type": "string"},
        },
    },
}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["tasks"],
    "additionalProperties": False,
    "properties": {
        "version": _SCALAR,
        "name": _SCALAR,
        "description": _SCALAR,
        "metadata": {},
        "triggers": {
            "type": "array",
            "maxItems": 20,
            "items": {
                "type": "object",
                "required": ["type"],
                "additionalProperties": False,
                "properties": {"type": {"type": "string", "enum": ["document_upload"]}, "filter": _FILTER},
            },
        },
        "tasks": {"type": "array", "minItems": 1, "maxItems": 100, "items": _TASK},
        "error_handling": {"type": "object", "additionalProperties": False, "properties": {"retry": _RETRY}},
        "result": {"type": "string", "description": "The task whose output is the execution's"},
        "accepts": {
            "type": "object",
            "required": ["content_types"],
            "additionalProperties": False,
            "properties": {
                "content_types": {
                    "type": "array",
                    "maxItems": 50,
                    "items": {"type": "string", "pattern": r"^((\*|[A-Za-z0-9.+-]+)/(\*|[A-Za-z0-9.+-]+)|\*)$"},
                },
                "refuse": {"type": "boolean", "default": True},
            },
        },
    },
    "example": EXAMPLE,
}
