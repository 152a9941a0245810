"""Who may come in, decided before any route: by key, or, on a server without keys, by coming from this machine.

A server without keys answers loopback only, and only programs of this machine: not a page in its browser that
was loaded from elsewhere (by the Host it believes to talk to, or the Origin it sends), and not what a proxy on
this machine passes on.
"""

from ipaddress import ip_address
from urllib.parse import urlsplit

from anyio import to_thread
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from evidoc.kernel.errors import EvidocError, Forbidden, Unauthorized
from evidoc.kernel.principal import DEFAULT_ORG, Principal
from evidoc.kernel.principal import Scope as KeyScope
from evidoc.operations.keys import KeyOperations
from evidoc.server.envelope import Refuse

OPEN_PATHS = ("/health", "/docs", "/openapi.json")
"""What needs no key, with everything below ``/docs/``."""

_LOOPBACK_NAMES = ("localhost", "localhost.localdomain")
_PROXY_HEADERS = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")

KEYLESS = Principal(DEFAULT_ORG, frozenset({KeyScope.ADMIN}))
"""Whoever is at this machine, while no key has ever been made."""


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine and nothing else."""
    if host.rstrip(".").lower() in _LOOPBACK_NAMES:
        return True
    try:
        return ip_address(host.strip("[]").partition("%")[0]).is_loopback
    except ValueError:
        return False


class Doorkeeper:
    """Lets a request in with its principal as ``state.principal``, or answers that it may not come in."""

    def __init__(self, app: ASGIApp, keys: KeyOperations, refuse: Refuse) -> None:
        self._app = app
        self._keys = keys
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or _is_open(scope["path"]):
            await self._app(scope, receive, send)
            return
        try:
            scope["state"]["principal"] = await self._admit(scope)
        except EvidocError as error:
            await self._refuse(scope, error)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    async def _admit(self, scope: Scope) -> Principal:
        headers = Headers(scope=scope)
        secret = _secret(headers)
        if secret is not None:
            return await to_thread.run_sync(self._keys.authenticate, secret)
        if await to_thread.run_sync(self._keys.any):
            raise Unauthorized("An API key is required: send it as 'Authorization: Bearer KEY'")
        _check_is_local(scope, headers)
        return KEYLESS


def _is_open(path: str) -> bool:
    return path in OPEN_PATHS or path.startswith("/docs/")


def _secret(headers: Headers) -> str | None:
    """The key that a request carries. Raises Unauthorized for an Authorization that is no bearer key."""
    authorization = headers.get("authorization")
    if authorization is not None:
        scheme, _, secret = authorization.strip().partition(" ")
        if scheme.lower() != "bearer" or not secret.strip():
            raise Unauthorized("The Authorization header must be 'Bearer KEY'")
        return secret.strip()
    return headers.get("x-api-key") or None


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
