"""Every refusal that Evidoc gives, in one tree.

EvidocError
├── InvalidRequest            400 invalid_request
├── Unauthorized              401 unauthorized
│   ├── InvalidKey            401 invalid_api_key
│   ├── KeyRevoked            401 api_key_revoked
│   └── KeyExpired            401 api_key_expired
├── InsufficientCredits       402 insufficient_credits
├── Forbidden                 403 forbidden
├── NotFound                  404 not_found
│   ├── DocumentNotFound      404 document_not_found
│   ├── FlowNotFound          404 flow_not_found
│   ├── VersionNotFound       404 version_not_found
│   ├── RunNotFound           404 run_not_found
│   └── DeliveryNotFound      404 delivery_not_found
├── MethodNotAllowed          405 method_not_allowed
├── Conflict                  409 conflict
│   ├── FlowInactive          409 flow_inactive
│   ├── RunAlreadyCancelled   409 run_already_cancelled
│   └── RunNotCancellable     409 run_not_cancellable
├── RequestTimeout            408 request_timeout
├── RequestTooLarge           413 request_too_large
├── UnsupportedDocument       415 unsupported_document_type
│   └── DocumentTypeMismatch  415 document_type_mismatch
├── DocumentUnreadable        422 document_unreadable
│   ├── DocumentEmpty         422 document_empty
│   ├── DocumentDamaged       422 document_damaged
│   ├── DocumentEncrypted     422 document_encrypted
│   ├── DocumentTooComplex    422 document_too_complex
│   └── ReaderCrashed         422 reader_crashed
├── IdempotencyMismatch       422 idempotency_mismatch
├── AddressRefused            422 address_refused
├── OutputUnfit               422 output_unfit         (inside a run: what was found does not fit the schema)
├── FlowNesting               422 flow_nesting         (inside a run: flows run each other in a circle, or too deep)
├── RunCancelled              409 run_cancelled        (inside a run: it was told to stop; never an HTTP answer)
├── RateLimited               429 rate_limited
├── DeliveryRefused           422 delivery_refused     (inside a run: the receiver will never take it)
├── DeliveryFailed            502 delivery_failed      (inside a run: the receiver cannot take it now)
├── TaskFailed                500 task_failed          (inside a run; never an HTTP answer by itself)
├── StorageFull               507 storage_full
├── Unavailable               503 unavailable
│   └── DocumentProcessing    503 document_processing
├── RunTimeout                504 run_timeout          (the wait is over, the run goes on)
├── ContentDamaged            500 content_damaged      (kept bytes were altered or cut off; they are never shown)
├── CannotStart               500 cannot_start         (while opening the store; never an HTTP answer)
│   ├── DataFolderInUse       500 data_folder_in_use
│   └── WrongMasterKey        500 wrong_master_key
└── InternalError             500 internal_error       (a bug of ours; its cause is logged, never shown)

The class docstring is the default message. A contract turns an error into its own body; nothing else
builds error bodies.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """Who is at fault, in the closed set of types that the Klarefi page publishes."""

    VALIDATION = "validation_error"
    AUTHENTICATION = "authentication_error"
    AUTHORIZATION = "authorization_error"
    NOT_FOUND = "not_found"
    RATE_LIMIT = "rate_limit_error"
    BILLING = "billing_error"
    INTERNAL = "internal_error"


@dataclass(frozen=True, slots=True)
class Detail:
    """One fault in a request: the path of the field (``definition.tasks[0].type``) and what is wrong."""

    field: str
    message: str


class EvidocError(Exception):
    """Something went wrong."""

    code = "internal_error"
    status = 500
    kind = Kind.INTERNAL

    def __init__(
        self, message: str | None = None, details: Iterable[Detail] = (), facts: Mapping[str, Any] | None = None
    ) -> None:
        """``facts`` are named values that a program may act on: a run's id, the seconds to wait, what is supported."""
        self.message = message or (type(self).__doc__ or "").strip()
        self.details = tuple(details)
        self.facts = dict(facts or {})
        super().__init__(self.message)

    def __reduce__(self) -> tuple[type["EvidocError"], tuple[str, tuple[Detail, ...], dict[str, Any]]]:
        return type(self), (self.message, self.details, self.facts)


class InvalidRequest(EvidocError):
    """The request was invalid"""

    code, status, kind = "invalid_request", 400, Kind.VALIDATION


class Unauthorized(EvidocError):
    """An API key is required"""

    code, status, kind = "unauthorized", 401, Kind.AUTHENTICATION


class InvalidKey(Unauthorized):
    """Invalid API key"""

    code = "invalid_api_key"


class KeyRevoked(Unauthorized):
    """The API key was revoked"""

    code = "api_key_revoked"


class KeyExpired(Unauthorized):
    """The API key has expired"""

    code = "api_key_expired"


class InsufficientCredits(EvidocError):
    """The organisation has too few credits for this"""

    code, status, kind = "insufficient_credits", 402, Kind.BILLING


class Forbidden(EvidocError):
    """Insufficient permissions"""

    code, status, kind = "forbidden", 403, Kind.AUTHORIZATION


class NotFound(EvidocError):
    """Not found"""

    code, status, kind = "not_found", 404, Kind.NOT_FOUND


class DocumentNotFound(NotFound):
    """Document not found"""

    code = "document_not_found"


class FlowNotFound(NotFound):
    """Flow not found"""

    code = "flow_not_found"


class VersionNotFound(NotFound):
    """The flow has no such version"""

    code = "version_not_found"


class RunNotFound(NotFound):
    """Run not found"""

    code = "run_not_found"


class DeliveryNotFound(NotFound):
    """Webhook delivery not found"""

    code = "delivery_not_found"


class MethodNotAllowed(EvidocError):
    """This method is not allowed here"""

    code, status, kind = "method_not_allowed", 405, Kind.VALIDATION


class Conflict(EvidocError):
    """The request conflicts with the present state"""

    code, status, kind = "conflict", 409, Kind.VALIDATION


class FlowInactive(Conflict):
    """The flow is inactive; activate it before running it"""

    code = "flow_inactive"


class RunAlreadyCancelled(Conflict):
    """The run was cancelled already"""

    code = "run_already_cancelled"


class RunNotCancellable(Conflict):
    """The run has ended and cannot be cancelled"""

    code = "run_not_cancellable"


class RequestTimeout(EvidocError):
    """The request did not arrive in time"""

    code, status, kind = "request_timeout", 408, Kind.VALIDATION


class RequestTooLarge(EvidocError):
    """The request is larger than this server accepts"""

    code, status, kind = "request_too_large", 413, Kind.VALIDATION


class UnsupportedDocument(EvidocError):
    """This type of document is not supported"""

    code, status, kind = "unsupported_document_type", 415, Kind.VALIDATION


class DocumentTypeMismatch(UnsupportedDocument):
    """The content of the file is not of the type that was declared"""

    code = "document_type_mismatch"


class DocumentUnreadable(EvidocError):
    """The document cannot be read"""

    code, status, kind = "document_unreadable", 422, Kind.VALIDATION


class DocumentEmpty(DocumentUnreadable):
    """The document is empty"""

    code = "document_empty"


class DocumentDamaged(DocumentUnreadable):
    """The document is damaged and cannot be opened"""

    code = "document_damaged"


class DocumentEncrypted(DocumentUnreadable):
    """The document is encrypted with a password that is not known"""

    code = "document_encrypted"


class DocumentTooComplex(DocumentUnreadable):
    """The document needs more time, memory or pages than this server allows"""

    code = "document_too_complex"


class ReaderCrashed(DocumentUnreadable):
    """The document made its reader crash"""

    code = "reader_crashed"


class IdempotencyMismatch(EvidocError):
    """This idempotency key was used with another request"""

    code, status, kind = "idempotency_mismatch", 422, Kind.VALIDATION


class AddressRefused(EvidocError):
    """This server does not send requests to that address"""

    code, status, kind = "address_refused", 422, Kind.VALIDATION


class OutputUnfit(EvidocError):
    """What was found in the document does not fit the schema"""

    code, status, kind = "output_unfit", 422, Kind.VALIDATION
    found: Any = None
    """What was found all the same (a task's output), to be kept beside the failure."""


class FlowNesting(EvidocError):
    """Flows run each other in a circle or too deep"""

    code, status, kind = "flow_nesting", 422, Kind.VALIDATION


class RunCancelled(EvidocError):
    """The run was cancelled"""

    code, status, kind = "run_cancelled", 409, Kind.VALIDATION


class RateLimited(EvidocError):
    """Too many requests; try again when the window resets"""

    code, status, kind = "rate_limited", 429, Kind.RATE_LIMIT


class DeliveryRefused(EvidocError):
    """The receiver will not take this"""

    code, status, kind = "delivery_refused", 422, Kind.VALIDATION


class DeliveryFailed(EvidocError):
    """The receiver cannot be reached at the moment"""

    code, status = "delivery_failed", 502


class TaskFailed(EvidocError):
    """A task of the run failed"""

    code = "task_failed"


class StorageFull(EvidocError):
    """There is no space left to keep this; nothing was changed"""

    code, status = "storage_full", 507


class Unavailable(EvidocError):
    """The service cannot answer at the moment; try again"""

    code, status = "unavailable", 503


class DocumentProcessing(Unavailable):
    """The document is still being processed; try again in a moment"""

    code = "document_processing"


class RunTimeout(EvidocError):
    """The run has not ended in time; it goes on"""

    code, status = "run_timeout", 504


class ContentDamaged(EvidocError):
    """What was kept of this document is damaged and cannot be shown"""

    code = "content_damaged"


class CannotStart(EvidocError):
    """The server cannot start with this data folder and these settings"""

    code = "cannot_start"


class DataFolderInUse(CannotStart):
    """Another server is using this data folder"""

    code = "data_folder_in_use"


class WrongMasterKey(CannotStart):
    """The master key is not the one that this data folder was made with"""

    code = "wrong_master_key"


class InternalError(EvidocError):
    """An unexpected error occurred"""


def all_errors() -> list[type[EvidocError]]:
    """Every class of the tree, root excluded, for the test that renders each in each contract."""
    found: list[type[EvidocError]] = []
    queue = list(EvidocError.__subclasses__())
    while queue:
        error = queue.pop(0)
        found.append(error)
        queue.extend(error.__subclasses__())
    return found


def error_for_code(code: str) -> type[EvidocError]:
    """The class that carries ``code``; how an error that was stored comes back as itself."""
    return next((error for error in all_errors() if error.code == code), InternalError)
