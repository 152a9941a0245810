"""The web application: routes of the contracts, the doorkeeper before them, the envelope around all."""

import time
from importlib.metadata import version
from typing import Any

from anyio import CapacityLimiter
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import ASGIApp, Lifespan, Scope

from evidoc.contracts.clary.routes import routes as clary_routes
from evidoc.contracts.doclo.routes import routes as doclo_routes
from evidoc.contracts.request import WireLimits, faults_of
from evidoc.kernel.errors import EvidocError, Forbidden, InternalError, InvalidRequest, MethodNotAllowed, NotFound
from evidoc.operations.keys import KeyOperations
from evidoc.operations.operations import Operations
from evidoc.server.bodies import body_of
from evidoc.server.docs_page import add_docs, describe
from evidoc.server.doorkeeper import Doorkeeper, RequestLimits
from evidoc.server.envelope import Envelope
from evidoc.storing.rates import Rates

_DESCRIPTION = """Documents go in; values come out, each with the characters and the box that it was read from.

Every value answers for itself: `pages[page_index].text[char_start:char_end] == quote` holds for each piece of
evidence, with `pages` as `POST /v1/analysis/extract-text` gives them."""

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def create_app(
    operations: Operations,
    keys: KeyOperations,
    rates: Rates,
    limits: WireLimits,
    request_limits: RequestLimits,
    analysis_at_once: int = 16,
    lifespan: Lifespan[FastAPI] | None = None,
) -> ASGIApp:
    """The application, ready to be served."""
    app = FastAPI(
        title="Evidoc",
        version=version("evidoc"),
        description=_DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
    )
    app.state.operations = operations
    app.state.limits = limits
    app.state.analysis_threads = CapacityLimiter(analysis_at_once)
    app.state.started_at = time.monotonic()
    app.include_router(clary_routes())
    app.include_router(doclo_routes())
    add_docs(app)
    app.add_exception_handler(EvidocError, _refuse_house)
    app.add_exception_handler(RequestValidationError, _refuse_shape)
    app.add_exception_handler(HTTPException, _refuse_http)
    app.add_exception_handler(Exception, _refuse_fault)
    description: dict[str, Any] = {}

    def openapi() -> dict[str, Any]:
        if not description:
            description.update(describe(app))
        return description

    app.openapi = openapi  # type: ignore[method-assign]
    doorkeeper = Doorkeeper(app, keys, rates, request_limits, refuse)
    return Envelope(doorkeeper, refuse, limits.idle_seconds, limits.total_seconds)


def refuse(scope: Scope, error: EvidocError) -> Response:
    """The answer that an error is, in the body of the contract that owns the path."""
    return body_of(error, scope["method"], scope["path"], scope["state"]["request_id"])


def _refuse_house(request: Request, error: Exception) -> Response:
    assert isinstance(error, EvidocError)
    return refuse(request.scope, error)


def _refuse_shape(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return refuse(request.scope, InvalidRequest(details=faults_of(error.errors())))


def _refuse_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        return refuse(request.scope, NotFound("There is nothing at this path; /docs lists what there is"))
    if error.status_code == 405:
        return _refuse_method(request)
    if error.status_code == 403:
        return refuse(request.scope, Forbidden())
    return refuse(request.scope, InvalidRequest(str(error.detail)))


def _refuse_fault(request: Request, error: Exception) -> Response:
    # It is raised again behind this answer; the envelope logs it.
    return refuse(request.scope, InternalError())


def _refuse_method(request: Request) -> Response:
    """405, or what OPTIONS asks for: the methods that there are. No other origin is ever allowed in."""
    methods = [method for method in _METHODS if _is_served(request, method)]
    if "GET" in methods:
        methods.append("HEAD")
    allowed = ", ".join([*methods, "OPTIONS"])
    if request.method == "OPTIONS":
        return Response(status_code=204, headers={"Allow": allowed})
    answer = refuse(request.scope, MethodNotAllowed())
    answer.headers["Allow"] = allowed
    return answer


def _is_served(request: Request, method: str) -> bool:
    scope = {**request.scope, "method": method}
    return any(route.matches(scope)[0] is Match.FULL for route in request.app.routes)
