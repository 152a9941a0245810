"""The process itself: where it listens, how it stops, what a client on a raw socket meets."""

import json
import signal
import socket
import subprocess
from pathlib import Path

from evidoc.cli.sample_invoice import sample_invoice
from tests.served import Served, serving, until, until_final

ROOT = Path(__file__).parents[2]


def test_a_signal_lets_the_request_under_way_finish(tmp_path: Path) -> None:
    body = b"--b\r\nContent-Disposition: form-data; name=file; filename=a.txt\r\n\r\nhello\r\n--b--\r\n"
    with serving(tmp_path / "data") as served, _connection(served) as link:
        head = _head("POST", "/v1/documents", "multipart/form-data; boundary=b", len(body))
        link.sendall(head + body[:40])
        with _connection(served) as other:  # answered, so the server has begun with the first as well
            other.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert other.recv(100)
        served.process.send_signal(signal.SIGTERM)
        link.sendall(body[40:])
        assert _answer(link).startswith(b"HTTP/1.1 201")
    assert not list((tmp_path / "data" / "scratch").glob("upload-*"))


def test_all_that_a_server_keeps_lies_under_its_data_folder(tmp_path: Path) -> None:
    elsewhere = {name: tmp_path / name for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")}
    for folder in elsewhere.values():
        folder.mkdir()
    kept = tmp_path / "data"
    with (
        serving(kept, {name: str(folder) for name, folder in elsewhere.items()}) as served,
        served.client() as client,
    ):
        tasks = [{"id": "store", "type": "database_connector", "config": {"table": "t"}}]
        workflow = {"name": "Stores", "definition": {"tasks": tasks, "triggers": [{"type": "document_upload"}]}}
        at = f"/v1/workflows/{client.post('/v1/workflows', json=workflow).json()['workflow_id']}/executions"
        client.post("/v1/documents", files={"file": ("a.pdf", sample_invoice())}).raise_for_status()
        (execution,) = client.get(at).json()["data"]
        assert until_final(client, f"{at}/{execution['execution_id']}")["status"] == "completed"
    assert {"evidoc.sqlite", "engine.sqlite", "default_database.sqlite", "blobs", "master.key"} <= {
        path.name for path in kept.iterdir()
    }
    assert not [path for folder in elsewhere.values() for path in folder.rglob("*") if path.is_file()]


def test_the_command_of_make_serve_is_the_one_that_is_documented() -> None:
    shown = subprocess.run(["make", "--dry-run", "serve"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "evidoc serve --host 127.0.0.1 --port 8000 --data data" in shown.stdout


def test_a_body_that_announces_too_much_is_refused_unread(server: Served) -> None:
    with _connection(server) as link:
        link.sendall(_head("POST", "/v1/documents", "multipart/form-data; boundary=b", 10 << 30))
        assert _answer(link).startswith(b"HTTP/1.1 413")


def test_a_client_that_goes_away_leaves_nothing(server: Served) -> None:
    with _connection(server) as link:
        link.sendall(_head("POST", "/v1/documents", "multipart/form-data; boundary=b", 1 << 20))
        link.sendall(b"--b\r\nContent-Disposition: form-data; name=file; filename=a.txt\r\n\r\n" + b"x" * 100_000)
        until(lambda: list((server.data / "scratch").glob("upload-*")), bool)
    until(lambda: list((server.data / "scratch").glob("upload-*")), lambda left: not left)


def test_the_log_holds_no_content(server: Served, invoice: dict[str, object]) -> None:
    with server.client() as client:
        client.get("/v1/documents?content_type=secret-in-query")
    log = server.log.read_text()
    assert "POST /v1/documents 201" in log
    assert "secret-in-query" not in log
    assert "Larkspur" not in log
    assert "invoice.pdf" not in log


def test_a_fault_of_ours_is_told_by_its_id_alone(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as served, served.client() as client:
        files = {"file": ("a.txt", b"hello")}
        document_id = client.post("/v1/documents", files=files).json()["document_id"]
        client.post("/v1/analysis/extract-text", json={"document_id": document_id}).raise_for_status()
        for blob in (tmp_path / "data" / "blobs").rglob("*"):
            if blob.is_file():
                blob.write_bytes(b"damaged")
        answer = client.get(f"/v1/documents/{document_id}/content")
        assert answer.status_code == 500
        told = json.dumps(answer.json())
        assert "Traceback" not in told
        assert str(tmp_path) not in told
        assert answer.json()["error"]["request_id"] == answer.headers["x-request-id"]


def _connection(served: Served) -> socket.socket:
    host, _, port = served.url.removeprefix("http://").partition(":")
    return socket.create_connection((host, int(port)), timeout=30)


def _head(method: str, path: str, content_type: str, length: int) -> bytes:
    lines = (
        f"{method} {path} HTTP/1.1",
        "Host: localhost",
        f"Content-Type: {content_type}",
        f"Content-Length: {length}",
    )
    return "\r\n".join((*lines, "", "")).encode()


def _answer(link: socket.socket) -> bytes:
    return link.recv(65536)
