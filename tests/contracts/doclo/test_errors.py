import json
from typing import Any

import pytest

from evidoc.contracts.doclo import shapes
from evidoc.contracts.doclo.errors import failure_code, render
from evidoc.contracts.doclo.formats import FORMATS
from evidoc.kernel import errors
from evidoc.kernel.errors import Detail, EvidocError, InvalidRequest, all_errors
from evidoc.receiving.content_types import SUPPORTED as READABLE

CODES = {
    errors.Unauthorized: (401, "UNAUTHORIZED"),
    errors.InvalidKey: (401, "INVALID_API_KEY"),
    errors.KeyRevoked: (401, "API_KEY_REVOKED"),
    errors.KeyExpired: (401, "API_KEY_EXPIRED"),
    errors.InsufficientCredits: (402, "INSUFFICIENT_CREDITS"),
    errors.Forbidden: (403, "FORBIDDEN"),
    errors.FlowNotFound: (404, "FLOW_NOT_FOUND"),
    errors.RunNotFound: (404, "EXECUTION_NOT_FOUND"),
    errors.VersionNotFound: (404, "VERSION_NOT_FOUND"),
    errors.RunAlreadyCancelled: (409, "ALREADY_CANCELLED"),
    errors.RunNotCancellable: (409, "NOT_CANCELLABLE"),
    errors.UnsupportedDocument: (422, "INVALID_DOCUMENT"),
    errors.DocumentTypeMismatch: (422, "INVALID_DOCUMENT"),
    errors.DocumentDamaged: (422, "INVALID_DOCUMENT"),
    errors.DocumentEmpty: (422, "INVALID_DOCUMENT"),
    errors.IdempotencyMismatch: (422, "IDEMPOTENCY_MISMATCH"),
    errors.AddressRefused: (422, "VALIDATION_ERROR"),
    errors.RateLimited: (429, "RATE_LIMITED"),
    errors.TaskFailed: (500, "EXECUTION_FAILED"),
    errors.Unavailable: (503, "SERVICE_UNAVAILABLE"),
    errors.RunTimeout: (504, "EXECUTION_TIMEOUT"),
    errors.InternalError: (500, "INTERNAL_ERROR"),
}


def told(error: EvidocError) -> tuple[int, dict[str, Any]]:
    answer = render(error, "req_1")
    body = json.loads(bytes(answer.body))
    assert shapes.RefusedRequest.model_validate(body).model_dump(by_alias=True) == body
    return answer.status_code, body["error"]


@pytest.mark.parametrize("error", all_errors(), ids=lambda error: error.__name__)
def test_every_error_of_the_house_has_a_body_here(error: type[EvidocError]) -> None:
    status, body = told(error(details=[Detail("a.b[0]", "is wrong")]))
    assert 400 <= status < 600
    assert body["code"] == body["code"].upper()
    assert body["request_id"] == "req_1"
    assert body["details"]["field"] == "a.b[0]"
    assert body["details"]["reason"] == "is wrong"
    assert body["message"]
    # The contract knows no tasks and no workflows, and errors must not teach them.
    assert not {"task", "workflow"} & set(body["message"].lower().replace(";", " ").split())


@pytest.mark.parametrize(("error", "expected"), CODES.items(), ids=lambda item: getattr(item, "__name__", ""))
def test_the_contract_s_codes_are_used(error: type[EvidocError], expected: tuple[int, str]) -> None:
    status, body = told(error())
    assert (status, body["code"]) == expected


@pytest.mark.parametrize(
    ("details", "expected"),
    [
        ((), (400, "INVALID_INPUT")),
        ((Detail("body", "not valid JSON"),), (400, "INVALID_INPUT")),
        ((Detail("Content-Type", "must be application/json"),), (400, "INVALID_INPUT")),
        ((Detail("timeout", "should be less than or equal to 60000"),), (422, "VALIDATION_ERROR")),
        ((Detail("name", "is required"),), (422, "MISSING_REQUIRED_FIELD")),
        ((Detail("variables.schema", "is required: a JSON Schema"),), (422, "MISSING_REQUIRED_VARIABLE")),
        ((Detail("name", "is required"), Detail("wait", "should be a boolean")), (422, "VALIDATION_ERROR")),
    ],
)
def test_an_invalid_request_is_told_by_its_fault(details: tuple[Detail, ...], expected: tuple[int, str]) -> None:
    status, body = told(InvalidRequest(details=details))
    assert (status, body["code"]) == expected
    assert len(body["details"].get("errors", ())) == len(details)


@pytest.mark.parametrize("error", [errors.RateLimited, errors.Unavailable, errors.DocumentProcessing])
def test_what_may_be_asked_again_says_when(error: type[EvidocError]) -> None:
    assert render(error(facts={"retry_after": 17.2}), "").headers["Retry-After"] == "18"
    assert int(render(error(), "").headers["Retry-After"]) > 0


def test_a_document_at_fault_is_named_with_what_would_do() -> None:
    _, body = told(errors.DocumentDamaged("The PDF has no pages"))
    assert body["details"] == {
        "field": "input.document.base64",
        "reason": "The PDF has no pages",
        "supported": list(FORMATS),
    }
    assert {"pdf", "png", "jpeg", "webp"} <= set(FORMATS)
    assert set(FORMATS.values()) == set(READABLE)


def test_the_wait_that_ends_first_names_the_run() -> None:
    _, body = told(errors.RunTimeout(facts={"id": "exec_1"}))
    assert body["details"] == {"id": "exec_1"}


def test_why_a_run_failed_is_told_in_the_contract_s_words() -> None:
    assert failure_code("document_encrypted") == "INVALID_DOCUMENT"
    assert failure_code("internal_error") == "EXECUTION_FAILED"
    assert failure_code("task_failed") == "EXECUTION_FAILED"
    assert failure_code("a code of a later version") == "EXECUTION_FAILED"
    assert failure_code("invalid_request") == "VALIDATION_ERROR"
    assert failure_code("output_unfit") == "OUTPUT_UNFIT"
