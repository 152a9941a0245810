import asyncio
from typing import Any

import httpx
import pytest
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from evidoc.contracts.clary.errors import render
from evidoc.kernel.errors import EvidocError, Unauthorized
from evidoc.kernel.principal import DEFAULT_ORG, Principal
from evidoc.kernel.principal import Scope as KeyScope
from evidoc.server.doorkeeper import Doorkeeper, is_loopback


class _Keys:
    """One key that is known, or none at all."""

    def __init__(self, secret: str | None) -> None:
        self._secret = secret

    def any(self) -> bool:
        return self._secret is not None

    def authenticate(self, secret: str) -> Principal:
        if secret != self._secret:
            raise Unauthorized
        return Principal("org_1", frozenset({KeyScope.READ}), "key_1")


async def _inside(scope: Scope, receive: Receive, send: Send) -> None:
    principal = scope["state"].get("principal")
    await JSONResponse({"org": principal.org_id if principal else None})(scope, receive, send)


def _refuse(scope: Scope, error: EvidocError) -> Response:
    return render(error, "req_1")


def _ask(
    secret: str | None, path: str = "/v1/documents", client: str = "127.0.0.1", method: str = "GET", **headers: str
) -> httpx.Response:
    keeper = Doorkeeper(_inside, _Keys(secret), _refuse)  # type: ignore[arg-type]

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await keeper({**scope, "state": {}}, receive, send)

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=app, client=(client, 5000))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as asker:
            return await asker.request(method, path, headers={n.replace("_", "-"): v for n, v in headers.items()})

    return asyncio.run(ask())


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:9", "[::1]:8000", "127.8.8.8", "LOCALHOST"])
@pytest.mark.parametrize("client", ["127.0.0.1", "::1"])
def test_without_keys_this_machine_comes_in(host: str, client: str) -> None:
    answer = _ask(None, client=client, Host=host)
    assert answer.json() == {"org": DEFAULT_ORG}


@pytest.mark.parametrize("client", ["10.0.0.5", "192.168.1.2", "2001:db8::1", "::ffff:10.0.0.1"])
def test_without_keys_no_other_machine_does(client: str) -> None:
    answer = _ask(None, client=client)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "", "10.0.0.1", "[bad"]
)
def test_without_keys_a_rebound_name_does_not(host: str) -> None:
    assert _ask(None, Host=host).status_code == 403


@pytest.mark.parametrize("header", ["X_Forwarded_For", "Forwarded", "X_Real_IP", "Via"])
def test_without_keys_a_proxy_does_not(header: str) -> None:
    assert _ask(None, **{header: "10.0.0.9"}).status_code == 401


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:9999", "http://127.0.0.1:8000"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_without_keys_a_page_from_elsewhere_changes_nothing(origin: str, method: str) -> None:
    assert _ask(None, method=method, Origin=origin, Host="localhost:8000").status_code == 403


def test_without_keys_a_page_of_this_server_may_act() -> None:
    assert _ask(None, method="POST", Origin="http://localhost:8000", Host="localhost:8000").status_code == 200
    assert _ask(None, method="POST", Sec_Fetch_Site="cross-site").status_code == 403


@pytest.mark.parametrize(
    "headers",
    [{"Authorization": "Bearer right"}, {"Authorization": "bearer  right "}, {"X_Api_Key": "right"}],
)
def test_with_keys_the_right_one_opens_from_anywhere(headers: dict[str, str]) -> None:
    answer = _ask("right", client="203.0.113.7", Host="evidoc.example", X_Forwarded_For="1.2.3.4", **headers)
    assert answer.json() == {"org": "org_1"}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer "},
        {"Authorization": "Basic cmlnaHQ="},
        {"Authorization": "right"},
        {"X_Api_Key": "wrong"},
        {"X_Api_Key": ""},
        {"Authorization": "Bearer wrong", "X_Api_Key": "right"},
    ],
)
def test_with_keys_nothing_else_opens_even_on_this_machine(headers: dict[str, Any]) -> None:
    answer = _ask("right", **headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("path", ["/health", "/docs", "/docs/swagger-ui.css", "/openapi.json"])
def test_a_few_paths_are_open_to_all(path: str) -> None:
    assert _ask("right", path, client="203.0.113.7").status_code == 200


@pytest.mark.parametrize("path", ["/healthy", "/docs2", "/api/v1/status", "/openapi.json/x", "/v1/nothing"])
def test_all_others_are_not(path: str) -> None:
    assert _ask("right", path).status_code == 401


@pytest.mark.parametrize(
    ("host", "is_so"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("example.com", False),
    ],
)
def test_loopback_is_known(host: str, is_so: bool) -> None:
    assert is_loopback(host) is is_so
