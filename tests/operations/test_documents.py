"""Documents come in whole or not at all, belong to their organisation, and are gone when they are erased."""

from pathlib import Path

import pytest

from evidoc.kernel.errors import (
    DocumentEmpty,
    DocumentNotFound,
    DocumentTypeMismatch,
    Forbidden,
    RequestTooLarge,
    StorageFull,
    UnsupportedDocument,
)
from evidoc.kernel.records import DocumentStatus, RunStatus
from evidoc.operations.documents import DocumentOperations
from evidoc.receiving.accept import UploadLimits
from evidoc.storing.documents import Documents
from tests.flows import own_tasks
from tests.flows.open_house import PATIENCE, READER, STRANGER, WHO, OpenHouse, task
from tests.receiving.build import huge_png


def test_a_document_comes_back_byte_for_byte(house: OpenHouse, invoice: Path) -> None:
    received = house.documents.receive(WHO, invoice, "invoice.pdf", "application/pdf", "March", {"a": [1]})
    assert (received.name, received.content_type, received.status) == (
        "March",
        "application/pdf",
        DocumentStatus.PROCESSING,
    )
    assert received.metadata == {"a": [1]}
    record, parts = house.documents.content(WHO, received.document_id)
    assert b"".join(parts) == invoice.read_bytes()
    assert record.size == invoice.stat().st_size
    assert house.documents.list(WHO, content_type="application/pdf").items[0].document_id == received.document_id


@pytest.mark.parametrize(
    ("content", "name", "declared", "error"),
    [
        (b"", "a.pdf", None, DocumentEmpty),
        (b"\x00\x01\x02\x03" * 50, "a.bin", None, UnsupportedDocument),
        (b"%PDF-1.7\n", "a.png", "image/png", DocumentTypeMismatch),
    ],
)
def test_what_is_refused_leaves_nothing(
    house: OpenHouse, tmp_path: Path, content: bytes, name: str, declared: str | None, error: type[Exception]
) -> None:
    before = house.documents.list(WHO).total
    path = tmp_path / "upload"
    path.write_bytes(content)
    with pytest.raises(error):
        house.documents.receive(WHO, path, name, declared)
    assert house.documents.list(WHO).total == before


def test_a_document_that_is_too_large_is_refused(house: OpenHouse, invoice: Path) -> None:
    operations = DocumentOperations(house.house, house.processing, house.engine, UploadLimits(max_bytes=100))
    with pytest.raises(RequestTooLarge):
        operations.receive(WHO, invoice, "invoice.pdf")


def test_a_document_too_much_to_be_opened_is_kept_as_failed_and_fails_what_it_sets_off(
    house: OpenHouse, tmp_path: Path
) -> None:
    path = tmp_path / "wide.png"
    path.write_bytes(huge_png(60_000, 60_000))
    triggers = [{"type": "document_upload", "filter": {"mime_types": ["image/png"]}}]
    flow = house.flows.create(WHO, "pictures", "", {"tasks": [task("read", "text_extraction")], "triggers": triggers})
    received = house.documents.receive(WHO, path, "wide.png")
    assert received.failure is not None
    assert (received.status, received.failure.code) == (DocumentStatus.FAILED, "document_too_complex")
    assert "60000 x 60000" in received.failure.message
    assert house.documents.get(WHO, received.document_id).record == received
    (run,) = house.runs.list(WHO, flow.flow_id).items
    ended = house.ended(run).record
    assert ended.failure is not None
    assert (ended.status, ended.failure.code) == (RunStatus.FAILED, "document_too_complex")


def test_an_upload_that_cannot_be_committed_leaves_nothing(
    house: OpenHouse, invoice: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    def add(*_given: object, **_named: object) -> None:
        raise StorageFull

    erased: list[str] = []
    contents = house.house.store.contents
    erase = type(contents).erase
    monkeypatch.setattr(Documents, "add", add)
    monkeypatch.setattr(type(contents), "erase", lambda self, org, name: erased.append(name) or erase(self, org, name))
    with pytest.raises(StorageFull):
        house.documents.receive(WHO, invoice, "invoice.pdf")
    (document_id,) = erased
    with pytest.raises(DocumentNotFound):
        contents.open_file(WHO.org_id, document_id, "original")


def test_triggers_start_runs_of_active_flows_that_match(house: OpenHouse, invoice: Path) -> None:
    def definition(**wanted: object) -> dict[str, object]:
        return {
            "tasks": [task("parse", "document_parser")],
            "triggers": [{"type": "document_upload", "filter": {"metadata": {"for": "triggers"}, **wanted}}],
        }

    matching = house.flows.create(WHO, "matching", "", definition(mime_types=["application/*"]))
    other = house.flows.create(WHO, "other", "", definition(mime_types=["image/png"]))
    asleep = house.flows.create(WHO, "asleep", "", definition())
    house.flows.deactivate(WHO, asleep.flow_id)
    foreign = house.flows.create(STRANGER, "foreign", "", definition())
    document = house.documents.receive(WHO, invoice, "invoice.pdf", metadata={"for": "triggers"})
    (run,) = house.runs.list(WHO, matching.flow_id).items
    assert run.document_id == document.document_id
    assert house.ended(run).record.status is RunStatus.COMPLETED
    assert house.runs.list(WHO, other.flow_id).total == 0
    assert house.runs.list(WHO, asleep.flow_id).total == 0
    assert house.runs.list(STRANGER, foreign.flow_id).total == 0


def test_erasing_cancels_what_is_under_way_and_leaves_no_content(house: OpenHouse, invoice: Path) -> None:
    document = house.upload(invoice)
    reached, let_go = own_tasks.hold("erased")
    run = house.start({"tasks": [task("a", "held", name="erased"), task("b", "flaky", "a")]}, document)
    assert reached.wait(PATIENCE)
    house.documents.delete(WHO, document.document_id)
    let_go.set()
    assert house.runs.get(WHO, run.run_id).record.status is RunStatus.CANCELLED
    assert house.engine.wait_until(lambda: not house.engine.is_busy(run.run_id), PATIENCE)
    view = house.runs.get(WHO, run.run_id)
    assert [output for _, output in view.tasks] == [None, None]
    assert own_tasks.tries[f"{run.run_id} b"] == 0
    for ask in (house.documents.get, house.documents.content, house.documents.delete):
        with pytest.raises(DocumentNotFound):
            ask(WHO, document.document_id)


def test_another_organisation_finds_nothing(house: OpenHouse, invoice: Path) -> None:
    document = house.upload(invoice)
    for ask in (house.documents.get, house.documents.content, house.documents.delete, house.analysis.text):
        with pytest.raises(DocumentNotFound):
            ask(STRANGER, document.document_id)
    assert house.documents.list(STRANGER).total == 0


def test_a_key_that_may_only_read_changes_nothing(house: OpenHouse, invoice: Path) -> None:
    document = house.upload(invoice)
    assert house.documents.get(READER, document.document_id).record.document_id == document.document_id
    with pytest.raises(Forbidden):
        house.documents.receive(READER, invoice, "invoice.pdf")
    with pytest.raises(Forbidden):
        house.documents.delete(READER, document.document_id)
