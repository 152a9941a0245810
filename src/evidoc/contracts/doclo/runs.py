"""The routes of runs."""

from collections.abc import Collection
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse

from evidoc.contracts.doclo import shapes
from evidoc.contracts.doclo.asked import DEFAULT_WAIT_MS, schema_of_run
from evidoc.contracts.doclo.refusals import refusals
from evidoc.contracts.doclo.render import ARTIFACTS, METRICS, execution, execution_item, started
from evidoc.contracts.doclo.run_body import GivenRun, receive_run
from evidoc.contracts.doclo.version import version_of
from evidoc.contracts.idempotency import PARAMETER, REPLAYED, idempotency_of
from evidoc.contracts.paging import Limit, Offset
from evidoc.contracts.request import Limits, Ops, StrictRoute, Who
from evidoc.flows.run import ENDED
from evidoc.kernel.errors import Detail, InvalidRequest, RunTimeout, Unavailable
from evidoc.kernel.principal import Principal, Scope
from evidoc.kernel.records import RunStatus, Webhook
from evidoc.operations.operations import Operations
from evidoc.operations.permission import require
from evidoc.operations.runs import Started

router = APIRouter(prefix="/api/v1", tags=["Runs"], route_class=StrictRoute)

_ROUTE = "POST /api/v1/flows/{id}/run"
_HOW_TO_ANSWER = ("wait", "timeout")
_INCLUDED = (ARTIFACTS, METRICS)


@router.post(
    "/flows/{flow_id}/run",
    responses={
        200: {"model": shapes.Execution, "description": "The run: pending, or, with wait, as it ended"},
        **refusals(402, 404, 409, 413, 422, 504, 507),
    },
    openapi_extra={
        "parameters": [PARAMETER],
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema_of_run()}}},
    },
    summary="Run a flow",
)
async def run_flow(flow_id: str, request: Request, who: Who, operations: Ops, limits: Limits) -> JSONResponse:
    """Run a flow on a document. The answer comes at once and the run survives a crash.

    With `wait` it comes when the run has ended, or, after `timeout`, as 504 EXECUTION_TIMEOUT with the run's id in
    `details`; the run goes on. A run that failed is an answer, not an error: `status` and `error` say so.
    """
    require(who, Scope.FLOWS_EXECUTE)
    async with receive_run(request, limits) as given:
        found = await run_in_threadpool(_start, who, operations, request, flow_id, given)
        waits, milliseconds = given.run.wait, given.run.timeout or DEFAULT_WAIT_MS
    headers = {"Location": f"/api/v1/runs/{found.run.run_id}"}
    if found.replayed:
        headers[REPLAYED] = "true"
    if not waits:
        return JSONResponse(started(found.run), headers=headers)
    return JSONResponse(await _ended(who, operations, found.run.run_id, milliseconds), headers=headers)


@router.get(
    "/runs",
    responses={200: {"model": shapes.ExecutionList, "description": "The runs"}, **refusals(404, 422)},
    summary="List runs",
)
def list_runs(
    who: Who,
    operations: Ops,
    limit: Limit = 50,
    offset: Offset = 0,
    status: Annotated[shapes.Status | None, Query()] = None,
    flow_id: Annotated[str | None, Query(alias="flowId", max_length=100)] = None,
) -> JSONResponse:
    """Runs, newest first, whichever contract started them; those that a step of another run started are left out."""
    statuses = [RunStatus(status)] if status else []
    page = operations.runs.list(who, flow_id, limit, offset, statuses)
    runs = [execution_item(record) for record in page.items]
    return JSONResponse({"runs": runs, "total": page.total, "limit": page.limit, "offset": page.offset})


@router.get(
    "/runs/{run_id}",
    responses={200: {"model": shapes.Execution, "description": "The run"}, **refusals(404, 422)},
    summary="Get a run",
)
def get_run(
    run_id: str,
    who: Who,
    operations: Ops,
    include: Annotated[
        str, Query(max_length=100, description="artifacts, metrics, or both with a comma", examples=["artifacts"])
    ] = "",
) -> JSONResponse:
    """A run as far as it has come: `progress`, then `output` and `metrics`, or `error`.

    `include=artifacts` adds what each step gave with its evidence, `include=metrics` the metrics of a run that is not
    completed.
    """
    return JSONResponse(_shown(who, operations, run_id, _included(include)))


@router.post(
    "/runs/{run_id}/cancel",
    responses={200: {"model": shapes.ExecutionItem, "description": "The run, cancelled"}, **refusals(404, 409)},
    summary="Cancel a run",
)
def cancel_run(run_id: str, who: Who, operations: Ops) -> JSONResponse:
    """Stop a run that has not ended, at once, and all that its steps started. What finished stays."""
    return JSONResponse(execution_item(operations.runs.cancel(who, run_id, strict=True)))


def _start(who: Principal, operations: Operations, request: Request, flow_id: str, given: GivenRun) -> Started:
    run = given.run
    webhook = None
    if run.webhook_url is not None:
        webhook = Webhook(run.webhook_url, "doclo", run.webhook_secret.encode() if run.webhook_secret else None)
    elif run.webhook_secret is not None:
        raise InvalidRequest(details=[Detail("webhookUrl", "is required")])
    asked = {name: value for name, value in given.asked.items() if value is not None}
    start = partial(operations.runs.start_on, who, flow_id, given.path, given.filename, given.declared_type)
    return start(
        run.input.variables or {},
        version=version_of(run.version),
        metadata=run.metadata or {},
        webhook=webhook,
        idempotency=idempotency_of(request, _ROUTE, asked, flow_id, given.sha256, apart=_HOW_TO_ANSWER),
    )


async def _ended(who: Principal, operations: Operations, run_id: str, milliseconds: int) -> dict[str, Any]:
    """The run once it has ended. Raises RunTimeout, and Unavailable where the server stops; both name the run."""
    try:
        ended = await operations.ends.wait(run_id, milliseconds / 1000)
    except Unavailable as error:
        raise Unavailable("The server is stopping; the run goes on when it is back", facts={"id": run_id}) from error
    if not ended:
        raise RunTimeout(facts={"id": run_id})
    return await run_in_threadpool(_finished, operations, who, run_id)


def _finished(operations: Operations, who: Principal, run_id: str) -> dict[str, Any]:
    return execution(operations.runs.outcome(who, run_id))


def _shown(who: Principal, operations: Operations, run_id: str, include: Collection[str]) -> dict[str, Any]:
    view = operations.runs.get(who, run_id, final_only=ARTIFACTS not in include)
    progress = None if view.record.status in ENDED else operations.runs.progress(who, view.record)
    return execution(view, progress, include)


def _included(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    unknown = [name for name in names if name not in _INCLUDED]
    if unknown:
        known = " and ".join(_INCLUDED)
        raise InvalidRequest(details=[Detail("include", f"knows {known}, not {unknown[0][:50]!r}")])
    return names
