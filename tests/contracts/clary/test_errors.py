import json
from typing import Any

import httpx
import pytest

from evidoc.contracts.clary import shapes
from evidoc.contracts.clary.errors import render
from evidoc.kernel.errors import (
    Detail,
    DocumentProcessing,
    EvidocError,
    FlowInactive,
    FlowNotFound,
    RunNotFound,
    Unavailable,
    all_errors,
)
from tests.contracts.clary.wire import refused


@pytest.mark.parametrize("error", all_errors(), ids=lambda error: error.__name__)
def test_every_error_of_the_house_has_a_body_here(error: type[EvidocError]) -> None:
    answer = render(error(details=[Detail("a.b[0]", "is wrong")]), "req_1")
    assert answer.status_code == error.status
    body = json.loads(bytes(answer.body))
    assert shapes.ErrorBody.model_validate(body).model_dump() == body
    told = body["error"]
    assert told["details"] == [{"field": "a.b[0]", "message": "is wrong"}]
    assert told["request_id"] == "req_1"
    assert told["message"]
    assert not {"flow", "run"} & set(told["message"].lower().replace(";", " ").split())


def test_the_contract_uses_its_own_words() -> None:
    codes = [
        json.loads(bytes(render(error(), "").body))["error"]["code"]
        for error in (FlowNotFound, FlowInactive, RunNotFound)
    ]
    assert codes == ["workflow_not_found", "workflow_inactive", "execution_not_found"]


@pytest.mark.parametrize("error", [Unavailable, DocumentProcessing])
def test_what_may_be_asked_again_says_when(error: type[EvidocError]) -> None:
    assert int(render(error(), "").headers["Retry-After"]) > 0


@pytest.mark.parametrize("path", ["/v1/documents", "/v1/workflows"])
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=-1", "limit"),
        ("limit=ten", "limit"),
        ("limit=", "limit"),
        ("limit=1.5", "limit"),
        ("limit=1.0", "limit"),
        ("limit=%2B5", "limit"),
        ("limit=5_0", "limit"),
        ("limit=%205", "limit"),
        ("limit=%D9%A5", "limit"),
        ("offset=1e1", "offset"),
        ("offset=-1", "offset"),
        ("offset=99999999999999999999999999", "offset"),
        (f"limit={'9' * 5000}", "limit"),
        ("status=nonsense", "status"),
    ],
)
def test_a_query_out_of_range_is_refused(client: httpx.Client, path: str, query: str, field: str) -> None:
    error = refused(client.get(f"{path}?{query}"), 400)
    assert error["code"] == "invalid_request"
    assert error["type"] == "validation_error"
    assert [detail["field"] for detail in error["details"]] == [field]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"\xff\xfe",
        b'{"name": "a\\u0000b", "definition": {}}',
        b'{"name": "\\ud800", "definition": {}}',
        b'{"na\\u0000me": 1}',
        b'{"name": NaN}',
        b'{"name": Infinity}',
        b'{"name": 1e999}',
        b'{"name": ' + b"9" * 5000 + b"}",
        b'{"name": "a", "name": "b"}',
        b"[" * 60_000,
        b'{"definition":' * 4_000 + b"1" + b"}" * 4_000,
        b'{"name": "x", "definition": ' + b"[" * 100 + b"]" * 100 + b"}",
    ],
    ids=range(17),
)
def test_json_that_no_one_can_keep_is_refused(client: httpx.Client, content: bytes) -> None:
    answer = client.post("/v1/workflows", content=content, headers={"Content-Type": "application/json"})
    error = refused(answer, 400)
    assert error["code"] == "invalid_request"
    assert error["details"]


@pytest.mark.parametrize(
    "content_type", [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
)
def test_another_content_type_is_refused(client: httpx.Client, content_type: str | None) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    answer = client.post("/v1/workflows", content=b'{"name": "x", "definition": {}}', headers=headers)
    assert refused(answer, 400)["details"][0]["field"] == "Content-Type"


def test_a_json_body_has_a_limit(client: httpx.Client) -> None:
    body = {"name": "x", "definition": {"tasks": []}, "padding": "x" * 70_000}
    assert refused(client.post("/v1/workflows", json=body), 413)["code"] == "request_too_large"

    def chunks() -> Any:
        yield b'{"name": "'
        for _ in range(70):
            yield b"x" * 1000

    answer = client.post("/v1/workflows", content=chunks(), headers={"Content-Type": "application/json"})
    assert refused(answer, 413)["code"] == "request_too_large"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/", 404, "not_found"),
        ("GET", "/v1", 404, "not_found"),
        ("GET", "/v1/documents/", 404, "not_found"),
        ("GET", "/v1/nothing", 404, "not_found"),
        ("GET", "/v1/documents/%00", 400, "invalid_request"),
        ("GET", "/v1/documents/%ff%fe", 404, "document_not_found"),
        ("GET", "/v1/documents/doc_x%2F..%2F..", 404, "not_found"),
        ("GET", "/v1/documents/" + "x" * 5000, 404, "document_not_found"),
        ("GET", "/v1/analysis/classify", 405, "method_not_allowed"),
        ("PUT", "/v1/documents", 405, "method_not_allowed"),
        ("PATCH", "/v1/documents/doc_x", 405, "method_not_allowed"),
        ("TRACE", "/v1/documents", 405, "method_not_allowed"),
        ("NONSENSE", "/v1/documents", 400, "invalid_request"),
    ],
)
def test_what_is_not_there_is_refused(client: httpx.Client, method: str, path: str, status: int, code: str) -> None:
    assert refused(client.request(method, path), status)["code"] == code


def test_headers_without_end_are_refused(client: httpx.Client) -> None:
    answer = client.get("/v1/documents", headers={f"X-{number}": "x" * 1000 for number in range(70)})
    assert refused(answer, 400)["code"] == "invalid_request"
