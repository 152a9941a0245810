"""Serving: the socket, the log, the signals."""

import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from typing import NoReturn

import uvicorn
from starlette.types import ASGIApp

from evidoc.kernel.errors import CannotStart
from evidoc.server.doorkeeper import is_loopback
from evidoc.server.protocol import BoundedProtocol
from evidoc.server.settings import Settings

_log = logging.getLogger(__name__)


def bind(settings: Settings) -> socket.socket:
    """A socket that holds the address; it listens once the server is ready. Raises CannotStart."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError as error:
        raise CannotStart(f"The address {settings.host} is not known here: {error.strerror}") from None
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind(address)
    except OSError as error:
        listener.close()
        raise CannotStart(f"Cannot listen on {settings.host} port {settings.port}: {error.strerror}") from None
    return listener


def refuse_strangers(listener: socket.socket, settings: Settings) -> None:
    """Raises CannotStart where others than this machine would reach a server without keys."""
    if not is_loopback(str(listener.getsockname()[0])):
        raise CannotStart(
            f"There are no API keys, so anybody who reaches {settings.host} could use this server. "
            f"Make a key first (evidoc keys create NAME --data {settings.data}), or serve on 127.0.0.1."
        )


def url_of(listener: socket.socket) -> str:
    """The URL that reaches a listening socket from this machine."""
    host, port = listener.getsockname()[:2]
    if host == "0.0.0.0":  # noqa: S104 - compared, not bound
        host = "127.0.0.1"
    elif ":" in host:
        host = "[::1]" if host == "::" else f"[{host}]"
    return f"http://{host}:{port}"


def serve(
    app: ASGIApp,
    listener: socket.socket,
    settings: Settings,
    ready: Callable[[], None],
    leaving: Callable[[], None] = lambda: None,
) -> None:
    """Serve until SIGTERM or SIGINT; requests under way are finished first.

    ``ready`` is called when it answers, ``leaving`` when it is told to stop, so that no request waits for long then.
    """
    signal.signal(signal.SIGTERM, _leave)
    config = uvicorn.Config(
        app,
        http=BoundedProtocol,
        ws="none",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        lifespan="on",
        backlog=512,
        timeout_graceful_shutdown=settings.shutdown_seconds,
        timeout_keep_alive=settings.idle_seconds,
    )
    server = _Server(config, ready, leaving)
    try:
        server.run(sockets=[listener])
    except (KeyboardInterrupt, _ToldToLeave):
        return
    if not server.started:
        raise CannotStart("The server could not start; what is written above says why")


def set_up_log(level: str) -> None:
    """One line a message on standard error. Foreign libraries are heard from warning on."""
    logging.basicConfig(
        stream=sys.stderr, format="%(asctime)s %(levelname).1s %(name)s %(message)s", level=logging.WARNING
    )
    logging.getLogger("evidoc").setLevel(level.upper())


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready: Callable[[], None], leaving: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready
        self._leaving = leaving

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._leaving()
        await super().shutdown(sockets)


def end_process(patience_seconds: float = 2.0) -> None:
    """End this process in order; by force where a thread does not come back (from a foreign database, say).

    All that was acknowledged is committed by then, and what such a thread was doing is taken up at the next start.
    """
    until = time.monotonic() + patience_seconds
    # At its end Python waits for every thread of an executor, also where that is a daemon.
    for thread in threading.enumerate():
        if thread is not threading.current_thread():
            thread.join(max(0.0, until - time.monotonic()))
            if thread.is_alive():
                _log.warning("%s does not end; the process ends without it", thread.name)
                logging.shutdown()
                sys.stdout.flush()
                os._exit(0)


class _ToldToLeave(SystemExit):
    """SIGTERM came."""


def _leave(signum: int, frame: object) -> NoReturn:
    # uvicorn raises the signal again once it has shut down in order.
    raise _ToldToLeave(0)
