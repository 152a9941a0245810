"""Which hosts an operator has opened beyond the open internet."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from evidoc.reaching.addresses import METADATA, Address, Network, Reach, reach_of

_NAME = re.compile(r"(\*\.)?[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*")


@dataclass(frozen=True, slots=True)
class _Entry:
    """A name (``*.`` before it for all names below it) or a network, and the port if only one is meant."""

    name: str | None
    network: Network | None
    port: int | None


class AllowedHosts:
    """Hosts that may be reached though they lie inside, and without encryption.

    A name opens private addresses and this machine behind that name. Metadata, links and the like are opened only by
    their own address or network.
    """

    def __init__(self, entries: Iterable[_Entry] = ()) -> None:
        self._entries = tuple(entries)

    @classmethod
    def parse(cls, text: str) -> "AllowedHosts":
        """From names, addresses and networks parted by commas: ``hooks.lan, *.svc.local:8080, 10.1.0.0/16, [::1]:80``.

        Raises ValueError, naming what is none of these.
        """
        return cls(_entry(part.strip()) for part in text.split(",") if part.strip())

    def names(self, host: str, port: int) -> bool:
        """Whether a host is opened by how it is written: as this name, or as an address of a network."""
        try:
            return self._opens(ip_address(host), port)
        except ValueError:
            return any(
                _is_named(host, entry.name) and entry.port in (None, port) for entry in self._entries if entry.name
            )

    def admits(self, host: str, address: Address, port: int) -> bool:
        """Whether ``address``, found under ``host``, may be reached at ``port``."""
        reach = reach_of(address)
        if reach is Reach.OPEN or self._opens(address, port):
            return True
        return reach is Reach.INSIDE and self.names(host, port)

    def _opens(self, address: Address, port: int) -> bool:
        return any(
            address in entry.network
            and entry.port in (None, port)
            # A wide network is not meant to give away the secrets of the machine.
            and (address not in METADATA or entry.network.num_addresses == 1)
            for entry in self._entries
            if entry.network
        )


def _is_named(host: str, name: str) -> bool:
    return host.endswith(name[1:]) if name.startswith("*.") else host == name


def _entry(text: str) -> _Entry:
    host, port = _without_port(text.lower())
    try:
        return _Entry(None, ip_network(host.strip("[]")), port)
    except ValueError:
        if _NAME.fullmatch(host) is None or host.rpartition(".")[2].isdigit():
            raise ValueError(f"{text!r} is no host, address or network") from None
    return _Entry(host, None, port)


def _without_port(text: str) -> tuple[str, int | None]:
    found = re.fullmatch(r"(\[[0-9a-f:.]+\]|[^:]+):([0-9]{1,5})", text)
    if found is None:
        return text, None
    if not 0 < int(found[2]) < 65_536:
        raise ValueError(f"{text!r} names no port")
    return found[1], int(found[2])
