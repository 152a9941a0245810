"""A definition is refused with everything that is wrong with it, or becomes a graph in a right order."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidoc.flows.commit import graph_of
from evidoc.flows.definition import MOST_TASKS
from evidoc.flows.graph import Condition, Graph, RetryPolicy
from evidoc.flows.task import TASK_TYPES, task_types
from evidoc.kernel.errors import InvalidRequest

INVOICE: dict[str, Any] = {
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


def graph(definition: Any) -> Graph:
    return graph_of(definition, task_types())


def faults(definition: Any) -> dict[str, str]:
    with pytest.raises(InvalidRequest) as caught:
        graph(definition)
    return {detail.field: detail.message for detail in caught.value.details}


def task(name: str, *depends_on: str, kind: str = "document_parser", **config: Any) -> dict[str, Any]:
    return {"id": name, "type": kind, "depends_on": list(depends_on), "config": config}


def test_the_definition_of_the_contract_page_is_a_graph() -> None:
    found = graph(INVOICE)
    assert [one.task_id for one in found.tasks] == ["parse_document", "extract_invoice_data", "store_results"]
    assert found.tasks[0].retry == RetryPolicy(3, "exponential")
    assert found.triggers[0].mime_types == ("application/pdf",)
    assert found.ancestors("store_results") == ("parse_document", "extract_invoice_data")


def test_every_fault_is_told_at_once_with_its_path() -> None:
    told = faults(
        {
            "triggers": [{"type": "document_uploaded"}],
            "tasks": [
                {"id": "a", "type": "document_praser"},
                {"id": "a", "type": "document_parser", "depends_on": ["nowhere"]},
                {"type": "summarization", "config": {"max_length": 0, "colour": "red"}},
            ],
            "error_handling": {"retry": {"max_attempts": 101, "backoff": "sometimes"}},
            "error_handlin": {},
        }
    )
    assert set(told) == {
        "definition.triggers[0].type",
        "definition.tasks[0].type",
        "definition.tasks[1].id",
        "definition.tasks[1].depends_on[0]",
        "definition.tasks[2].id",
        "definition.tasks[2].config.max_length",
        "definition.tasks[2].config.colour",
        "definition.error_handling.retry.max_attempts",
        "definition.error_handling.retry.backoff",
        "definition.error_handlin",
    }
    assert "did you mean 'document_parser'" in told["definition.tasks[0].type"]


def test_a_circle_is_named() -> None:
    told = faults({"tasks": [task("a"), task("b", "a", "d"), task("c", "b"), task("d", "c")]})
    (message,) = told.values()
    assert set(message.removeprefix("runs in a circle: ").split(" -> ")) == {"b", "c", "d"}


def test_a_task_that_depends_on_itself_is_a_circle() -> None:
    assert faults({"tasks": [task("a", "a")]}) == {"definition.tasks[0].depends_on": "runs in a circle: a -> a"}


@pytest.mark.parametrize(
    ("definition", "field"),
    [
        (None, "definition"),
        ([], "definition"),
        ({}, "definition.tasks"),
        ({"tasks": {}}, "definition.tasks"),
        ({"tasks": []}, "definition.tasks"),
        ({"tasks": ["a"]}, "definition.tasks[0]"),
        ({"tasks": [task(f"t{n}") for n in range(MOST_TASKS + 1)]}, "definition.tasks"),
        ({"tasks": [task("a") | {"config": []}]}, "definition.tasks[0].config"),
        ({"tasks": [task("a") | {"depends_on": "b"}]}, "definition.tasks[0].depends_on"),
        ({"tasks": [task("a") | {"depends_on": [{"a": 1}]}]}, "definition.tasks[0].depends_on[0]"),
        ({"tasks": [task("a"), task("b", "a", "a")]}, "definition.tasks[1].depends_on[1]"),
        ({"tasks": [task("a") | {"dependson": []}]}, "definition.tasks[0].dependson"),
        ({"tasks": [task("a/b")]}, "definition.tasks[0].id"),
        ({"tasks": [task("a") | {"id": ["x"]}]}, "definition.tasks[0].id"),
        ({"tasks": [task("a") | {"type": 5}]}, "definition.tasks[0].type"),
        ({"tasks": [task("a") | {"retry": {"max_attempts": True}}]}, "definition.tasks[0].retry.max_attempts"),
        ({"tasks": [task("a")], "triggers": {}}, "definition.triggers"),
        ({"tasks": [task("a")], "triggers": [{}]}, "definition.triggers[0].type"),
        (
            {"tasks": [task("a")], "triggers": [{"type": "document_upload", "filter": {"mime_types": ["pdf"]}}]},
            "definition.triggers[0].filter.mime_types[0]",
        ),
        ({"tasks": [task("a")], "version": {"x": 1}}, "definition.version"),
        ({"tasks": [task("a", output_format="xml")]}, "definition.tasks[0].config.output_format"),
        ({"tasks": [task("a", kind="database_connector")]}, "definition.tasks[0].config.table"),
        (
            {"tasks": [task("a", kind="database_connector", table="x; drop table y")]},
            "definition.tasks[0].config.table",
        ),
        (
            {"tasks": [task("a", kind="entity_extraction", entities=["x", {"type": "date"}])]},
            "definition.tasks[0].config.entities[1].name",
        ),
        (
            {"tasks": [task("a", kind="entity_extraction", entities=[{"name": "x", "type": "moon"}])]},
            "definition.tasks[0].config.entities[0].type",
        ),
        (
            {"tasks": [task("a", kind="entity_extraction", custom_entities=[{"name": "x"}])]},
            "definition.tasks[0].config.custom_entities[0].pattern",
        ),
        (
            {"tasks": [task("a", kind="document_classification", categories=[])]},
            "definition.tasks[0].config.categories",
        ),
        ({"tasks": [task("a")], "metadata": "x" * 300_000}, "definition"),
    ],
)
def test_a_fault_is_told_by_its_path(definition: Any, field: str) -> None:
    assert field in faults(definition)


@pytest.mark.parametrize("kind", TASK_TYPES)
def test_every_task_type_takes_no_config_but_what_it_needs(kind: str) -> None:
    needed: dict[str, dict[str, Any]] = {
        "database_connector": {"table": "t"},
        "categorize": {"categories": ["letter"]},
        "split": {"categories": ["letter"]},
        "join": {"from": []},
        "combine": {"from": []},
        "trigger": {"flow": "invoice-extractor"},
        "for_each": {"from": "parted", "flow": "invoice-extractor"},
    }
    before = [task("parted", kind="split", categories=["letter"])]
    given = task("a", "parted", kind=kind, **needed.get(kind, {}))
    assert graph({"tasks": [*before, given]}).task("a").type == kind


def test_a_task_may_have_its_own_retry() -> None:
    found = graph(
        {
            "tasks": [task("a"), task("b") | {"retry": {"max_attempts": 7}}],
            "error_handling": {"retry": {"max_attempts": 2, "backoff": "fixed", "initial_delay_ms": 10}},
        }
    )
    assert found.task("a").retry == RetryPolicy(2, "fixed", 10)
    assert found.task("b").retry == RetryPolicy(7, "fixed", 10)


@given(st.data())
def test_every_task_follows_what_it_depends_on(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 20))
    names = data.draw(st.permutations([f"t{number}" for number in range(count)]))
    tasks = [
        task(name, *data.draw(st.lists(st.sampled_from(names[:place]), unique=True)) if place else ())
        for place, name in enumerate(names)
    ]
    found = graph({"tasks": data.draw(st.permutations(tasks))})
    order = [one.task_id for one in found.tasks]
    assert sorted(order) == sorted(names)
    for one in found.tasks:
        assert all(order.index(parent) < order.index(one.task_id) for parent in one.depends_on)
        assert set(one.depends_on) <= set(found.ancestors(one.task_id))


@given(st.data())
def test_any_graph_with_a_circle_is_refused(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 12))
    names = [f"t{number}" for number in range(count)]
    length = data.draw(st.integers(1, count))
    circle = names[:length]
    tasks = [task(name, circle[(place + 1) % length]) for place, name in enumerate(circle)]
    tasks += [task(name, *data.draw(st.lists(st.sampled_from(names), unique=True))) for name in names[length:]]
    told = faults({"tasks": data.draw(st.permutations(tasks))})
    assert any("circle" in message for message in told.values())


def test_a_task_under_a_condition_names_a_task_that_chooses() -> None:
    kind = task("kind", kind="categorize", categories=["letter"])
    for when, depends_on in (
        ({"task": "kind", "is": ["letter"]}, []),
        ({"task": "a", "is": ["letter"]}, ["a"]),
        ({"task": "kind", "is": []}, ["kind"]),
        ({"task": "kind"}, ["kind"]),
    ):
        told = faults({"tasks": [kind, task("a"), task("b", *depends_on) | {"when": when}]})
        assert [field.split(".when")[0] for field in told] == ["definition.tasks[2]"]
    found = graph({"tasks": [kind, task("b", "kind") | {"when": {"task": "kind", "is": ["letter"]}}]})
    assert found.task("b").when == Condition("kind", ("letter",))


def test_what_a_task_takes_from_others_must_come_before_it() -> None:
    told = faults(
        {
            "result": "nowhere",
            "tasks": [
                task("a"),
                task("b", kind="output", **{"from": ["a"]}),
                task("c", "a", kind="output", members={"x": "a", "y": "b"}),
                task("d", kind="trigger", flow="f", mapping={"type": "merge", "from": "a"}),
                task("e", kind="output", **{"from": ["$input"]}),
            ],
        }
    )
    assert set(told) == {
        "definition.result",
        "definition.tasks[1].config.from[0]",
        "definition.tasks[2].config.members.y",
        "definition.tasks[3].config.mapping.from",
    }


def test_a_definition_inside_a_definition_is_checked_too() -> None:
    def each(**config: Any) -> dict[str, Any]:
        parted = task("parted", kind="split", categories=["letter"])
        return {"tasks": [parted, task("each", "parted", kind="for_each", **{"from": "parted", **config})]}

    assert set(faults(each(definition={"tasks": [task("a", kind="nothing")]}))) == {
        "definition.tasks[1].config.definition.tasks[0].type"
    }
    assert set(faults(each())) == {"definition.tasks[1].config"}
    assert set(faults(each(flow="f", definition={"tasks": [task("a")]}))) == {"definition.tasks[1].config"}
    inner: dict[str, Any] = {"tasks": [task("a")]}
    for _ in range(10):
        inner = each(definition=inner)
    assert graph(inner)
    told = faults(each(definition=inner))
    assert "levels deep" in told["definition.tasks[1].config.definition"]
