"""The headers of answers, as the description of the API tells of them."""

from collections.abc import Iterator, Mapping
from typing import Any

_RATE = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")


def _header(description: str, kind: str = "string", **more: Any) -> dict[str, Any]:
    return {"description": description, "schema": {"type": kind}, **more}


HEADERS: Mapping[str, Mapping[str, Any]] = {
    "X-Request-Id": _header("Names this request, also in the server's log", required=True),
    "X-RateLimit-Limit": _header("How many requests a minute whoever has this key may make", "integer"),
    "X-RateLimit-Remaining": _header("How many of them are left in this minute", "integer"),
    "X-RateLimit-Reset": _header("When the next minute begins, in Unix seconds", "integer"),
    "WWW-Authenticate": _header("Bearer", required=True),
    "Retry-After": _header("After how many seconds to ask again", "integer", required=True),
    "Location": _header("Where that is which was created", required=True),
    "Idempotent-Replayed": _header("true where this answer was given before"),
}
"""Each header, as OpenAPI describes one, by its name."""


def headers_of(status: str, operation: Mapping[str, Any], *, needs_key: bool) -> dict[str, Any]:
    """The ``headers`` of an operation's answer with this status, as references to those above."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in _names(status, operation, needs_key)}


def _names(status: str, operation: Mapping[str, Any], needs_key: bool) -> Iterator[str]:
    yield "X-Request-Id"
    if needs_key and status != "401":
        yield from _RATE
    if status == "401":
        yield "WWW-Authenticate"
    if status in ("429", "503"):
        yield "Retry-After"
    if status.startswith("2") and "Idempotency-Key" in [one["name"] for one in operation.get("parameters", ())]:
        yield "Location"
        yield "Idempotent-Replayed"
