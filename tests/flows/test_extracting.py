"""The tasks extract, categorize and split in runs: outputs kept, failures told, parts of documents respected."""

from pathlib import Path
from typing import Any

import pytest
from reportlab.pdfgen.canvas import Canvas

from evidoc.flows.commit import commit_run
from evidoc.kernel.output import (
    ClassificationOutput,
    DecisionsOutput,
    SectionsOutput,
    SummaryOutput,
    TablesOutput,
    TextOutput,
    ValueOutput,
)
from evidoc.kernel.records import DocumentRecord, RunStatus, TaskStatus
from evidoc.operations.runs import RunView
from tests.flows.open_house import INVOICE_LINES, WHO, OpenHouse, task

RECEIPT_LINES = (
    "Corner Shop",
    "RECEIPT",
    "Receipt no: 778-1",
    "Date: 2024-05-06",
    "Cash 20.00",
    "Change 7.50",
    "Total 12.50",
    "Thank you, please come again",
)
SECOND_INVOICE = tuple(line.replace("NW-2024-118", "NW-2024-119") for line in INVOICE_LINES)
INVOICE = {
    "type": "object",
    "properties": {"invoiceNumber": {"type": "string"}, "totalAmount": {"type": "number"}},
    "additionalProperties": False,
}


def write_pages(path: Path, *pages: tuple[str, ...]) -> Path:
    canvas = Canvas(str(path), pageCompression=0, invariant=1)
    for lines in pages:
        for number, line in enumerate(lines):
            canvas.drawString(60, 780 - 22 * number, line)
        canvas.showPage()
    canvas.save()
    return path


@pytest.fixture(scope="module")
def stack(house: OpenHouse, tmp_path_factory: pytest.TempPathFactory) -> DocumentRecord:
    """A file of three documents: a receipt, an invoice and another one."""
    folder = tmp_path_factory.mktemp("files")
    return house.upload(write_pages(folder / "stack.pdf", RECEIPT_LINES, INVOICE_LINES, SECOND_INVOICE))


def run(house: OpenHouse, document: DocumentRecord, *tasks: Any, pages: Any = None, **parameters: Any) -> RunView:
    flow = house.flows.create(WHO, "a flow", "", {"tasks": list(tasks)})
    with house.house.store.database.write() as on:
        record = commit_run(house.house.store, flow, document, parameters, on, pages=pages)
    house.engine.submit("run", WHO.org_id, record.run_id)
    return house.ended(record)


def output(view: RunView, place: int = -1) -> Any:
    assert view.record.status is RunStatus.COMPLETED, view.record.failure
    return view.tasks[place][1]


def test_what_is_extracted_is_kept_with_its_leaves(house: OpenHouse, stack: DocumentRecord) -> None:
    found = output(run(house, stack, task("extract", "extract", schema=INVOICE), pages=(1, 1)))
    assert isinstance(found, ValueOutput)
    assert found.value == {"invoiceNumber": "NW-2024-118", "totalAmount": 1234.5}
    assert set(found.leaves) == {"/invoiceNumber", "/totalAmount"}


def test_a_run_that_lacks_what_is_required_fails_and_keeps_what_was_found(
    house: OpenHouse, stack: DocumentRecord
) -> None:
    schema = {**INVOICE, "properties": {**INVOICE["properties"], "iban": {"type": "string"}}, "required": ["iban"]}
    view = run(house, stack, task("extract", "extract", schema=schema), task("after", "summarization", "extract"))
    assert view.record.status is RunStatus.FAILED
    assert view.record.failure is not None
    assert (view.record.failure.code, view.record.failure.task_id) == ("output_unfit", "extract")
    assert "/iban" in view.record.failure.message
    (record, found), (after, _) = view.tasks
    assert (record.status, record.attempts, after.status) == (TaskStatus.FAILED, 1, TaskStatus.SKIPPED)
    assert isinstance(found, ValueOutput)
    assert not found.fits
    assert found.leaves["/invoiceNumber"].evidence


def test_every_result_of_a_part_speaks_of_the_documents_own_pages(house: OpenHouse, stack: DocumentRecord) -> None:
    view = run(
        house,
        stack,
        task("parse", "document_parser"),
        task("tables", "table_extraction"),
        task("entities", "entity_extraction", entities=["invoice_number"]),
        task("usual", "entity_extraction"),
        task("kind", "document_classification"),
        task("summary", "summarization"),
        task("extract", "extract", schema=INVOICE),
        task("split", "split", categories=["invoice", "receipt"]),
        pages=(2, 2),
    )
    outputs = {record.task_id: found for record, found in view.tasks}
    parsed, entities, usual = outputs["parse"], outputs["entities"], outputs["usual"]
    assert isinstance(parsed, TextOutput)
    assert [page.page_index for page in parsed.pages] == [2]
    assert "NW-2024-119" in parsed.pages[0].text
    assert isinstance(outputs["tables"], TablesOutput)
    for decided in (entities, usual):
        assert isinstance(decided, DecisionsOutput)
        places = [
            piece.page_index
            for decision in decided.decisions
            for candidate in (*decision.selected, *decision.finding.candidates)
            for piece in candidate.value.evidence
        ]
        assert set(places) == {2}
    assert isinstance(outputs["kind"], ClassificationOutput)
    assert outputs["kind"].classifications[0].category == "invoice"
    assert isinstance(outputs["summary"], SummaryOutput)
    assert {piece.page_index for piece in outputs["summary"].summary.sentences} == {2}
    assert isinstance(outputs["extract"], ValueOutput)
    assert outputs["extract"].value["invoiceNumber"] == "NW-2024-119"
    assert {piece.page_index for leaf in outputs["extract"].leaves.values() for piece in leaf.evidence} == {2}
    assert isinstance(outputs["split"], SectionsOutput)
    assert [(one.first_page, one.last_page) for one in outputs["split"].sections] == [(2, 2)]


def test_what_was_found_in_a_part_and_does_not_fit_has_its_place_too(house: OpenHouse, stack: DocumentRecord) -> None:
    schema = {**INVOICE, "properties": {**INVOICE["properties"], "iban": {"type": "string"}}, "required": ["iban"]}
    view = run(house, stack, task("extract", "extract", schema=schema), pages=(1, 2))
    found = view.tasks[0][1]
    assert isinstance(found, ValueOutput)
    assert {piece.page_index for leaf in found.leaves.values() for piece in leaf.evidence} <= {1, 2}


def test_a_part_that_is_not_there_fails(house: OpenHouse, stack: DocumentRecord) -> None:
    view = run(house, stack, task("parse", "document_parser"), pages=(2, 3))
    assert view.record.failure is not None
    assert view.record.failure.code == "invalid_request"


def test_a_file_is_parted_into_its_documents(house: OpenHouse, stack: DocumentRecord) -> None:
    found = output(run(house, stack, task("split", "split", categories=["invoice", "receipt"])))
    assert isinstance(found, SectionsOutput)
    assert [(one.category, one.first_page, one.last_page) for one in found.sections] == [
        ("receipt", 0, 0),
        ("invoice", 1, 1),
        ("invoice", 2, 2),
    ]


def test_pages_may_be_of_no_category(house: OpenHouse, stack: DocumentRecord) -> None:
    found = output(run(house, stack, task("split", "split", categories=["payslip"], include_other=True)))
    assert isinstance(found, SectionsOutput)
    assert {one.category for one in found.sections} == {"other"}


def test_a_description_tells_what_belongs_to_a_category(house: OpenHouse, stack: DocumentRecord) -> None:
    categories = [
        {"name": "A", "description": "Contracts and agreements between parties"},
        {"name": "B", "description": "Till receipts: cash, change, thank you, please come again"},
    ]
    found = output(run(house, stack, task("kind", "categorize", categories=categories), pages=(0, 0)))
    assert isinstance(found, ClassificationOutput)
    assert [one.category for one in found.classifications] == ["B", "A"]


def test_there_is_always_a_best_category(house: OpenHouse, stack: DocumentRecord) -> None:
    found = output(run(house, stack, task("kind", "categorize", categories=["zebra", "yak"])))
    assert isinstance(found, ClassificationOutput)
    assert len(found.classifications) == 2


def test_a_schema_may_come_with_the_run(house: OpenHouse, stack: DocumentRecord) -> None:
    extract = task("extract", "extract", schema_from="variables.schema")
    found = output(run(house, stack, extract, pages=(1, 1), schema=INVOICE))
    assert isinstance(found, ValueOutput)
    assert found.value["invoiceNumber"] == "NW-2024-118"
    missing = run(house, stack, extract)
    assert missing.record.failure is not None
    assert missing.record.failure.code == "invalid_request"
