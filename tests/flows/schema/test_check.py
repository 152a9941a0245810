"""A schema that cannot be used is refused with the place of each fault; what can be used comes without references."""

from typing import Any

import pytest

from evidoc.flows.schema.check import MOST_DEPTH, plain_schema
from evidoc.flows.schema.wanted import MOST_FEATURES, check_extractable
from evidoc.kernel.errors import InvalidRequest


def faults(schema: Any) -> dict[str, str]:
    return {detail.field: detail.message for detail in check_extractable(schema, "config.schema")}


def properties(**given: Any) -> dict[str, Any]:
    return {"type": "object", "properties": given}


@pytest.mark.parametrize("schema", ["text", None, 3, [], True])
def test_a_schema_is_an_object(schema: Any) -> None:
    assert list(faults(schema)) == ["config.schema"]


@pytest.mark.parametrize("schema", [{"type": "string"}, {"type": "array", "items": {}}, {"enum": [1]}, {}])
def test_a_schema_describes_an_object(schema: Any) -> None:
    assert "must describe an object" in faults(schema)["config.schema"]


def test_a_fault_is_named_by_its_place() -> None:
    schema = properties(
        vendor=properties(name={"type": "text"}), total={"type": "number", "minimum": "1"}, lines={"items": {"type": 3}}
    )
    assert set(faults(schema)) == {
        "config.schema.properties.vendor.properties.name.type",
        "config.schema.properties.total.minimum",
        "config.schema.properties.lines.items.type",
    }


def test_a_long_list_of_names_that_are_not_all_names_is_refused_before_each_is_compared_with_each() -> None:
    mixed = [1, *map(str, range(4_000))]
    schema = {**properties(total={"enum": mixed}), "required": mixed, "dependentRequired": {"a": mixed}}
    assert faults(schema) == dict.fromkeys(
        ("config.schema.required", "config.schema.dependentRequired.a"), "must hold names only"
    )
    assert faults(properties(total={"enum": [1, *"abc" * 100], "default": [1, *"abc" * 100]})) == {}


def test_references_are_put_in_place() -> None:
    schema = {
        **properties(seller={"$ref": "#/$defs/party"}, buyer={"$ref": "#/$defs/party", "description": "who buys"}),
        "$defs": {"party": properties(name={"$ref": "#/$defs/a~1b%20c"}), "a/b c": {"type": "string"}},
    }
    party = properties(name={"type": "string"})
    assert plain_schema(schema) == properties(seller=party, buyer={**party, "description": "who buys"})


def test_words_beside_a_reference_hold_too() -> None:
    schema = {**properties(a={"$ref": "#/$defs/x", "type": ["string", "null"]}), "$defs": {"x": {"type": "string"}}}
    assert plain_schema(schema) == properties(a={"type": ["string", "null"], "allOf": [{"type": "string"}]})


def test_a_circle_of_references_is_refused() -> None:
    schema = {**properties(top={"$ref": "#/$defs/node"}), "$defs": {"node": properties(next={"$ref": "#/$defs/node"})}}
    ((place, message),) = faults(schema).items()
    assert place.startswith("config.schema.properties.top.$ref")
    assert "circle" in message
    assert "circle" in next(iter(faults(properties(top={"$ref": "#"})).values()))


@pytest.mark.parametrize(
    "reference", ["https://schemas.example/invoice.json", "file:///etc/passwd", "other.json#/x", "#anchor", "//host/x"]
)
def test_nothing_outside_of_the_schema_is_referred_to(reference: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*_: object, **__: object) -> None:
        raise AssertionError("something was fetched")

    monkeypatch.setattr("socket.socket.connect", nobody)
    monkeypatch.setattr("urllib.request.urlopen", nobody)
    message = faults(properties(a={"$ref": reference}))["config.schema.properties.a.$ref"]
    assert "none is fetched" in message


@pytest.mark.parametrize("reference", ["#/$defs/none", "#/properties/a/b", "#/allOf/0"])
def test_a_reference_to_nothing_is_refused(reference: str) -> None:
    assert "there is nothing" in faults(properties(a={"$ref": reference}))["config.schema.properties.a.$ref"]


def nested(levels: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(levels - 1):
        schema = properties(a=schema)
    return schema


def test_the_depth_is_bounded() -> None:
    assert not faults(nested(MOST_DEPTH))
    assert "deeper than 50" in next(iter(faults(nested(MOST_DEPTH + 1)).values()))
    assert faults(nested(5000))


def test_references_do_not_multiply_without_bound() -> None:
    definitions = {
        f"level{level}": properties(**{f"p{number}": {"$ref": f"#/$defs/level{level + 1}"} for number in range(10)})
        for level in range(12)
    }
    schema = {**properties(top={"$ref": "#/$defs/level0"}), "$defs": {**definitions, "level12": {"type": "string"}}}
    assert "more than 2000 schemas" in faults(schema)["config.schema"]


def test_the_size_is_bounded() -> None:
    assert "must not be larger" in faults(properties(a={"description": "x" * 200_000}))["config.schema"]


@pytest.mark.parametrize("pattern", ["(", "a{99999}{99999}", "(?R)"])
def test_a_pattern_that_is_none_is_refused(pattern: str) -> None:
    assert "config.schema.properties.a.pattern" in faults(properties(a={"type": "string", "pattern": pattern}))


def test_older_drafts_and_nullable_are_understood_unknown_dialects_refused() -> None:
    schema = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        **properties(a={"type": "string", "nullable": True}),
    }
    assert plain_schema(schema) == properties(a={"type": ["string", "null"]})
    assert "config.schema.$schema" in faults({"$schema": "https://example.org/mine", **properties(a={})})


def test_a_property_may_be_called_like_a_keyword() -> None:
    schema = properties(**{"$ref": {"type": "string"}, "properties": properties(items={"type": "number"})})
    assert plain_schema(schema) == schema


def test_the_refusal_says_what_it_is_about() -> None:
    with pytest.raises(InvalidRequest) as refused:
        plain_schema(properties(a={"type": "strin"}), "variables.schema")
    assert [detail.field for detail in refused.value.details] == ["variables.schema.properties.a.type"]


def test_no_more_is_asked_for_than_can_be_looked_for() -> None:
    assert not faults(properties(**{f"p{number}": {"type": "string"} for number in range(MOST_FEATURES)}))
    too_many = properties(**{f"p{number}": {"type": "string"} for number in range(MOST_FEATURES + 1)})
    assert "at most 200" in faults(too_many)["config.schema"]
