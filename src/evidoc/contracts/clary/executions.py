"""The routes of executions: runs of workflows."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from evidoc.contracts.clary import asked, shapes
from evidoc.contracts.clary.refusals import refusals
from evidoc.contracts.clary.render import execution, execution_begun, execution_item, execution_status, page_of
from evidoc.contracts.idempotency import PARAMETER, REPLAYED, idempotency_of
from evidoc.contracts.paging import Limit, Offset
from evidoc.contracts.request import Ops, Sent, StrictRoute, Who
from evidoc.kernel.records import RunStatus

router = APIRouter(prefix="/v1/workflows", tags=["Executions"], route_class=StrictRoute)


@router.post(
    "/{workflow_id}/executions",
    status_code=201,
    response_model_exclude_unset=True,
    responses=refusals(402, 404, 409, 413, 422, 507),
    openapi_extra={"parameters": [PARAMETER]},
    summary="Execute a workflow",
)
def execute_workflow(
    workflow_id: str,
    body: asked.NewExecution,
    sent: Sent,
    request: Request,
    response: Response,
    who: Who,
    operations: Ops,
) -> shapes.ExecutionItem:
    """Run a workflow on a document. The answer comes at once; once it is given, the execution survives a crash.

    A request that is repeated with its `Idempotency-Key` starts nothing and gets the first answer again.
    """
    idempotency = idempotency_of(request, "POST /v1/workflows/{id}/executions", sent, workflow_id)
    started = operations.runs.start(who, workflow_id, body.document_id, body.parameters, idempotency=idempotency)
    if started.replayed:
        response.headers[REPLAYED] = "true"
    response.headers["Location"] = f"/v1/workflows/{workflow_id}/executions/{started.run.run_id}"
    return execution_begun(started.run)


@router.get(
    "/{workflow_id}/executions",
    response_model_exclude_unset=True,
    responses=refusals(404),
    summary="List executions",
)
def list_executions(
    workflow_id: str,
    who: Who,
    operations: Ops,
    limit: Limit = 10,
    offset: Offset = 0,
    status: Annotated[shapes.ExecutionState | None, Query()] = None,
) -> shapes.Page[shapes.ExecutionItem]:
    """The executions of a workflow, newest first."""
    statuses = [run_status for run_status in RunStatus if status == execution_status(run_status)]
    return page_of(operations.runs.list(who, workflow_id, limit, offset, statuses), execution_item)


@router.get(
    "/{workflow_id}/executions/{execution_id}",
    response_model_exclude_unset=True,
    responses=refusals(404),
    summary="Get an execution",
)
def get_execution(workflow_id: str, execution_id: str, who: Who, operations: Ops) -> shapes.Execution:
    """An execution with its tasks, what each gave, and `result` once it is completed."""
    return execution(operations.runs.get(who, execution_id, workflow_id))


@router.post(
    "/{workflow_id}/executions/{execution_id}/cancel",
    response_model_exclude_unset=True,
    responses=refusals(404, 409),
    summary="Cancel an execution",
)
def cancel_execution(workflow_id: str, execution_id: str, who: Who, operations: Ops) -> shapes.ExecutionItem:
    """Stop an execution that has not ended, at once. What finished stays."""
    return execution_item(operations.runs.cancel(who, execution_id, workflow_id))
