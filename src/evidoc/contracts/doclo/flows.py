"""The routes of flows."""

from collections.abc import Mapping
from itertools import islice
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse

from evidoc.contracts.doclo import shapes
from evidoc.contracts.doclo.asked import FlowToCheck, FlowToPublish, unknown_members
from evidoc.contracts.doclo.formats import formats_of
from evidoc.contracts.doclo.refusals import refusals
from evidoc.contracts.doclo.render_flow import (
    flow_definition,
    flow_details,
    flow_facts,
    flow_item,
    flow_note,
    megabytes,
)
from evidoc.contracts.doclo.version import version_of
from evidoc.contracts.idempotency import PARAMETER, REPLAYED, idempotency_of
from evidoc.contracts.paging import Limit, Offset
from evidoc.contracts.request import MOST_FAULTS, Limits, Ops, Sent, StrictRoute, Who
from evidoc.flows.notations.checked import Checked
from evidoc.kernel.errors import InvalidRequest
from evidoc.kernel.records import FlowRecord

router = APIRouter(prefix="/api/v1/flows", tags=["Flows"], route_class=StrictRoute)

VersionAsked = Annotated[str | None, Query(max_length=50, description="A version, or latest", examples=["1"])]


@router.get("", response_model_exclude_unset=True, responses=refusals(422), summary="List flows")
def list_flows(who: Who, operations: Ops, limit: Limit = 50, offset: Offset = 0) -> shapes.FlowList:
    """The flows that may be run: one's own, newest first, then the built-in ones."""
    page = operations.flows.list_all(who, limit, offset)
    return shapes.FlowList(
        flows=[flow_item(record) for record in page.items], total=page.total, limit=page.limit, offset=page.offset
    )


@router.post(
    "",
    status_code=201,
    responses={
        201: {"model": shapes.PublishedFlow, "description": "The flow, at the version that was published"},
        **refusals(409, 413, 422, 507),
    },
    openapi_extra={"parameters": [PARAMETER]},
    summary="Publish a flow",
)
def publish_flow(body: FlowToPublish, sent: Sent, request: Request, who: Who, operations: Ops) -> JSONResponse:
    """Publish a flow, or, under a slug that one of one's own flows has, the next version of that flow.

    Versions never change: runs that name one go on with it, all others run the latest. What is published already makes
    no version. Every fault of the definition is one entry of `details.errors`.
    """
    _refuse_unknown(FlowToPublish, sent)
    made = operations.flows.publish_once(
        who,
        body.definition,
        name=body.name,
        slug=body.slug,
        description=body.description,
        idempotency=idempotency_of(request, "POST /api/v1/flows", sent),
        answer=lambda made: _published(*made),
    )
    answer = made.answer or _published(*made.thing)
    headers = {"Location": f"/api/v1/flows/{made.thing[0].flow_id}"} | ({REPLAYED: "true"} if made.replayed else {})
    return JSONResponse(answer, 201, headers)


@router.post(
    "/validate", response_model_exclude_unset=True, responses=refusals(413, 422), summary="Check a flow definition"
)
def validate_flow(body: FlowToCheck, sent: Sent, who: Who, operations: Ops) -> shapes.CheckedFlow:
    """Whether a definition could be published, all that is wrong with it, and what its author may want to know."""
    _refuse_unknown(FlowToCheck, sent)
    checked = operations.flows.check(who, body.definition)
    return shapes.CheckedFlow(
        valid=checked.valid,
        errors=[flow_note(problem) for problem in checked.errors],
        warnings=[flow_note(remark) for remark in checked.warnings],
    )


@router.get("/{flow_id}", response_model_exclude_unset=True, responses=refusals(404, 422), summary="Get a flow")
def get_flow(
    flow_id: str, who: Who, operations: Ops, limits: Limits, version: VersionAsked = None
) -> shapes.FlowDetails:
    """A flow, by id or slug, as it is now or was at a version: what it takes and gives, and what a page costs."""
    record, chosen = operations.flows.resolve(who, flow_id, version_of(version))
    config = shapes.FlowConfig(
        supported_formats=formats_of(chosen.definition),
        max_file_size_mb=megabytes(limits.max_upload_bytes),
        max_pages=limits.max_pages,
        estimated_credits_per_page=operations.flows.price(who, chosen),
    )
    return flow_details(record, chosen, operations.flows.versions(who, flow_id), config)


@router.get(
    "/{flow_id}/definition",
    response_model_exclude_unset=True,
    responses=refusals(404, 422),
    summary="Get a flow's definition",
)
def get_definition(flow_id: str, who: Who, operations: Ops, version: VersionAsked = None) -> shapes.FlowDefinition:
    """How a flow is defined, now or at a version, in the notation that it was given in."""
    return flow_definition(*operations.flows.resolve(who, flow_id, version_of(version)))


def _published(record: FlowRecord, checked: Checked) -> dict[str, Any]:
    item = shapes.PublishedFlow(**flow_facts(record), warnings=[flow_note(remark) for remark in checked.warnings])
    return item.model_dump(by_alias=True, exclude_unset=True)


def _refuse_unknown(shape: type[FlowToCheck], sent: Mapping[str, Any]) -> None:
    faults = list(islice(unknown_members(shape, sent), MOST_FAULTS))
    if faults:
        raise InvalidRequest(details=faults)
