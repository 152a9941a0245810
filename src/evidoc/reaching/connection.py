"""The only sockets that lead out: opened to a vetted address, and bounded in time and bytes as a whole."""

import socket
import ssl
import time
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from typing import Any

import httpcore

from evidoc.kernel.errors import AddressRefused
from evidoc.kernel.stop import Stop
from evidoc.reaching.addresses import Address
from evidoc.reaching.allowed_hosts import AllowedHosts
from evidoc.reaching.resolve import BoundedResolver

_MOST_ADDRESSES = 8
"""How many addresses of one name are tried."""


class Deadline:
    """A moment by which a request is over, whatever the other side does."""

    def __init__(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds

    def left(self, most: float | None = None) -> float:
        """The seconds that are left, ``most`` at most. Raises TimeoutError where none are."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left if most is None else min(left, most)


class GuardedNetwork(httpcore.NetworkBackend):
    """Connects one request. The name is resolved here, once, and the socket opened to what was vetted."""

    def __init__(
        self,
        allowed: AllowedHosts,
        resolver: BoundedResolver,
        deadline: Deadline,
        connect_seconds: float,
        most_bytes: int,
        stop: Stop | None = None,
    ) -> None:
        self._allowed = allowed
        self._resolver = resolver
        self._deadline = deadline
        self._connect_seconds = connect_seconds
        self._most_bytes = most_bytes
        self._stop = stop

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """A stream to a vetted address of ``host``.

        Raises AddressRefused where any of its addresses is not open: a name that leads inside at times is not one to
        go by. A name that nobody knows is refused in the same words, so that nothing can be told from them.
        """
        try:
            addresses = self._resolver.addresses(host, port, self._deadline.left(self._connect_seconds))
            if not addresses or not all(self._allowed.admits(host, address, port) for address in addresses):
                raise AddressRefused("The host is not known, or is not one that this server sends requests to")
            return self._first_that_answers(addresses[:_MOST_ADDRESSES], port)
        except TimeoutError:
            raise httpcore.ConnectTimeout from None

    def _first_that_answers(self, addresses: list[Address], port: int) -> "BoundedStream":
        for number, address in enumerate(addresses, 1):
            try:
                return self._connect(address, port)
            except OSError as error:
                if number == len(addresses):
                    if isinstance(error, TimeoutError):
                        raise
                    raise httpcore.ConnectError(error) from error
        raise AssertionError("there was an address")

    def _connect(self, address: Address, port: int) -> "BoundedStream":
        link = socket.socket(socket.AF_INET6 if address.version == 6 else socket.AF_INET, socket.SOCK_STREAM)
        try:
            link.settimeout(self._deadline.left(self._connect_seconds))
            link.connect((str(address), port))
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except BaseException:
            link.close()
            raise
        return BoundedStream(link, self._deadline, self._most_bytes, self._stop)


class BoundedStream(httpcore.NetworkStream):
    """A connection that ends at its deadline, or when it is to stop, and that takes so many bytes and no more."""

    def __init__(self, link: socket.socket, deadline: Deadline, most_bytes: int, stop: Stop | None = None) -> None:
        self._link = link
        self._deadline = deadline
        self._bytes_left = most_bytes
        self._stop = stop
        self._let_go = stop.on_set(partial(_break_off, link)) if stop else None

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """What has arrived. Raises httpcore's errors."""
        try:
            self._link.settimeout(self._deadline.left(timeout))
            data = self._link.recv(max_bytes)
        except TimeoutError:
            raise httpcore.ReadTimeout from None
        except OSError as error:
            raise httpcore.ReadError from error
        self._bytes_left -= len(data)
        if self._bytes_left < 0:
            raise httpcore.RemoteProtocolError("the answer is too long")
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of ``buffer``. Raises httpcore's errors."""
        view = memoryview(buffer)
        try:
            while view:
                self._link.settimeout(self._deadline.left(timeout))
                view = view[self._link.send(view) :]
        except TimeoutError:
            raise httpcore.WriteTimeout from None
        except OSError as error:
            raise httpcore.WriteError from error

    def close(self) -> None:
        """End the connection."""
        if self._let_go is not None:
            self._let_go()
        self._link.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """The same connection, encrypted, with a server that proves to be ``server_hostname``.

        Raises httpcore's errors, what went wrong as their first argument: a cause would be lost on the way up.
        """
        try:
            self._link.settimeout(self._deadline.left(timeout))
            if self._let_go is not None:
                self._let_go()
            link = ssl_context.wrap_socket(self._link, server_hostname=server_hostname)
        except TimeoutError:
            self.close()
            raise httpcore.ConnectTimeout from None
        except (OSError, ValueError) as error:
            self.close()
            raise httpcore.ConnectError(error) from error
        return BoundedStream(link, self._deadline, self._bytes_left, self._stop)

    def get_extra_info(self, info: str) -> Any:
        """Facts about the connection that httpcore asks for."""
        if info == "socket":
            return self._link
        if info == "ssl_object" and isinstance(self._link, ssl.SSLSocket):
            return self._link
        return None


def _break_off(link: socket.socket) -> None:
    """Wake whoever waits for this connection. An encrypted one is not told: another thread is using it."""
    with suppress(OSError):
        socket.socket.shutdown(link, socket.SHUT_RDWR)
