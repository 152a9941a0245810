"""What is created once, however often it is asked for."""

from typing import Any

import httpx
import pytest

from tests.contracts.clary.wire import refused
from tests.served import until_final

DEFINITION = {"tasks": [{"id": "read", "type": "document_parser"}]}


def upload(client: httpx.Client, key: str, content: bytes = b"A line.\n", **fields: str) -> httpx.Response:
    files = {"file": ("note.txt", content, "text/plain")}
    return client.post("/v1/documents", files=files, data=fields, headers={"Idempotency-Key": key})


def test_an_upload_that_is_repeated_is_the_same_document(client: httpx.Client) -> None:
    first = upload(client, "upload", name="a note", metadata='{"a": 1}')
    assert first.status_code == 201
    until_final(client, f"/v1/documents/{first.json()['document_id']}")
    again = upload(client, "upload", name="a note", metadata='{"a": 1}')
    assert again.status_code == 201
    assert again.json() == first.json()
    assert again.headers["location"] == first.headers["location"]
    assert again.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers
    in_the_form = client.post(
        "/v1/documents",
        files={"file": ("note.txt", b"A line.\n", "text/plain")},
        data={"name": "a note", "metadata": '{"a": 1}', "idempotency_key": "upload"},
    )
    assert in_the_form.json() == first.json()


def test_another_upload_under_the_same_key_is_refused(client: httpx.Client) -> None:
    upload(client, "another").raise_for_status()
    before = client.get("/v1/documents").json()["pagination"]["total"]
    for answer in (upload(client, "another", b"Another line.\n"), upload(client, "another", name="named")):
        assert refused(answer, 422)["code"] == "idempotency_mismatch"
    assert client.get("/v1/documents").json()["pagination"]["total"] == before


def test_an_upload_that_was_refused_is_not_remembered(client: httpx.Client) -> None:
    assert refused(upload(client, "refused", b""), 422)["code"] == "document_empty"
    assert upload(client, "refused").status_code == 201


def test_the_upload_of_a_document_that_was_erased_since_tells_nothing_of_it(client: httpx.Client) -> None:
    document = upload(client, "erased").json()["document_id"]
    client.delete(f"/v1/documents/{document}").raise_for_status()
    assert refused(upload(client, "erased"), 404)["code"] == "document_not_found"


def test_a_workflow_is_created_once_and_told_of_as_it_was(client: httpx.Client) -> None:
    body = {"name": "once", "definition": DEFINITION, "idempotency_key": "workflow"}
    first = client.post("/v1/workflows", json=body)
    assert first.status_code == 201
    client.patch(first.headers["location"], json={"name": "changed since"}).raise_for_status()
    again = client.post("/v1/workflows", json=body)
    assert again.status_code == 201
    assert again.json() == first.json()
    assert again.headers["idempotent-replayed"] == "true"
    answer = client.post("/v1/workflows", json={**body, "name": "another"})
    assert refused(answer, 422)["code"] == "idempotency_mismatch"


def test_an_execution_is_started_once(client: httpx.Client, invoice: dict[str, Any]) -> None:
    flow = client.post("/v1/workflows", json={"name": "x", "definition": DEFINITION}).json()["workflow_id"]
    path, body = f"/v1/workflows/{flow}/executions", {"document_id": invoice["document_id"], "parameters": {"a": 1}}
    headers = {"Idempotency-Key": "execution"}
    first = client.post(path, json=body, headers=headers)
    assert first.status_code == 201
    until_final(client, first.headers["location"])
    again = client.post(path, json=body, headers=headers)
    assert again.json() == first.json()
    assert again.headers["idempotent-replayed"] == "true"
    assert client.get(path).json()["pagination"]["total"] == 1
    answer = client.post(path, json={**body, "parameters": {"a": 2}}, headers=headers)
    assert refused(answer, 422)["code"] == "idempotency_mismatch"


def test_the_same_key_on_another_route_is_another_key(client: httpx.Client) -> None:
    upload(client, "shared").raise_for_status()
    body = {"name": "shared", "definition": DEFINITION}
    assert client.post("/v1/workflows", json=body, headers={"Idempotency-Key": "shared"}).status_code == 201


@pytest.mark.parametrize("key", ["", " ", "x" * 256, "a\tb"])
def test_a_key_that_is_none_is_refused(client: httpx.Client, key: str) -> None:
    body = {"name": "x", "definition": DEFINITION, "idempotency_key": key}
    assert refused(client.post("/v1/workflows", json=body), 400)["code"] == "invalid_request"
