"""What every answer of the Clary contract must be."""

from typing import Any

import httpx
from pydantic import BaseModel

from evidoc.contracts.clary import shapes


def fits(shape: type[BaseModel], answer: httpx.Response) -> dict[str, Any]:
    """The body, if it has the shape that the description of the API gives it, and nothing besides."""
    assert answer.is_success, answer.text
    body: dict[str, Any] = answer.json()
    assert shape.model_validate(body).model_dump(exclude_unset=True, mode="json") == body
    return body


def refused(answer: httpx.Response, status: int) -> dict[str, Any]:
    """The error, if it is one with this status in the contract's body."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    assert shapes.ErrorBody.model_validate(body).model_dump() == body
    error: dict[str, Any] = body["error"]
    assert error["request_id"] == answer.headers["x-request-id"]
    assert error["message"]
    return error
