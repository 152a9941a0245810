"""Who may come in, decided before any route: by key, or, on a server without keys, by coming from this machine.

A server without keys answers loopback only, and only programs of this machine: not a page in its browser that
was loaded from elsewhere (by the Host it believes to talk to, or the Origin it sends), and not what a proxy on
this machine passes on.

Whoever comes in is counted: so many requests a minute for each side of an organisation, whatever they ask for and
whether or not they get it. Every answer to them says how many are left.
"""

import math
import time
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from anyio import CapacityLimiter, to_thread
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from evidoc.kernel.errors import EvidocError, Forbidden, RateLimited, Unauthorized
from evidoc.operations.keys import KeyOperations, Visitor
from evidoc.server.envelope import Refuse
from evidoc.storing.rates import Rates, RateState

OPEN_PATHS = ("/health", "/docs", "/openapi.json")
"""What needs no key, with everything below ``/docs/``."""

_LOOPBACK_NAMES = ("localhost", "localhost.localdomain")
_PROXY_HEADERS = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")

_THREADS = 4
"""For looking up keys, and as many for counting requests: neither waits for what other requests do in threads, and
whoever has a good key in use does not wait for the many who try bad ones."""


@dataclass(frozen=True, slots=True)
class RequestLimits:
    """How many requests a minute each side of an organisation may make that has no limit of its own."""

    keyed: int = 100
    keyless: int = 100_000


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine and nothing else."""
    if host.rstrip(".").lower() in _LOOPBACK_NAMES:
        return True
    try:
        return ip_address(host.strip("[]").partition("%")[0]).is_loopback
    except ValueError:
        return False


class Doorkeeper:
    """Lets a request in with its principal as ``state.principal``, or answers that it may not come in.

    What the answer must tell of the rate is left in ``state.answer_headers``, so that every answer carries it.
    """

    def __init__(self, app: ASGIApp, keys: KeyOperations, rates: Rates, limits: RequestLimits, refuse: Refuse) -> None:
        self._app = app
        self._keys = keys
        self._rates = rates
        self._limits = limits
        self._refuse = refuse
        self._looking = CapacityLimiter(_THREADS)
        self._counting = CapacityLimiter(_THREADS)
        self._noting = CapacityLimiter(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or _is_open(scope["path"]):
            await self._app(scope, receive, send)
            return
        try:
            await self._admit(scope)
        except EvidocError as error:
            await self._refuse(scope, error)(scope, receive, send)
        else:
            await self._app(scope, receive, send)
        if self._keys.has_uses_to_note:
            await to_thread.run_sync(self._keys.note_uses, limiter=self._noting)

    async def _admit(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        secret = _secret(headers)
        visitor = None if secret is None else self._keys.remember(secret)
        if visitor is None:
            visitor = await to_thread.run_sync(self._look, scope, headers, secret, limiter=self._looking)
        rate = await self._take(visitor.principal.org_id, self._limit(visitor))
        scope["state"].setdefault("answer_headers", {}).update(
            {
                "X-RateLimit-Limit": str(rate.limit),
                "X-RateLimit-Remaining": str(rate.remaining),
                "X-RateLimit-Reset": str(rate.reset_at),
            }
        )
        if not rate.allowed:
            raise RateLimited(facts={"retry_after": max(math.ceil(rate.reset_at - time.time()), 1)})
        scope["state"]["principal"] = visitor.principal

    async def _take(self, org_id: str, limit: int) -> RateState:
        rate = self._rates.take_at_once(org_id, limit)
        if rate is None:
            rate = await to_thread.run_sync(self._rates.take, org_id, limit, limiter=self._counting)
        return rate

    def _limit(self, visitor: Visitor) -> int:
        if visitor.requests_per_minute is not None:
            return visitor.requests_per_minute
        return self._limits.keyless if visitor.principal.key_id is None else self._limits.keyed

    def _look(self, scope: Scope, headers: Headers, secret: str | None) -> Visitor:
        if secret is not None:
            return self._keys.recognise(secret)
        visitor = self._keys.keyless()
        if visitor is None:
            raise Unauthorized("An API key is required: send it as 'Authorization: Bearer KEY' or 'X-Api-Key: KEY'")
        _check_is_local(scope, headers)
        return visitor


def _is_open(path: str) -> bool:
    return path in OPEN_PATHS or path.startswith("/docs/")


def _secret(headers: Headers) -> str | None:
    """The key that a request carries; None for none. Raises Unauthorized for what leaves open which key is meant."""
    authorization = _only(headers, "Authorization")
    key = _only(headers, "X-Api-Key") or None
    if authorization is None:
        return key
    scheme, _, secret = authorization.strip().partition(" ")
    secret = secret.strip()
    if scheme.lower() != "bearer" or not secret:
        raise Unauthorized("The Authorization header must be 'Bearer KEY'")
    if key is not None and key != secret:
        raise Unauthorized("The Authorization and X-Api-Key headers carry different keys; send one of them")
    return secret


def _only(headers: Headers, name: str) -> str | None:
    """A header that may be there once: of two, this server and a proxy before it could each believe another."""
    values = headers.getlist(name)
    if len(values) > 1:
        raise Unauthorized(f"The request has more than one {name} header")
    return values[0] if values else None


def _check_is_local(scope: Scope, headers: Headers) -> None:
    client = scope.get("client")
    if client is None or not is_loopback(client[0]):
        raise Unauthorized(
            "This server has no API keys and answers its own machine only; make one with: evidoc keys create"
        )
    if any(name in headers for name in _PROXY_HEADERS):
        raise Unauthorized(
            "This server has no API keys and cannot be used through a proxy; make one with: evidoc keys create"
        )
    if not is_loopback(_host_name(headers.get("host", ""))):
        raise Forbidden("Without API keys, this server answers to localhost and 127.0.0.1 only")
    origin = headers.get("origin")
    if (
        origin is not None
        and scope["method"] not in _SAFE_METHODS
        and not _same_origin(origin, headers.get("host", ""))
    ):
        raise Forbidden("Without API keys, pages of other origins may not use this server")
    if headers.get("sec-fetch-site", "none") in ("cross-site", "same-site") and scope["method"] not in _SAFE_METHODS:
        raise Forbidden("Without API keys, pages of other origins may not use this server")


def _host_name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _same_origin(origin: str, host: str) -> bool:
    return origin.lower() in (f"http://{host}".lower(), f"https://{host}".lower())
