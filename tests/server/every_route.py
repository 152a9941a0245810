"""Every route of the server: how it is asked, what of an organisation the request names, and which scopes open it."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from evidoc.kernel.principal import Scope

Things = Mapping[str, str]
"""Ids by what they are ids of: document, workflow, execution, flow, run, delivery."""

Request = dict[str, Any]
"""What goes with a path, as httpx takes it."""

READS = frozenset({Scope.READ, Scope.WRITE, Scope.ADMIN})
WRITES = frozenset({Scope.WRITE, Scope.ADMIN})
READS_FLOWS = READS | {Scope.FLOWS_READ}
READS_RUNS = READS | {Scope.EXECUTIONS_READ}
STARTS_RUNS = WRITES | {Scope.FLOWS_EXECUTE}
CANCELS_RUNS = WRITES | {Scope.EXECUTIONS_CANCEL}
ANY = frozenset(Scope)

TASKS = {"tasks": [{"id": "read", "type": "text_extraction"}]}
NOTE = b"A letter of no importance, dated 3 May 2026"


@dataclass(frozen=True)
class Route:
    """A route. ``names`` are the kinds of things that a request to it names, in its path and elsewhere.

    Asked of things that are not there it answers ``absent``.
    """

    opened_by: frozenset[Scope]
    names: tuple[str, ...] = ()
    request: Callable[[Things], Request] = lambda things: {}
    absent: int = 404
    needs_key: bool = True


def running(flow: str) -> dict[str, Any]:
    """A definition that runs another flow."""
    return {"tasks": [{"id": "other", "type": "trigger", "config": {"flow": flow}}]}


def run_body(**more: Any) -> dict[str, Any]:
    return {"input": {"document": {"base64": base64.b64encode(NOTE).decode(), "filename": "note.txt"}}, **more}


def _document_asked(**more: Any) -> Callable[[Things], Request]:
    return lambda things: {"json": {"document_id": things["document"], **more}}


def _upload(things: Things) -> Request:
    return {"files": {"file": ("note.txt", NOTE)}}


def _new_flow(things: Things) -> Request:
    return {"json": {"name": "A flow", "definition": running(things["flow"])}}


DOCUMENT, WORKFLOW, EXECUTION = "/v1/documents/{document_id}", "/v1/workflows/{workflow_id}", "{execution_id}"
EXECUTIONS = f"{WORKFLOW}/executions"
FLOW, RUN, DELIVERIES = "/api/v1/flows/{flow_id}", "/api/v1/runs/{run_id}", "/api/v1/webhooks/deliveries"
DELIVERY = f"{DELIVERIES}/{{delivery_id}}"

ROUTES: Mapping[str, Route] = {
    "GET /health": Route(ANY, needs_key=False, absent=200),
    "GET /api/v1/status": Route(ANY, absent=200),
    "GET /v1/documents": Route(READS, absent=200),
    "POST /v1/documents": Route(WRITES, request=_upload, absent=201),
    f"GET {DOCUMENT}": Route(READS, ("document",)),
    f"DELETE {DOCUMENT}": Route(WRITES, ("document",)),
    f"GET {DOCUMENT}/content": Route(READS, ("document",)),
    "GET /v1/workflows": Route(READS_FLOWS, absent=200),
    "POST /v1/workflows": Route(WRITES, ("flow",), _new_flow, 400),
    f"GET {WORKFLOW}": Route(READS_FLOWS, ("workflow",)),
    f"PATCH {WORKFLOW}": Route(WRITES, ("workflow",), lambda things: {"json": {"description": "changed"}}),
    f"PUT {WORKFLOW}": Route(WRITES, ("workflow",), lambda things: {"json": {"name": "New", "definition": TASKS}}),
    f"DELETE {WORKFLOW}": Route(WRITES, ("workflow",)),
    f"GET {EXECUTIONS}": Route(READS_RUNS, ("workflow",)),
    f"POST {EXECUTIONS}": Route(STARTS_RUNS, ("workflow", "document"), _document_asked()),
    f"GET {EXECUTIONS}/{EXECUTION}": Route(READS_RUNS, ("workflow", "execution")),
    f"POST {EXECUTIONS}/{EXECUTION}/cancel": Route(CANCELS_RUNS, ("workflow", "execution")),
    "POST /v1/analysis/extract-text": Route(READS, ("document",), _document_asked()),
    "POST /v1/analysis/extract-entities": Route(READS, ("document",), _document_asked(entities=["date"])),
    "POST /v1/analysis/classify": Route(READS, ("document",), _document_asked()),
    "POST /v1/analysis/summarize": Route(READS, ("document",), _document_asked()),
    "POST /v1/analysis/extract-tables": Route(READS, ("document",), _document_asked()),
    "GET /api/v1/flows": Route(READS_FLOWS, absent=200),
    "POST /api/v1/flows": Route(WRITES, ("flow",), _new_flow, 422),
    "POST /api/v1/flows/validate": Route(
        READS_FLOWS, ("flow",), lambda things: {"json": {"definition": running(things["flow"])}}, 200
    ),
    f"GET {FLOW}": Route(READS_FLOWS, ("flow",)),
    f"GET {FLOW}/definition": Route(READS_FLOWS, ("flow",)),
    f"POST {FLOW}/run": Route(STARTS_RUNS, ("flow",), lambda things: {"json": run_body()}),
    "GET /api/v1/runs": Route(READS_RUNS, ("flow",), lambda things: {"params": {"flowId": things["flow"]}}),
    f"GET {RUN}": Route(READS_RUNS, ("run",), lambda things: {"params": {"include": "artifacts,metrics"}}),
    f"POST {RUN}/cancel": Route(CANCELS_RUNS, ("run",)),
    f"GET {DELIVERIES}": Route(READS_RUNS, ("run",), lambda things: {"params": {"runId": things["run"]}}, 200),
    f"GET {DELIVERY}": Route(READS_RUNS, ("delivery",)),
    f"POST {DELIVERY}/replay": Route(STARTS_RUNS, ("delivery",)),
}
"""By method and path, as the description of the API has them."""


def asked(name: str, things: Things) -> tuple[str, str, Request]:
    """The method, the path and what goes with it, of a request to a route that names these things."""
    method, _, path = name.partition(" ")
    for kind, its_id in things.items():
        path = path.replace(f"{{{kind}_id}}", its_id)
    return method, path, ROUTES[name].request(things)
