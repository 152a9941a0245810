"""The Clary contract's error body, for every error of the house."""

from collections.abc import Mapping

from starlette.responses import JSONResponse

from evidoc.contracts.retry_after import retry_after
from evidoc.kernel.errors import (
    EvidocError,
    FlowInactive,
    FlowNesting,
    FlowNotFound,
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
    VersionNotFound,
)

_WORDS: Mapping[type[EvidocError], tuple[str, str]] = {
    FlowNotFound: ("workflow_not_found", "Workflow not found"),
    FlowInactive: ("workflow_inactive", "The workflow is inactive; activate it before executing it"),
    FlowNesting: ("workflow_nesting", "Workflows start each other in a circle or too deep"),
    RunNotFound: ("execution_not_found", "Execution not found"),
    VersionNotFound: ("version_not_found", "The workflow has no such version"),
    RunAlreadyCancelled: ("execution_already_cancelled", "The execution was cancelled already"),
    RunNotCancellable: ("execution_not_cancellable", "The execution has ended and cannot be cancelled"),
    RunCancelled: ("execution_cancelled", "The execution was cancelled"),
    RunTimeout: ("execution_timeout", "The execution has not ended in time; it goes on"),
    TaskFailed: ("task_failed", "A task of the execution failed"),
    # To whoever has no valid key, every reason is the same.
    InvalidKey: ("unauthorized", "Invalid API key"),
    KeyRevoked: ("unauthorized", "Invalid API key"),
    KeyExpired: ("unauthorized", "Invalid API key"),
}
"""Where the contract's word for a thing is not the house's own."""


def code_of(code: str) -> str:
    """The contract's word for a code of the house."""
    return next((word for error, (word, _) in _WORDS.items() if error.code == code), code)


def render(error: EvidocError, request_id: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """The answer that ``error`` is in this contract."""
    code, message = error.code, error.message
    if type(error) in _WORDS:
        code, message = _WORDS[type(error)]
    elif isinstance(error, InvalidRequest) and error.details and message == (InvalidRequest.__doc__ or ""):
        first = error.details[0]
        more = f" (and {len(error.details) - 1} more)" if len(error.details) > 1 else ""
        message = f"{message}: {first.field} {first.message}{more}"
    body = {
        "error": {
            "type": str(error.kind),
            "code": code,
            "message": message,
            "details": [{"field": _field(detail.field), "message": detail.message} for detail in error.details],
            "request_id": request_id,
        }
    }
    sent = dict(headers or {}) | retry_after(error)
    if error.status == 401:
        sent["WWW-Authenticate"] = "Bearer"
    return JSONResponse(body, error.status, sent)


def _field(name: str) -> str:
    """What a run's variables are called here."""
    first, dot, rest = name.partition(".")
    return f"parameters{dot}{rest}" if first == "variables" else name
