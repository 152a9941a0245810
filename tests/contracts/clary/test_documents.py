import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest

from evidoc.cli.sample_invoice import sample_invoice
from evidoc.contracts.clary import shapes
from tests.contracts.clary.wire import fits, refused
from tests.served import Served, until, until_final


def _upload(client: httpx.Client, filename: str, data: bytes, content_type: str = "text/plain", **fields: str) -> Any:
    return client.post("/v1/documents", files={"file": (filename, data, content_type)}, data=fields)


def test_an_upload_is_answered_as_the_page_shows(client: httpx.Client) -> None:
    metadata = {"department": "finance", "tags": ["a", None, 1.5]}
    answer = _upload(
        client, "invoice.pdf", sample_invoice(), "application/pdf", name="March invoice", metadata=json.dumps(metadata)
    )
    assert answer.status_code == 201
    body = fits(shapes.Document, answer)
    assert body["document_id"].startswith("doc_")
    assert body["name"] == "March invoice"
    assert body["content_type"] == "application/pdf"
    assert body["size"] == len(sample_invoice())
    assert body["sha256"] == sha256(sample_invoice()).hexdigest()
    assert body["status"] == "processing"
    assert body["metadata"] == metadata
    assert body["created_at"].endswith("Z")
    assert answer.headers["location"] == f"/v1/documents/{body['document_id']}"
    assert "processing_results" not in body


def test_a_processed_document_carries_its_results(client: httpx.Client, invoice: dict[str, Any]) -> None:
    assert invoice["status"] == "processed"
    fits(shapes.Document, client.get(f"/v1/documents/{invoice['document_id']}"))
    results = invoice["processing_results"]
    assert results["page_count"] == 1
    assert "Larkspur Instruments Ltd" in results["text_content"]
    assert results["classifications"][0]["category"] == "invoice"
    found = {entity["type"]: entity for entity in results["entities"]}
    assert found["invoice_number"]["value"] == "LI-2026-0417"
    assert found["invoice_number"]["page"] == 1


def test_content_comes_back_byte_for_byte_and_runs_in_no_browser(client: httpx.Client) -> None:
    page = b"<!doctype html><title>x</title><p>hello<script>alert(1)</script>"
    document_id = _upload(client, "päge.html", page, "text/html").json()["document_id"]
    answer = client.get(f"/v1/documents/{document_id}/content")
    assert answer.content == page
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["content-length"] == str(len(page))
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''p%C3%A4ge.html"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_a_list_pages_as_the_overview_says(client: httpx.Client) -> None:
    made = [_upload(client, f"note {n}.md", b"# A note", "text/markdown").json()["document_id"] for n in range(3)]
    first = client.get("/v1/documents", params={"limit": 2, "content_type": "text/markdown"})
    body = fits(shapes.Page[shapes.DocumentItem], first)
    assert [item["document_id"] for item in body["data"]] == made[:0:-1]
    assert body["pagination"] == {"total": 3, "limit": 2, "offset": 0, "next_offset": 2}
    rest = client.get("/v1/documents", params={"limit": 2, "offset": 2, "content_type": "text/markdown"}).json()
    assert [item["document_id"] for item in rest["data"]] == made[:1]
    assert rest["pagination"] == {"total": 3, "limit": 2, "offset": 2, "prev_offset": 0}
    beyond = client.get("/v1/documents", params={"offset": 50, "content_type": "text/markdown"}).json()
    assert beyond["data"] == []
    assert beyond["pagination"] == {"total": 3, "limit": 10, "offset": 50, "prev_offset": 40}


def test_a_list_is_filtered_by_status(client: httpx.Client, invoice: dict[str, Any]) -> None:
    processed = client.get("/v1/documents", params={"status": "processed", "limit": 100}).json()
    assert invoice["document_id"] in [item["document_id"] for item in processed["data"]]
    assert {item["status"] for item in processed["data"]} == {"processed"}


def test_a_document_that_cannot_be_read_says_why(client: httpx.Client) -> None:
    document_id = _upload(client, "cut.pdf", sample_invoice()[:700], "application/pdf").json()["document_id"]
    body = until_final(client, f"/v1/documents/{document_id}")
    assert body["status"] == "failed"
    assert body["error"]["code"] == "document_damaged"
    answer = client.post("/v1/analysis/extract-text", json={"document_id": document_id})
    assert refused(answer, 422)["code"] == "document_damaged"


def test_a_deleted_document_is_gone(client: httpx.Client, server: Served) -> None:
    document_id = _upload(client, "a.txt", b"Never to be seen again: quetzalcoatlus").json()["document_id"]
    until_final(client, f"/v1/documents/{document_id}")
    answer = client.delete(f"/v1/documents/{document_id}")
    assert answer.status_code == 200
    assert answer.json() == {"success": True, "message": "Document deleted successfully"}
    for method, path in (("GET", ""), ("GET", "/content"), ("DELETE", "")):
        assert (
            refused(client.request(method, f"/v1/documents/{document_id}{path}"), 404)["code"] == "document_not_found"
        )
    assert not [path for path in server.data.rglob("*") if document_id in path.name]


@pytest.mark.parametrize(
    ("files", "fields", "status", "field"),
    [
        ({}, {"name": "x"}, 400, "Content-Type"),
        ({"other": ("a.txt", b"x")}, {}, 400, "file"),
        ({"file": (None, b"not a file")}, {}, 400, "file"),
        ({"file": ("a.txt", b"hello")}, {"metadata": "[1]"}, 400, "metadata"),
        ({"file": ("a.txt", b"hello")}, {"metadata": "{"}, 400, "metadata"),
        ({"file": ("a.txt", b"hello")}, {"metadata": '{"a": "\\u0000"}'}, 400, "metadata.a"),
        ({"file": ("a.txt", b"hello")}, {"metadata": '{"a": ["\\ud800"]}'}, 400, "metadata.a[0]"),
        ({"file": ("a.txt", b"hello")}, {"metadata": '{"a": NaN}'}, 400, "metadata"),
        ({"file": ("a.txt", b"hello")}, {"name": "x" * 256}, 400, "name"),
    ],
)
def test_a_bad_upload_is_refused_by_field(
    client: httpx.Client, server: Served, files: Any, fields: dict[str, str], status: int, field: str
) -> None:
    before = client.get("/v1/documents").json()["pagination"]["total"]
    error = refused(client.post("/v1/documents", files=files, data=fields), status)
    assert [detail["field"] for detail in error["details"]] == [field]
    assert client.get("/v1/documents").json()["pagination"]["total"] == before
    assert _left_behind(server.data) == []


@pytest.mark.parametrize(
    ("name", "data", "content_type", "status", "code"),
    [
        ("a.txt", b"", "text/plain", 422, "document_empty"),
        ("a.pdf", b"MZ\x90\x00" + bytes(64), "application/pdf", 415, None),
        ("a.png", sample_invoice(), "image/png", 415, "document_type_mismatch"),
        ("a.bin", bytes(range(256)) * 4, "application/octet-stream", 415, "unsupported_document_type"),
    ],
)
def test_a_file_that_is_not_taken_leaves_nothing(
    client: httpx.Client, server: Served, name: str, data: bytes, content_type: str, status: int, code: str | None
) -> None:
    before = sorted(server.data.rglob("*"))
    error = refused(_upload(client, name, data, content_type), status)
    assert code is None or error["code"] == code
    assert sorted(server.data.rglob("*")) == before


def test_a_huge_file_is_refused_whether_or_not_it_says_so(client: httpx.Client, server: Served) -> None:
    announced = _upload(client, "big.txt", b"x" * (5 << 20))
    assert refused(announced, 413)["code"] == "request_too_large"

    def chunks() -> Any:
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="big.txt"\r\n\r\n'
        for _ in range(5 << 4):
            yield b"x" * (1 << 16)
        yield b"\r\n--b--\r\n"

    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    unannounced = client.post("/v1/documents", content=chunks(), headers=headers)
    assert refused(unannounced, 413)["code"] == "request_too_large"
    until(lambda: _left_behind(server.data), lambda left: left == [])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--b\r\n",
        b"--b\r\nContent-Disposition: form-data; name=file; filename=a.txt\r\n\r\nhello",
        b"no boundary here",
        b"--b\r\n" + b"X-A: 1\r\n" * 100 + b"\r\n--b--\r\n",
        b"--b\r\nContent-Disposition: form-data; name=x\r\n\r\n1\r\n" * 40 + b"--b--\r\n",
    ],
)
def test_broken_multipart_is_a_clear_refusal(client: httpx.Client, server: Served, body: bytes) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    refused(client.post("/v1/documents", content=body, headers=headers), 400)
    assert _left_behind(server.data) == []


def _left_behind(data: Path) -> list[Path]:
    return list((data / "scratch").glob("upload-*"))
