"""A run is told at its start that it lacks a schema, or that the schema cannot be used."""

from typing import Any

import pytest

from evidoc.flows.schema.variables import check_source, check_variables, schema_of
from evidoc.kernel.errors import InvalidRequest

SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}}


def definition(**config: Any) -> dict[str, Any]:
    return {"tasks": [{"id": "parse", "type": "document_parser"}, {"id": "x", "type": "extract", "config": config}]}


def faults(parameters: dict[str, Any], **config: Any) -> list[str]:
    with pytest.raises(InvalidRequest) as refused:
        check_variables(definition(**config), parameters)
    return [detail.field for detail in refused.value.details]


def test_a_schema_that_is_missing_or_faulty_is_named() -> None:
    assert faults({}, schema_from="variables.schema") == ["variables.schema"]
    assert faults({"schema": "x"}, schema_from="variables.schema") == ["variables.schema"]
    broken = {"type": "object", "properties": {"a": {"type": "strin"}}}
    assert faults({"schema": broken}, schema_from="variables.schema") == ["variables.schema.properties.a.type"]
    assert faults({}) == ["schema"]


def test_what_is_there_passes() -> None:
    check_variables(definition(schema_from="variables.schema"), {"schema": SCHEMA})
    check_variables(definition(schema=SCHEMA), {})
    check_variables({"tasks": [{"id": "a", "type": "split"}]}, {})


def test_the_runs_own_schema_goes_before_the_definitions() -> None:
    other = {"type": "object", "properties": {"b": {"type": "string"}}}
    config = {"schema": SCHEMA, "schema_from": "variables.wanted"}
    assert schema_of(config, {"wanted": other}) == other
    assert schema_of(config, {}) == SCHEMA


@pytest.mark.parametrize("source", ["schema", "variables.", "parameters.x", 3, "variables.a.b"])
def test_a_source_names_a_variable(source: Any) -> None:
    assert list(check_source(source, "config.schema_from"))
