"""Whether the server answers."""

import time
from importlib.metadata import version

from fastapi import APIRouter, Request

from evidoc.contracts.clary import shapes
from evidoc.contracts.clary.refusals import refusals
from evidoc.contracts.request import Limits

router = APIRouter(tags=["Server"])


@router.get("/health", summary="Health")
async def get_health() -> shapes.Health:
    """Whether the server is ready. Needs no key."""
    return shapes.Health(status="healthy", version=version("evidoc"))


@router.get("/api/v1/status", responses=refusals(), summary="Status")
async def get_status(request: Request, limits: Limits) -> shapes.ServerStatus:
    """How long the server has been up and what it takes."""
    return shapes.ServerStatus(
        status="healthy",
        version=version("evidoc"),
        uptime_seconds=int(time.monotonic() - request.app.state.started_at),
        limits={"max_upload_bytes": limits.max_upload_bytes, "max_json_bytes": limits.max_json_bytes},
    )
