"""What a webhook is told of a run, in this contract's words."""

from datetime import datetime
from typing import Any

from evidoc.contracts.doclo.render import execution
from evidoc.kernel.clock import to_wire
from evidoc.kernel.errors import DocumentNotFound
from evidoc.kernel.principal import Principal, Scope
from evidoc.kernel.records import Delivery, RunStatus
from evidoc.operations.operations import Operations

COMPLETED, FAILED = "execution.completed", "execution.failed"
"""The events that clients of this contract know; a run that was cancelled is one that failed."""

ERASED = "The document was erased before this message was sent"

_EVENTS = {f"run.{RunStatus.COMPLETED}": COMPLETED}


def event_of(delivery: Delivery) -> str:
    """This contract's word for what a message tells of."""
    return _EVENTS.get(delivery.event, FAILED)


def webhook_body(operations: Operations, delivery: Delivery, at: datetime) -> dict[str, Any]:
    """The message: the run as ``GET /runs/{id}`` gives it at this moment, and the moment, which is signed with it."""
    who = Principal(delivery.org_id, frozenset({Scope.READ}))
    view = operations.runs.get(who, delivery.run_id, final_only=True)
    data = execution(view, include=())
    if view.record.status is RunStatus.COMPLETED and _is_erased(operations, who, view.record.document_id):
        data |= {"output": None, "note": ERASED}
    return {"event": event_of(delivery), "timestamp": to_wire(at), "data": data}


def _is_erased(operations: Operations, who: Principal, document_id: str) -> bool:
    try:
        operations.documents.get(who, document_id)
    except DocumentNotFound:
        return True
    return False
