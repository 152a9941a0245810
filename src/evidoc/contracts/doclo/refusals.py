"""Which errors a route may answer with, for the OpenAPI description."""

from typing import Any

from evidoc.contracts.doclo.shapes import RefusedRequest

_MEANING = {
    400: "INVALID_INPUT: the request is not what this route takes, or holds no document",
    401: "UNAUTHORIZED, INVALID_API_KEY, API_KEY_REVOKED, API_KEY_EXPIRED",
    402: "INSUFFICIENT_CREDITS",
    403: "FORBIDDEN: the key may not do this, or the request comes from where it may not",
    404: "FLOW_NOT_FOUND, VERSION_NOT_FOUND, EXECUTION_NOT_FOUND: not there, or another organisation's",
    408: "REQUEST_TIMEOUT: the request stopped arriving",
    409: "ALREADY_CANCELLED, NOT_CANCELLABLE, FLOW_INACTIVE, CONFLICT",
    413: "REQUEST_TOO_LARGE",
    422: "VALIDATION_ERROR, MISSING_REQUIRED_FIELD, MISSING_REQUIRED_VARIABLE, INVALID_DOCUMENT, IDEMPOTENCY_MISMATCH; "
    "`details` says which field",
    429: "RATE_LIMITED; see Retry-After",
    500: "INTERNAL_ERROR: the server's log has the cause under the request id",
    503: "SERVICE_UNAVAILABLE; see Retry-After",
    504: "EXECUTION_TIMEOUT: the wait is over, the run goes on; `details.id` names it",
    507: "STORAGE_FULL: there is no space left; nothing was changed",
}


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of a route: ``statuses``, and those that any route may answer with."""
    late = {408} if 413 in statuses else set()
    return {
        status: {"model": RefusedRequest, "description": _MEANING[status]}
        for status in sorted({*statuses, *late, 400, 401, 403, 429, 500, 503})
    }
