"""Flows are defined, changed and put to rest; runs keep the definition that they began with."""

from pathlib import Path

import pytest

from evidoc.kernel.errors import (
    DocumentNotFound,
    FlowInactive,
    FlowNotFound,
    Forbidden,
    InvalidRequest,
    RunNotFound,
)
from evidoc.kernel.records import DocumentRecord, FlowStatus, RunStatus
from tests.flows import own_tasks
from tests.flows.open_house import PATIENCE, READER, STRANGER, WHO, OpenHouse, task, write_pdf

DEFINITION = {"tasks": [task("parse", "document_parser")]}


@pytest.fixture(scope="module")
def document(house: OpenHouse, tmp_path_factory: pytest.TempPathFactory) -> DocumentRecord:
    return house.upload(write_pdf(tmp_path_factory.mktemp("files") / "invoice.pdf"))


def test_a_flow_is_kept_as_it_was_given(house: OpenHouse) -> None:
    made = house.flows.create(WHO, "name", "what for", DEFINITION)
    found, stats = house.flows.get(WHO, made.flow_id)
    assert (found.name, found.description, found.definition) == ("name", "what for", DEFINITION)
    assert (found.status, found.version) == (FlowStatus.ACTIVE, 1)
    assert (stats.total, stats.average_duration_ms) == (0, None)
    assert house.flows.list(WHO, status=FlowStatus.ACTIVE).items[0].flow_id == made.flow_id


def test_a_connection_that_there_is_not_is_a_fault_of_the_definition(house: OpenHouse) -> None:
    definition = {"tasks": [task("a", "document_parser"), task("b", "database_connector", connection="x", table="t")]}
    with pytest.raises(InvalidRequest) as caught:
        house.flows.create(WHO, "name", "", definition)
    assert [detail.field for detail in caught.value.details] == ["definition.tasks[1].config.connection"]


def test_a_pattern_that_is_none_is_a_fault_of_the_definition(house: OpenHouse) -> None:
    patterns = [{"name": "good", "pattern": "PO-[0-9]+"}, {"name": "bad", "pattern": "(unclosed"}]
    definition = {"tasks": [task("a", "entity_extraction", custom_entities=patterns)]}
    with pytest.raises(InvalidRequest) as caught:
        house.flows.create(WHO, "name", "", definition)
    assert [detail.field for detail in caught.value.details] == [
        "definition.tasks[0].config.custom_entities[1].pattern"
    ]


def test_changes_are_checked_and_counted(house: OpenHouse) -> None:
    flow = house.flows.create(WHO, "name", "", DEFINITION)
    with pytest.raises(InvalidRequest):
        house.flows.update(WHO, flow.flow_id, definition={"tasks": []})
    changed = house.flows.update(WHO, flow.flow_id, name="new", definition={"tasks": [task("x", "text_extraction")]})
    assert (changed.name, changed.version, changed.definition["tasks"][0]["id"]) == ("new", 2, "x")


def test_an_inactive_flow_is_not_run_and_can_be_woken(house: OpenHouse, document: DocumentRecord) -> None:
    flow = house.flows.create(WHO, "name", "", DEFINITION)
    assert house.flows.deactivate(WHO, flow.flow_id).status is FlowStatus.INACTIVE
    with pytest.raises(FlowInactive):
        house.runs.start(WHO, flow.flow_id, document.document_id)
    house.flows.update(WHO, flow.flow_id, status=FlowStatus.ACTIVE)
    run = house.runs.start(WHO, flow.flow_id, document.document_id).run
    assert house.ended(run).record.status is RunStatus.COMPLETED


def test_a_run_keeps_the_definition_that_it_began_with(house: OpenHouse, document: DocumentRecord) -> None:
    reached, let_go = own_tasks.hold("old definition")
    flow = house.flows.create(WHO, "name", "", {"tasks": [task("a", "held", name="old definition")]})
    run = house.runs.start(WHO, flow.flow_id, document.document_id, {"custom": "value"}).run
    assert reached.wait(PATIENCE)
    house.flows.update(WHO, flow.flow_id, definition=DEFINITION)
    let_go.set()
    view = house.ended(run)
    assert [record.task_id for record, _ in view.tasks] == ["a"]
    assert view.record.parameters == {"custom": "value"}
    assert house.flows.get(WHO, flow.flow_id)[1].successful == 1


def test_tasks_can_be_seen_before_they_begin(house: OpenHouse, document: DocumentRecord) -> None:
    reached, let_go = own_tasks.hold("seen")
    run = house.start({"tasks": [task("z", "held", name="seen"), task("a", "flaky", "z")]}, document)
    assert reached.wait(PATIENCE)
    view = house.runs.get(WHO, run.run_id)
    let_go.set()
    assert view.record.status is RunStatus.RUNNING
    assert [(record.task_id, record.status) for record, _ in view.tasks] == [("z", "running"), ("a", "pending")]
    house.ended(run)


def test_stats_tell_how_runs_ended(house: OpenHouse, document: DocumentRecord) -> None:
    flow = house.flows.create(WHO, "name", "", {"tasks": [task("a", "flaky", failures=0)]})
    for _ in range(2):
        house.ended(house.runs.start(WHO, flow.flow_id, document.document_id).run)
    house.flows.update(WHO, flow.flow_id, definition={"tasks": [task("a", "flaky", failures=1)]})
    house.ended(house.runs.start(WHO, flow.flow_id, document.document_id).run)
    _, stats = house.flows.get(WHO, flow.flow_id)
    assert (stats.total, stats.successful, stats.failed) == (3, 2, 1)
    assert stats.average_duration_ms is not None
    assert house.runs.list(WHO, flow.flow_id, limit=2, statuses=[RunStatus.COMPLETED]).total == 2


def test_what_is_not_there_is_said_not_to_be(house: OpenHouse, document: DocumentRecord) -> None:
    flow, other = (house.flows.create(WHO, name, "", DEFINITION) for name in ("one", "other"))
    with pytest.raises(FlowNotFound):
        house.runs.start(WHO, "wf_none", document.document_id)
    with pytest.raises(DocumentNotFound):
        house.runs.start(WHO, flow.flow_id, "doc_none")
    run = house.runs.start(WHO, flow.flow_id, document.document_id).run
    with pytest.raises(RunNotFound):
        house.runs.get(WHO, run.run_id, other.flow_id)
    with pytest.raises(FlowNotFound):
        house.runs.list(WHO, "wf_none")
    house.ended(run)


def test_another_organisation_finds_nothing(house: OpenHouse, document: DocumentRecord) -> None:
    flow = house.flows.create(WHO, "name", "", DEFINITION)
    run = house.runs.start(WHO, flow.flow_id, document.document_id).run
    house.ended(run)
    with pytest.raises(FlowNotFound):
        house.flows.get(STRANGER, flow.flow_id)
    with pytest.raises(FlowNotFound):
        house.flows.update(STRANGER, flow.flow_id, name="mine")
    with pytest.raises(FlowNotFound):
        house.runs.start(STRANGER, flow.flow_id, document.document_id)
    with pytest.raises(FlowNotFound):
        house.runs.cancel(STRANGER, run.run_id, flow.flow_id)
    with pytest.raises(RunNotFound):
        house.runs.cancel(STRANGER, run.run_id)
    own = house.flows.create(STRANGER, "own", "", DEFINITION)
    with pytest.raises(DocumentNotFound):
        house.runs.start(STRANGER, own.flow_id, document.document_id)


def test_a_key_that_may_only_read_changes_nothing(house: OpenHouse, document: DocumentRecord, tmp_path: Path) -> None:
    flow = house.flows.create(WHO, "name", "", DEFINITION)
    assert house.flows.get(READER, flow.flow_id)[0].name == "name"
    with pytest.raises(Forbidden):
        house.flows.create(READER, "name", "", DEFINITION)
    with pytest.raises(Forbidden):
        house.flows.deactivate(READER, flow.flow_id)
    with pytest.raises(Forbidden):
        house.runs.start(READER, flow.flow_id, document.document_id)
