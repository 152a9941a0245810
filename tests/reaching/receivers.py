"""Receivers on loopback sockets: each does with a connection what its test says, and keeps what it was sent."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TypeAlias

Behave: TypeAlias = Callable[[socket.socket, bytes], None]
"""What a receiver does with a connection once a whole request has come."""


@dataclass
class Receiver:
    """A listening socket, and the requests that arrived there, head and body as they were sent."""

    host: str
    port: int
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0

    @property
    def at(self) -> str:
        return f"{self.host}:{self.port}"


@contextmanager
def receiving(
    behave: Behave, host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None, *, read: bool = True
) -> Iterator[Receiver]:
    """A receiver, gone after the block with all of its connections. Unless it is to ``read``, it answers at once."""
    listener = socket.create_server((host, port), backlog=128)
    receiver = Receiver(host, listener.getsockname()[1])
    over = threading.Event()
    links: list[socket.socket] = []

    def serve(link: socket.socket) -> None:
        with suppress(OSError):
            if tls is not None:
                link = tls.wrap_socket(link, server_side=True)
                links.append(link)
            request = read_request(link) if read else b""
            if read:
                receiver.requests.append(request)
            behave(link, request)
            link.close()

    def accept() -> None:
        with suppress(OSError):
            while not over.is_set():
                link, _ = listener.accept()
                receiver.connections += 1
                links.append(link)
                threading.Thread(target=serve, args=(link,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        over.set()
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()
        for link in links:
            with suppress(OSError):
                link.close()


def read_request(link: socket.socket) -> bytes:
    """One request with its body, as long as its Content-Length says."""
    data = b""
    while b"\r\n\r\n" not in data:
        part = link.recv(65_536)
        if not part:
            raise ConnectionError
        data += part
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    missing = int(lengths[0]) - len(body) if lengths else 0
    while missing > 0:
        part = link.recv(missing)
        if not part:
            raise ConnectionError
        data, missing = data + part, missing - len(part)
    return data


def saying(*parts: bytes) -> Behave:
    """Answer with these bytes, one after the other."""

    def behave(link: socket.socket, request: bytes) -> None:
        for part in parts:
            link.sendall(part)

    return behave


def answer(status: int = 200, body: bytes = b"", **headers: str) -> bytes:
    """A whole HTTP answer."""
    lines = [f"HTTP/1.1 {status} Said", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def again_and_again(start: bytes, more: bytes) -> Behave:
    """Begin an answer and never come to an end of it."""

    def behave(link: socket.socket, request: bytes) -> None:
        link.sendall(start)
        while True:
            link.sendall(more)

    return behave


def dripping(start: bytes, drop: bytes) -> Behave:
    """The same, slowly."""

    def behave(link: socket.socket, request: bytes) -> None:
        link.sendall(start)
        pause = threading.Event()
        while not pause.wait(0.02):
            link.sendall(drop)

    return behave


def silent(link: socket.socket, request: bytes) -> None:
    """Say nothing, until the other side goes."""
    link.recv(1)


def request_headers(request: bytes) -> dict[str, str]:
    """The headers of a request, names in small letters."""
    head = request.partition(b"\r\n\r\n")[0].decode("latin-1")
    pairs = [line.partition(":") for line in head.split("\r\n")[1:]]
    return {name.lower(): value.strip() for name, _, value in pairs}
