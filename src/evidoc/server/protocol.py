"""HTTP/1.1 as uvicorn speaks it, with bounds on what a silent client holds, and our own words for what is not HTTP."""

import asyncio

from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from evidoc.kernel.errors import InvalidRequest
from evidoc.kernel.ids import new_id
from evidoc.server.bodies import body_of

MOST_HEADER_BYTES = 64 * 1024
"""The request line and all headers together."""


LEAVING_SECONDS = 2.0
"""How long a server that stops bears silence in the middle of a request."""


class BoundedProtocol(HttpToolsProtocol):
    """One connection.

    A request's head must arrive within the time that a connection may stay open between two requests. The body is
    timed by the envelope, which can answer; once the server stops, a connection whose body stalls is closed here.
    """

    scope: Scope  # type: ignore[assignment]
    _head_bytes = 0
    _head_timer: asyncio.TimerHandle | None = None
    _heard = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client is there."""
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client has gone."""
        self._stop_head_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Some bytes."""
        self._heard = True
        super().data_received(data)

    def shutdown(self) -> None:
        """The server stops."""
        super().shutdown()
        self._close_where_silent(LEAVING_SECONDS)

    def on_message_begin(self) -> None:
        """A request begins."""
        self._head_bytes = 0
        self._await_head()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """All headers are there."""
        self._stop_head_timer()
        super().on_headers_complete()

    def on_url(self, url: bytes) -> None:
        """A part of the request line."""
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header."""
        self._count(len(name) + len(value))
        super().on_header(name, value)

    def send_400_response(self, msg: str) -> None:
        """The refusal of what is not HTTP, in the body of the contract that owns the path, as far as one was sent."""
        request_id = new_id("req")
        path = getattr(self, "url", b"").decode("latin-1").partition("?")[0]
        headers = {"Connection": "close", "X-Request-Id": request_id}
        answer = body_of(InvalidRequest(msg), "", path if path.startswith("/") else "/", request_id, headers)
        head = b"".join(name + b": " + value + b"\r\n" for name, value in answer.raw_headers)
        self.transport.write(b"HTTP/1.1 400 Bad Request\r\n" + head + b"\r\n" + bytes(answer.body))
        self.transport.close()

    def _await_head(self) -> None:
        self._stop_head_timer()
        self._head_timer = self.loop.call_later(self.timeout_keep_alive, self.transport.close)

    def _stop_head_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _close_where_silent(self, seconds: float) -> None:
        """Close the connection once nothing was heard of an unfinished request for so long."""
        self._heard = False

        def look() -> None:
            if self.transport.is_closing() or self.cycle is None or not self.cycle.more_body:
                return
            if self._heard:
                self._close_where_silent(seconds)
            else:
                self.transport.close()

        self.loop.call_later(seconds, look)

    def _count(self, more: int) -> None:
        self._head_bytes += more
        if self._head_bytes > MOST_HEADER_BYTES:
            # The parser stops and has the request refused.
            raise ValueError("the headers are too large")
