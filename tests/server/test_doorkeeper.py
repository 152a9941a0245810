import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from evidoc.contracts.clary.errors import render
from evidoc.kernel.errors import EvidocError
from evidoc.kernel.principal import DEFAULT_ORG, Environment
from evidoc.kernel.principal import Scope as KeyScope
from evidoc.operations.keys import KeyOperations
from evidoc.operations.organisations import OrganisationOperations
from evidoc.server.doorkeeper import Doorkeeper, RequestLimits, is_loopback
from evidoc.server.envelope import Envelope
from evidoc.storing.store import Store

READ = frozenset({KeyScope.READ})


async def _inside(scope: Scope, receive: Receive, send: Send) -> None:
    principal = scope["state"].get("principal")
    await JSONResponse({"org": principal.org_id if principal else None})(scope, receive, send)


async def _fails(scope: Scope, receive: Receive, send: Send) -> None:
    raise RuntimeError("a bug")


def _refuse(scope: Scope, error: EvidocError) -> Response:
    return render(error, "req_1")


@dataclass(frozen=True)
class Door:
    """A doorkeeper in its envelope, before an application that tells who was let in."""

    store: Store
    secret: str | None
    limits: RequestLimits

    def ask(
        self,
        path: str = "/v1/documents",
        client: str = "127.0.0.1",
        method: str = "GET",
        more: list[tuple[str, str]] | None = None,
        inside: Any = _inside,
        **headers: str,
    ) -> httpx.Response:
        keys = KeyOperations(self.store)
        app = Envelope(Doorkeeper(inside, keys, self.store.rates, self.limits, _refuse), _refuse)
        sent = [(name.replace("_", "-"), value) for name, value in headers.items()] + (more or [])

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app=app, client=(client, 5000))
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as asker:
                return await asker.request(
                    method, path, headers=[(n, v.replace("KEY", self.secret or "")) for n, v in sent]
                )

        return asyncio.run(ask())


def _door(folder: Any, keyed: bool, limits: RequestLimits) -> Iterator[Door]:
    store = Store.open(folder)
    secret = KeyOperations(store).create(DEFAULT_ORG, "laptop", READ)[1] if keyed else None
    yield Door(store, secret, limits)
    store.close()


@pytest.fixture(scope="module")
def keyless(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    yield from _door(tmp_path_factory.mktemp("keyless"), keyed=False, limits=RequestLimits())


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    yield from _door(tmp_path_factory.mktemp("keyed"), keyed=True, limits=RequestLimits(keyed=100_000))


@pytest.fixture
def narrow(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:
    """A door for three requests a minute, in a minute that does not end."""
    for door in _door(tmp_path, keyed=True, limits=RequestLimits(keyed=3)):
        monkeypatch.setattr(door.store.rates, "_now", lambda: NOW)
        yield door


NOW = float(int(time.time()) // 60 * 60 + 60)
"""The first second of the minute that comes next."""


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:9", "[::1]:8000", "127.8.8.8", "LOCALHOST"])
@pytest.mark.parametrize("client", ["127.0.0.1", "::1"])
def test_without_keys_this_machine_comes_in(keyless: Door, host: str, client: str) -> None:
    answer = keyless.ask(client=client, Host=host)
    assert answer.json() == {"org": DEFAULT_ORG}


@pytest.mark.parametrize("client", ["10.0.0.5", "192.168.1.2", "2001:db8::1", "::ffff:10.0.0.1"])
def test_without_keys_no_other_machine_does(keyless: Door, client: str) -> None:
    answer = keyless.ask(client=client)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "", "10.0.0.1", "[bad"]
)
def test_without_keys_a_rebound_name_does_not(keyless: Door, host: str) -> None:
    assert keyless.ask(Host=host).status_code == 403


@pytest.mark.parametrize("header", ["X_Forwarded_For", "Forwarded", "X_Real_IP", "Via"])
def test_without_keys_a_proxy_does_not(keyless: Door, header: str) -> None:
    assert keyless.ask(**{header: "10.0.0.9"}).status_code == 401


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:9999", "http://127.0.0.1:8000"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_without_keys_a_page_from_elsewhere_changes_nothing(keyless: Door, origin: str, method: str) -> None:
    assert keyless.ask(method=method, Origin=origin, Host="localhost:8000").status_code == 403


def test_without_keys_a_page_of_this_server_may_act(keyless: Door) -> None:
    assert keyless.ask(method="POST", Origin="http://localhost:8000", Host="localhost:8000").status_code == 200
    assert keyless.ask(method="POST", Sec_Fetch_Site="cross-site").status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer KEY"},
        {"Authorization": "bearer  KEY "},
        {"X_Api_Key": "KEY"},
        {"Authorization": "Bearer KEY", "X_Api_Key": "KEY"},
        {"Authorization": "Bearer KEY", "X_Api_Key": ""},
    ],
)
def test_with_keys_the_right_one_opens_from_anywhere(keyed: Door, headers: dict[str, str]) -> None:
    answer = keyed.ask(client="203.0.113.7", Host="evidoc.example", X_Forwarded_For="1.2.3.4", **headers)
    assert answer.json() == {"org": DEFAULT_ORG}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Bearer KEYx"},
        {"Authorization": "Bearer KEY, Bearer KEY"},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer "},
        {"Authorization": "Basic KEY"},
        {"Authorization": "KEY"},
        {"Authorization": "", "X_Api_Key": "KEY"},
        {"X_Api_Key": "wrong"},
        {"X_Api_Key": "Bearer KEY"},
        {"X_Api_Key": ""},
        {"Authorization": "Bearer wrong", "X_Api_Key": "KEY"},
        {"Authorization": "Bearer KEY", "X_Api_Key": "wrong"},
    ],
)
def test_with_keys_nothing_else_opens_even_on_this_machine(keyed: Door, headers: dict[str, Any]) -> None:
    answer = keyed.ask(**headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("name", ["Authorization", "X-Api-Key"])
@pytest.mark.parametrize("second", ["Bearer KEY", "Bearer wrong", "KEY", ""])
def test_with_keys_a_header_that_is_there_twice_opens_nothing(keyed: Door, name: str, second: str) -> None:
    first = "Bearer KEY" if name == "Authorization" else "KEY"
    for values in ((first, second), (second, first)):
        assert keyed.ask(more=[(name, value) for value in values]).status_code == 401


@pytest.mark.parametrize("path", ["/health", "/docs", "/docs/swagger-ui.css", "/openapi.json"])
def test_a_few_paths_are_open_to_all(keyed: Door, path: str) -> None:
    assert keyed.ask(path, client="203.0.113.7").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/healthy",
        "/health/",
        "//health",
        "/docs2",
        "/DOCS",
        "/api/v1/status",
        "/openapi.json/x",
        "/v1/nothing",
        "/v1/%2e%2e/health",
        "/v1/documents?/docs/",
        "/v1/documents#/health",
    ],
)
def test_all_others_are_not(keyed: Door, path: str) -> None:
    assert keyed.ask(path).status_code == 401


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


def _rate(answer: httpx.Response) -> tuple[int, ...]:
    return tuple(int(answer.headers[f"x-ratelimit-{name}"]) for name in ("limit", "remaining", "reset"))


def test_every_answer_to_a_key_says_what_is_left_of_its_minute(narrow: Door) -> None:
    reset = int(NOW) + 60
    assert _rate(narrow.ask(X_Api_Key="KEY")) == (3, 2, reset)
    assert _rate(narrow.ask(X_Api_Key="KEY", method="OPTIONS", path="/nothing")) == (3, 1, reset)
    failed = narrow.ask(X_Api_Key="KEY", method="HEAD", inside=_fails)
    assert failed.status_code == 500
    assert _rate(failed) == (3, 0, reset)
    refused = narrow.ask(X_Api_Key="KEY")
    assert refused.status_code == 429
    assert refused.json()["error"]["code"] == "rate_limited"
    assert _rate(refused) == (3, 0, reset)
    assert reset - time.time() <= int(refused.headers["retry-after"]) <= 121


def test_who_is_not_let_in_is_neither_counted_nor_told(narrow: Door) -> None:
    for _ in range(5):
        answer = narrow.ask(X_Api_Key="sk_live_wrong")
        assert answer.status_code == 401
        assert "x-ratelimit-limit" not in answer.headers
    assert "x-ratelimit-limit" not in narrow.ask("/health").headers
    assert _rate(narrow.ask(X_Api_Key="KEY"))[1] == 2


def test_all_keys_of_a_side_share_its_limit_and_the_other_side_has_its_own(narrow: Door) -> None:
    keys = KeyOperations(narrow.store)
    _, second = keys.create(DEFAULT_ORG, "second", READ)
    _, test = keys.create(DEFAULT_ORG, "test", READ, environment=Environment.TEST)
    for key in ("KEY", second, "KEY"):
        assert narrow.ask(X_Api_Key=key).status_code == 200
    assert narrow.ask(X_Api_Key=second).status_code == 429
    assert _rate(narrow.ask(X_Api_Key=test))[:2] == (3, 2)


def test_an_organisation_may_have_a_limit_of_its_own(narrow: Door) -> None:
    organisations = OrganisationOperations(narrow.store)
    asking: Callable[[], httpx.Response] = lambda: narrow.ask(X_Api_Key="KEY")  # noqa: E731
    for _ in range(3):
        asking()
    assert asking().status_code == 429
    organisations.limit(DEFAULT_ORG, 6)
    assert _rate(asking())[0] == 6
    organisations.limit(DEFAULT_ORG, 2)
    assert asking().status_code == 429
    organisations.limit(DEFAULT_ORG, None)
    assert _rate(asking())[0] == 3


def test_the_use_of_a_key_is_noted_once_it_is_answered(narrow: Door) -> None:
    assert narrow.store.keys.list(DEFAULT_ORG)[0].last_used_at is None
    narrow.ask(X_Api_Key="KEY")
    assert narrow.store.keys.list(DEFAULT_ORG)[0].last_used_at is not None


def test_without_keys_the_limit_is_another(keyless: Door) -> None:
    assert _rate(keyless.ask())[0] == 100_000
