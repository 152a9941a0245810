"""Everything that can go wrong, in one tree.

EvidocClientError
├── EvidocApiError            the server refused: code, message, status, details, request_id
│   ├── InvalidRequest        400, 422: the request, its fields or its schema
│   ├── Unauthorized          401: no key, or one that is unknown, revoked or expired
│   ├── InsufficientCredits   402
│   ├── Forbidden             403: the key may not do this
│   ├── NotFound              404: also what is another organisation's
│   │   └── DocumentNotFound, FlowNotFound, VersionNotFound, RunNotFound, DeliveryNotFound, CaseNotFound
│   ├── Conflict              409
│   │   └── FlowInactive, AlreadyCancelled, NotCancellable
│   ├── RequestTooLarge       413
│   ├── UnsupportedDocument   415
│   ├── DocumentUnreadable    422: damaged, empty, encrypted, too complex
│   ├── IdempotencyMismatch   422: the key was used with another request
│   ├── AddressRefused        422: the server sends nothing to that address
│   ├── RateLimited           429: retry_after
│   ├── ExecutionTimeout      504: the wait is over, the run goes on: run_id
│   └── ServerError           5xx
│       └── Unavailable, StorageFull
├── NetworkError              no answer came
│   └── ServerUnreachable, ConnectionLost, NetworkTimeout
├── BadAnswer                 the answer is not one of an Evidoc server
├── WaitTimeout               what was waited for has not ended in time
├── DocumentFailed, RunFailed the server tried, and could not
└── WebhookVerificationError  a message that must not be trusted
"""

from collections.abc import Mapping
from typing import Any


class EvidocClientError(Exception):
    """Something went wrong between this program and an Evidoc server."""


class EvidocApiError(EvidocClientError):
    """The server refused. ``code`` is the server's own word, in the case of the contract that was spoken.

    ``details`` is a list of faults ({"field", "message"}) or an object of named facts, as the contract has it.
    ``attempts`` is how often the request was sent.
    """

    def __init__(
        self,
        code: str,
        message: str,
        status: int,
        details: Any = None,
        request_id: str | None = None,
        *,
        retry_after: float | None = None,
        attempts: int = 1,
    ) -> None:
        self.code = code
        self.message = message
        self.status = status
        self.details = details
        self.request_id = request_id
        self.retry_after = retry_after
        self.attempts = attempts
        super().__init__(message)

    def __str__(self) -> str:
        return f"{self.message} ({self.code}{f', {self.request_id}' if self.request_id else ''})"

    def __reduce__(self) -> tuple[Any, ...]:
        return (
            type(self),
            (self.code, self.message, self.status, self.details, self.request_id),
            {"retry_after": self.retry_after, "attempts": self.attempts},
        )

    @property
    def faults(self) -> tuple[tuple[str, str], ...]:
        """What is wrong with the request, as (field, message); empty where the server names no field."""
        told = self.details
        if isinstance(told, Mapping):
            told = told.get("errors", [told] if "field" in told else [])
        listed = [item for item in told if isinstance(item, Mapping)] if isinstance(told, list) else []
        return tuple((str(item.get("field", "")), str(item.get("message", item.get("reason", "")))) for item in listed)


class InvalidRequest(EvidocApiError):
    """The request was invalid."""


class Unauthorized(EvidocApiError):
    """The server wants a valid API key."""


class InsufficientCredits(EvidocApiError):
    """The organisation has too few credits."""


class Forbidden(EvidocApiError):
    """The key may not do this."""


class NotFound(EvidocApiError):
    """There is no such thing, or it is not yours."""


class DocumentNotFound(NotFound):
    """There is no such document."""


class FlowNotFound(NotFound):
    """There is no such flow or workflow."""


class VersionNotFound(NotFound):
    """The flow has no such version."""


class RunNotFound(NotFound):
    """There is no such run or execution."""


class DeliveryNotFound(NotFound):
    """There is no such webhook delivery."""


class CaseNotFound(NotFound):
    """There is no such case."""


class Conflict(EvidocApiError):
    """The request conflicts with the present state."""


class FlowInactive(Conflict):
    """The flow is inactive."""


class AlreadyCancelled(Conflict):
    """The run was cancelled already."""


class NotCancellable(Conflict):
    """The run has ended."""


class RequestTooLarge(EvidocApiError):
    """The request is larger than the server takes."""


class UnsupportedDocument(EvidocApiError):
    """The server does not read this type of document."""


class DocumentUnreadable(EvidocApiError):
    """The document cannot be read."""


class IdempotencyMismatch(EvidocApiError):
    """The idempotency key was used with another request."""


class AddressRefused(EvidocApiError):
    """The server sends nothing to that address."""


class RateLimited(EvidocApiError):
    """Too many requests; ``retry_after`` is in seconds."""


class ServerError(EvidocApiError):
    """The server could not."""


class Unavailable(ServerError):
    """The server cannot answer at the moment."""


class StorageFull(ServerError):
    """The server has no space left."""


class ExecutionTimeout(EvidocApiError):
    """The wait is over; the run goes on."""

    @property
    def run_id(self) -> str | None:
        """The run that goes on."""
        if not isinstance(self.details, Mapping):
            return None
        found = next((self.details[name] for name in _RUN_ID_NAMES if self.details.get(name)), None)
        return None if found is None else str(found)


_RUN_ID_NAMES = ("id", "executionId", "runId", "execution_id", "run_id")


class NetworkError(EvidocClientError):
    """No answer came."""

    def __init__(self, message: str, *, attempts: int = 1) -> None:
        self.message = message
        self.attempts = attempts
        super().__init__(message)


class ServerUnreachable(NetworkError):
    """No connection could be made; nothing was sent."""


class ConnectionLost(NetworkError):
    """The connection broke before the answer was there; the server may or may not have acted."""


class NetworkTimeout(NetworkError):
    """The answer did not come in time; the server may or may not have acted."""


class BadAnswer(EvidocClientError):
    """The answer is not one of an Evidoc server."""


class WaitTimeout(EvidocClientError):
    """What was waited for has not ended in time. ``last`` is how it stood when it was last seen."""

    def __init__(self, message: str, last: Any = None) -> None:
        self.last = last
        super().__init__(message)


class DocumentFailed(EvidocClientError):
    """The server could not process the document. ``code`` says why; ``document`` is the document."""

    def __init__(self, code: str, message: str, document: Any = None) -> None:
        self.code = code
        self.message = message
        self.document = document
        super().__init__(message)


class RunFailed(EvidocClientError):
    """The run failed or was cancelled. ``code`` says why; ``run`` is the run or execution."""

    def __init__(self, code: str, message: str, run: Any = None) -> None:
        self.code = code
        self.message = message
        self.run = run
        super().__init__(message)


class WebhookVerificationError(EvidocClientError):
    """The message was not signed with the secret, or not lately: do not trust it."""
