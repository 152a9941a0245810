"""What refusals look like, for the description of the API: the body that such a request would be answered with."""

import json
from collections.abc import Mapping
from typing import Any

from evidoc.kernel import errors
from evidoc.kernel.errors import Detail, EvidocError
from evidoc.server.bodies import body_of

_REQUEST_ID = "req_01K2ZT9Q6S8Y1D4M7N3B5C0R2V"

_ERRORS: Mapping[int, type[EvidocError]] = {
    401: errors.Unauthorized,
    402: errors.InsufficientCredits,
    408: errors.RequestTimeout,
    413: errors.RequestTooLarge,
    415: errors.UnsupportedDocument,
    429: errors.RateLimited,
    500: errors.InternalError,
    503: errors.Unavailable,
    504: errors.RunTimeout,
    507: errors.StorageFull,
}

_MISSING: Mapping[str, type[EvidocError]] = {
    "{execution_id}": errors.RunNotFound,
    "{run_id}": errors.RunNotFound,
    "{delivery_id}": errors.DeliveryNotFound,
    "{document_id}": errors.DocumentNotFound,
    "/flows": errors.FlowNotFound,
    "/runs": errors.FlowNotFound,
    "{workflow_id}": errors.FlowNotFound,
    "/analysis/": errors.DocumentNotFound,
    "/documents": errors.DocumentNotFound,
}
"""What is not there, by what is in a path; the first that fits decides."""

_FAULTS: Mapping[str, Detail] = {
    "/validate": Detail("definition", "is required"),
    "{flow_id}": Detail("version", "should have at most 50 characters"),
    "{run_id}": Detail("include", "knows artifacts and metrics, not 'everything'"),
    "": Detail("limit", "should be less than or equal to 100"),
}
"""What may be wrong with a field, by what is in a path; the first that fits decides."""


def example_of(method: str, path: str, status: int) -> Any:
    """The body of a refusal with this status. Raises KeyError for one that no route gives."""
    return json.loads(bytes(body_of(_error_of(method, path, status), method, path, _REQUEST_ID).body))


def _error_of(method: str, path: str, status: int) -> EvidocError:
    if status == 400:
        return errors.InvalidRequest(details=[Detail("body", "must be a JSON object")])
    if status == 403:
        return errors.Forbidden(details=[Detail("scope", "write is needed, and the key does not have it")])
    if status == 404:
        return next(kind for part, kind in _MISSING.items() if part in path)()
    if status == 409:
        return _in_the_way(path)
    if status == 422:
        return _unfit(path)
    if status == 504:
        return errors.RunTimeout(facts={"id": "exec_01K2ZT9Q6S8Y1D4M7N3B5C0R2V"})
    return _ERRORS[status]()


def _in_the_way(path: str) -> EvidocError:
    if path.endswith("/cancel"):
        return errors.RunNotCancellable()
    return errors.FlowInactive() if path.endswith(("/run", "/executions")) else errors.Conflict()


def _unfit(path: str) -> EvidocError:
    """One contract says so of documents and of keys that were used before; the other of every field."""
    if path.startswith("/v1/workflows"):
        return errors.IdempotencyMismatch()
    if path.startswith("/v1/") or path.endswith("/run"):
        return errors.DocumentDamaged()
    return errors.InvalidRequest(details=[next(fault for part, fault in _FAULTS.items() if part in path)])
