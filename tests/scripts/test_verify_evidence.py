"""The stand-alone proof passes on a real server and fails on one that lies about a single character."""

import http.server
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.served import Served, until_final

SCRIPT = Path(__file__).parents[2] / "scripts" / "verify_evidence.py"


def _verify(url: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, str(SCRIPT), url], capture_output=True, text=True, check=False, timeout=120)


@contextmanager
def _liar(url: str, lie: Callable[[str, bytes], bytes]) -> Iterator[str]:
    """A server that passes on what another answers, after ``lie`` had a look at it."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))) or None
            request = Request(url + self.path, body, {"Content-Type": "application/json"}, method=self.command)
            try:
                with urlopen(request) as answer:
                    data, status = lie(self.path, answer.read()), answer.status
            except HTTPError as error:
                with error:
                    data, status = error.read(), error.code
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_POST = do_GET  # noqa: N815

        def log_message(self, *arguments: Any) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as proxy:
        thread = threading.Thread(target=proxy.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{proxy.server_address[1]}"
        finally:
            proxy.shutdown()
            thread.join()


def test_the_promise_holds(server: Served, invoice: dict[str, Any]) -> None:
    done = _verify(server.url)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 breaches" in done.stdout
    assert " 0 values" not in done.stdout


def test_executions_on_erased_and_failed_documents_have_nothing_to_prove(server: Served) -> None:
    with server.client() as client:
        definition = {"tasks": [{"id": "read", "type": "text_extraction"}]}
        flow = client.post("/v1/workflows", json={"name": "Read", "definition": definition}).raise_for_status().json()
        for content in (b"a note", b"%PDF-1.7 and no more"):
            sent = client.post("/v1/documents", files={"file": ("document", content)}).raise_for_status().json()
            at = f"/v1/workflows/{flow['workflow_id']}/executions"
            run = client.post(at, json={"document_id": sent["document_id"]}).raise_for_status().json()
            until_final(client, f"{at}/{run['execution_id']}")
            if content == b"a note":
                client.delete(f"/v1/documents/{sent['document_id']}").raise_for_status()
    done = _verify(server.url)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("truth", "lie"),
    [
        (b'"quote":"LI-2026-0417"', b'"quote":"LI-2026-0418"'),
        (b'"value_raw":"LI-2026-0417"', b'"value_raw":"LI-2026-041"'),
        (b'"value_normalized":"5161.20"', b'"value_normalized":"5161.21"'),
        (b'"value_normalized":"2026-03-12"', b'"value_normalized":"2026-03-13"'),
        (b'"box":{"x":', b'"box":{"x":9'),
    ],
)
def test_a_lie_is_found(server: Served, invoice: dict[str, Any], truth: bytes, lie: bytes) -> None:
    told = []

    def tell(path: str, data: bytes) -> bytes:
        if path == f"/v1/documents/{invoice['document_id']}" and truth in data:
            told.append(path)
            return data.replace(truth, lie, 1)
        return data

    with _liar(server.url, tell) as url:
        done = _verify(url)
    assert told
    assert done.returncode == 1, done.stdout + done.stderr
    assert "BREACH" in done.stdout
