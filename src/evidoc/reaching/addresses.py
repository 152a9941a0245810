"""Where an address leads: to the open internet, into a network of somebody's own, or to where nobody should be sent.

Judged by what the address is, never by what answers there. An address that is not known to be open is not open.
"""

from enum import Enum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from typing import TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network


class Reach(Enum):
    """Where an address leads.

    INSIDE: this machine or a private network, which an operator may open by name. FORBIDDEN: what only an operator
    who names the very address can want (the metadata of a cloud's machine, a link, a multicast group).
    """

    OPEN = "open"
    INSIDE = "inside"
    FORBIDDEN = "forbidden"


METADATA = frozenset(
    {
        IPv4Address("169.254.169.254"),  # most clouds
        IPv4Address("169.254.170.2"),  # AWS: credentials of a container
        IPv4Address("169.254.170.23"),
        IPv4Address("168.63.129.16"),  # Azure: a public address that answers inside
        IPv4Address("100.100.100.200"),  # Alibaba
        IPv4Address("192.0.0.192"),  # Oracle
        IPv6Address("fd00:ec2::254"),  # AWS
        IPv6Address("fd00:ec2::23"),
        IPv6Address("fd20:ce::254"),  # Google
        IPv6Address("fd00:c1::a9fe:a9fe"),  # Oracle
    }
)
"""Where clouds tell a machine its secrets."""


def _networks(*names: str) -> tuple[Network, ...]:
    return tuple(ip_network(name) for name in names)


_INSIDE = _networks(
    "10.0.0.0/8",
    "100.64.0.0/10",  # shared by the customers of one carrier (CGNAT)
    "127.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "::1/128",
    "fc00::/7",
)

_FORBIDDEN = _networks(
    "0.0.0.0/8",
    "169.254.0.0/16",
    "192.0.0.0/24",
    "192.0.2.0/24",  # documentation
    "192.88.99.0/24",  # relays of 6to4
    "198.18.0.0/15",  # benchmarks
    "198.51.100.0/24",  # documentation
    "203.0.113.0/24",  # documentation
    "224.0.0.0/4",
    "240.0.0.0/4",
    "2001::/23",  # protocols: Teredo and others that lead elsewhere
    "2001:db8::/32",  # documentation
    "2002::/16",  # 6to4: leads to the IPv4 address inside
    "3fff::/20",  # documentation
)

_UNICAST = IPv6Network("2000::/3")
"""All of IPv6 that is given out for the open internet."""

_NAT64 = IPv6Network("64:ff9b::/96")

_ISATAP = frozenset({0x00005EFE, 0x02005EFE})
"""The middle of an IPv6 address that leads to the IPv4 address at its end, in any network."""


def reach_of(address: Address) -> Reach:
    """Where ``address`` leads.

    An IPv6 address with an IPv4 address inside leads nowhere good, with one exception: what a resolver makes of an
    IPv4 address for a network without IPv4 (64:ff9b::/96) is as good as that address, if that is open.
    """
    if address in METADATA:
        return Reach.FORBIDDEN
    if any(address in network for network in _INSIDE):
        return Reach.INSIDE
    if any(address in network for network in _FORBIDDEN):
        return Reach.FORBIDDEN
    if isinstance(address, IPv4Address):
        return Reach.OPEN
    if address in _NAT64:
        inside = IPv4Address(int(address) & 0xFFFF_FFFF)
        return Reach.OPEN if reach_of(inside) is Reach.OPEN else Reach.FORBIDDEN
    if address not in _UNICAST or int(address) >> 32 & 0xFFFF_FFFF in _ISATAP:
        return Reach.FORBIDDEN
    return Reach.OPEN


def holds_another(address: Address) -> bool:
    """Whether an address is a way to write another one; nobody means well who writes one by hand."""
    return isinstance(address, IPv6Address) and (
        address in _NAT64 or (address not in _UNICAST and reach_of(address) is Reach.FORBIDDEN)
    )
