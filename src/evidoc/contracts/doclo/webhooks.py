"""The routes of webhooks: the log of their messages, and sending one again."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import JSONResponse

from evidoc.contracts.doclo.refusals import refusals
from evidoc.contracts.doclo.shapes import Shape
from evidoc.contracts.doclo.webhook_body import event_of
from evidoc.contracts.paging import Limit, Offset
from evidoc.contracts.request import Ops, StrictRoute, Who
from evidoc.kernel.clock import to_wire
from evidoc.kernel.records import Delivery, DeliveryAttempt, DeliveryStatus

router = APIRouter(prefix="/api/v1/webhooks/deliveries", tags=["Webhooks"], route_class=StrictRoute)


class DeliveryItem(Shape):
    """A message to a webhook. ``id`` is the webhook-id header of every try."""

    id: str = Field(examples=["whd_01K2ZT9Q6S8Y1D4M7N3B5C0R2V"])
    run_id: str
    event: str = Field(examples=["execution.completed"])
    url: str
    status: DeliveryStatus
    attempts: int = Field(description="How often it was tried")
    created_at: str
    next_attempt_at: str | None = Field(None, description="When it is tried next, while it is pending")
    delivered_at: str | None = None
    last_status: int | None = Field(None, description="The HTTP status of the last answer")
    last_error: str | None = Field(None, description="Why the last try failed")


class Attempt(Shape):
    """One try: the receiver's HTTP status, or why there was none."""

    number: int
    at: str
    status: int | None
    error: str | None
    duration_ms: int


class DeliveryWithLog(DeliveryItem):
    """A message with every try of it, first to last."""

    log: list[Attempt]


class DeliveryList(Shape):
    """One page of the messages, newest first."""

    deliveries: list[DeliveryItem]
    total: int
    limit: int
    offset: int


@router.get(
    "",
    responses={200: {"model": DeliveryList, "description": "The messages"}, **refusals(422)},
    summary="List webhook deliveries",
)
def list_deliveries(
    who: Who,
    operations: Ops,
    limit: Limit = 50,
    offset: Offset = 0,
    run_id: Annotated[str | None, Query(alias="runId", max_length=100)] = None,
    status: Annotated[DeliveryStatus | None, Query()] = None,
) -> JSONResponse:
    """Messages to webhooks, newest first; of one run, or in one state, where that is given."""
    page = operations.webhooks.list(who, limit, offset, run_id, status)
    items = [_item(record) for record in page.items]
    return JSONResponse({"deliveries": items, "total": page.total, "limit": page.limit, "offset": page.offset})


@router.get(
    "/{delivery_id}",
    responses={200: {"model": DeliveryWithLog, "description": "The message"}, **refusals(404)},
    summary="Get a webhook delivery",
)
def get_delivery(delivery_id: str, who: Who, operations: Ops) -> JSONResponse:
    """A message to a webhook, and every try of it."""
    view = operations.webhooks.get(who, delivery_id)
    return JSONResponse({**_item(view.record), "log": [_attempt(attempt) for attempt in view.attempts]})


@router.post(
    "/{delivery_id}/replay",
    status_code=202,
    responses={202: {"model": DeliveryItem, "description": "The message, to be sent now"}, **refusals(404)},
    summary="Send a webhook delivery again",
)
def replay_delivery(delivery_id: str, who: Who, operations: Ops) -> JSONResponse:
    """Send a message again, now and under its own id, whatever became of it. Its schedule of tries begins anew."""
    return JSONResponse(_item(operations.webhooks.replay(who, delivery_id)), status_code=202)


def _item(record: Delivery) -> dict[str, Any]:
    given: dict[str, Any] = {
        "id": record.delivery_id,
        "runId": record.run_id,
        "event": event_of(record),
        "url": record.webhook.url,
        "status": record.status.value,
        "attempts": record.attempts,
        "createdAt": to_wire(record.created_at),
    }
    if record.next_attempt_at is not None:
        given["nextAttemptAt"] = to_wire(record.next_attempt_at)
    if record.delivered_at is not None:
        given["deliveredAt"] = to_wire(record.delivered_at)
    if record.last_status is not None:
        given["lastStatus"] = record.last_status
    if record.last_error is not None:
        given["lastError"] = record.last_error
    return given


def _attempt(attempt: DeliveryAttempt) -> dict[str, Any]:
    return {
        "number": attempt.number,
        "at": to_wire(attempt.at),
        "status": attempt.status,
        "error": attempt.error,
        "durationMs": attempt.duration_ms,
    }
