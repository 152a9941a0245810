"""A name server of the tests' own, over UDP, which may say something else each time; and a resolver that asks it."""

import socket
import struct
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from ipaddress import IPv4Address

from evidoc.reaching.addresses import Address


@dataclass
class NameServer:
    """``answers`` are given one after the other, the last one for ever; ``asked`` are the names."""

    port: int
    answers: Sequence[Sequence[str]]
    asked: list[str] = field(default_factory=list)

    def resolve(self, host: str, port: int) -> list[Address]:
        """What it says now, as a resolver that keeps nothing."""
        labels = b"".join(bytes([len(label)]) + label.encode() for label in host.split("."))
        query = struct.pack(">6H", 7, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack(">2H", 1, 1)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
            link.settimeout(30)
            link.sendto(query, ("127.0.0.1", self.port))
            told = link.recv(4_096)
        count = struct.unpack(">H", told[6:8])[0]
        records = told[len(query) :]
        return [IPv4Address(records[16 * number + 12 : 16 * number + 16]) for number in range(count)]


@contextmanager
def naming(*answers: Sequence[str]) -> Iterator[NameServer]:
    """A name server that gives these addresses for whatever name it is asked."""
    link = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    link.bind(("127.0.0.1", 0))
    server = NameServer(link.getsockname()[1], answers)

    def serve() -> None:
        with suppress(OSError):
            while True:
                query, asker = link.recvfrom(4_096)
                if not query:
                    return
                said = server.answers[min(len(server.asked), len(server.answers) - 1)]
                server.asked.append(_name(query))
                head = query[:2] + struct.pack(">5H", 0x8180, 1, len(said), 0, 0)
                # A pointer to the name in the question, an A record of the internet, to be kept for no time at all.
                records = b"".join(
                    struct.pack(">3HIH", 0xC00C, 1, 1, 0, 4) + IPv4Address(address).packed for address in said
                )
                link.sendto(head + query[12:] + records, asker)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", ("127.0.0.1", server.port))
        thread.join()
        link.close()


def _name(query: bytes) -> str:
    labels, at = [], 12
    while length := query[at]:
        labels.append(query[at + 1 : at + 1 + length].decode())
        at += length + 1
    return ".".join(labels)
