"""The Doclo contract's error body, for every error of the house."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import JSONResponse

from evidoc.contracts.doclo.formats import FORMATS, formats_among
from evidoc.contracts.retry_after import retry_after
from evidoc.kernel.errors import (
    AddressRefused,
    DocumentUnreadable,
    EvidocError,
    InternalError,
    InvalidKey,
    InvalidRequest,
    KeyExpired,
    KeyRevoked,
    RunAlreadyCancelled,
    RunCancelled,
    RunNotCancellable,
    RunNotFound,
    RunTimeout,
    TaskFailed,
    Unavailable,
    UnsupportedDocument,
    error_for_code,
)

INVALID_INPUT = "INVALID_INPUT"
VALIDATION_ERROR = "VALIDATION_ERROR"
MISSING_REQUIRED_FIELD = "MISSING_REQUIRED_FIELD"
MISSING_REQUIRED_VARIABLE = "MISSING_REQUIRED_VARIABLE"
INVALID_DOCUMENT = "INVALID_DOCUMENT"
EXECUTION_FAILED = "EXECUTION_FAILED"

DOCUMENT_FIELD = "input.document.base64"
_DOCUMENT_FAULTS = (UnsupportedDocument, DocumentUnreadable)

_CODES: Mapping[type[EvidocError], str] = {
    AddressRefused: VALIDATION_ERROR,
    InvalidKey: "INVALID_API_KEY",
    KeyRevoked: "API_KEY_REVOKED",
    KeyExpired: "API_KEY_EXPIRED",
    RunNotFound: "EXECUTION_NOT_FOUND",
    RunAlreadyCancelled: "ALREADY_CANCELLED",
    RunNotCancellable: "NOT_CANCELLABLE",
    RunCancelled: "EXECUTION_CANCELLED",
    RunTimeout: "EXECUTION_TIMEOUT",
    TaskFailed: EXECUTION_FAILED,
    Unavailable: "SERVICE_UNAVAILABLE",
    InternalError: "INTERNAL_ERROR",
}
"""Where the contract's code is not the house's own in capitals."""

_MESSAGES: Mapping[type[EvidocError], str] = {
    RunNotFound: "Execution not found",
    RunAlreadyCancelled: "The execution was cancelled already",
    RunNotCancellable: "The execution has ended and cannot be cancelled",
    RunCancelled: "The execution was cancelled",
    RunTimeout: "The execution has not ended in time; it goes on",
    TaskFailed: "A step of the execution failed",
}
"""What is said instead of the house's own words."""

_VARIABLES = "variables."
"""What the fields of a run's variables begin with."""

_MALFORMED = frozenset({"body", "Content-Type"})
"""Fields whose fault is that of the request as a whole."""


def render(error: EvidocError, request_id: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """The answer that ``error`` is in this contract."""
    status, code = _status_and_code(error)
    body = {
        "error": {
            "type": str(error.kind),
            "code": code,
            "message": _message(error),
            "details": _details(error, code),
            "request_id": request_id,
        }
    }
    sent = dict(headers or {}) | retry_after(error)
    if status == 401:
        sent["WWW-Authenticate"] = "Bearer"
    return JSONResponse(body, status, sent)


def failure_code(code: str) -> str:
    """The contract's word for why a run failed, from the house's own: the fault of a server is EXECUTION_FAILED."""
    error = error_for_code(code)
    if error is InternalError:
        return EXECUTION_FAILED
    return VALIDATION_ERROR if error is InvalidRequest else _code(error)


def _status_and_code(error: EvidocError) -> tuple[int, str]:
    if isinstance(error, InvalidRequest):
        faults = error.details
        if not faults or any(fault.field in _MALFORMED for fault in faults):
            return 400, INVALID_INPUT
        if not all(fault.message.startswith("is required") for fault in faults):
            return 422, VALIDATION_ERROR
        variables = all(fault.field.startswith(_VARIABLES) for fault in faults)
        return 422, MISSING_REQUIRED_VARIABLE if variables else MISSING_REQUIRED_FIELD
    return 422 if isinstance(error, UnsupportedDocument) else error.status, _code(type(error))


def _code(error: type[EvidocError]) -> str:
    if issubclass(error, _DOCUMENT_FAULTS):
        return INVALID_DOCUMENT
    return _CODES.get(error, error.code.upper())


def _message(error: EvidocError) -> str:
    if error.message != (type(error).__doc__ or "").strip():
        return error.message
    if isinstance(error, InvalidRequest) and error.details:
        first = error.details[0]
        more = f" (and {len(error.details) - 1} more)" if len(error.details) > 1 else ""
        return f"{error.message}: {first.field} {first.message}{more}"
    return _MESSAGES.get(type(error), error.message)


def _details(error: EvidocError, code: str) -> dict[str, Any]:
    """An object: ``field`` and ``reason`` of the first fault, all of them as ``errors``, and the facts of the error."""
    details: dict[str, Any] = {}
    if code == INVALID_DOCUMENT:
        details = {"field": DOCUMENT_FIELD, "reason": error.message, "supported": list(FORMATS)}
    elif isinstance(error, AddressRefused):
        details = {"field": "webhookUrl", "reason": error.message}
    if error.details:
        faults = [{"field": _field(fault.field), "reason": fault.message} for fault in error.details]
        details |= {**faults[0], "errors": faults}
    details |= error.facts
    if isinstance(error, UnsupportedDocument) and "supported" in error.facts:
        details["supported"] = formats_among(error.facts["supported"])
    return details


def _field(name: str) -> str:
    """Where a run's variables stand in its request."""
    return f"input.{name}" if f"{name}.".startswith(_VARIABLES) else name
