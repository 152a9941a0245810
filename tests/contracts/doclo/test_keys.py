"""The Doclo contract with keys: organisations never meet, scopes open routes, what runs out is told in its words."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from evidoc.contracts.doclo import shapes
from evidoc.kernel.principal import DEFAULT_ORG, Environment, Scope
from evidoc.operations.keys import KeyOperations, KeyStyle
from evidoc.operations.organisations import OrganisationOperations
from evidoc.storing.store import Store
from tests.contracts.doclo.test_flows import flow
from tests.contracts.doclo.wire import ended, fits, refused, run
from tests.served import Served, evidoc, serving

NOTE = b"Invoice number: NW-118\nTotal amount: 12.50 EUR\n"


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("keyed") / "data", requests_per_minute="100000") as served:
        yield served


@pytest.fixture(scope="module")
def store(keyed: Served) -> Iterator[Store]:
    opened = Store.open(keyed.data, exclusive=False)
    yield opened
    opened.close()


def make_key(store: Store, org: str = DEFAULT_ORG, *scopes: Scope, **options: Any) -> str:
    return KeyOperations(store).create(org, "a key", scopes or {Scope.WRITE}, **options)[1]


@pytest.fixture(scope="module")
def ours(keyed: Served, store: Store) -> Iterator[httpx.Client]:
    with keyed.client(make_key(store, style=KeyStyle.DC)) as client:
        yield client


@pytest.fixture(scope="module")
def done(ours: httpx.Client) -> dict[str, Any]:
    ours.post("/api/v1/flows", json={"name": "Ours", "slug": "ours", "definition": flow()}).raise_for_status()
    found = fits(shapes.Execution, run(ours, "ours", NOTE, wait=True, idempotencyKey="ours"))
    assert found["status"] == "completed"
    return found


@pytest.mark.parametrize("environment", [Environment.LIVE, Environment.TEST])
def test_another_side_sees_nothing_of_ours_and_cannot_tell_it_from_nothing(
    keyed: Served, store: Store, done: dict[str, Any], environment: Environment
) -> None:
    org = OrganisationOperations(store).create("They").org_id if environment is Environment.LIVE else DEFAULT_ORG
    with keyed.client(make_key(store, org, environment=environment)) as theirs:
        assert theirs.get("/api/v1/runs").json()["runs"] == []
        listed = [item["id"] for item in theirs.get("/api/v1/flows").json()["flows"]]
        assert "invoice-extractor" in listed
        assert done["flowId"] not in listed
        for own, none in ((done["id"], "exec_none"), (done["flowId"], "wf_none"), ("ours", "none")):
            for method, path in (
                ("GET", "/api/v1/runs/{}"),
                ("GET", "/api/v1/runs/{}?include=artifacts"),
                ("POST", "/api/v1/runs/{}/cancel"),
                ("GET", "/api/v1/flows/{}"),
                ("GET", "/api/v1/flows/{}/definition"),
                ("GET", "/api/v1/runs?flowId={}"),
                ("GET", "/v1/workflows/{}"),
                ("GET", "/v1/workflows/invoice-extractor/executions/{}"),
            ):
                assert _told(theirs, method, path.format(own)) == _told(theirs, method, path.format(none)), path
        again = run(theirs, "invoice-extractor", NOTE, idempotencyKey="ours")
        assert fits(shapes.Execution, again)["id"] != done["id"]
        assert "idempotent-replayed" not in again.headers


def _told(client: httpx.Client, method: str, path: str) -> Any:
    answer = client.request(method, path)
    assert answer.status_code == 404, answer.text
    error = answer.json()["error"]
    error.pop("request_id")
    return error


@pytest.mark.parametrize(
    ("scope", "allowed"),
    [
        (Scope.FLOWS_READ, {"list", "show", "validate"}),
        (Scope.FLOWS_EXECUTE, {"run", "wait"}),
        (Scope.EXECUTIONS_READ, {"read", "runs"}),
        (Scope.EXECUTIONS_CANCEL, {"cancel"}),
        (Scope.READ, {"list", "show", "validate", "read", "runs"}),
        (Scope.WRITE, {"list", "show", "validate", "read", "runs", "run", "wait", "cancel", "publish"}),
    ],
)
def test_a_scope_opens_its_routes_and_no_others(
    keyed: Served, store: Store, done: dict[str, Any], scope: Scope, allowed: set[str]
) -> None:
    with keyed.client(make_key(store, DEFAULT_ORG, scope)) as client:
        answers = {
            "list": client.get("/api/v1/flows"),
            "show": client.get("/api/v1/flows/invoice-extractor"),
            "validate": client.post("/api/v1/flows/validate", json={"definition": flow()}),
            "publish": client.post("/api/v1/flows", json={"name": "x", "definition": flow()}),
            "run": run(client, "ours", NOTE),
            "wait": run(client, "ours", NOTE, wait=True),
            "runs": client.get("/api/v1/runs"),
            "read": client.get(f"/api/v1/runs/{done['id']}"),
            "cancel": client.post(f"/api/v1/runs/{done['id']}/cancel"),
        }
    for name, answer in answers.items():
        if name in allowed:
            assert answer.status_code != 403, (name, answer.text)
        else:
            details = refused(answer, 403, "FORBIDDEN")["details"]
            assert details["field"] == "scope"
            assert details["reason"].split()[0] in set(Scope) - {scope}, (name, details)


def test_a_key_may_be_sent_either_way(keyed: Served, store: Store) -> None:
    key = make_key(store, style=KeyStyle.DC)
    assert key.startswith("dc_live_")
    assert len(key) >= 50
    with keyed.client() as client:
        for headers in ({"Authorization": f"Bearer {key}"}, {"X-Api-Key": key}):
            assert client.get("/api/v1/flows", headers=headers).status_code == 200
        refused(client.get("/api/v1/flows"), 401, "UNAUTHORIZED")
        answer = client.get("/api/v1/flows", headers={"X-Api-Key": f"{key}x"})
        refused(answer, 401, "INVALID_API_KEY")
        assert answer.headers["www-authenticate"] == "Bearer"


def test_what_runs_out_is_told_in_capitals(keyed: Served, store: Store) -> None:
    data = ("--data", str(keyed.data))
    org = evidoc("orgs", "create", "Short", *data).stdout.split()[0]
    with keyed.client(make_key(store, org)) as client:
        evidoc("credits", "grant", org, "3", *data)
        evidoc("credits", "limit", org, *data)
        found = fits(shapes.Execution, run(client, "invoice-extractor", NOTE, wait=True))
        assert found["metrics"]["creditsUsed"] == 2
        again = run(client, "invoice-extractor", NOTE, idempotencyKey="short")
        refused(again, 402, "INSUFFICIENT_CREDITS")
        assert client.get("/api/v1/runs").json()["total"] == 1
        assert client.get("/v1/documents").json()["pagination"]["total"] == 1
        evidoc("credits", "grant", org, "1", *data)
        paid = fits(shapes.Execution, run(client, "invoice-extractor", NOTE, idempotencyKey="short"))
        assert ended(client, paid["id"])["status"] == "completed"
        evidoc("orgs", "limit", org, "1", *data)
        answers = [client.get("/api/v1/flows") for _ in range(3)]
        error = refused(answers[-1], 429, "RATE_LIMITED")
        assert 1 <= int(answers[-1].headers["retry-after"]) <= 60
        assert answers[-1].headers["x-ratelimit-remaining"] == "0"
        assert json.dumps(error["details"])
        in_the_other = client.get("/v1/documents")
        assert in_the_other.status_code == 429
        assert in_the_other.json()["error"]["code"] == "rate_limited"
        assert int(in_the_other.headers["retry-after"]) >= 1
