"""The routes of flows."""

from typing import Annotated

from fastapi import APIRouter, Query

from evidoc.contracts.doclo import shapes
from evidoc.contracts.doclo.refusals import refusals
from evidoc.contracts.doclo.render import flow_details, flow_item
from evidoc.contracts.doclo.version import version_of
from evidoc.contracts.paging import Limit, Offset
from evidoc.contracts.request import Limits, Ops, StrictRoute, Who

router = APIRouter(prefix="/api/v1/flows", tags=["Flows"], route_class=StrictRoute)

VersionAsked = Annotated[str | None, Query(max_length=50, description="A version, or latest", examples=["1"])]


@router.get("", response_model_exclude_unset=True, responses=refusals(422), summary="List flows")
def list_flows(who: Who, operations: Ops, limit: Limit = 50, offset: Offset = 0) -> shapes.FlowList:
    """The flows that may be run: one's own, newest first, then the built-in ones."""
    page = operations.flows.list_all(who, limit, offset)
    return shapes.FlowList(
        flows=[flow_item(record) for record in page.items], total=page.total, limit=page.limit, offset=page.offset
    )


@router.get("/{flow_id}", response_model_exclude_unset=True, responses=refusals(404, 422), summary="Get a flow")
def get_flow(
    flow_id: str, who: Who, operations: Ops, limits: Limits, version: VersionAsked = None
) -> shapes.FlowDetails:
    """A flow, by id or slug, as it is now or was at a version: what it takes and gives, and what a page costs."""
    record, chosen = operations.flows.resolve(who, flow_id, version_of(version))
    versions = operations.flows.versions(who, flow_id)
    return flow_details(record, chosen, versions, limits.max_upload_bytes, limits.max_pages)
