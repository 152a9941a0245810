"""Runs as the Doclo contract shows them."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from evidoc.contracts.doclo.artifacts import artifact_of
from evidoc.contracts.doclo.errors import failure_code
from evidoc.contracts.doclo.outputs import output_of_run
from evidoc.kernel import clock
from evidoc.kernel.clock import to_wire
from evidoc.kernel.records import RunRecord, RunStatus
from evidoc.operations.runs import Progress, RunView

ARTIFACTS, METRICS = "artifacts", "metrics"
"""What a run may be asked to include."""


def started(record: RunRecord) -> dict[str, Any]:
    """The first answer about a run, the same however often it is given: pending, whatever it is by now."""
    return {**_facts(record), "status": RunStatus.PENDING.value}


def execution_item(record: RunRecord) -> dict[str, Any]:
    """A run in a list."""
    given = _facts(record)
    ended = record.finished_at or record.updated_at
    if record.status is RunStatus.CANCELLED:
        given["cancelledAt"] = to_wire(ended)
    elif record.status in (RunStatus.COMPLETED, RunStatus.FAILED):
        given["completedAt"] = to_wire(ended)
    if record.failure:
        failure = record.failure
        given["error"] = {"code": failure_code(failure.code), "message": failure.message}
        if failure.task_id:
            given["error"]["step"] = failure.task_id
    return given


def execution(view: RunView, progress: Progress | None = None, include: Collection[str] = (METRICS,)) -> dict[str, Any]:
    """A run; ``progress`` counts for one that has not ended."""
    record = view.record
    given = execution_item(record)
    if record.finished_at is None and progress is not None:
        given["progress"] = {"step": progress.step, "percentage": progress.percentage}
    if record.status is RunStatus.COMPLETED:
        given["output"] = output_of_run(view)
    if record.status is RunStatus.COMPLETED or METRICS in include:
        given["metrics"] = _metrics(record)
    if ARTIFACTS in include:
        given["artifacts"] = _artifacts(view)
    return given


def _facts(record: RunRecord) -> dict[str, Any]:
    return {
        "id": record.run_id,
        "flowId": record.flow_id,
        "version": str(record.flow_version),
        "status": record.status.value,
        "createdAt": to_wire(record.created_at),
        "metadata": dict(record.metadata),
        "documentId": record.document_id,
    }


def _metrics(record: RunRecord) -> Mapping[str, Any]:
    return {
        "durationMs": _milliseconds(record.created_at, record.finished_at or clock.now()),
        "pageCount": record.page_count,
        "creditsUsed": record.credits_used or 0,
    }


def _artifacts(view: RunView) -> dict[str, Any]:
    return {
        task.task_id: {"type": task.task_type, **artifact_of(output)}
        for task, output in view.tasks
        if output is not None
    }


def _milliseconds(start: datetime, end: datetime) -> int:
    return max(0, round((end - start).total_seconds() * 1000))
