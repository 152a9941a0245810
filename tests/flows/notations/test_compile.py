"""Whatever flow is valid becomes a graph whose every task leads to the result, and that runs to an end."""

from collections.abc import Mapping
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from evidoc.flows.commit import graph_of
from evidoc.flows.conditions import Fate, fate_of
from evidoc.flows.graph import Graph
from evidoc.flows.notations.doclo import check_doclo
from evidoc.flows.price import extent_of
from evidoc.flows.task import task_types
from evidoc.kernel.classification import Classification
from evidoc.kernel.output import ClassificationOutput
from evidoc.kernel.records import TaskStatus
from tests.flows.public_flows import NUMBER_AND_TOTAL, conditional, for_each, public_flow, step
from tests.flows.random_flows import flows


def compiled(flow: Mapping[str, Any]) -> Mapping[str, Any]:
    return check_doclo(flow, task_types()).required()


def tasks_of(flow: Mapping[str, Any]) -> dict[str, Any]:
    return {task["id"]: task for task in compiled(flow)["tasks"]}


def test_what_asks_the_document_waits_for_nothing() -> None:
    tasks = tasks_of(
        public_flow(
            step("parse", "parse", format="markdown"),
            step("extract", "extract", schema=NUMBER_AND_TOTAL),
            step("kind", "categorize", categories=["a"]),
            step("o", "output"),
        )
    )
    assert {name: task["depends_on"] for name, task in tasks.items()} == {
        "parse": [],
        "extract": [],
        "kind": [],
        "o": ["kind"],
    }
    assert tasks["parse"]["config"] == {"output_format": "markdown"}


def test_an_inner_flow_for_sections_is_a_definition_inside_the_definition() -> None:
    tasks = tasks_of(public_flow(for_each("each", ["a", "b"], public_flow(step("p", "parse")))))
    assert tasks["each.sections"]["type"] == "split"
    assert tasks["each"]["config"]["definition"] == {
        "tasks": [{"id": "p", "type": "document_parser", "depends_on": [], "config": {"output_format": "json"}}],
        "result": "p",
    }


def test_the_dearest_branch_counts_and_what_runs_for_sections_counts_too() -> None:
    extract = step("x", "extract", schema=NUMBER_AND_TOTAL)
    other = step("y", "extract", schema=NUMBER_AND_TOTAL)
    flow = public_flow(
        step("p", "parse"),
        conditional("c", a=public_flow(extract, other), b=public_flow(extract)),
        for_each("e", ["a"], public_flow(extract)),
    )
    assert extent_of(compiled(flow)).credits_per_page == 1 + (1 + 2) + (1 + 1)


def test_what_many_flows_come_to_is_added_up_at_once() -> None:
    """Ten levels of a hundred triggers each would be a hundred million million million runs."""
    flow = {"tasks": [{"id": f"t{number}", "type": "trigger", "config": {"flow": "next"}} for number in range(100)]}
    assert extent_of(flow, lambda _reference: flow).runs > 2**30
    chain: dict[str, Any] = {"tasks": [{"id": "t0", "type": "categorize", "config": {}}]}
    for number in range(1, 100):
        when = {"task": f"t{number - 1}", "is": [str(category) for category in range(200)]}
        chain["tasks"].append({"id": f"t{number}", "type": "categorize", "config": {}, "when": when})
    assert extent_of(chain).credits_per_page == 1 + 100


def test_a_flow_that_is_referred_to_counts_as_it_is_now() -> None:
    flow = compiled(public_flow(step("t", "trigger", flowRef="other@2")))
    other = compiled(public_flow(step("x", "extract", schema=NUMBER_AND_TOTAL)))
    assert extent_of(flow).credits_per_page == 1
    assert extent_of(flow, lambda reference: other if reference.version == 2 else None).credits_per_page == 2
    assert extent_of(flow, lambda _reference: flow).credits_per_page == 1, "a circle ends"


def walk(graph: Graph, choose: Any) -> dict[str, Fate]:
    """What becomes of each task where every task that runs completes."""
    ended: dict[str, dict[str, Any]] = {}
    outputs: dict[str, Any] = {}
    fates = {}
    for task in graph.tasks:
        fates[task.task_id] = fate = fate_of(task, ended, outputs)
        done = fate is Fate.RUN
        ended[task.task_id] = {"status": TaskStatus.COMPLETED} if done else {"status": "skipped", "passed": True}
        if done and task.type == "categorize":
            category = choose(task.config["categories"])
            outputs[task.task_id] = ClassificationOutput((Classification(category, 1.0),))
    return fates


@given(flows(), st.data())
def test_any_valid_flow_is_a_graph_in_which_one_branch_of_each_conditional_runs(
    flow: dict[str, Any], data: st.DataObject
) -> None:
    checked = check_doclo(flow, task_types())
    assume(checked.valid)
    assert checked.definition is not None
    graph = graph_of(checked.definition, task_types())
    assert graph.result in {task.task_id for task in graph.tasks}
    seen: set[str] = set()
    for task in graph.tasks:
        assert set(task.depends_on) <= seen, "every task follows what it depends on"
        seen.add(task.task_id)
    fates = walk(graph, lambda categories: data.draw(st.sampled_from(categories)))
    assert Fate.SKIP not in fates.values(), "nothing failed, so nothing is skipped"
    assert graph.result is not None
    assert fates[graph.result] is Fate.RUN, "there is a result whichever branches were taken"
    for task in graph.tasks:
        if task.type == "join" and fates[task.task_id] is Fate.RUN:
            taken = [name for name in task.depends_on if fates[name] is Fate.RUN]
            assert len(taken) == 1
        if task.when is None and not any(fates[name] is Fate.LEAVE_OUT for name in task.depends_on):
            assert fates[task.task_id] is Fate.RUN


@given(flows())
def test_every_step_of_the_flow_is_a_task(flow: dict[str, Any]) -> None:
    checked = check_doclo(flow, task_types())
    assume(checked.valid)
    assert checked.definition is not None
    top = [task for task in checked.definition["tasks"] if "when" not in task]
    for one in flow["steps"]:
        kinds = {"step": one["nodeType"], "conditional": "join", "forEach": "for_each"}
        kind = kinds[one["type"]]
        assert any(task["type"] == ("document_parser" if kind == "parse" else kind) for task in top)
