"""A run does its tasks in order, side by side where it can, tries again as told, and says how it ended."""

import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidoc.flows.graph import RetryPolicy
from evidoc.flows.run import delay_seconds
from evidoc.kernel.output import DecisionsOutput, RowOutput, TextOutput
from evidoc.kernel.records import DocumentRecord, DocumentStatus, RunStatus, TaskStatus
from tests.flows import own_tasks
from tests.flows.open_house import PATIENCE, WHO, OpenHouse, task, write_pdf

RETRY = {"error_handling": {"retry": {"max_attempts": 3, "backoff": "fixed", "initial_delay_ms": 1}}}


@pytest.fixture(scope="module")
def document(house: OpenHouse, tmp_path_factory: pytest.TempPathFactory) -> DocumentRecord:
    return house.upload(write_pdf(tmp_path_factory.mktemp("files") / "invoice.pdf"))


def statuses(view: Any) -> dict[str, str]:
    return {record.task_id: record.status for record, _ in view.tasks}


def test_the_contract_pages_flow_ends_with_a_row(house: OpenHouse, document: DocumentRecord) -> None:
    view = house.ended(
        house.start(
            {
                "tasks": [
                    task("parse", "document_parser", output_format="json"),
                    task("extract", "entity_extraction", "parse", entities=["invoice_number", "total_amount"]),
                    task("store", "database_connector", "extract", table="invoices"),
                ],
            },
            document,
        )
    )
    assert view.record.status is RunStatus.COMPLETED
    assert view.record.finished_at is not None
    parsed, extracted, stored = (output for _, output in view.tasks)
    assert isinstance(parsed, TextOutput)
    assert "NW-2024-118" in parsed.pages[0].text
    assert isinstance(extracted, DecisionsOutput)
    assert [decision.finding.feature.name for decision in extracted.decisions] == ["invoice_number", "total_amount"]
    assert isinstance(stored, RowOutput)
    assert stored.row["invoice_number"] == "NW-2024-118"
    assert view.result == {"store": stored}


def test_independent_tasks_are_at_work_at_the_same_time(house: OpenHouse, document: DocumentRecord) -> None:
    own_tasks.meetings["three"] = threading.Barrier(3)
    view = house.ended(
        house.start(
            {
                "tasks": [
                    task("start", "flaky"),
                    *(task(name, "meeting", "start", place="three") for name in "abc"),
                    task("end", "flaky", "a", "b", "c"),
                ]
            },
            document,
        )
    )
    assert view.record.status is RunStatus.COMPLETED


def test_a_branch_goes_on_while_another_is_slow(house: OpenHouse, document: DocumentRecord) -> None:
    reached, let_go = own_tasks.hold("slow")
    second_reached, second_let_go = own_tasks.hold("second of the quick branch")
    run = house.start(
        {
            "tasks": [
                task("slow", "held", name="slow"),
                task("quick", "flaky"),
                task("second", "held", "quick", name="second of the quick branch"),
            ]
        },
        document,
    )
    assert reached.wait(PATIENCE)
    assert second_reached.wait(PATIENCE)
    second_let_go.set()
    let_go.set()
    assert house.ended(run).record.status is RunStatus.COMPLETED


def test_a_task_is_tried_again_as_often_as_the_definition_says(house: OpenHouse, document: DocumentRecord) -> None:
    view = house.ended(house.start({"tasks": [task("a", "flaky", failures=2)], **RETRY}, document))
    assert view.record.status is RunStatus.COMPLETED
    ((record, output),) = view.tasks
    assert record.attempts == 3
    assert record.failure is None
    assert output == TextOutput("text", 1, text="tried 3 times")


@pytest.mark.parametrize("backoff", ["none", "fixed", "exponential"])
def test_every_backoff_tries_again(house: OpenHouse, document: DocumentRecord, backoff: str) -> None:
    retry = {"max_attempts": 2, "backoff": backoff, "initial_delay_ms": 1}
    view = house.ended(house.start({"tasks": [task("a", "flaky", failures=1) | {"retry": retry}]}, document))
    assert view.record.status is RunStatus.COMPLETED


def test_a_failure_for_good_says_what_and_where_and_the_rest_keeps_its_output(
    house: OpenHouse, document: DocumentRecord
) -> None:
    view = house.ended(
        house.start(
            {
                "tasks": [
                    task("good", "flaky"),
                    task("bad", "flaky", "good", failures=99),
                    task("after_bad", "flaky", "bad"),
                    task("after_after", "flaky", "after_bad", "good"),
                    task("beside", "flaky", "good"),
                ],
                **RETRY,
            },
            document,
        )
    )
    assert view.record.status is RunStatus.FAILED
    assert view.record.failure is not None
    assert (view.record.failure.code, view.record.failure.task_id) == ("delivery_failed", "bad")
    assert view.record.failure.message == "try 3"
    assert statuses(view) == {
        "good": TaskStatus.COMPLETED,
        "bad": TaskStatus.FAILED,
        "after_bad": TaskStatus.SKIPPED,
        "after_after": TaskStatus.SKIPPED,
        "beside": TaskStatus.COMPLETED,
    }
    outputs = {record.task_id: output for record, output in view.tasks}
    assert outputs["good"] is not None
    assert outputs["beside"] is not None
    assert outputs["after_bad"] is None
    assert view.result == {}


def test_what_no_try_can_mend_is_not_tried_again(house: OpenHouse, document: DocumentRecord) -> None:
    view = house.ended(house.start({"tasks": [task("a", "flaky", failures=9, refused=True)], **RETRY}, document))
    assert view.tasks[0][0].attempts == 1
    assert view.record.failure is not None
    assert view.record.failure.code == "delivery_refused"


def test_a_bug_in_a_task_fails_its_run_and_tells_nothing(house: OpenHouse, document: DocumentRecord) -> None:
    view = house.ended(house.start({"tasks": [task("a", "flaky", failures=9, bug=True)]}, document))
    assert view.record.failure is not None
    assert view.record.failure.code == "internal_error"
    assert "secret" not in view.record.failure.message


def test_a_cancelled_run_ends_after_the_task_under_way(house: OpenHouse, document: DocumentRecord) -> None:
    reached, let_go = own_tasks.hold("cancelled")
    run = house.start(
        {"tasks": [task("a", "held", name="cancelled"), task("b", "flaky", "a")]},
        document,
    )
    assert reached.wait(PATIENCE)
    assert house.runs.cancel(WHO, run.run_id, run.flow_id).status is RunStatus.CANCELLED
    let_go.set()

    def all_ended() -> bool:
        view = house.runs.get(WHO, run.run_id)
        return statuses(view) == {"a": TaskStatus.COMPLETED, "b": TaskStatus.SKIPPED}

    assert house.engine.wait_until(all_ended, PATIENCE)
    assert house.runs.get(WHO, run.run_id).record.status is RunStatus.CANCELLED


def test_a_run_that_waits_for_its_next_try_can_be_cancelled(house: OpenHouse, document: DocumentRecord) -> None:
    retry = {"max_attempts": 2, "backoff": "fixed", "initial_delay_ms": 3_600_000}
    run = house.start({"tasks": [task("a", "flaky", failures=1) | {"retry": retry}]}, document)

    def waits() -> bool:
        return statuses(house.runs.get(WHO, run.run_id)) == {"a": TaskStatus.PENDING} and (
            own_tasks.tries[f"{run.run_id} a"] == 1
        )

    assert house.engine.wait_until(waits, PATIENCE)
    house.runs.cancel(WHO, run.run_id, run.flow_id)

    def skipped() -> bool:
        return statuses(house.runs.get(WHO, run.run_id)) == {"a": TaskStatus.SKIPPED}

    assert house.engine.wait_until(skipped, PATIENCE)
    assert own_tasks.tries[f"{run.run_id} a"] == 1


@pytest.mark.parametrize("kind", ["output", "combine"])
def test_tasks_that_double_a_value_each_time_fail_before_it_fills_the_memory(
    house: OpenHouse, document: DocumentRecord, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr("evidoc.flows.values.MOST_WEIGHT", 50_000)
    twice: dict[str, Any] = {"from": ["t0", "t0"], "strategy": "concatenate"}
    tasks = [task("t0", "document_parser")]
    for number in range(1, 60):
        before = f"t{number - 1}"
        twice = {"members": {"a": before, "b": before}} if kind == "output" else {**twice, "from": [before, before]}
        tasks.append(task(f"t{number}", kind, before, **twice))
    view = house.ended(house.start({"tasks": tasks}, document))
    assert view.record.status is RunStatus.FAILED
    assert view.record.failure is not None
    assert view.record.failure.code == "invalid_request"


def test_a_document_that_cannot_be_read_fails_its_runs_with_its_own_reason(house: OpenHouse, tmp_path: Path) -> None:
    path = tmp_path / "broken.pdf"
    path.write_bytes(b"%PDF-1.7\nthis is no PDF at all\n%%EOF\n")
    document = house.upload(path)
    assert document.status is DocumentStatus.FAILED
    view = house.ended(house.start({"tasks": [task("parse", "document_parser")], **RETRY}, document))
    assert view.record.failure is not None
    assert document.failure is not None
    assert view.record.failure.code == document.failure.code
    assert view.tasks[0][0].attempts == 1


def test_parameters_and_metadata_can_become_columns(house: OpenHouse, invoice: Path) -> None:
    document = house.upload(invoice, metadata={"team": "west"})
    mapping = {"batch": "parameters.batch", "team": "metadata.team", "file": "name", "number": "invoice_number"}
    view = house.ended(
        house.start(
            {
                "tasks": [
                    task("extract", "entity_extraction", entities=["invoice_number", "total_amount"]),
                    task("store", "database_connector", "extract", table="mapped", mapping=mapping),
                ]
            },
            document,
            batch=7,
        )
    )
    output = view.tasks[1][1]
    assert isinstance(output, RowOutput)
    assert {name: output.row[name] for name in mapping} == {
        "batch": "7",
        "team": "west",
        "file": "invoice.pdf",
        "number": "NW-2024-118",
    }
    assert "total_amount" not in output.row


@given(st.integers(1, 99), st.floats(0, 1), st.integers(0, 3_600_000), st.integers(0, 3_600_000))
def test_delays_keep_to_the_policy(failed: int, chance: float, initial: int, most: int) -> None:
    assert delay_seconds(RetryPolicy(9, "none", initial, most), failed, chance) == 0
    assert delay_seconds(RetryPolicy(9, "fixed", initial, most), failed, chance) == initial / 1000
    delay = delay_seconds(RetryPolicy(9, "exponential", initial, most), failed, chance)
    assert 0 <= delay <= min(initial * 2 ** (failed - 1), most) / 1000


def test_exponential_delays_double_up_to_the_longest() -> None:
    policy = RetryPolicy(9, "exponential", 100, 1_000)
    assert [delay_seconds(policy, failed, 1.0) for failed in (1, 2, 3, 4, 5, 6)] == [0.1, 0.2, 0.4, 0.8, 1.0, 1.0]
