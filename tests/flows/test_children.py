"""Runs within runs: started by a task, found again, ended with their parent, and never without end."""

import threading
from pathlib import Path
from typing import Any

import pytest

from evidoc.flows.children import child_id
from evidoc.flows.references import DEEPEST
from evidoc.kernel.errors import FlowNesting
from evidoc.kernel.records import DocumentRecord, RunRecord, RunStatus, TaskStatus
from evidoc.operations.runs import RunView
from tests.flows import own_tasks
from tests.flows.open_house import INVOICE_LINES, PATIENCE, WHO, OpenHouse, task
from tests.flows.public_flows import (
    LETTER_LINES,
    NUMBER_AND_TOTAL,
    conditional,
    for_each,
    public_flow,
    result_of,
    step,
    write_pages,
)

FOUND = {"invoice_number": "NW-2024-118", "total_amount": 1234.5}


@pytest.fixture(scope="module")
def document(house: OpenHouse, tmp_path_factory: pytest.TempPathFactory) -> DocumentRecord:
    path = tmp_path_factory.mktemp("pdf") / "parcel.pdf"
    return house.upload(write_pages(path, INVOICE_LINES, LETTER_LINES))


def publish(house: OpenHouse, slug: str, *steps: Any) -> str:
    """Publish a flow of these steps by this slug."""
    record, _ = house.flows.publish(WHO, public_flow(*steps), slug=slug, name=slug)
    return record.flow_id


def run(house: OpenHouse, flow: str, document: DocumentRecord, **variables: Any) -> RunView:
    return house.ended(house.runs.start(WHO, flow, document.document_id, variables).run)


def run_steps(house: OpenHouse, document: DocumentRecord, *steps: Any, **variables: Any) -> RunView:
    record, _ = house.flows.publish(WHO, public_flow(*steps), name="A flow")
    return run(house, record.flow_id, document, **variables)


def test_a_trigger_runs_another_flow_and_gives_what_it_gave(house: OpenHouse, document: DocumentRecord) -> None:
    publish(house, "numbers", step("x", "extract", schema=NUMBER_AND_TOTAL), step("o", "output", name="numbers"))
    view = run_steps(house, document, step("t", "trigger", flowRef="numbers", timeout=60_000))
    output = result_of(view)
    assert output.value == {"numbers": FOUND}
    assert output.leaves["/numbers/invoice_number"].raw == "NW-2024-118"
    (child,) = house.runs.children(WHO, view.record.run_id)
    assert (child.run_id, child.depth) == (child_id(view.record.run_id, "t", 1, 0), 1)
    assert child.credits_used is None, "its parent pays"
    assert view.record.credits_used == 2 * 2


def test_a_built_in_flow_takes_its_schema_from_a_constructed_input(house: OpenHouse, document: DocumentRecord) -> None:
    mapping = {"type": "construct", "fields": {"schema": {"source": "literal", "value": NUMBER_AND_TOTAL}}}
    trigger = step("t", "trigger", flowRef="document-extractor", inputMapping=mapping)
    assert result_of(run_steps(house, document, trigger)).value == FOUND


@pytest.mark.parametrize(
    ("mapping", "wanted"),
    [
        ({"type": "passthrough"}, {"category": "invoice"}),
        ({"type": "artifact", "path": "x.total_amount"}, 1234.5),
        ({"type": "artifact", "path": "x.nothing.here"}, None),
        ({"type": "merge", "artifactPath": "x"}, {"category": "invoice", **FOUND}),
        (
            {
                "type": "construct",
                "fields": {
                    "kind": {"source": "input", "path": "category"},
                    "number": {"source": "artifact", "path": "x.invoice_number"},
                    "mark": {"source": "literal", "value": [1, None]},
                },
            },
            {"kind": "invoice", "number": "NW-2024-118", "mark": [1, None]},
        ),
    ],
)
def test_a_flow_is_given_what_its_trigger_maps(
    house: OpenHouse, document: DocumentRecord, mapping: dict[str, Any], wanted: Any
) -> None:
    publish(house, "echo", step("o", "output"))
    view = run_steps(
        house,
        document,
        step("x", "extract", schema=NUMBER_AND_TOTAL),
        step("kind", "categorize", categories=["invoice", "letter"]),
        step("t", "trigger", flowRef="echo", inputMapping=mapping),
    )
    output = result_of(view)
    told = output.value if not isinstance(output.value, dict) else {**output.value}
    if isinstance(told, dict):
        told = {name: value for name, value in told.items() if name not in ("confidence", "categories")}
    assert told == wanted
    evidence = {pointer: leaf.raw for pointer, leaf in output.leaves.items()}
    if isinstance(wanted, dict) and "number" in wanted:
        assert evidence == {"/number": "NW-2024-118"}


def test_unwrapping_gives_the_member_called_input(house: OpenHouse, document: DocumentRecord) -> None:
    publish(house, "echo", step("o", "output"))
    fields = {"input": {"source": "literal", "value": {"a": 1}}, "b": {"source": "literal", "value": 2}}
    publish(
        house,
        "unwrapping",
        step("t", "trigger", flowRef="echo", inputMapping={"type": "unwrap"}),
    )
    wrapped = step("t", "trigger", flowRef="unwrapping", inputMapping={"type": "construct", "fields": fields})
    assert result_of(run_steps(house, document, wrapped)).value == {"a": 1}


def test_a_flow_on_an_older_version_can_be_named(house: OpenHouse, document: DocumentRecord) -> None:
    publish(house, "aged", step("o", "output", source=[]))
    publish(house, "aged", step("x", "extract", schema=NUMBER_AND_TOTAL))
    assert result_of(run_steps(house, document, step("t", "trigger", flowRef="aged@1"))).value == {}
    assert result_of(run_steps(house, document, step("t", "trigger", flowRef="aged"))).value == FOUND


def test_branches_and_sections_may_be_flows_of_their_own(house: OpenHouse, document: DocumentRecord) -> None:
    publish(house, "numbers", step("x", "extract", schema=NUMBER_AND_TOTAL))
    publish(house, "router", conditional("c", invoice={"flowRef": "numbers"}, letter={"flowRef": "numbers"}))
    view = run_steps(house, document, for_each("each", ["invoice", "letter"], {"flowRef": "router"}))
    first, _ = result_of(view).value["items"]
    assert first["output"] == FOUND
    (child, _) = house.runs.children(WHO, view.record.run_id)
    (grandchild,) = house.runs.children(WHO, child.run_id)
    assert (grandchild.depth, grandchild.pages) == (2, (0, 0))
    assert house.runs.list(WHO, child.flow_id).total == 0, "only runs that somebody asked for are listed"


def test_the_failure_of_a_flow_is_that_of_its_trigger(house: OpenHouse, document: DocumentRecord) -> None:
    strict = {"type": "object", "properties": {"iban": {"type": "string"}}, "required": ["iban"]}
    publish(house, "strict", step("x", "extract", schema=strict))
    view = run_steps(house, document, step("t", "trigger", flowRef="strict"))
    assert view.record.failure is not None
    assert (view.record.failure.code, view.record.failure.task_id) == ("output_unfit", "t")
    assert view.record.failure.message.startswith("The flow 'strict' failed: ")
    assert view.record.credits_used == 0


def test_flows_that_run_each_other_in_a_circle_fail(house: OpenHouse, document: DocumentRecord) -> None:
    there = publish(house, "there", step("o", "output"))
    here = publish(house, "here", step("t", "trigger", flowRef="there"))
    publish(house, "there", step("t", "trigger", flowRef="here"))
    view = run(house, "there", document)
    assert view.record.failure is not None
    assert view.record.failure.code == "flow_nesting"
    assert f"{there} -> {here} -> {there}" in view.record.failure.message


def test_flows_stand_ten_levels_deep_and_no_deeper(house: OpenHouse, document: DocumentRecord) -> None:
    publish(house, "level-0", step("o", "output", source=[]))
    for level in range(1, DEEPEST + 2):
        publish(house, f"level-{level}", step("t", "trigger", flowRef=f"level-{level - 1}"))
    assert result_of(run(house, f"level-{DEEPEST}", document)).value == {}
    view = run(house, f"level-{DEEPEST + 1}", document)
    assert view.record.failure is not None
    assert view.record.failure.code == "flow_nesting"


def test_a_flow_that_would_start_runs_without_measure_is_not_begun(house: OpenHouse, document: DocumentRecord) -> None:
    publish(house, "wide-0", step("o", "output", source=[]))
    for level in range(1, 4):
        triggers = (step(f"t{number}", "trigger", flowRef=f"wide-{level - 1}") for number in range(12))
        publish(house, f"wide-{level}", *triggers)
    assert house.ended(house.runs.start(WHO, "wide-1", document.document_id).run).record.status is RunStatus.COMPLETED
    with pytest.raises(FlowNesting):
        house.runs.start(WHO, "wide-3", document.document_id)


def statuses(house: OpenHouse, run: RunRecord) -> dict[str, TaskStatus]:
    return {task.task_id: task.status for task, _ in house.runs.get(WHO, run.run_id).tasks}


def held_flow(house: OpenHouse, name: str) -> tuple[str, threading.Event, threading.Event]:
    reached, let_go = own_tasks.hold(name)
    flow = house.flows.create(WHO, name, "", {"tasks": [task("held", "held", name=name)]}, name)
    return flow.flow_id, reached, let_go


def test_a_cancelled_run_takes_its_children_with_it(house: OpenHouse, document: DocumentRecord) -> None:
    flow, reached, let_go = held_flow(house, "held-child")
    definition = public_flow(for_each("each", ["invoice", "letter"], {"flowRef": flow}))
    record, _ = house.flows.publish(WHO, definition, name="A flow")
    parent = house.runs.start(WHO, record.flow_id, document.document_id).run
    assert reached.wait(PATIENCE)
    house.runs.cancel(WHO, parent.run_id)
    children = house.runs.children(WHO, parent.run_id)
    assert {child.status for child in children} == {RunStatus.CANCELLED}
    let_go.set()
    assert house.engine.wait_until(
        lambda: not any(house.engine.is_busy(one.run_id) for one in (parent, *children)), PATIENCE
    )
    assert len(house.runs.children(WHO, parent.run_id)) == len(children), "none is started after that"
    assert statuses(house, parent) == {"each.sections": TaskStatus.COMPLETED, "each": TaskStatus.SKIPPED}


def test_the_end_of_a_child_hastens_no_other_task(house: OpenHouse, document: DocumentRecord) -> None:
    flow = house.flows.create(WHO, "quick", "", {"tasks": [task("a", "flaky")]}).flow_id
    reached, let_go = own_tasks.hold("after the child")
    patient = {"max_attempts": 2, "backoff": "fixed", "initial_delay_ms": 3_600_000}
    parent = house.start(
        {
            "tasks": [
                task("fails", "flaky", failures=1) | {"retry": patient},
                task("t", "trigger", flow=flow),
                task("after", "held", "t", name="after the child"),
            ]
        },
        document,
    )
    assert reached.wait(PATIENCE)
    let_go.set()

    def is_kept() -> bool:
        return statuses(house, parent)["after"] == TaskStatus.COMPLETED

    assert house.engine.wait_until(is_kept, PATIENCE)
    assert statuses(house, parent)["fails"] == TaskStatus.PENDING
    house.runs.cancel(WHO, parent.run_id)
    assert house.engine.wait_until(lambda: not house.engine.is_busy(parent.run_id), PATIENCE)
    assert own_tasks.tries[f"{parent.run_id} fails"] == 1


def test_a_run_that_is_given_up_takes_its_children_with_it(house: OpenHouse, document: DocumentRecord) -> None:
    flow, reached, let_go = held_flow(house, "held-orphan")
    parent = house.runs.start(
        WHO, publish(house, "given-up", step("t", "trigger", flowRef=flow)), document.document_id
    ).run
    assert reached.wait(PATIENCE)
    house.running.abandon(parent.org_id, parent.run_id)
    assert house.runs.record(WHO, parent.run_id).status is RunStatus.FAILED
    (child,) = house.runs.children(WHO, parent.run_id)
    assert child.status is RunStatus.CANCELLED
    let_go.set()
    assert house.engine.wait_until(
        lambda: not any(house.engine.is_busy(one.run_id) for one in (parent, child)), PATIENCE
    )


def test_a_flow_that_takes_too_long_is_cancelled(house: OpenHouse, document: DocumentRecord) -> None:
    flow, reached, let_go = held_flow(house, "slow-child")
    view = run_steps(house, document, step("t", "trigger", flowRef=flow, timeout=200))
    assert view.record.failure is not None
    assert (view.record.failure.code, view.record.failure.task_id) == ("run_timeout", "t")
    (child,) = house.runs.children(WHO, view.record.run_id)
    assert child.status is RunStatus.CANCELLED
    let_go.set()
    assert house.engine.wait_until(lambda: not house.engine.is_busy(child.run_id), PATIENCE)
    assert reached


def test_more_parents_than_places_do_not_wait_for_each_other(
    house: OpenHouse, document: DocumentRecord, tmp_path: Path
) -> None:
    publish(house, "inner", step("o", "output", source=[]))
    record, _ = house.flows.publish(WHO, public_flow(step("t", "trigger", flowRef="inner")), name="A flow")
    runs = [house.runs.start(WHO, record.flow_id, document.document_id).run for _ in range(20)]
    assert {house.ended(one).record.status for one in runs} == {RunStatus.COMPLETED}
