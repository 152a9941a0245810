"""From an answer that is a refusal to the error that it is."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from evidoc_client import errors
from evidoc_client.errors import EvidocApiError

_BY_CODE: Mapping[str, type[EvidocApiError]] = {
    "document_not_found": errors.DocumentNotFound,
    "flow_not_found": errors.FlowNotFound,
    "workflow_not_found": errors.FlowNotFound,
    "version_not_found": errors.VersionNotFound,
    "run_not_found": errors.RunNotFound,
    "execution_not_found": errors.RunNotFound,
    "delivery_not_found": errors.DeliveryNotFound,
    "case_not_found": errors.CaseNotFound,
    "flow_inactive": errors.FlowInactive,
    "workflow_inactive": errors.FlowInactive,
    "already_cancelled": errors.AlreadyCancelled,
    "run_already_cancelled": errors.AlreadyCancelled,
    "execution_already_cancelled": errors.AlreadyCancelled,
    "not_cancellable": errors.NotCancellable,
    "run_not_cancellable": errors.NotCancellable,
    "execution_not_cancellable": errors.NotCancellable,
    "document_unreadable": errors.DocumentUnreadable,
    "document_empty": errors.DocumentUnreadable,
    "document_damaged": errors.DocumentUnreadable,
    "document_encrypted": errors.DocumentUnreadable,
    "document_too_complex": errors.DocumentUnreadable,
    "reader_crashed": errors.DocumentUnreadable,
    "invalid_document": errors.DocumentUnreadable,
    "idempotency_mismatch": errors.IdempotencyMismatch,
    "idempotency_key_conflict": errors.IdempotencyMismatch,
    "address_refused": errors.AddressRefused,
    "run_timeout": errors.ExecutionTimeout,
    "execution_timeout": errors.ExecutionTimeout,
    "storage_full": errors.StorageFull,
}

_BY_STATUS: Mapping[int, type[EvidocApiError]] = {
    400: errors.InvalidRequest,
    401: errors.Unauthorized,
    402: errors.InsufficientCredits,
    403: errors.Forbidden,
    404: errors.NotFound,
    409: errors.Conflict,
    413: errors.RequestTooLarge,
    415: errors.UnsupportedDocument,
    422: errors.InvalidRequest,
    429: errors.RateLimited,
    502: errors.Unavailable,
    503: errors.Unavailable,
    504: errors.Unavailable,
    507: errors.StorageFull,
}

_LONGEST_MESSAGE = 2_000


def refusal_of(status: int, headers: Mapping[str, str], content: bytes, attempts: int = 1) -> EvidocApiError:
    """The error that a refusal is, from the body of whichever contract answered, or of no contract at all."""
    told = _told(content)
    code = str(told.get("code") or f"http_{status}")
    message = str(told.get("message") or _message_of(status, headers))
    request_id = told.get("request_id") or headers.get("x-request-id")
    kind = _BY_CODE.get(code.lower()) or _BY_STATUS.get(status)
    if kind is None:
        kind = errors.ServerError if status >= 500 else EvidocApiError
    return kind(
        code,
        message[:_LONGEST_MESSAGE],
        status,
        told.get("details"),
        None if request_id is None else str(request_id),
        retry_after=retry_after_of(headers),
        attempts=attempts,
    )


def retry_after_of(headers: Mapping[str, str]) -> float | None:
    """The seconds of Retry-After, given as seconds or as a date; None where there are none."""
    text = headers.get("retry-after", "").strip()
    if not text:
        return None
    try:
        return max(0.0, float(text))
    except ValueError:
        pass
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (at - datetime.now(UTC)).total_seconds())


def _told(content: bytes) -> Mapping[str, Any]:
    """What is under ``error``; where that is a sentence and no object, the sentence as the message."""
    try:
        told = json.loads(content)
    except ValueError:
        return {}
    error = told.get("error") if isinstance(told, dict) else None
    if isinstance(error, str):
        return {"message": error}
    return error if isinstance(error, dict) else {}


def _message_of(status: int, headers: Mapping[str, str]) -> str:
    if 300 <= status < 400 and "location" in headers:
        return f"The server points to {headers['location']}; redirects are not followed, give that address instead"
    return f"The server answered {status} and did not say why"
