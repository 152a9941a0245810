"""A real way to a real server, on which things go wrong as they are told to."""

import socket
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

from tests.served import PATIENCE

Answer = tuple[int, dict[str, str], bytes]

AT_ONCE, UNSENT, UNANSWERED, TORN = "at once", "unsent", "unanswered", "torn"
"""The connection ends before the request was read; before it was passed on; after the server acted; in the answer."""


@dataclass
class Way:
    """``faults`` are used up in order, one a request; then all goes well. ``seen`` is every request that came."""

    url: str = ""
    faults: deque[str | Answer | None] = field(default_factory=deque)
    seen: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)

    def break_down(self, *faults: str | Answer | None) -> None:
        self.faults.extend(faults)
        self.seen.clear()

    @property
    def keys(self) -> set[str | None]:
        """The idempotency keys in the headers that came."""
        return {headers.get("idempotency-key") for _, _, headers, _ in self.seen}


def _handler(way: Way, upstream: httpx.Client | None) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            fault = way.faults.popleft() if way.faults else None
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = b"" if fault == AT_ONCE else self.rfile.read(int(headers.get("content-length", 0)))
            way.seen.append((self.command, self.path, headers, body))
            if isinstance(fault, tuple):
                self.answer(*fault)
            elif fault in (AT_ONCE, UNSENT):
                self.hang_up()
            else:
                self.pass_on(headers, body, fault)

        def pass_on(self, headers: dict[str, str], body: bytes, fault: str | None) -> None:
            assert upstream is not None
            sent = {name: value for name, value in headers.items() if name not in ("host", "connection")}
            response = upstream.request(self.command, self.path, headers=sent, content=body)
            if fault == UNANSWERED:
                self.hang_up()
                return
            kept = ("content-type", "retry-after", "location", "x-request-id")
            given = {name: response.headers[name] for name in kept if name in response.headers}
            self.answer(response.status_code, given, response.content, torn=fault == TORN)

        def answer(self, status: int, headers: dict[str, str], content: bytes, torn: bool = False) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[: len(content) // 2] if torn else content)
            if torn:
                self.hang_up()

        def hang_up(self) -> None:
            self.close_connection = True
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)

        do_GET = do_POST = do_PATCH = do_DELETE = handle_any  # noqa: N815 - the names that http.server calls

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Says nothing."""

    return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is none of ours."""


@contextmanager
def way_to(upstream_url: str | None = None) -> Iterator[Way]:
    """A way to the server at that URL, or, without one, one that ends here: every answer must be told."""
    way = Way()
    upstream = httpx.Client(base_url=upstream_url, timeout=PATIENCE, trust_env=False) if upstream_url else None
    server = _Server(("127.0.0.1", 0), _handler(way, upstream))
    way.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield way
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        if upstream is not None:
            upstream.close()
