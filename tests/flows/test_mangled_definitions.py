"""A definition in which anything stands anywhere is checked without a fault of our own, in either notation."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from evidoc.flows.commit import graph_of
from evidoc.flows.notations.doclo import check_doclo
from evidoc.flows.task import TASK_TYPES, task_types
from evidoc.kernel.errors import InvalidRequest
from tests.flows.public_flows import NUMBER_AND_TOTAL, conditional, for_each, public_flow, step

ANYTHING: list[Any] = [None, True, -1, 10**40, "x", [], [[]], ["x", 1, {}], {}, {"a": 1}, {"": {}}]

INNER = public_flow(step("find", "extract", schema=NUMBER_AND_TOTAL))

PUBLIC = [
    public_flow(
        step(
            "read", "parse", providerRef="p", consensus={"runs": 3}, maxTokens=5, format="text", chunked={"overlap": 0}
        ),
        step("find", "extract", schema=NUMBER_AND_TOTAL, reasoning={"enabled": True, "effort": "low"}),
        step("other", "trigger", flowRef="f", inputMapping={"type": "construct", "fields": {"a": {"source": "input"}}}),
        step("both", "combine", strategy="merge"),
        step("out", "output", name="o", source=["find", "other"], transform="pick", fields=["a"]),
    )
    | {"inputValidation": {"acceptedFormats": ["pdf"], "throwOnInvalid": True}},
    public_flow(step("read", "parse"), conditional("which", a=INNER, b={"flowRef": "f@3"})),
    public_flow(step("read", "parse"), for_each("parts", ["a", "b"], INNER)),
]

CONFIGS: dict[str, dict[str, Any]] = {
    "document_parser": {"output_format": "json"},
    "categorize": {"categories": ["a", {"name": "b", "description": "d"}]},
    "split": {"categories": ["a"]},
    "extract": {"schema": NUMBER_AND_TOTAL, "schema_from": "variables.schema"},
    "entity_extraction": {
        "entities": ["a", {"name": "b", "type": "date", "labels": ["c"], "columns": ["d"], "many": True}],
        "custom_entities": [{"name": "e", "pattern": "P"}],
    },
    "database_connector": {"connection": "default_database", "table": "t"},
    "document_classification": {"categories": ["a"]},
    "trigger": {"flow": "f@1", "mapping": {"type": "passthrough"}},
    "for_each": {"definition": {"tasks": [{"id": "read", "type": "document_parser"}]}},
    "combine": {"strategy": "merge", "from": ["t0"]},
    "output": {"transform": "first", "from": ["t0"], "pick": ["a"]},
}

TASKS: dict[str, Any] = {
    "triggers": [
        {"type": "document_upload", "filter": {"mime_types": ["a/b"], "name": ["x*"], "metadata": {"a": "b"}}}
    ],
    "tasks": [
        {"id": f"t{number}", "type": name, "config": CONFIGS.get(name, {}), "depends_on": ["t0"] if number else []}
        | ({"when": {"task": "t0", "is": ["a"]}, "needs": "any", "retry": {"max_attempts": 3}} if number else {})
        for number, name in enumerate(("categorize", *TASK_TYPES))
    ],
    "error_handling": {"retry": {"max_attempts": 3, "backoff": "exponential"}},
    "accepts": {"content_types": ["a/b"], "refuse": True},
    "result": "t1",
}


@pytest.mark.parametrize("definition", PUBLIC)
def test_the_public_format(definition: dict[str, Any]) -> None:
    assert check_doclo(definition, task_types()).valid
    for mangled in _mangled(definition):
        check_doclo(mangled, task_types())


def test_tasks() -> None:
    types = task_types()
    for mangled in _mangled(TASKS):
        with suppress(InvalidRequest):
            graph_of(mangled, types)


def _mangled(value: Any) -> Iterator[Any]:
    """``value`` with anything in place of it, and of everything in it."""
    yield from ANYTHING
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from ({**value, name: mangled} for mangled in _mangled(inner))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from ([*value[:number], mangled, *value[number + 1 :]] for mangled in _mangled(inner))
