"""A flow in the public format is refused once with everything that is wrong with it, each by its kind and path."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidoc.flows.notations.checked import Checked
from evidoc.flows.notations.doclo import check_doclo
from evidoc.flows.task import task_types
from evidoc.kernel.errors import InvalidRequest
from tests.flows.public_flows import NUMBER_AND_TOTAL, conditional, for_each, public_flow, step

KINDS = {"missing_provider", "invalid_schema", "invalid_config", "version_mismatch"}


def check(flow: Any) -> Checked:
    return check_doclo(flow, task_types())


def extract(name: str = "x", **config: Any) -> dict[str, Any]:
    return step(name, "extract", **{"schema": NUMBER_AND_TOTAL, **config})


@pytest.mark.parametrize(
    ("flow", "kind", "path"),
    [
        ({"steps": []}, "version_mismatch", "version"),
        ({"steps": [], "version": "2.0.0"}, "version_mismatch", "version"),
        ({"version": "1.0.0", "steps": {}}, "invalid_config", "steps"),
        ({"version": "1.0.0", "steps": ["parse"]}, "invalid_config", "steps[0]"),
        (public_flow({"id": "a", "nodeType": "parse", "config": {}}), "invalid_config", "steps[0].type"),
        (public_flow(step("a", "parse") | {"type": ["step"]}), "invalid_config", "steps[0].type"),
        (public_flow(step("a", "prase")), "invalid_config", "steps[0].nodeType"),
        (public_flow(step("a", "chunk", strategy="fixed")), "invalid_config", "steps[0].nodeType"),
        (public_flow({"type": "step", "nodeType": "parse", "config": {}}), "invalid_config", "steps[0].id"),
        (public_flow(step("a", "parse"), step("a", "parse")), "invalid_config", "steps[1].id"),
        (public_flow({"type": "step", "id": "a", "nodeType": "parse"}), "invalid_config", "steps[0].config"),
        (public_flow(step("a", "extract")), "invalid_config", "steps[0].config.schema"),
        (public_flow(extract(schema="invoice@1.0.0")), "invalid_schema", "steps[0].config.schema"),
        (public_flow(extract(schema={"type": "objekt"})), "invalid_schema", "steps[0].config.schema.type"),
        (public_flow(extract(reasoning={"effort": "huge"})), "invalid_config", "steps[0].config.reasoning.effort"),
        (public_flow(extract(consensus={"runs": 0})), "invalid_config", "steps[0].config.consensus.runs"),
        (public_flow(extract(type="parse")), "invalid_config", "steps[0].config.type"),
        (public_flow(step("a", "split")), "invalid_config", "steps[0].config.categories"),
        (
            public_flow(step("a", "split", categories=["x"], schemas={"x": NUMBER_AND_TOTAL})),
            "invalid_config",
            "steps[0].config.schemas",
        ),
        (public_flow(step("a", "split", schemaRef="split@2.0.0")), "invalid_config", "steps[0].config.schemaRef"),
        (public_flow(step("a", "categorize")), "invalid_config", "steps[0].config.categories"),
        (public_flow(step("a", "categorize", categories=[{}])), "invalid_config", "steps[0].config.categories[0].name"),
        (public_flow(step("a", "trigger")), "invalid_config", "steps[0].config.flowRef"),
        (public_flow(step("a", "trigger", flowRef="a b")), "invalid_config", "steps[0].config.flowRef"),
        (public_flow(step("a", "trigger", flowRef="f", timeout=0)), "invalid_config", "steps[0].config.timeout"),
        (
            public_flow(step("a", "trigger", flowRef="f", inputMapping={"type": "artifact"})),
            "invalid_config",
            "steps[0].config.inputMapping.path",
        ),
        (
            public_flow(step("a", "trigger", flowRef="f", inputMapping={"type": "artifact", "path": "later.x"})),
            "invalid_config",
            "steps[0].config.inputMapping.path",
        ),
        (
            public_flow(
                step(
                    "a", "trigger", flowRef="f", inputMapping={"type": "construct", "fields": {"x": {"source": "sky"}}}
                )
            ),
            "invalid_config",
            "steps[0].config.inputMapping.fields.x.source",
        ),
        (public_flow(step("a", "output", transform="pick")), "invalid_config", "steps[0].config.fields"),
        (
            public_flow(step("a", "output", source="later"), extract("later")),
            "invalid_config",
            "steps[0].config.source",
        ),
        (public_flow(step("a", "output", source="a")), "invalid_config", "steps[0].config.source"),
        (
            public_flow(step("a", "output", name="b"), step("b", "output")),
            "invalid_config",
            "steps[1].config.name",
        ),
        (public_flow(step("a", "combine", strategy="shuffle")), "invalid_config", "steps[0].config.strategy"),
        (
            public_flow(conditional("c", a=public_flow()) | {"config": {"categories": ["a", "b"]}}),
            "invalid_config",
            "steps[0].branches",
        ),
        (public_flow(conditional("c", a={"flowRef": ""})), "invalid_config", "steps[0].branches.a.flowRef"),
        (
            public_flow(conditional("c", a=public_flow(extract(schema=1)))),
            "invalid_schema",
            "steps[0].branches.a.steps[0].config.schema",
        ),
        (public_flow(for_each("e", ["a"], None)), "invalid_config", "steps[0].itemFlow"),  # type: ignore[arg-type]
        (
            public_flow(extract(), for_each("e", ["a"], public_flow(step("o", "output", source="x")))),
            "invalid_config",
            "steps[1].itemFlow.steps[0].config.source",
        ),
        (
            public_flow(inputValidation={"acceptedFormats": ["docx"]}),
            "invalid_config",
            "inputValidation.acceptedFormats[0]",
        ),
    ],
)
def test_an_error_is_told_by_its_kind_and_path(flow: Any, kind: str, path: str) -> None:
    checked = check(flow)
    assert not checked.valid
    assert (kind, path) in [(error.type, error.path) for error in checked.errors]
    with pytest.raises(InvalidRequest) as caught:
        checked.required()
    assert f"definition.{path}" in [detail.field for detail in caught.value.details]


@pytest.mark.parametrize(
    ("flow", "kind", "path"),
    [
        (public_flow(), "best_practice", "steps"),
        (public_flow(extract(providerRef="some-model")), "best_practice", "steps[0].config.providerRef"),
        (public_flow(extract(consensus={"runs": 3})), "performance", "steps[0].config.consensus"),
        (public_flow(step("s", "split", schemas={"a": NUMBER_AND_TOTAL})), "deprecated", "steps[0].config.schemas"),
        (public_flow(extract(temperature=0.2)), "best_practice", "steps[0].config.temperature"),
        (
            public_flow(conditional("c", a=public_flow(), b=public_flow()) | {"config": {"categories": ["a"]}}),
            "best_practice",
            "steps[0].branches.b",
        ),
    ],
)
def test_a_warning_keeps_nobody_from_running(flow: Any, kind: str, path: str) -> None:
    checked = check(flow)
    assert checked.valid
    assert (kind, path) in [(warning.type, warning.path) for warning in checked.warnings]


def test_everything_at_fault_is_told_at_once() -> None:
    flow = {"version": "0", "steps": [step("a", "prase"), step("b", "extract"), step("c", "output", source="d")]}
    assert [error.path for error in check(flow).errors] == [
        "version",
        "steps[0].nodeType",
        "steps[1].config.schema",
        "steps[2].config.source",
    ]


def nested(levels: int) -> dict[str, Any]:
    """A flow with conditionals in each other."""
    flow = public_flow(step("inner", "parse"))
    for _ in range(levels):
        flow = public_flow(conditional("c", a=flow))
    return flow


def test_a_flow_nested_too_deeply_is_warned_about_then_refused() -> None:
    assert not check(nested(2)).warnings
    warned = check(public_flow(conditional("c", a=public_flow(conditional("d", b=public_flow(extract()))))))
    assert not warned.valid
    assert "nested 16 levels" in warned.errors[0].message
    thirteen = check(public_flow(conditional("c", a=public_flow(for_each("e", ["x"], public_flow(extract()))))))
    assert "levels deep" in thirteen.errors[0].message
    assert not check(nested(40)).valid
    single = check(public_flow(conditional("c", a=public_flow(for_each("e", ["x"], public_flow(step("p", "parse")))))))
    assert single.valid


def test_a_schema_that_is_nested_too_deeply_is_refused() -> None:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(60):
        schema = {"type": "object", "properties": {"inner": schema}}
    (error,) = check(public_flow(extract(schema=schema))).errors
    assert error.type == "invalid_schema"
    assert error.path.startswith("steps[0].config.schema")


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
_WORDS = st.sampled_from(
    "step conditional forEach parse extract split categorize trigger output combine chunk 1.0.0 a merge pick".split()
)
_KEYS = st.sampled_from(
    "type id name nodeType config branches itemFlow version steps inputValidation categories schema source transform "
    "fields flowRef inputMapping path artifactPath consensus providerRef strategy schemas".split()
)
_NEAR = st.recursive(
    _WORDS | _JSON, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=6), max_leaves=25
)


@given(st.dictionaries(_KEYS, _NEAR, max_size=6) | _JSON)
def test_whatever_is_given_is_checked_without_breaking(definition: Any) -> None:
    checked = check(definition)
    assert checked.valid == (not checked.errors)
    assert {error.type.value for error in checked.errors} <= KINDS
