"""Clients that fall silent in the middle of a request hold nothing for ever, nor do they keep a server running."""

import asyncio
import json
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from evidoc.server.envelope import Envelope
from evidoc.server.http import refuse
from tests.served import Served, serving, until

UPLOAD = b"--b\r\nContent-Disposition: form-data; name=file; filename=a.txt\r\n\r\nhello"


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("impatient") / "data", idle_seconds="1") as served:
        yield served


@pytest.mark.parametrize(
    ("path", "content_type", "begun"),
    [
        ("/v1/documents", "multipart/form-data; boundary=b", UPLOAD),
        ("/v1/workflows", "application/json", b'{"name": '),
        ("/v1/analysis/classify", "application/json", b""),
    ],
)
def test_a_body_that_stalls_is_refused(impatient: Served, path: str, content_type: str, begun: bytes) -> None:
    with _connection(impatient) as link:
        link.sendall(_head(path, content_type) + begun)
        head, _, body = _everything(link).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 408 ")
    assert json.loads(body)["error"]["code"] == "request_timeout"
    until(lambda: list((impatient.data / "scratch").glob("upload-*")), lambda left: not left)


@pytest.mark.parametrize("begun", [b"", b"GET /health HT", b"GET /health HTTP/1.1\r\nHost: local"])
def test_a_head_that_stalls_is_hung_up_on(impatient: Served, begun: bytes) -> None:
    with _connection(impatient) as link:
        link.sendall(begun)
        assert _everything(link) == b""


def test_a_body_that_drips_is_bounded_as_a_whole() -> None:
    sent: list[Message] = []

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await Request(scope, receive).body()
        except Exception as error:  # noqa: BLE001 - as the application turns errors into answers
            await refuse(scope, error)(scope, receive, send)  # type: ignore[arg-type]
        else:
            await Response()(scope, receive, send)

    async def drip() -> Message:
        await asyncio.sleep(0)
        return {"type": "http.request", "body": b"x", "more_body": True}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/v1/workflows", "headers": [(b"content-length", b"9999999")]}
    asyncio.run(Envelope(application, refuse, idle_seconds=60, total_seconds=0.05)(scope, drip, send))
    assert sent[0]["status"] == 408


def test_stalled_clients_do_not_keep_the_server_from_stopping(tmp_path: Path) -> None:
    with serving(tmp_path / "data", idle_seconds="3600", shutdown_seconds="3600") as served:
        links = [_connection(served) for _ in range(30)]
        for link in links:
            link.sendall(_head("/v1/documents", "multipart/form-data; boundary=b") + UPLOAD)
        until(lambda: list((served.data / "scratch").glob("upload-*")), lambda found: len(found) == len(links))
        served.process.send_signal(signal.SIGTERM)
        for link in links:
            with link:
                _everything(link)
    log = served.log.read_text()
    assert log.count("POST /v1/documents 499") == len(links)
    assert "Traceback" not in log


def test_what_is_cut_off_at_the_end_of_all_patience_is_told_so(tmp_path: Path) -> None:
    with serving(tmp_path / "data", shutdown_seconds="0") as served, _connection(served) as link:
        link.sendall(_head("/v1/documents", "multipart/form-data; boundary=b") + UPLOAD)
        until(lambda: list((served.data / "scratch").glob("upload-*")), bool)
        served.process.send_signal(signal.SIGTERM)
        assert _everything(link).startswith(b"HTTP/1.1 503 ")
    assert "Traceback" not in served.log.read_text()


def _connection(served: Served) -> socket.socket:
    host, _, port = served.url.removeprefix("http://").partition(":")
    return socket.create_connection((host, int(port)), timeout=60)


def _head(path: str, content_type: str) -> bytes:
    lines = (f"POST {path} HTTP/1.1", "Host: localhost", f"Content-Type: {content_type}", "Content-Length: 100000")
    return "\r\n".join((*lines, "", "")).encode()


def _everything(link: socket.socket) -> bytes:
    """What comes until the server closes the connection."""
    received = b""
    while part := link.recv(65536):
        received += part
    return received
