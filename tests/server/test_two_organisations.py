"""Two organisations on one server, each with a live and a test side: no route tells one of another's things.

What another has is asked for in every way that the description of the API knows, and answered as what never was.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from http.client import HTTPConnection
from itertools import product
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from evidoc.contracts.owners import Contract, owner_of
from evidoc.kernel import clock
from evidoc.kernel.principal import DEFAULT_ORG, Environment, Scope
from evidoc.kernel.records import KeyRecord
from evidoc.operations.keys import KeyOperations, KeyStyle
from evidoc.operations.organisations import OrganisationOperations
from evidoc.storing.store import Store
from tests.reaching.receivers import answer, receiving, saying
from tests.served import Served, serving
from tests.server.every_route import ROUTES, Things, asked
from tests.server.two_organisations import (
    KEY,
    MARK,
    SLUG,
    creations,
    furnished,
    little_of_its_own,
    never,
    state_of,
)

CODES = {
    "none": ("unauthorized", "UNAUTHORIZED"),
    "unknown": ("unauthorized", "INVALID_API_KEY"),
    "expired": ("unauthorized", "API_KEY_EXPIRED"),
    "revoked": ("unauthorized", "API_KEY_REVOKED"),
}
"""By key that opens nothing: the code in the first contract and in the second."""

LISTS = ("/v1/documents", "/v1/workflows", "/api/v1/flows", "/api/v1/runs", "/api/v1/webhooks/deliveries")

NOT_COMPARED = {"date", "x-request-id", "x-ratelimit-remaining", "x-ratelimit-reset", "content-length"}


@dataclass(frozen=True)
class Two:
    """The server, the first organisation's live key and things, and everybody else, by what they are called."""

    served: Served
    store: Store
    first: httpx.Client
    things: dict[str, str]
    ids: list[str]
    others: dict[str, httpx.Client]


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    data = tmp_path_factory.mktemp("two") / "data"
    settings = {"requests_per_minute": "1000000", "allowed_hosts": "127.0.0.1", "max_json_bytes": "64KB"}
    with serving(data, **settings) as served, receiving(saying(answer())) as receiver:
        store = Store.open(data, exclusive=False)
        second = OrganisationOperations(store).create("Second").org_id
        keys = {
            "the first's test side": make_key(store, DEFAULT_ORG, environment=Environment.TEST, style=KeyStyle.DC),
            "the second": make_key(store, second, style=KeyStyle.DC),
            "the second's test side": make_key(store, second, Scope.ADMIN, environment=Environment.TEST),
        }
        first = served.client(make_key(store))
        others = {name: served.client(key) for name, key in keys.items()}
        things, ids = furnished(first, f"http://{receiver.at}/")
        yield Two(served, store, first, things, ids, others)
        for client in (first, *others.values()):
            client.close()
        store.close()


def make_key(store: Store, org: str = DEFAULT_ORG, *scopes: Scope, **options: Any) -> str:
    """The secret of a new key."""
    return KeyOperations(store).create(org, "a key", scopes or {Scope.WRITE}, **options)[1]


def test_every_route_is_asked_here(two: Two) -> None:
    described = two.first.get("/openapi.json").json()["paths"]
    operations = {f"{method.upper()} {path}" for path, item in described.items() for method in item}
    assert operations == ROUTES.keys()
    with_key = {
        f"{method.upper()} {path}"
        for path, item in described.items()
        for method, operation in item.items()
        if "Idempotency-Key" in [parameter["name"] for parameter in operation.get("parameters", ())]
    }
    assert with_key == creations(two.things).keys()


def test_what_another_has_is_answered_as_what_never_was(two: Two) -> None:
    before = state_of(two.first, two.things)
    for who, client in two.others.items():
        own = little_of_its_own(client)
        for name, route in ROUTES.items():
            for kinds in _choices(route.names):
                for theirs, nothing in (
                    (two.things, never()),
                    (two.things | _slugs(SLUG), never() | _slugs("nowhere")),
                ):
                    found = _told(client, name, own, {kind: theirs[kind] for kind in kinds})
                    assert found == _told(client, name, own, {kind: nothing[kind] for kind in kinds}), (who, name)
                    assert found[0] == route.absent, (who, name, kinds, found)
                    assert MARK.encode() not in found[2], (who, name)
    assert state_of(two.first, two.things) == before


def test_no_list_shows_what_another_has(two: Two) -> None:
    for client in two.others.values():
        for path in LISTS:
            shown = client.get(path, params={"limit": 100}).raise_for_status().text
            assert not [one for one in (*two.ids, MARK, SLUG) if one in shown], path


def test_an_idempotency_key_is_ones_own(two: Two) -> None:
    made = {name: _create(two.first, two.things, name) for name in creations(two.things)}
    before = _totals(two.first)
    new = {answer.json()[creations(two.things)[name][2]] for name, answer in made.items()}
    for client in two.others.values():
        own = little_of_its_own(client)
        for name in made:
            found = _create(client, own, name)
            assert "idempotent-replayed" not in found.headers, name
            its_id = found.json()[creations(own)[name][2]]
            assert its_id not in new, name
            new.add(its_id)
    for name, first in made.items():
        again = _create(two.first, two.things, name)
        where = creations(two.things)[name][2]
        assert (again.json()[where], again.headers["idempotent-replayed"]) == (first.json()[where], "true"), name
    assert _totals(two.first) == before


@pytest.mark.parametrize("scope", Scope)
def test_a_scope_opens_exactly_its_routes(two: Two, scope: Scope) -> None:
    with two.served.client(make_key(two.store, DEFAULT_ORG, scope)) as client:
        for name, route in ROUTES.items():
            method, path, request = asked(name, two.things if name.startswith("GET") else never())
            found = client.request(method, path, **request)
            wanted = 403 if scope not in route.opened_by else 200 if method == "GET" else route.absent
            assert found.status_code == wanted, (name, found.text)
            if wanted == 403:
                code = "forbidden" if _owner(name) is Contract.CLARY else "FORBIDDEN"
                assert found.json()["error"]["code"] == code, name


def test_a_key_that_opens_nothing_is_told_so_in_the_words_of_each_contract(two: Two) -> None:
    for kind, header in product(CODES, ("Authorization", "X-Api-Key")):
        secret = _useless(two.store, kind)
        headers = {} if secret is None else {header: f"Bearer {secret}" if header == "Authorization" else secret}
        with two.served.client() as client:
            for name, route in ROUTES.items():
                method, path, request = asked(name, two.things)
                found = client.request(method, path, headers=headers, **request)
                if not route.needs_key:
                    assert found.status_code == 200
                    continue
                assert found.status_code == 401, (kind, name, found.text)
                assert found.headers["www-authenticate"] == "Bearer"
                assert not [header for header in found.headers if header.startswith("x-ratelimit")]
                error = found.json()["error"]
                assert error["code"] == CODES[kind][_owner(name) is Contract.DOCLO], (kind, name)
                assert error["details"] == ([] if _owner(name) is Contract.CLARY else {})


def test_no_spelling_of_a_path_leads_to_what_another_has(two: Two) -> None:
    for client in two.others.values():
        key = client.headers["authorization"]
        for name in ROUTES:
            method, path, _ = asked(name, two.things)
            if method == "GET" and ROUTES[name].names and "{" in name:
                for spelled in _spellings(path):
                    for said in ("GET", "HEAD", "OPTIONS", "PROPFIND", "TRACE"):
                        status, body = _raw(two.served, said, spelled, {"Authorization": key})
                        assert status in (204, 400, 404, 405), (said, spelled, body)
                        assert MARK.encode() not in body, spelled
                        assert said != "HEAD" or not body


def test_without_a_key_no_spelling_of_a_path_is_open(two: Two) -> None:
    shown = two.first.get("/v1/documents").text
    assert MARK in shown
    for opened, sneaked in product(("/health", "/docs", "/openapi.json"), ("/v1/documents", "/api/v1/flows")):
        for between in ("/..", "/%2e%2e", "%2f..", "/..%2f", "/.;/..", "//", ";", "%00", "%20", "?", "#", "\\.."):
            for path in (f"{opened}{between}{sneaked}", f"{sneaked}{between}{opened}"):
                status, body = _raw(two.served, "GET", path, {})
                assert MARK.encode() not in body, path
                # What follows a question mark is no path: the page that is open is what is asked for.
                assert status in (400, 401, 404) or (between in "?#" and path.startswith(opened)), (status, path)
    for path in (
        "//v1/documents",
        "/V1/DOCUMENTS",
        "/v1/documents/",
        "/v1//documents",
        f"{two.served.url}/v1/documents",
    ):
        assert _raw(two.served, "GET", path, {})[0] == 401, path


def test_no_header_makes_another_method_or_path_of_a_request(two: Two) -> None:
    path = f"/v1/documents/{two.things['document']}"
    before = two.first.get(path).json()
    with two.served.client(make_key(two.store, DEFAULT_ORG, Scope.WRITE)) as client:
        for header in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "_method"):
            assert client.get(path, headers={header: "DELETE"}, params={"_method": "DELETE"}).json() == before
            assert client.post(path, headers={header: "DELETE"}, data={"_method": "DELETE"}).status_code == 405
        for header in ("X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Prefix", "X-Forwarded-Path"):
            answered = client.get("/api/v1/status", headers={header: path})
            assert answered.json()["status"] == "healthy"
    assert two.first.get(path).json() == before
    for header in ("X-Org-Id", "X-Organisation", "X-Forwarded-User", "X-Environment", "X-Account"):
        for client in two.others.values():
            assert client.get(path, headers={header: DEFAULT_ORG}).status_code == 404


def _totals(client: httpx.Client) -> list[int]:
    pages = [client.get(path).raise_for_status().json() for path in LISTS]
    return [page.get("pagination", page)["total"] for page in pages]


def _owner(name: str) -> Contract:
    method, _, path = name.partition(" ")
    return owner_of(method, path)


def _choices(kinds: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Which of the things that a request names are another's: each by itself, and all of them."""
    return [*((kind,) for kind in kinds), *([kinds] if len(kinds) > 1 else [])]


def _slugs(slug: str) -> dict[str, str]:
    return {"flow": slug, "workflow": slug}


def _told(client: httpx.Client, name: str, own: Things, theirs: Things) -> tuple[int, dict[str, str], bytes]:
    """What is answered where some of the things are another's, without what no two answers have alike."""
    method, path, request = asked(name, {**own, **theirs})
    answer = client.request(method, path, **request)
    headers = {key: value for key, value in answer.headers.items() if key not in NOT_COMPARED}
    body = answer.content.replace(answer.headers["x-request-id"].encode(), b"(request)")
    for kind, its_id in theirs.items():
        body = body.replace(its_id.encode(), f"({kind})".encode())
    return answer.status_code, headers, body


def _create(client: httpx.Client, things: Things, name: str) -> httpx.Response:
    path, request, _ = creations(things)[name]
    return client.post(path, headers={"Idempotency-Key": KEY}, **request).raise_for_status()


def _useless(store: Store, kind: str) -> str | None:
    """A key that opens nothing."""
    match kind:
        case "none":
            return None
        case "unknown":
            return "dc_live_" + "u" * 48
        case "revoked":
            record, secret = KeyOperations(store).create(DEFAULT_ORG, "revoked", {Scope.ADMIN})
            KeyOperations(store).revoke(DEFAULT_ORG, record.key_id)
            return secret
    secret = "sk_test_" + sha256(str(clock.now()).encode()).hexdigest()
    ended = clock.now() - timedelta(seconds=1)
    scopes = frozenset({Scope.ADMIN})
    record = KeyRecord(f"key_{secret[-20:]}", DEFAULT_ORG, "ended", secret[:12], scopes, ended, ended)
    store.keys.add(record, sha256(secret.encode()).hexdigest())
    return secret


def _spellings(path: str) -> Iterator[str]:
    """Other ways to write a path that some server, somewhere, takes for the same."""
    start, _, last = path.rpartition("/")
    writes: tuple[Callable[[str], str], ...] = (
        lambda path: path + "/",
        lambda path: path + "//",
        lambda path: path + "/.",
        lambda path: path + "%2f",
        lambda path: path + "%00",
        lambda path: path + "%20",
        lambda path: path + ";v=1",
        lambda path: path + ".json",
        lambda path: "/" + path,
        lambda path: path.replace("/", "//"),
        lambda path: path.replace("/v1/", "/v1/x/../"),
        lambda path: path.replace("/v1/", "/v1/%2e%2e/v1/"),
        lambda path: path.replace("/v1/", "/v1/./"),
        lambda path: f"{start}%2f{last}",
        lambda path: f"{start}%5c{last}",
        lambda path: f"{start}/{last.lower()}",
        lambda path: f"{start}/{''.join(f'%{ord(one):02x}' for one in last)}",
        lambda path: path.upper(),
    )
    return (write(path) for write in writes)


def _raw(served: Served, method: str, path: str, headers: dict[str, str]) -> tuple[int, bytes]:
    """What is answered to a path as it is written here; clients would put it in order first."""
    place = urlsplit(served.url)
    connection = HTTPConnection(place.hostname or "", place.port, timeout=60)
    try:
        connection.putrequest(method, path)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()
