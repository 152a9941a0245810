"""A server with keys: what each may do, and that organisations never meet."""

import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.contracts.clary.wire import refused
from tests.served import Served, evidoc, serving, until_final

PLAIN = {"name": "Plain", "definition": {"tasks": [{"id": "read", "type": "text_extraction"}]}}


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("keyed") / "data") as served:
        yield served


@pytest.fixture(scope="module")
def ours(keyed: Served) -> Iterator[httpx.Client]:
    with keyed.client(keyed.make_key("ours")) as client:
        yield client


@pytest.fixture(scope="module")
def theirs(keyed: Served) -> Iterator[httpx.Client]:
    with keyed.client(keyed.make_key("theirs", "--org", "org_theirs")) as client:
        yield client


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


def test_x_api_key_serves_as_well(keyed: Served) -> None:
    with keyed.client() as client:
        answer = client.get("/v1/documents", headers={"X-Api-Key": keyed.make_key("header")})
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


def test_a_reading_key_changes_nothing(keyed: Served, document_id: str) -> None:
    with keyed.client(keyed.make_key("reader", "--scope", "read")) as reader:
        assert reader.get(f"/v1/documents/{document_id}").status_code == 200
        assert reader.post("/v1/analysis/extract-text", json={"document_id": document_id}).status_code == 200
        for answer in (
            reader.post("/v1/documents", files={"file": ("a.txt", b"hello")}),
            reader.delete(f"/v1/documents/{document_id}"),
            reader.post("/v1/workflows", json=PLAIN),
        ):
            assert refused(answer, 403)["code"] == "forbidden"


def test_a_revoked_key_is_worth_nothing_at_once(keyed: Served) -> None:
    key = keyed.make_key("short-lived")
    with keyed.client(key) as client:
        assert client.get("/v1/documents").status_code == 200
        listed = evidoc("keys", "list", "--data", str(keyed.data)).stdout
        key_id = next(line.split()[0] for line in listed.splitlines() if line.endswith("short-lived"))
        assert key not in listed
        evidoc("keys", "revoke", key_id, "--data", str(keyed.data))
        refused(client.get("/v1/documents"), 401)
