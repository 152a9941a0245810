"""The routes of workflows."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse

from evidoc.contracts.clary import asked, shapes
from evidoc.contracts.clary.refusals import refusals
from evidoc.contracts.clary.render import page_of, workflow, workflow_item, workflow_with_stats
from evidoc.contracts.idempotency import PARAMETER, REPLAYED, idempotency_of
from evidoc.contracts.paging import Limit, Offset
from evidoc.contracts.request import Ops, Sent, StrictRoute, Who
from evidoc.kernel.records import FlowRecord, FlowStatus

router = APIRouter(prefix="/v1/workflows", tags=["Workflows"], route_class=StrictRoute)


@router.post(
    "",
    status_code=201,
    responses={201: {"model": shapes.Workflow, "description": "The workflow"}, **refusals(409, 413, 422, 507)},
    openapi_extra={"parameters": [PARAMETER]},
    summary="Create a workflow",
)
def create_workflow(body: asked.NewWorkflow, sent: Sent, request: Request, who: Who, operations: Ops) -> JSONResponse:
    """Keep a definition. It is checked whole: every fault is one entry of `details`.

    A request that is repeated with its `Idempotency-Key` creates nothing and gets the first answer again.
    """
    made = operations.flows.create_once(
        who,
        body.name,
        body.description,
        body.definition,
        idempotency=idempotency_of(request, "POST /v1/workflows", sent),
        answer=_created,
    )
    headers = {"Location": f"/v1/workflows/{made.thing.flow_id}"} | ({REPLAYED: "true"} if made.replayed else {})
    return JSONResponse(made.answer or _created(made.thing), 201, headers)


@router.get("", response_model_exclude_unset=True, responses=refusals(), summary="List workflows")
def list_workflows(
    who: Who, operations: Ops, limit: Limit = 10, offset: Offset = 0, status: FlowStatus | None = None
) -> shapes.Page[shapes.WorkflowItem]:
    """Workflows, newest first."""
    return page_of(operations.flows.list(who, limit, offset, status), workflow_item)


@router.get("/{workflow_id}", response_model_exclude_unset=True, responses=refusals(404), summary="Get a workflow")
def get_workflow(workflow_id: str, who: Who, operations: Ops) -> shapes.WorkflowWithStats:
    """A workflow with its definition and how its executions ended."""
    return workflow_with_stats(*operations.flows.get(who, workflow_id))


@router.patch(
    "/{workflow_id}",
    response_model_exclude_unset=True,
    responses=refusals(404, 409, 413, 507),
    summary="Change a workflow",
)
def change_workflow(workflow_id: str, body: asked.WorkflowChanges, who: Who, operations: Ops) -> shapes.Workflow:
    """Change what is given. A new definition counts for executions started from then on."""
    changes = body.model_dump(exclude_none=True, exclude={"status", "definition"})
    status = FlowStatus(body.status) if body.status else None
    return workflow(operations.flows.update(who, workflow_id, **changes, definition=body.definition, status=status))


@router.put(
    "/{workflow_id}",
    response_model_exclude_unset=True,
    responses=refusals(404, 409, 413, 507),
    summary="Replace a workflow",
)
def replace_workflow(workflow_id: str, body: asked.WorkflowReplacement, who: Who, operations: Ops) -> shapes.Workflow:
    """Give a workflow a new name, description, definition and status. What is absent gets its default."""
    return workflow(
        operations.flows.update(
            who,
            workflow_id,
            name=body.name,
            description=body.description,
            definition=body.definition,
            status=FlowStatus(body.status),
        )
    )


@router.delete("/{workflow_id}", responses=refusals(404, 409), summary="Deactivate a workflow")
def delete_workflow(workflow_id: str, who: Who, operations: Ops) -> shapes.Done:
    """Deactivate a workflow: its triggers stop and it cannot be executed. Its executions stay; PATCH brings it back."""
    operations.flows.deactivate(who, workflow_id)
    return shapes.Done(success=True, message="Workflow deactivated; its executions are kept")


def _created(record: FlowRecord) -> dict[str, Any]:
    return workflow(record).model_dump(exclude_unset=True)
