"""The outermost layer of the server: what every answer has, and what becomes of a fault nobody expected.

It gives each request an id, sets the security headers and what others left in ``state.answer_headers``, logs one
line, answers HEAD as GET without a body, bounds the time in which the body arrives, and, where an answer was given
before the request was read, lets go of the connection gently.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

import anyio
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from evidoc.kernel.errors import EvidocError, InternalError, RequestTimeout, Unavailable
from evidoc.kernel.ids import new_id

_log = logging.getLogger("evidoc.server")
_access = logging.getLogger("evidoc.access")

SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}

_LINGER_SECONDS = 5.0

Refuse = Callable[[Scope, EvidocError], ASGIApp]
"""Makes the answer that an error is, in the body of the contract that owns the path."""


class Envelope:
    """Wraps the whole application.

    A body that says nothing for ``idle_seconds``, or takes more than ``total_seconds``, is a RequestTimeout.
    """

    def __init__(self, app: ASGIApp, refuse: Refuse, idle_seconds: float = 30, total_seconds: float = 600) -> None:
        self._app = app
        self._refuse = refuse
        self._idle_seconds = idle_seconds
        self._total_seconds = total_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(scope, receive, send, self._idle_seconds, self._total_seconds)
        inner = {**scope, "method": "GET"} if scope["method"] == "HEAD" else dict(scope)
        facts = {"request_id": exchange.request_id, "answer_headers": exchange.answer_headers}
        inner["state"] = {**scope.get("state", {}), **facts}
        try:
            await self._app(inner, exchange.receive, exchange.send)
        except (ClientDisconnect, anyio.BrokenResourceError):
            # Whatever was answered on the way out, nobody was there.
            exchange.status = 499
        except asyncio.CancelledError:
            # The server stops and waits no longer for what is under way; nobody else cancels from outside.
            if not exchange.status:
                await self._refuse(inner, Unavailable("The server is stopping"))(inner, receive, exchange.send_last)
        except Exception:  # the edge: whatever it was, it is logged here and never shown
            _log.exception("%s %s failed (%s)", scope["method"], scope["path"], exchange.request_id)
            if exchange.status:
                if exchange.complete:
                    return
                raise
            await self._refuse(inner, InternalError())(inner, exchange.receive, exchange.send)
        finally:
            exchange.log()


class _Exchange:
    """One request and its answer on their way through."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, idle_seconds: float, total_seconds: float) -> None:
        self.request_id = new_id("req")
        self.status = 0
        self.answer_headers: dict[str, str] = {}
        self._scope = scope
        self._receive = receive
        self._send = send
        self._idle_seconds = idle_seconds
        self._total_seconds = total_seconds
        self._gentle = True
        self._began = time.perf_counter()
        headers = Headers(scope=scope)
        self._unread = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
        self._asked_for_body = False
        self._waits_to_send = "expect" in headers

    async def receive(self) -> Message:
        """The next part of the request's body. Raises RequestTimeout where it does not arrive before the answer."""
        self._asked_for_body = True
        if not self._unread or self.status:
            return await self._next_message()
        left = self._total_seconds - (time.perf_counter() - self._began)
        try:
            with anyio.fail_after(min(self._idle_seconds, left)):
                return await self._next_message()
        except TimeoutError:
            self._gentle = False
            raise RequestTimeout from None

    async def _next_message(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            self._unread = False
        return message

    async def send(self, message: Message) -> None:
        """Pass on a part of the answer."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["X-Request-Id"] = self.request_id
            headers.update(self.answer_headers)
            for name, value in SECURITY_HEADERS.items():
                headers.setdefault(name, value)
            if self._unread:
                headers["Connection"] = "close"
        elif self._unread and not message.get("more_body", False):
            await self._send({**message, "more_body": True})
            await self._linger()
            message = {"type": "http.response.body", "body": b""}
        self.complete = message["type"] == "http.response.body" and not message.get("more_body", False)
        await self._send(message)

    async def send_last(self, message: Message) -> None:
        """The same, where there is no time for gentleness."""
        self._gentle = False
        await self.send(message)

    async def _linger(self) -> None:
        """Read and drop what the client is still sending: closing at once could destroy the answer on its way."""
        if not self._gentle or (self._waits_to_send and not self._asked_for_body):
            return
        with anyio.move_on_after(_LINGER_SECONDS):
            while self._unread:
                await self.receive()

    def log(self) -> None:
        """One line: never a query, a name or a content."""
        if self._scope["path"] != "/health":
            milliseconds = (time.perf_counter() - self._began) * 1000
            method, path = self._scope["method"], self._scope["path"]
            _access.info("%s %s %d %.0f ms %s", method, ascii(path)[1:-1], self.status, milliseconds, self.request_id)


Handler = Callable[[Scope, Receive, Send], Awaitable[None]]
