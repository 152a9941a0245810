"""The one guarded way out: every request to an address that a caller gave goes through a ``Fetcher``."""

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

import httpcore
import httpx

from evidoc.kernel.errors import DeliveryFailed, DeliveryRefused
from evidoc.kernel.stop import Stop
from evidoc.reaching.allowed_hosts import AllowedHosts
from evidoc.reaching.connection import Deadline, GuardedNetwork
from evidoc.reaching.resolve import BoundedResolver, Resolve, ask_system
from evidoc.reaching.target import Target, target_of

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_HEAD_BYTES = 128 * 1024
"""What the head of an answer, with all that comes before and around its body, may take."""

_SECRET_HEADERS = frozenset({"authorization", "cookie", "proxy-authorization"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What answered. Header names are in small letters; ``body`` is raw, and ``cut`` where there was more of it."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    cut: bool = False


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """How long connecting and the whole request may take, in seconds, and how many redirects a GET follows."""

    connect_seconds: float = 5.0
    total_seconds: float = 20.0
    redirects: int = 5


class Fetcher:
    """Sends requests to addresses that callers gave, where those may be reached; see ``target_of`` and ``admits``.

    No proxy is used, no cookie kept, nothing decompressed, and no connection used twice: each is vetted for itself.
    """

    def __init__(
        self,
        allowed: AllowedHosts | None = None,
        limits: FetchLimits | None = None,
        resolve: Resolve = ask_system,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """``resolve`` and ``tls`` are the machine's own unless given."""
        self._allowed = allowed or AllowedHosts()
        self._limits = limits or FetchLimits()
        self._resolver = BoundedResolver(resolve)
        self._given_tls = tls

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return self._given_tls or httpx.create_ssl_context()

    def check(self, url: str) -> Target:
        """The URL taken apart. Raises AddressRefused for one that no request will ever be sent to."""
        return target_of(url, self._allowed)

    def post(
        self,
        url: str,
        body: bytes,
        headers: Mapping[str, str],
        most_bytes: int = 64 * 1024,
        stop: Stop | None = None,
    ) -> Answer:
        """Send ``body``. No redirect is followed; of the answer's body, ``most_bytes`` are kept.

        Raises AddressRefused, DeliveryFailed where nobody answers in time, or what ``stop`` says when it is set.
        """
        target, deadline = self.check(url), Deadline(self._limits.total_seconds)
        sent = {**headers, "Content-Length": str(len(body))}
        return self._ask("POST", target, sent, body, most_bytes, deadline, stop)

    def get(self, url: str, most_bytes: int, headers: Mapping[str, str] | None = None) -> Answer:
        """What lies at ``url``, redirects followed, each vetted again. The body is whole, or nothing is given.

        Raises AddressRefused; DeliveryFailed where nobody answers in time; DeliveryRefused where the answer is too
        long, or redirects lead on and on.
        """
        deadline = Deadline(self._limits.total_seconds)
        target, sent = self.check(url), dict(headers or {})
        for _ in range(self._limits.redirects + 1):
            answer = self._ask("GET", target, sent, b"", most_bytes, deadline)
            if answer.status not in _REDIRECTS or "location" not in answer.headers:
                if answer.cut:
                    raise DeliveryRefused(f"The answer is longer than {most_bytes} bytes")
                return answer
            following = target.beside(answer.headers["location"], self._allowed)
            if (following.scheme, following.host, following.port) != (target.scheme, target.host, target.port):
                sent = {name: value for name, value in sent.items() if name.lower() not in _SECRET_HEADERS}
            target = following
        raise DeliveryRefused("The address redirects too often")

    def _ask(
        self,
        method: str,
        target: Target,
        headers: Mapping[str, str],
        body: bytes,
        most_bytes: int,
        deadline: Deadline,
        stop: Stop | None = None,
    ) -> Answer:
        url = httpcore.URL(
            scheme=target.scheme.encode(), host=target.host.encode(), port=target.port, target=target.path.encode()
        )
        sent = {"Host": target.authority, **headers, "Accept-Encoding": "identity", "Connection": "close"}
        network = GuardedNetwork(
            self._allowed, self._resolver, deadline, self._limits.connect_seconds, most_bytes + _HEAD_BYTES, stop
        )
        tls = self._tls if target.scheme == "https" else None
        with (
            _translated(stop),
            httpcore.ConnectionPool(ssl_context=tls, network_backend=network) as pool,
            pool.stream(method, url, headers=list(sent.items()), content=body) as response,
        ):
            kept, cut = _keep(response.iter_stream(), most_bytes)
            return Answer(response.status, _readable(response.headers), kept, cut)


def _keep(stream: Iterator[bytes], most_bytes: int) -> tuple[bytes, bool]:
    kept = bytearray()
    for part in stream:
        kept += part
        if len(kept) > most_bytes:
            return bytes(kept[:most_bytes]), True
    return bytes(kept), False


def _readable(headers: list[tuple[bytes, bytes]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in headers:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        found[key] = f"{found[key]}, {text}" if key in found else text
    return found


@contextmanager
def _translated(stop: Stop | None) -> Iterator[None]:
    """What went wrong on the way, in words that say no more than what its sender may know."""
    try:
        with _stopped(stop):
            yield
    except (httpcore.TimeoutException, TimeoutError) as error:
        raise DeliveryFailed("It did not answer in time", facts={"reason": "timeout"}) from error
    except httpcore.ConnectError as error:
        cause = next(iter(error.args), None)
        if isinstance(cause, ssl.SSLCertVerificationError):
            told = cause.verify_message.rstrip(".")
            raise DeliveryFailed(f"Its certificate is not valid: {told}", facts={"reason": "certificate"}) from error
        if isinstance(cause, ssl.SSLError):
            raise DeliveryFailed("No encrypted connection could be made", facts={"reason": "tls"}) from error
        raise DeliveryFailed("It takes no connections", facts={"reason": "connect"}) from error
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise DeliveryFailed("It broke the connection off, or gave no HTTP answer", facts={"reason": "http"}) from error


@contextmanager
def _stopped(stop: Stop | None) -> Iterator[None]:
    """Whatever goes wrong once the request is to stop has gone wrong for that."""
    try:
        yield
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError):
        if stop is not None:
            stop.check()
        raise
