"""Every document that was received ends as processed or as failed, read once, whoever asks and whatever happens."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from evidoc.kernel.errors import DocumentNotFound, DocumentProcessing, DocumentTooComplex, StorageFull, Unavailable
from evidoc.kernel.records import DocumentStatus
from evidoc.storing.contents import Contents
from tests.flows.open_house import PATIENCE, WHO, OpenHouse, task


@contextmanager
def replaced(owner: Any, name: str, replacement: Callable[..., Any]) -> Iterator[None]:
    """``owner.name`` replaced for a while; the replacement is given the real one first."""
    real = getattr(owner, name)
    setattr(owner, name, lambda *given, **named: replacement(real, *given, **named))
    try:
        yield
    finally:
        setattr(owner, name, real)


def test_a_document_is_read_classified_and_its_usual_features_are_found(house: OpenHouse, invoice: Path) -> None:
    document = house.upload(invoice)
    assert (document.status, document.page_count, document.failure) == (DocumentStatus.PROCESSED, 1, None)
    results = house.documents.get(WHO, document.document_id).results
    assert results is not None
    assert results.classifications[0].category == "invoice"
    assert "NW-2024-118" in results.reading.pages[0].text
    found = {item.finding.feature.name: item.selected for item in results.decisions}
    assert [item.value.raw for item in found["invoice_number"]] == ["NW-2024-118"]


def test_a_document_that_cannot_be_read_fails_with_its_reason(house: OpenHouse, tmp_path: Path) -> None:
    path = tmp_path / "broken.pdf"
    path.write_bytes(b"%PDF-1.7\nno objects here\n%%EOF\n")
    document = house.upload(path)
    assert document.status is DocumentStatus.FAILED
    assert document.failure is not None
    assert document.failure.code == "document_damaged"
    assert house.documents.get(WHO, document.document_id).results is None


def test_it_is_read_once_though_runs_and_questions_come_with_it(house: OpenHouse, invoice: Path) -> None:
    reads: list[str] = []

    def read(real: Any, *given: Any, **named: Any) -> Any:
        reads.append("read")
        return real(*given, **named)

    triggered = {
        "tasks": [task("parse", "document_parser"), task("text", "text_extraction")],
        "triggers": [{"type": "document_upload", "filter": {"metadata": {"for": "reading once"}}}],
    }
    flow = house.flows.create(WHO, "a flow", "", triggered)
    with replaced(house.house.reader, "read", read):
        document = house.documents.receive(WHO, invoice, "invoice.pdf", metadata={"for": "reading once"})
        assert len(house.analysis.text(WHO, document.document_id).pages) == 1
        (run,) = house.runs.list(WHO, flow.flow_id).items
        house.ended(run)
    assert reads == ["read"]


def test_too_much_for_understanding_is_told_among_the_results(house: OpenHouse, invoice: Path) -> None:
    def too_much(_real: Any, *_given: Any) -> Any:
        raise DocumentTooComplex

    with replaced(house.house.understander, "process", too_much):
        document = house.upload(invoice)
    assert document.status is DocumentStatus.PROCESSED
    results = house.documents.get(WHO, document.document_id).results
    assert results is not None
    assert [fault.code for fault in results.faults] == ["document_too_complex"]
    assert results.decisions == ()


def test_what_passes_is_tried_again(house: OpenHouse, invoice: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failures = iter([StorageFull(), Unavailable(), ValueError("a bug")])
    put = Contents.put_json

    def put_json(self: Contents, *given: Any) -> None:
        failure = next(failures, None)
        if failure is not None:
            raise failure
        put(self, *given)

    monkeypatch.setattr(Contents, "put_json", put_json)
    monkeypatch.setattr("evidoc.flows.process._FIRST_WAIT_SECONDS", 0.001)
    assert house.upload(invoice).status is DocumentStatus.PROCESSED


def test_a_document_waits_for_space_as_long_as_it_takes(
    house: OpenHouse, invoice: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = iter([StorageFull()] * 10)
    put = Contents.put_json

    def put_json(self: Contents, *given: Any) -> None:
        failure = next(failures, None)
        if failure is not None:
            raise failure
        put(self, *given)

    monkeypatch.setattr(Contents, "put_json", put_json)
    monkeypatch.setattr("evidoc.flows.process._LONGEST_WAIT_SECONDS", 0.001)
    monkeypatch.setattr("evidoc.flows.process._FIRST_WAIT_SECONDS", 0.001)
    assert house.upload(invoice).status is DocumentStatus.PROCESSED


def test_an_erased_document_stops_being_processed(house: OpenHouse, invoice: Path) -> None:
    reached, let_go = threading.Event(), threading.Event()

    def process(real: Any, *given: Any) -> Any:
        reached.set()
        assert let_go.wait(PATIENCE)
        return real(*given)

    with replaced(house.house.understander, "process", process):
        document = house.documents.receive(WHO, invoice, "invoice.pdf")
        assert reached.wait(PATIENCE)
        house.documents.delete(WHO, document.document_id)
        let_go.set()
        assert house.engine.wait_until(lambda: not house.engine.is_busy(document.document_id), PATIENCE)
    with pytest.raises(DocumentNotFound):
        house.documents.get(WHO, document.document_id)


def test_waiting_is_bounded(house: OpenHouse, invoice: Path) -> None:
    let_go = threading.Event()

    def process(real: Any, *given: Any) -> Any:
        assert let_go.wait(PATIENCE)
        return real(*given)

    with replaced(house.house.understander, "process", process):
        document = house.documents.receive(WHO, invoice, "invoice.pdf")
        with pytest.raises(DocumentProcessing, match="still being processed"):
            house.processing.wait(WHO.org_id, document.document_id, 0.01)
        let_go.set()
        assert house.processing.wait(WHO.org_id, document.document_id, PATIENCE).status is DocumentStatus.PROCESSED
