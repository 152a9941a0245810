"""A server with keys: what each may do, and that organisations never meet."""

import signal
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest

from evidoc.kernel import clock
from evidoc.kernel.principal import DEFAULT_ORG, Environment, Scope
from evidoc.kernel.records import KeyRecord
from evidoc.operations.keys import FRESH_SECONDS, KeyOperations, KeyStyle
from evidoc.operations.organisations import OrganisationOperations
from evidoc.storing.store import Store
from tests.contracts.clary.wire import refused
from tests.served import Served, serving, until, until_final

PLAIN = {"name": "Plain", "definition": {"tasks": [{"id": "read", "type": "text_extraction"}]}}


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("keyed") / "data", requests_per_minute="100000") as served:
        yield served


@pytest.fixture(scope="module")
def store(keyed: Served) -> Iterator[Store]:
    """What the server keeps, opened by a process beside it, as the command line does."""
    opened = Store.open(keyed.data, exclusive=False)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def ours(keyed: Served, store: Store) -> Iterator[httpx.Client]:
    with keyed.client(make_key(store)) as client:
        yield client


@pytest.fixture(scope="module")
def theirs(keyed: Served, store: Store) -> Iterator[httpx.Client]:
    org = OrganisationOperations(store).create("They").org_id
    with keyed.client(make_key(store, org)) as client:
        yield client


def make_key(store: Store, org: str = DEFAULT_ORG, *scopes: Scope, **options: Any) -> str:
    """The secret of a new key."""
    return KeyOperations(store).create(org, "a key", scopes or {Scope.WRITE}, **options)[1]


@pytest.fixture(scope="module")
def document_id(ours: httpx.Client) -> str:
    answer = ours.post("/v1/documents", files={"file": ("a.txt", b"Dated 3 May 2026")})
    document_id: str = answer.raise_for_status().json()["document_id"]
    until_final(ours, f"/v1/documents/{document_id}")
    return document_id


def test_a_running_server_notices_the_first_key(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as served, served.client() as anyone:
        assert anyone.get("/v1/documents").status_code == 200
        key = served.make_key("first")
        assert refused(anyone.get("/v1/documents"), 401)["code"] == "unauthorized"
        with served.client(key) as somebody:
            assert somebody.get("/v1/documents").status_code == 200
        served.process.send_signal(signal.SIGINT)  # Ctrl-C is a way to end well, too


def test_no_key_opens_only_what_is_open(keyed: Served, ours: httpx.Client) -> None:
    with keyed.client() as anyone:
        for path in ("/health", "/docs", "/openapi.json"):
            assert anyone.get(path).status_code == 200
        for path in ("/v1/documents", "/api/v1/status", "/nothing"):
            answer = anyone.get(path)
            assert refused(answer, 401)["type"] == "authentication_error"
            assert answer.headers["www-authenticate"] == "Bearer"


def test_x_api_key_serves_as_well(keyed: Served, store: Store) -> None:
    with keyed.client() as client:
        answer = client.get("/v1/documents", headers={"X-Api-Key": make_key(store)})
        assert answer.status_code == 200


def test_another_organisation_sees_nothing_of_ours(ours: httpx.Client, theirs: httpx.Client, document_id: str) -> None:
    workflow = ours.post("/v1/workflows", json=PLAIN).raise_for_status().json()["workflow_id"]
    path = f"/v1/workflows/{workflow}/executions"
    execution = ours.post(path, json={"document_id": document_id}).raise_for_status().json()["execution_id"]
    theirs_workflow = theirs.post("/v1/workflows", json=PLAIN).raise_for_status().json()["workflow_id"]
    until_final(ours, f"{path}/{execution}")
    for method, at, body in (
        ("GET", f"/v1/documents/{document_id}", None),
        ("GET", f"/v1/documents/{document_id}/content", None),
        ("DELETE", f"/v1/documents/{document_id}", None),
        ("POST", "/v1/analysis/extract-text", {"document_id": document_id}),
        ("POST", "/v1/analysis/extract-entities", {"document_id": document_id, "entities": ["date"]}),
        ("GET", f"/v1/workflows/{workflow}", None),
        ("PATCH", f"/v1/workflows/{workflow}", {"name": "mine now"}),
        ("DELETE", f"/v1/workflows/{workflow}", None),
        ("GET", path, None),
        ("GET", f"{path}/{execution}", None),
        ("POST", path, {"document_id": document_id}),
        ("POST", f"/v1/workflows/{theirs_workflow}/executions", {"document_id": document_id}),
        ("GET", f"/v1/workflows/{theirs_workflow}/executions/{execution}", None),
    ):
        refused(theirs.request(method, at, json=body), 404)
    assert theirs.get("/v1/documents").json()["pagination"]["total"] == 0
    assert [item["workflow_id"] for item in theirs.get("/v1/workflows").json()["data"]] == [theirs_workflow]
    assert ours.get(f"/v1/documents/{document_id}").status_code == 200


def test_a_reading_key_changes_nothing(keyed: Served, store: Store, document_id: str) -> None:
    with keyed.client(make_key(store, DEFAULT_ORG, Scope.READ)) as reader:
        assert reader.get(f"/v1/documents/{document_id}").status_code == 200
        assert reader.post("/v1/analysis/extract-text", json={"document_id": document_id}).status_code == 200
        for answer in (
            reader.post("/v1/documents", files={"file": ("a.txt", b"hello")}),
            reader.delete(f"/v1/documents/{document_id}"),
            reader.post("/v1/workflows", json=PLAIN),
        ):
            assert refused(answer, 403)["code"] == "forbidden"


def test_the_test_side_of_an_organisation_never_meets_the_live_one(
    keyed: Served, store: Store, ours: httpx.Client, document_id: str
) -> None:
    key = make_key(store, environment=Environment.TEST, style=KeyStyle.DC)
    with keyed.client(key) as staging:
        refused(staging.get(f"/v1/documents/{document_id}"), 404)
        mine = staging.post("/v1/workflows", json=PLAIN).raise_for_status().json()["workflow_id"]
        refused(ours.get(f"/v1/workflows/{mine}"), 404)
        refused(staging.post(f"/v1/workflows/{mine}/executions", json={"document_id": document_id}), 404)
        assert [item["workflow_id"] for item in staging.get("/v1/workflows").json()["data"]] == [mine]


def test_a_key_with_fine_scopes_may_do_what_they_name_and_no_more(
    keyed: Served, store: Store, document_id: str
) -> None:
    with keyed.client(make_key(store, DEFAULT_ORG, Scope.FLOWS_READ, Scope.EXECUTIONS_READ)) as runner:
        assert runner.get("/v1/workflows").status_code == 200
        assert refused(runner.get(f"/v1/documents/{document_id}"), 403)["code"] == "forbidden"
        assert refused(runner.post("/v1/workflows", json=PLAIN), 403)["code"] == "forbidden"


def test_a_key_that_is_in_use_all_the_time_is_refused_once_another_process_revokes_it(
    keyed: Served, store: Store
) -> None:
    keys = KeyOperations(store)
    record, key = keys.create(DEFAULT_ORG, "busy", {Scope.READ})
    with keyed.client(key) as client:
        for _ in range(20):
            assert client.get("/v1/workflows").status_code == 200
        keys.revoke(DEFAULT_ORG, record.key_id)
        assert FRESH_SECONDS < 1
        refused(until(lambda: client.get("/v1/workflows"), lambda answer: answer.status_code != 200), 401)
        for _ in range(5):
            refused(client.get("/v1/workflows"), 401)


def test_an_expired_key_is_refused(keyed: Served, store: Store) -> None:
    key = "sk_live_" + "e" * 48
    ended = clock.now() - timedelta(seconds=1)
    record = KeyRecord("key_ended", DEFAULT_ORG, "ended", key[:12], frozenset({Scope.READ}), ended, ended)
    store.keys.add(record, sha256(key.encode()).hexdigest())
    with keyed.client(key) as client:
        assert refused(client.get("/v1/workflows"), 401)["code"] == "unauthorized"
        codes = {client.get(path).json()["error"]["code"] for path in ("/api/v1/flows", "/api/v1/runs/exec_x")}
        assert codes == {"API_KEY_EXPIRED"}


def test_no_key_is_ever_logged(keyed: Served, store: Store) -> None:
    key, wrong = make_key(store), "sk_live_" + "w" * 48
    with keyed.client() as client:
        for name, value in (("X-Api-Key", key), ("Authorization", f"Bearer {key}"), ("X-Api-Key", wrong)):
            client.get("/v1/workflows", headers={name: value})
            client.get("/v1/nothing", headers={name: value})
        client.get("/v1/workflows", headers={"X-Api-Key": key, "Authorization": f"Bearer {wrong}"})
        client.get("/v1/workflows", params={"api_key": wrong})
    log = keyed.log.read_text()
    assert "/v1/workflows" in log
    assert key[12:] not in log
    assert wrong[12:] not in log
