"""What every answer of the Doclo contract must be, and how a run is asked for."""

import base64
from typing import Any

import httpx
from pydantic import BaseModel

from evidoc.contracts.doclo import shapes
from tests.served import until


def fits(shape: type[BaseModel], answer: httpx.Response) -> dict[str, Any]:
    """The body, if it has the shape that the description of the API gives it, and nothing besides."""
    assert answer.is_success, answer.text
    body: dict[str, Any] = answer.json()
    assert shape.model_validate(body).model_dump(exclude_unset=True, mode="json", by_alias=True) == body
    return body


def refused(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The error, if it is one with this status and code in the contract's body."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    assert shapes.RefusedRequest.model_validate(body).model_dump(by_alias=True) == body
    error: dict[str, Any] = body["error"]
    assert error["code"] == code, error
    assert error["request_id"] == answer.headers["x-request-id"]
    assert error["message"]
    return error


def document(content: bytes, **more: str) -> dict[str, Any]:
    return {"base64": base64.b64encode(content).decode(), **more}


def run(client: httpx.Client, flow: str, content: bytes, **more: Any) -> httpx.Response:
    """Ask for a run; ``variables`` belong to its input."""
    given: dict[str, Any] = {"document": document(content)}
    if "variables" in more:
        given["variables"] = more.pop("variables")
    return client.post(f"/api/v1/flows/{flow}/run", json={"input": given, **more})


def ended(client: httpx.Client, run_id: str, include: str = "") -> dict[str, Any]:
    """The run once it has ended."""
    found: dict[str, Any] = until(
        lambda: fits(shapes.Execution, client.get(f"/api/v1/runs/{run_id}", params={"include": include})),
        lambda state: state["status"] in ("completed", "failed", "cancelled"),
    )
    return found


def tasks_flow(client: httpx.Client, *tasks: dict[str, Any], **more: Any) -> str:
    """A flow made through the other contract; its id."""
    body = {"name": "a flow", "definition": {"tasks": list(tasks), **more}}
    created: str = client.post("/v1/workflows", json=body).raise_for_status().json()["workflow_id"]
    return created
