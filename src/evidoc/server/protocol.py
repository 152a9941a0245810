"""HTTP/1.1 as uvicorn speaks it, with a bound on headers, and our own words for what is not HTTP."""

from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from evidoc.contracts.clary.errors import render
from evidoc.kernel.errors import InvalidRequest
from evidoc.kernel.ids import new_id

MOST_HEADER_BYTES = 64 * 1024
"""The request line and all headers together."""


class BoundedProtocol(HttpToolsProtocol):
    """One connection."""

    scope: Scope  # type: ignore[assignment]
    _head_bytes = 0

    def on_message_begin(self) -> None:
        """A request begins."""
        self._head_bytes = 0
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        """A part of the request line."""
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header."""
        self._count(len(name) + len(value))
        super().on_header(name, value)

    def send_400_response(self, msg: str) -> None:
        """The refusal of what is not HTTP, in the same body as every other."""
        request_id = new_id("req")
        answer = render(InvalidRequest(msg), request_id, {"Connection": "close", "X-Request-Id": request_id})
        head = b"".join(name + b": " + value + b"\r\n" for name, value in answer.raw_headers)
        self.transport.write(b"HTTP/1.1 400 Bad Request\r\n" + head + b"\r\n" + bytes(answer.body))
        self.transport.close()

    def _count(self, more: int) -> None:
        self._head_bytes += more
        if self._head_bytes > MOST_HEADER_BYTES:
            # The parser stops and has the request refused.
            raise ValueError("the headers are too large")
