"""The house's records as the Clary contract shows them."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from evidoc.contracts.clary import shapes
from evidoc.contracts.clary.entities import entities_of
from evidoc.contracts.clary.errors import code_of
from evidoc.contracts.clary.outputs import classifications_of, output_of, result_of
from evidoc.kernel.clock import to_wire
from evidoc.kernel.output import ClassificationOutput
from evidoc.kernel.reading import Fault
from evidoc.kernel.records import (
    DocumentRecord,
    DocumentStatus,
    Failure,
    FlowRecord,
    FlowStats,
    Listing,
    RunRecord,
    RunStatus,
    TaskRecord,
)
from evidoc.operations.documents import DocumentResults, DocumentView
from evidoc.operations.runs import RunView

T = TypeVar("T")
R = TypeVar("R")

PAGE_BREAK = "\f"
"""What stands between the pages of a document in one text."""


def page_of(listing: Listing[R], render: Callable[[R], T]) -> shapes.Page[T]:
    """One page of a list."""
    pagination: dict[str, int] = {"total": listing.total, "limit": listing.limit, "offset": listing.offset}
    if listing.offset + listing.limit < listing.total:
        pagination["next_offset"] = listing.offset + listing.limit
    if listing.offset > 0:
        pagination["prev_offset"] = max(0, listing.offset - listing.limit)
    return shapes.Page(data=[render(item) for item in listing.items], pagination=shapes.Pagination(**pagination))


def document_item(record: DocumentRecord) -> shapes.DocumentItem:
    """A document in a list."""
    return shapes.DocumentItem(**_document(record))


def received(record: DocumentRecord) -> shapes.Document:
    """A document as it was when it had just been received, whatever has become of it."""
    if record.updated_at != record.created_at:
        record = replace(
            record, status=DocumentStatus.PROCESSING, updated_at=record.created_at, page_count=None, failure=None
        )
    return document(DocumentView(record))


def document(view: DocumentView) -> shapes.Document:
    """A document, with its results where there are any."""
    given = _document(view.record)
    if view.results is not None:
        given["processing_results"] = _results(view.record.document_id, view.results)
    return shapes.Document(**given)


def workflow_item(record: FlowRecord) -> shapes.WorkflowItem:
    """A workflow in a list."""
    return shapes.WorkflowItem(**_workflow(record))


def workflow(record: FlowRecord) -> shapes.Workflow:
    """A workflow."""
    return shapes.Workflow(**_workflow(record), definition=_definition(record))


def _definition(record: FlowRecord) -> dict[str, Any]:
    """A definition as it was given, in whichever notation."""
    return dict(record.definition if record.source is None else record.source)


def workflow_with_stats(record: FlowRecord, stats: FlowStats) -> shapes.WorkflowWithStats:
    """A workflow and how its executions ended."""
    return shapes.WorkflowWithStats(
        **_workflow(record),
        definition=_definition(record),
        stats=shapes.WorkflowStats(
            executions_total=stats.total,
            executions_successful=stats.successful,
            executions_failed=stats.failed,
            average_duration_ms=stats.average_duration_ms or 0,
        ),
    )


def execution_status(status: RunStatus) -> str:
    """The contract's word for where a run stands.

    It knows no state before running, and a client that waits "while running" must not stop early.
    """
    return "running" if status is RunStatus.PENDING else status.value


def execution_item(record: RunRecord) -> shapes.ExecutionItem:
    """An execution without its tasks."""
    return shapes.ExecutionItem(**_execution(record))


def execution_begun(record: RunRecord) -> shapes.ExecutionItem:
    """An execution as it was when it had just been started, whatever has become of it."""
    begun = replace(record, status=RunStatus.PENDING, updated_at=record.created_at, finished_at=None, failure=None)
    return execution_item(begun)


def execution(view: RunView) -> shapes.Execution:
    """An execution with its tasks."""
    record = view.record
    given = _execution(record)
    given["parameters"] = dict(record.parameters)
    shown = [None if output is None else output_of(record.document_id, output) for _, output in view.tasks]
    given["tasks"] = [_task(task, output) for (task, _), output in zip(view.tasks, shown, strict=True)]
    if record.status is RunStatus.COMPLETED:
        given["result"] = result_of(
            (output, given_output)
            for (_, output), given_output in zip(view.tasks, shown, strict=True)
            if output is not None and given_output is not None
        )
    return shapes.Execution(**given)


def _document(record: DocumentRecord) -> dict[str, Any]:
    given: dict[str, Any] = {
        "document_id": record.document_id,
        "name": record.name,
        "content_type": record.content_type,
        "size": record.size,
        "created_at": to_wire(record.created_at),
        "updated_at": to_wire(record.updated_at),
        "status": record.status.value,
        "sha256": record.sha256,
        "metadata": dict(record.metadata),
    }
    if record.page_count is not None:
        given["page_count"] = record.page_count
    _add_failure(given, record.failure)
    return given


def _results(document_id: str, results: DocumentResults) -> shapes.ProcessingResults:
    texts: list[str] = []
    faults = [*results.faults, *results.reading.faults]
    for page in results.reading.pages:
        texts.append(page.text)
        faults += page.faults
    return shapes.ProcessingResults(
        page_count=len(texts),
        text_content=PAGE_BREAK.join(texts),
        entities=entities_of(document_id, results.decisions),
        classifications=classifications_of(ClassificationOutput(results.classifications)),
        notes=[_note(fault) for fault in faults],
    )


def _note(fault: Fault) -> shapes.Note:
    page = {} if fault.page_index is None else {"page_index": fault.page_index}
    return shapes.Note(code=fault.code, message=fault.message, **page)


def _workflow(record: FlowRecord) -> dict[str, Any]:
    return {
        "workflow_id": record.flow_id,
        "name": record.name,
        "description": record.description,
        "created_at": to_wire(record.created_at),
        "updated_at": to_wire(record.updated_at),
        "status": record.status.value,
        "version": record.version,
    }


def _execution(record: RunRecord) -> dict[str, Any]:
    given: dict[str, Any] = {
        "execution_id": record.run_id,
        "workflow_id": record.flow_id,
        "document_id": record.document_id,
        "status": execution_status(record.status),
        "created_at": to_wire(record.created_at),
        "updated_at": to_wire(record.updated_at),
    }
    if record.finished_at:
        given["duration_ms"] = _milliseconds(record.created_at, record.finished_at)
    _add_failure(given, record.failure)
    return given


def _task(record: TaskRecord, output: Mapping[str, Any] | None) -> shapes.TaskOfExecution:
    given: dict[str, Any] = {
        "id": record.task_id,
        "type": record.task_type,
        "status": record.status.value,
        "attempts": record.attempts,
    }
    if record.started_at:
        given["started_at"] = to_wire(record.started_at)
    if record.finished_at:
        given["completed_at"] = to_wire(record.finished_at)
    if record.started_at and record.finished_at:
        given["duration_ms"] = _milliseconds(record.started_at, record.finished_at)
    if output is not None:
        given["output"] = output
    _add_failure(given, record.failure)
    return shapes.TaskOfExecution(**given)


def _add_failure(given: dict[str, Any], failure: Failure | None) -> None:
    if failure:
        shown: Mapping[str, Any] = {"code": code_of(failure.code), "message": failure.message}
        task = {"task_id": failure.task_id} if failure.task_id else {}
        given["error"] = shapes.Failure(**shown, **task)


def _milliseconds(start: datetime, end: datetime) -> int:
    return max(0, round((end - start).total_seconds() * 1000))
