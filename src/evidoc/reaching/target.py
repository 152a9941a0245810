"""A URL that a caller gave, taken apart once. Whatever could be read in two ways is refused."""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import quote, urljoin, urlsplit

import httpx

from evidoc.kernel.errors import AddressRefused
from evidoc.reaching.addresses import Reach, holds_another, reach_of
from evidoc.reaching.allowed_hosts import AllowedHosts

LONGEST_URL = 2_048

_PORTS = {"http": 80, "https": 443}

# Ports of other protocols, some of which would obey what a request holds: the list that browsers go by, and the
# databases and caches that are most often left open.
_PORTS_OF_OTHERS = frozenset(
    {
        *(1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104),
        *(109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515),
        *(526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049),
        *(3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080),
        *(2375, 3306, 5432, 6379, 9200, 11211, 27017),
    }
)

_NAMES_WITHIN = ("localhost", "localdomain", "local", "internal", "intranet", "home.arpa", "onion")
"""Names that no public resolver knows, and all below them."""

_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_NO_URL = "This is not the URL of a server"
_HTTPS_ONLY = "This server sends requests to https addresses only"
_PATH_MARKS = "/%:@!$&'()*+,;=~-._?[]|"


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request goes. ``host`` is a name in ASCII, or an address without brackets; ``path`` has its query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """The Host header: the port only where it is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The URL as it is understood."""
        return f"{self.scheme}://{self.authority}{self.path}"

    def beside(self, location: str, allowed: AllowedHosts) -> "Target":
        """Where a redirect from here leads. Raises as ``target_of`` does."""
        return target_of(urljoin(self.url, location), allowed)


def target_of(url: str, allowed: AllowedHosts) -> Target:
    """Take ``url`` apart, and refuse what is forbidden by how it is written; nothing is looked up.

    Raises AddressRefused for what is no URL, or one whose scheme, host or port is not open.
    """
    scheme, host, port, path = _parts(url)
    target = Target(scheme, _plain_host(host), port, path)
    if allowed.names(target.host, port):
        return target
    if scheme != "https":
        raise AddressRefused(_HTTPS_ONLY)
    if port in _PORTS_OF_OTHERS or _leads_inside(target.host):
        raise AddressRefused
    return target


def _parts(url: str) -> tuple[str, str, int, str]:
    if len(url) > LONGEST_URL:
        raise AddressRefused(f"An address has at most {LONGEST_URL} characters")
    # Parsers disagree about each of these, or drop them without a word.
    if not url.isprintable() or " " in url or "\\" in url:
        raise AddressRefused(_NO_URL)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise AddressRefused(_NO_URL) from None
    scheme = parts.scheme.lower()
    if not scheme:
        raise AddressRefused(_NO_URL)
    if scheme not in _PORTS:
        raise AddressRefused(_HTTPS_ONLY)
    if not parts.hostname:
        raise AddressRefused(_NO_URL)
    if "@" in parts.netloc:
        raise AddressRefused("This server does not send requests to addresses with a user name or password")
    if port == 0 or parts.netloc.startswith("[") != (":" in parts.hostname):
        raise AddressRefused
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return scheme, parts.hostname, port or _PORTS[scheme], quote(path, safe=_PATH_MARKS)


def _plain_host(host: str) -> str:
    """A host in its one plain form. Raises AddressRefused for any other way to write one."""
    if ":" in host:
        try:
            address = IPv6Address(host)
        except ValueError:
            raise AddressRefused from None
        if address.scope_id is not None:
            raise AddressRefused
        return str(address)
    if not host.isascii():
        host = _in_ascii(host)
    labels = host.split(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise AddressRefused
    # A resolver takes "127.1", "0x7f.1" and "2130706433" for addresses; the plain form has four decimal numbers.
    if _NUMBER.fullmatch(labels[-1]):
        try:
            return str(IPv4Address(host))
        except ValueError:
            raise AddressRefused from None
    return host


def _in_ascii(host: str) -> str:
    """A name of other letters as resolvers know it; forms that are folded into plain ones are none."""
    try:
        return httpx.URL(scheme="https", host=host).raw_host.decode("ascii")
    except (httpx.InvalidURL, UnicodeError):
        raise AddressRefused from None


def _leads_inside(host: str) -> bool:
    """Whether a host is inside by how it is written."""
    try:
        address = ip_address(host)
    except ValueError:
        return "." not in host or any(host == name or host.endswith(f".{name}") for name in _NAMES_WITHIN)
    return reach_of(address) is not Reach.OPEN or holds_another(address)
