"""A server that is told to stop does so soon, whoever waits and whatever hangs, and goes on at its next start."""

import json
import signal
import socket
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from evidoc.cli.sample_invoice import sample_invoice
from tests.reading.ocr.pictures import drawn
from tests.served import Served, serving, until

PATIENCE = 45
"""Less than an analysis would wait for its document, and than a stopping server would wait for it."""


@pytest.fixture
def long_scan(tmp_path: Path) -> Path:
    lines = [(60.0, 60.0 + 40 * row, f"{row * 7919 % 99991:05d} " * 8) for row in range(30)]
    picture = ImageReader(drawn(lines, (1000, 1300), 20).picture)
    canvas = Canvas(str(tmp_path / "scan.pdf"), pagesize=(500, 650))
    for _ in range(300):
        canvas.drawImage(picture, 0, 0, 500, 650)
        canvas.showPage()
    canvas.save()
    return tmp_path / "scan.pdf"


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """Something that takes connections and never says a word."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        yield listener


def test_nobody_waits_for_a_document_that_will_not_be_read_any_more(tmp_path: Path, long_scan: Path) -> None:
    with (
        serving(tmp_path / "data", shutdown_seconds="600") as served,
        served.client() as client,
        _connection(served) as asking,
        _connection(served) as running,
    ):
        with long_scan.open("rb") as file:
            document_id = client.post("/v1/documents", files={"file": ("scan.pdf", file)}).json()["document_id"]
        _post(asking, "/v1/analysis/extract-text", {"document_id": document_id})
        document = {"base64": "data:application/pdf;base64," + b64encode(long_scan.read_bytes()).decode()}
        run = {"input": {"document": document}, "wait": True, "timeout": 60_000}
        _post(running, "/api/v1/flows/invoice-extractor/run", run)
        until(lambda: client.get("/api/v1/runs").raise_for_status().json()["runs"], bool)
        served.process.send_signal(signal.SIGTERM)
        answer = _answer(asking)
        assert answer.startswith(b"HTTP/1.1 503")
        assert b"document_processing" in answer
        assert _answer(running).startswith(b"HTTP/1.1 503")
        assert served.process.wait(PATIENCE) == 0


def test_a_foreign_database_that_does_not_answer_keeps_nobody(tmp_path: Path, silent: socket.socket) -> None:
    url = f"postgresql+psycopg://somebody@127.0.0.1:{silent.getsockname()[1]}/somewhere"
    with (
        serving(tmp_path / "data", shutdown_seconds="1", connections=json.dumps({"silent": url})) as served,
        served.client() as client,
    ):
        tasks = [{"id": "store", "type": "database_connector", "config": {"connection": "silent", "table": "t"}}]
        flow = {"name": "Stores", "definition": {"tasks": tasks, "triggers": [{"type": "document_upload"}]}}
        client.post("/v1/workflows", json=flow).raise_for_status()
        client.post("/v1/documents", files={"file": ("a.pdf", sample_invoice())}).raise_for_status()
        silent.settimeout(PATIENCE)
        with closing(silent.accept()[0]):
            served.process.send_signal(signal.SIGTERM)
            assert served.process.wait(PATIENCE) == 0


def _connection(served: Served) -> socket.socket:
    return socket.create_connection(("127.0.0.1", int(served.url.rpartition(":")[2])), PATIENCE)


def _answer(link: socket.socket) -> bytes:
    """All that comes until the server closes the connection."""
    return b"".join(iter(lambda: link.recv(65536), b""))


def _post(link: socket.socket, path: str, body: Mapping[str, Any]) -> None:
    data = json.dumps(body).encode()
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(data)}"
    link.sendall(f"{head}\r\n\r\n".encode() + data)
