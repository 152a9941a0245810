"""A value that fits a JSON Schema, with its evidence."""

from collections.abc import Mapping
from typing import Any

from evidoc.contracts.doclo.artifacts import artifact_of
from evidoc.flows.schema.ask import ask_for_value
from evidoc.flows.schema.check import plain_schema
from evidoc.kernel.reading import Reading
from evidoc.server.desk import Desk


def fitting(desk: Desk, reading: Reading, schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """``value``, ``evidence`` by JSON Pointer, ``missing``. Raises InvalidRequest for a schema, OutputUnfit."""
    found = artifact_of(ask_for_value(desk.understander, reading, plain_schema(schema)))
    return {name: found[name] for name in ("value", "evidence", "missing")}
