import base64
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import httpx
import pytest

from evidoc.cli.sample_invoice import sample_invoice
from evidoc.contracts.doclo import shapes
from tests.contracts.doclo.scans import scan
from tests.contracts.doclo.wire import document, ended, fits, refused, run, tasks_flow
from tests.served import Served, serving, until

READ = {"id": "read", "type": "document_parser"}
NOTE = b"Invoice number: NW-118\nTotal amount: 12.50 EUR\n"


@pytest.fixture(scope="module")
def flow(server: Served) -> Iterator[str]:
    with server.client() as client:
        yield tasks_flow(client, READ)


def test_a_run_is_pending_then_completed(client: httpx.Client, flow: str) -> None:
    metadata = {"orderId": "A-7", "nested": {"list": [1, None, True]}}
    answer = run(client, flow, NOTE, metadata=metadata, variables={"a": 1})
    started = fits(shapes.Execution, answer)
    assert started["status"] == "pending"
    assert started["id"].startswith("exec_")
    assert started["flowId"] == flow
    assert started["version"] == "1"
    assert started["metadata"] == metadata
    assert answer.headers["location"] == f"/api/v1/runs/{started['id']}"
    found = ended(client, started["id"])
    assert found["status"] == "completed"
    assert found["metadata"] == metadata
    assert found["metrics"]["pageCount"] == 1
    assert found["metrics"]["creditsUsed"] == 1
    assert found["metrics"]["durationMs"] > 0
    assert {"progress", "error", "artifacts"}.isdisjoint(found)


def test_what_was_included_is_there(client: httpx.Client, flow: str) -> None:
    found = fits(shapes.Execution, run(client, flow, NOTE, wait=True))
    with_artifacts = ended(client, found["id"], "artifacts")
    assert with_artifacts["artifacts"]["read"]["pages"][0]["text"].startswith("Invoice number")
    assert ended(client, found["id"], "artifacts, metrics") == with_artifacts
    refused(client.get(f"/api/v1/runs/{found['id']}?include=everything"), 422, "VALIDATION_ERROR")


def test_a_wait_that_is_too_short_leaves_the_run_going(client: httpx.Client, flow: str) -> None:
    error = refused(run(client, flow, sample_invoice(), wait=True, timeout=1), 504, "EXECUTION_TIMEOUT")
    assert ended(client, error["details"]["id"])["status"] == "completed"


def test_whoever_goes_while_waiting_leaves_the_run_going(server: Served, client: httpx.Client, flow: str) -> None:
    before = client.get("/api/v1/runs").json()["total"]
    link = HTTPConnection(server.url.removeprefix("http://"))
    body = json.dumps({"input": {"document": document(scan(pages=1))}, "wait": True})
    link.request("POST", f"/api/v1/flows/{flow}/run", body, {"Content-Type": "application/json"})
    runs = until(lambda: client.get("/api/v1/runs").json(), lambda page: page["total"] > before)["runs"]
    link.close()
    assert ended(client, runs[0]["id"])["status"] == "completed"


def test_many_may_wait_at_once(server: Served, flow: str) -> None:
    """More than there are threads for requests."""
    with server.client(limits=httpx.Limits(max_connections=44)) as client, ThreadPoolExecutor(44) as pool:
        asked = [pool.submit(run, client, flow, NOTE, wait=True, timeout=60_000) for _ in range(44)]
        states = {fits(shapes.Execution, each.result())["status"] for each in asked}
    assert states == {"completed"}


def test_a_run_that_fails_is_an_answer(client: httpx.Client, flow: str) -> None:
    damaged = sample_invoice()[:400]
    found = fits(shapes.Execution, run(client, flow, damaged, wait=True, timeout=60_000))
    assert found["status"] == "failed"
    assert found["error"] == {"code": "INVALID_DOCUMENT", "message": found["error"]["message"], "step": "read"}
    assert found["metrics"]["creditsUsed"] == 0
    assert "output" not in found
    refused(client.post(f"/api/v1/runs/{found['id']}/cancel"), 409, "NOT_CANCELLABLE")


def test_a_run_inside_a_long_ocr_is_cancelled_and_frees_its_place(client: httpx.Client, flow: str) -> None:
    long = fits(shapes.Execution, run(client, flow, scan(pages=45), metadata={"a": 1}))
    seen = [0]

    def look() -> dict[str, Any]:
        state = fits(shapes.Execution, client.get(f"/api/v1/runs/{long['id']}"))
        seen.append(state["progress"]["percentage"])
        return state

    going = until(look, lambda state: state["progress"]["percentage"] > 0)
    assert (going["status"], going["progress"]["step"]) == ("running", "read")
    assert seen == sorted(seen)
    assert seen[-1] < 50
    cancelled = fits(shapes.ExecutionItem, client.post(f"/api/v1/runs/{long['id']}/cancel"))
    assert cancelled["status"] == "cancelled"
    assert cancelled["metadata"] == {"a": 1}
    assert cancelled["cancelledAt"] >= cancelled["createdAt"]
    refused(client.post(f"/api/v1/runs/{long['id']}/cancel"), 409, "ALREADY_CANCELLED")
    short = fits(shapes.Execution, run(client, flow, scan(pages=1), wait=True, timeout=60_000))
    assert short["status"] == "completed"
    found = fits(shapes.Execution, client.get(f"/api/v1/runs/{long['id']}?include=metrics"))
    assert found["status"] == "cancelled"
    assert found["metrics"]["creditsUsed"] == 0
    assert client.get(f"/v1/documents/{long['documentId']}").json()["status"] == "failed"


def test_the_run_of_an_erased_document_says_what_happened_and_no_more(client: httpx.Client, flow: str) -> None:
    found = fits(shapes.Execution, run(client, flow, NOTE, wait=True, idempotencyKey="erased"))
    client.delete(f"/v1/documents/{found['documentId']}").raise_for_status()
    left = ended(client, found["id"], "artifacts,metrics")
    assert left["status"] == "completed"
    assert left["output"] is None
    assert left["artifacts"] == {}
    again = run(client, flow, NOTE, wait=True, idempotencyKey="erased")
    assert fits(shapes.Execution, again)["output"] is None
    going = fits(shapes.Execution, run(client, flow, scan(pages=45)))
    client.delete(f"/v1/documents/{going['documentId']}").raise_for_status()
    assert ended(client, going["id"])["status"] == "cancelled"


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        ({}, 400, "INVALID_INPUT", "input.document.base64"),
        ({"input": None}, 400, "INVALID_INPUT", "input.document.base64"),
        ({"input": {"document": "QQ=="}}, 400, "INVALID_INPUT", "input.document.base64"),
        ({"input": {"document": {"base64": ""}}}, 400, "INVALID_INPUT", "input.document.base64"),
        ({"input": {"document": {"base64": None}}}, 400, "INVALID_INPUT", "input.document.base64"),
        ({"input": {"document": {"base64": "%%%"}}}, 422, "INVALID_DOCUMENT", "input.document.base64"),
        ({"input": {"document": {"base64": "AAAA"}}}, 422, "INVALID_DOCUMENT", "input.document.base64"),
        ({"timeout": 60_001}, 422, "VALIDATION_ERROR", "timeout"),
        ({"timeout": 0}, 422, "VALIDATION_ERROR", "timeout"),
        ({"timeout": "30000"}, 422, "VALIDATION_ERROR", "timeout"),
        ({"wait": "yes"}, 422, "VALIDATION_ERROR", "wait"),
        ({"wait": 1}, 422, "VALIDATION_ERROR", "wait"),
        ({"metadata": []}, 422, "VALIDATION_ERROR", "metadata"),
        ({"webookUrl": "https://example.com"}, 422, "VALIDATION_ERROR", "webookUrl"),
        ({"webhookSecret": "s"}, 422, "MISSING_REQUIRED_FIELD", "webhookUrl"),
        ({"idempotencyKey": ""}, 422, "VALIDATION_ERROR", "idempotencyKey"),
        ({"version": 1}, 422, "VALIDATION_ERROR", "version"),
        ({"version": "7"}, 404, "VERSION_NOT_FOUND", None),
        ({"version": "1.0.0"}, 404, "VERSION_NOT_FOUND", None),
        ({"version": "99999999999999999999"}, 404, "VERSION_NOT_FOUND", None),
    ],
)
def test_what_is_asked_wrongly_is_refused(
    client: httpx.Client, flow: str, body: dict[str, Any], status: int, code: str, field: str | None
) -> None:
    before = client.get("/api/v1/runs").json()["total"]
    whole = {"input": {"document": document(NOTE)}} | body if "input" not in body and body else body
    error = refused(client.post(f"/api/v1/flows/{flow}/run", json=whole), status, code)
    assert error["details"].get("field") == field
    assert client.get("/api/v1/runs").json()["total"] == before


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"metadata": []}, "metadata should be a JSON object"),
        ({"version": 1}, "version should be a string"),
        ({"wait": "yes"}, "wait should be a boolean"),
        ({"idempotencyKey": ""}, "idempotencyKey should have at least 1 character"),
        ({"webookUrl": ""}, "webookUrl is not known here; known are idempotencyKey, input, metadata, timeout,"),
    ],
)
def test_the_message_is_a_sentence_about_the_field(
    client: httpx.Client, flow: str, body: dict[str, Any], said: str
) -> None:
    error = refused(run(client, flow, NOTE, **body), 422, "VALIDATION_ERROR")
    assert error["message"].startswith(f"The request was invalid: {said}")


def test_a_misspelt_field_is_told_what_was_meant(client: httpx.Client, flow: str) -> None:
    error = refused(run(client, flow, NOTE, webookUrl="https://example.com"), 422, "VALIDATION_ERROR")
    assert "webhookUrl" in error["details"]["reason"]


@pytest.mark.parametrize("version", ["1", "latest", None])
def test_a_version_may_be_named(client: httpx.Client, flow: str, version: str | None) -> None:
    assert fits(shapes.Execution, run(client, flow, NOTE, version=version))["version"] == "1"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"mimeType": "application/pdf"}, "PDF"),
        ({"filename": "scan.png"}, "PNG"),
        ({"base64": "data:image/png;base64," + base64.b64encode(NOTE).decode()}, "PNG"),
        ({"base64": "data:image/png;base64," + base64.b64encode(NOTE).decode(), "mimeType": "text/plain"}, "image/png"),
    ],
)
def test_a_document_that_is_not_what_it_is_said_to_be_is_refused(
    client: httpx.Client, flow: str, given: dict[str, str], says: str
) -> None:
    body = {"input": {"document": document(NOTE) | given}}
    error = refused(client.post(f"/api/v1/flows/{flow}/run", json=body), 422, "INVALID_DOCUMENT")
    assert says in error["details"]["reason"]
    assert "pdf" in error["details"]["supported"]


def test_a_document_may_be_a_data_url_or_wrapped(client: httpx.Client, flow: str) -> None:
    text = base64.encodebytes(sample_invoice()).decode()
    for spelling in (text, "data:application/pdf;base64," + text.replace("\n", ""), text.replace("\n", "\r\n")):
        body = {"input": {"document": {"base64": spelling}}, "wait": True, "timeout": 60_000}
        found = fits(shapes.Execution, client.post(f"/api/v1/flows/{flow}/run", json=body))
        assert found["status"] == "completed"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff",
        b'{"input": {"document": {"base64": "QQ==", "base64": "QQ=="}}}',
        b'{"input": {"document": {"base64": "QQ=="}}',
        b'{"input": {"document": {"base64": "QQ=="}}} trailing',
        b'{"input": {"document": {"base64": "QQ=="}}, "metadata": ' + b"[" * 100 + b"]" * 100 + b"}",
        b"[" * 60_000,
        b'{"input":' * 5_000,
    ],
    ids=range(11),
)
def test_json_that_no_one_can_keep_is_refused(client: httpx.Client, flow: str, content: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    answer = client.post(f"/api/v1/flows/{flow}/run", content=content, headers=headers)
    refused(answer, 400, "INVALID_INPUT")


def test_another_content_type_is_refused(client: httpx.Client, flow: str) -> None:
    answer = client.post(f"/api/v1/flows/{flow}/run", content=b"{}", headers={"Content-Type": "text/plain"})
    refused(answer, 400, "INVALID_INPUT")


def test_what_is_too_large_is_refused(client: httpx.Client, flow: str) -> None:
    """The server of these tests takes 4 MB of a document and 64 KB besides."""
    large = bytes(4 * 1024 * 1024)
    refused(run(client, flow, large + b"x"), 413, "REQUEST_TOO_LARGE")
    refused(run(client, flow, NOTE, metadata={"padding": "x" * 70_000}), 413, "REQUEST_TOO_LARGE")

    def chunks() -> Iterator[bytes]:
        yield b'{"input": {"document": {"base64": "'
        for _ in range(100):
            yield b"QUFB" * 20_000
        yield b'"}}}'

    headers = {"Content-Type": "application/json"}
    answer = client.post(f"/api/v1/flows/{flow}/run", content=chunks(), headers=headers)
    refused(answer, 413, "REQUEST_TOO_LARGE")


def test_nothing_is_left_of_a_body(server: Served, client: httpx.Client, flow: str) -> None:
    run(client, flow, NOTE, wait=True).raise_for_status()
    refused(run(client, flow, bytes(100)), 422, "INVALID_DOCUMENT")
    assert not list((server.data / "scratch").glob("run-*"))


def test_runs_are_listed(client: httpx.Client) -> None:
    flow = tasks_flow(client, READ)
    ids = [fits(shapes.Execution, run(client, flow, NOTE, wait=True))["id"] for _ in range(3)]
    page = fits(shapes.ExecutionList, client.get(f"/api/v1/runs?flowId={flow}&limit=2&status=completed"))
    assert [item["id"] for item in page["runs"]] == ids[:0:-1]
    assert (page["total"], page["limit"], page["offset"]) == (3, 2, 0)
    assert fits(shapes.ExecutionList, client.get(f"/api/v1/runs?flowId={flow}&status=failed"))["runs"] == []
    refused(client.get("/api/v1/runs?flowId=nothing"), 404, "FLOW_NOT_FOUND")
    refused(client.get("/api/v1/runs?status=queued"), 422, "VALIDATION_ERROR")
    refused(client.get("/api/v1/runs?limit=101"), 422, "VALIDATION_ERROR")


def test_a_key_gives_the_first_answer_again(client: httpx.Client, flow: str) -> None:
    first = run(client, flow, NOTE, idempotencyKey="once", metadata={"a": 1})
    started = fits(shapes.Execution, first)
    ended(client, started["id"])
    again = run(client, flow, NOTE, idempotencyKey="once", metadata={"a": 1})
    assert again.json() == started
    assert again.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers
    waited = run(client, flow, NOTE, idempotencyKey="once", metadata={"a": 1}, wait=True, timeout=60_000)
    assert waited.json()["id"] == started["id"]
    assert waited.json()["status"] == "completed"
    refused(run(client, flow, NOTE + b"!", idempotencyKey="once", metadata={"a": 1}), 422, "IDEMPOTENCY_MISMATCH")
    refused(run(client, flow, NOTE, idempotencyKey="once"), 422, "IDEMPOTENCY_MISMATCH")


def test_a_key_may_be_a_header(client: httpx.Client, flow: str) -> None:
    body = {"input": {"document": document(NOTE)}}
    path = f"/api/v1/flows/{flow}/run"
    first = client.post(path, json=body, headers={"Idempotency-Key": "in a header"}).json()
    again = client.post(path, json={**body, "idempotencyKey": "in a header"}).json()
    assert again == first
    answer = client.post(path, json={**body, "idempotencyKey": "a"}, headers={"Idempotency-Key": "b"})
    refused(answer, 422, "VALIDATION_ERROR")


def test_a_hundred_with_one_key_start_one_run(server: Served, client: httpx.Client, flow: str) -> None:
    data = json.dumps({"input": {"document": document(NOTE)}}).encode()
    with server.client(limits=httpx.Limits(max_connections=100)) as many, ThreadPoolExecutor(100) as pool:
        for round_number in range(4):
            before = client.get("/api/v1/runs").json()["total"]
            headers = {"Content-Type": "application/json", "Idempotency-Key": f"round {round_number}"}
            together = threading.Barrier(100)

            def start(together: threading.Barrier = together, headers: dict[str, str] = headers) -> httpx.Response:
                together.wait(60)
                return many.post(f"/api/v1/flows/{flow}/run", content=data, headers=headers)

            answers = [each.result() for each in [pool.submit(start) for _ in range(100)]]
            assert {answer.status_code for answer in answers} == {200}
            assert len({answer.json()["id"] for answer in answers}) == 1
            assert sum("idempotent-replayed" not in answer.headers for answer in answers) == 1
            assert client.get("/api/v1/runs").json()["total"] == before + 1


def test_whoever_waits_for_a_server_that_stops_is_told_which_run_goes_on(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as served, served.client() as client, ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(run, client, "invoice-extractor", scan(pages=45), wait=True, timeout=60_000)
        begun = until(lambda: client.get("/api/v1/runs").json()["runs"], bool)
        served.process.terminate()
        answer = waiting.result()
    error = refused(answer, 503, "SERVICE_UNAVAILABLE")
    assert error["details"]["id"] == begun[0]["id"]
    assert int(answer.headers["retry-after"]) > 0
