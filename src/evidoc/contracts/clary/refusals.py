"""Which errors a route may answer with, for the OpenAPI description."""

from typing import Any

from evidoc.contracts.clary.shapes import ErrorBody

_MEANING = {
    400: "The request was invalid; `details` names each field at fault",
    401: "No valid API key",
    402: "The organisation has too few credits for this",
    403: "The key may not do this, or the request comes from where it may not",
    404: "There is no such thing, or it is another organisation's",
    408: "The request stopped arriving",
    409: "The request conflicts with the present state",
    413: "The request is larger than this server accepts",
    415: "The file is of a type that is not supported, or not of the type that it claims to be",
    422: "The document cannot be read, or an Idempotency-Key was used with another request",
    429: "Too many requests in this minute; see Retry-After",
    500: "A fault of the server; its log has the cause under the request id",
    503: "The server cannot answer at the moment, or the document is still being processed; see Retry-After",
    507: "There is no space left; nothing was changed",
}


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of a route: ``statuses``, and those that any route may answer with."""
    return {
        status: {"model": ErrorBody, "description": _MEANING[status]}
        for status in sorted({*statuses, *({408} if 413 in statuses else ()), 400, 401, 403, 429, 500, 503})
    }
