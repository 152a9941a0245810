"""What a caller may try with a key in hand: a real server refuses it in words of its own, and goes on for the others.

On PostgreSQL where there is one: it takes less than SQLite.
"""

import json
import select
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests import postgres
from tests.contracts.doclo.wire import ended, run, tasks_flow
from tests.flows.public_flows import public_flow, step
from tests.served import PATIENCE, Served, serving
from tests.server.every_route import ROUTES, asked, run_body

NOTE = b"Invoice number: NW-118\nTotal amount: 12.50 EUR\n"
WAITERS = 500

NEVER = {"id": "store", "type": "database_connector", "config": {"connection": "gone", "table": "t"}}
NEVER["retry"] = {"max_attempts": 2, "backoff": "fixed", "initial_delay_ms": 3_600_000, "max_delay_ms": 3_600_000}
"""A task that fails and is tried again in an hour: a run of it stays open and costs nothing."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    data = tmp_path_factory.mktemp("abused") / "data"
    gone = json.dumps({"gone": "postgresql+psycopg://127.0.0.1:1/gone"})
    with ExitStack() as stack:
        settings = {"connections": gone}
        if postgres.IS_THERE:
            database = stack.enter_context(postgres.new_database(stack.enter_context(postgres.running_postgres())))
            settings["database_url"] = database.render_as_string(hide_password=False)
        yield stack.enter_context(serving(data, **settings))


@pytest.fixture
def client(served: Served) -> Iterator[httpx.Client]:
    with served.client() as client:
        yield client


@pytest.mark.parametrize("odd", ["%00", "a%00b", "%ff", "%ed%a0%80", "..%2f", "%0d%0aX-A:b", "%F0%9F%98%80", "a" * 100])
def test_an_id_may_be_anything_and_is_then_not_there(client: httpx.Client, odd: str) -> None:
    things = dict.fromkeys(("document", "workflow", "execution", "flow", "run", "delivery"), odd)
    for name, route in ROUTES.items():
        if "{" in name:
            method, path, request = asked(name, things)
            request.pop("params", None)
            found = client.request(method, path, **request)
            assert found.status_code == (400 if "%00" in odd else route.absent), (name, found.text)
    for path in (
        f"/api/v1/runs?flowId={odd[:90]}",
        f"/api/v1/webhooks/deliveries?runId={odd[:90]}",
        f"/v1/documents?content_type={odd[:90]}",
        f"/api/v1/flows/invoice-extractor?version={odd[:40]}",
    ):
        assert client.get(path).status_code in ((400,) if "%00" in odd else (200, 404)), path


@pytest.mark.parametrize("name", ["limit", "offset"])
@pytest.mark.parametrize(
    "odd", [-1, 2**63, -(2**63) - 1, 10**400, "9" * 5_000, "1.0", "1e2", "0x1", "+1", "٣", "", " 1", "NaN"]
)
def test_a_page_is_named_by_whole_numbers_within_bounds(client: httpx.Client, name: str, odd: Any) -> None:
    for path in ("/v1/documents", "/v1/workflows", "/api/v1/flows", "/api/v1/runs", "/api/v1/webhooks/deliveries"):
        found = client.get(path, params={name: str(odd)})
        assert found.status_code == (422 if path.startswith("/api") else 400), (path, found.text)
        assert found.json()["error"]["details"]


@pytest.mark.parametrize(
    ("member", "values"),
    [
        ("timeout", [0, -1, 0.5, 1e3, "5", True, 60_001, 10**30, [], {}]),
        ("wait", ["true", 1, [], {}]),
        ("idempotencyKey", ["", " ", "\t", "a" * 256, "\u202e", "\u0085", 1, [], {}]),
        (
            "webhookUrl",
            ["", "x", "//a", "https://[", "https://a:b@c.de", "https://exa mple.com", "javascript:1", 1, []],
        ),
        (
            "webhookUrl",
            ["https://127.0.0.1", "https://0x7f.1", "https://127。0。0。1", "https://[::ffff:7f00:1]", "https://1"],
        ),
        ("version", ["", "1" * 51, 1, [], {}]),
        ("metadata", ["x", [], 1, {"text": "x" * 70_000}]),
        ("input.variables", ["x", [], 1, {"text": "x" * 270_000}]),
        ("unheardOf", [1]),
    ],
)
def test_what_a_run_is_asked_with_is_refused_by_its_name(client: httpx.Client, member: str, values: list[Any]) -> None:
    for value in values:
        body = run_body() | ({} if member.startswith("input.") else {member: value})
        if member == "input.variables":
            body["input"]["variables"] = value
        found = client.post("/api/v1/flows/invoice-extractor/run", json=body)
        assert found.status_code == 422, (member, value, found.text)
        assert found.json()["error"]["details"]["field"] == member
    for version in ("0", "-1", "01", "1.0", "LATEST", "999999999999999999999"):
        found = client.post("/api/v1/flows/invoice-extractor/run", json=run_body(version=version))
        assert (found.status_code, found.json()["error"]["code"]) == (404, "VERSION_NOT_FOUND")


def test_a_slug_is_plain(client: httpx.Client) -> None:
    flow = {"name": "A flow", "definition": public_flow(step("read", "parse"))}
    for slug in (
        "..",
        ".",
        "/",
        "a/b",
        "ü",
        "A",
        "-a",
        "a-",
        "a--b",
        "%2e",
        "a b",
        "wf_1",
        "١",
        "a" * 65,
        "",
        "\u202ea",
    ):
        assert client.post("/api/v1/flows", json=flow | {"slug": slug}).status_code == 422, slug
    assert client.post("/api/v1/flows", json=flow | {"slug": "invoice-extractor"}).status_code == 409


def test_metadata_has_a_size(client: httpx.Client) -> None:
    large = json.dumps({"text": "x" * 70_000})
    found = client.post("/v1/documents", files={"file": ("a.txt", NOTE)}, data={"metadata": large})
    assert found.status_code == 400
    assert found.json()["error"]["details"][0]["field"] == "metadata"


def test_a_pattern_that_never_comes_to_an_end_ends(client: httpx.Client) -> None:
    hard = {"type": "string", "pattern": "^(([A-Z]+)+-?)+$"}
    schema = {"type": "object", "properties": {"invoice_number": hard, "total_amount": {"pattern": "(.*)*x"}}}
    found = run(client, "document-extractor", b"Invoice number: " + b"A" * 60 + b"!\n", variables={"schema": schema})
    assert ended(client, found.raise_for_status().json()["id"])["status"] in ("completed", "failed")


def test_a_run_goes_on_with_what_it_started_with(client: httpx.Client) -> None:
    flow = tasks_flow(client, NEVER)
    started = run(client, flow, NOTE).raise_for_status().json()
    assert started["version"] == "1"
    changed = {"definition": {"tasks": [{"id": "read", "type": "document_parser"}]}}
    client.patch(f"/v1/workflows/{flow}", json=changed).raise_for_status()
    second = run(client, flow, NOTE, wait=True).raise_for_status().json()
    assert (second["version"], second["status"]) == ("2", "completed")
    client.delete(f"/v1/workflows/{flow}").raise_for_status()
    assert run(client, flow, NOTE).json()["error"]["code"] == "FLOW_INACTIVE"
    still = client.get(f"/api/v1/runs/{started['id']}").json()
    assert (still["version"], still["status"] in ("pending", "running")) == ("1", True)
    assert client.post(f"/api/v1/runs/{started['id']}/cancel").json()["status"] == "cancelled"


def test_flows_that_come_to_run_each_other_end(client: httpx.Client) -> None:
    def publish(slug: str, *steps: dict[str, Any]) -> httpx.Response:
        body = {"name": slug, "slug": slug, "definition": public_flow(*steps)}
        return client.post("/api/v1/flows", json=body).raise_for_status()

    publish("there", step("read", "parse"))
    publish("back", step("other", "trigger", flowRef="there"))
    publish("there", step("other", "trigger", flowRef="back"))
    found = run(client, "there", NOTE, wait=True, timeout=60_000)
    assert found.json()["error"]["code"] == "FLOW_NESTING" or found.json()["status"] == "failed"
    for level in range(4):
        inner = f"level-{level - 1}" if level else "invoice-extractor"
        publish(f"level-{level}", *(step(f"t{number}", "trigger", flowRef=inner) for number in range(20)))
    refused = run(client, "level-3", NOTE)
    assert refused.json()["error"]["code"] == "FLOW_NESTING", "160,000 runs at the price of one request"


def test_many_who_wait_are_in_nobodys_way(served: Served, client: httpx.Client) -> None:
    flow = tasks_flow(client, NEVER)
    before = client.get("/api/v1/runs").json()["total"]
    body = json.dumps(run_body(wait=True, timeout=60_000, idempotencyKey="all of them")).encode()
    head = f"POST /api/v1/flows/{flow}/run HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    request = f"{head}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body
    place = urlsplit(served.url)
    with ExitStack() as stack:
        waiting = [
            stack.enter_context(socket.create_connection((place.hostname, place.port), timeout=PATIENCE))
            for _ in range(WAITERS)
        ]
        for one in waiting:
            one.sendall(request)
        assert client.get("/health").status_code == 200
        assert run(client, "invoice-extractor", NOTE, wait=True, timeout=60_000).json()["status"] == "completed"
        newest = client.get("/api/v1/runs", params={"flowId": flow}).json()
        assert newest["total"] == 1
        assert not select.select(waiting, [], [], 0)[0]
        client.post(f"/api/v1/runs/{newest['runs'][0]['id']}/cancel").raise_for_status()
        answers = [_whole(one) for one in waiting]
    assert all(answer.startswith(b"HTTP/1.1 200") and b'"cancelled"' in answer for answer in answers)
    assert client.get("/api/v1/runs").json()["total"] == before + 2


def _whole(link: socket.socket) -> bytes:
    return b"".join(iter(lambda: link.recv(65_536), b""))
