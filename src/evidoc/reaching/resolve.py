"""Names to addresses, with a bound on how long that may take."""

import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import TypeAlias

from evidoc.reaching.addresses import Address

Resolve: TypeAlias = Callable[[str, int], list[Address]]
"""The addresses of a name, best first; none where it is not known. May block for as long as it likes."""

_AT_ONCE = 64
"""How many names may be looked up at the same time; a resolver that hangs must not cost a thread for each request."""


def ask_system(host: str, port: int) -> list[Address]:
    """What this machine's own resolver says of ``host``."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    # A zone belongs to link-local addresses, which are refused in any case.
    return list(dict.fromkeys(ip_address(str(sockaddr[0]).partition("%")[0]) for *_, sockaddr in found))


@dataclass(slots=True)
class _Question:
    asked: threading.Event = field(default_factory=threading.Event)
    addresses: list[Address] = field(default_factory=list)


class BoundedResolver:
    """Asks ``resolve`` in a thread of its own, and waits no longer than it is told to."""

    def __init__(self, resolve: Resolve = ask_system) -> None:
        self._resolve = resolve
        self._places = threading.BoundedSemaphore(_AT_ONCE)

    def addresses(self, host: str, port: int, seconds: float) -> list[Address]:
        """The addresses of ``host``; an address is its own. Raises TimeoutError."""
        try:
            return [ip_address(host)]
        except ValueError:
            pass
        if not self._places.acquire(timeout=max(seconds, 0)):
            raise TimeoutError
        question = _Question()
        threading.Thread(target=self._ask, args=(host, port, question), name="resolver", daemon=True).start()
        if not question.asked.wait(max(seconds, 0)):
            raise TimeoutError
        return question.addresses

    def _ask(self, host: str, port: int, question: _Question) -> None:
        try:
            question.addresses = self._resolve(host, port)
        finally:
            self._places.release()
            question.asked.set()
