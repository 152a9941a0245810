import asyncio
import json
import re
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from evidoc.contracts.request import WireLimits
from evidoc.operations.keys import KeyOperations
from evidoc.server.doorkeeper import RequestLimits
from evidoc.server.http import create_app
from evidoc.storing.store import Store
from tests.contracts.clary.wire import refused


def test_health_needs_nothing_and_says_what_the_page_says(client: httpx.Client) -> None:
    body = client.get("/health").json()
    assert body["status"] == "healthy"
    assert re.fullmatch(r"\d+\.\d+\.\d+", body["version"])


def test_status_says_what_the_server_takes(client: httpx.Client) -> None:
    body = client.get("/api/v1/status").json()
    assert body["limits"] == {"max_upload_bytes": 4 << 20, "max_json_bytes": 64 << 10}
    assert body["uptime_seconds"] >= 0


def test_every_answer_has_an_id_and_the_security_headers(client: httpx.Client) -> None:
    seen = set()
    for path in ("/health", "/nothing", "/v1/documents?limit=0", "/docs"):
        headers = client.get(path).headers
        seen.add(headers["x-request-id"])
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "server" not in headers
        assert not [name for name in headers if name.startswith("access-control")]
    assert len(seen) == 4


@pytest.mark.parametrize("path", ["/health", "/v1/documents", "/docs", "/openapi.json", "/v1/documents/unknown"])
def test_head_is_get_without_a_body(client: httpx.Client, path: str) -> None:
    get, head = client.get(path), client.head(path)
    assert head.status_code == get.status_code
    assert head.content == b""
    assert head.headers["content-length"] == get.headers["content-length"]


@pytest.mark.parametrize(
    ("path", "allow"),
    [
        ("/v1/documents", "GET, POST, HEAD, OPTIONS"),
        ("/v1/workflows/x", "GET, PUT, PATCH, DELETE, HEAD, OPTIONS"),
        ("/v1/analysis/classify", "POST, OPTIONS"),
        ("/api/v1/flows", "GET, POST, HEAD, OPTIONS"),
        ("/api/v1/runs/x/cancel", "POST, OPTIONS"),
    ],
)
def test_options_says_what_there_is_and_lets_no_origin_in(client: httpx.Client, path: str, allow: str) -> None:
    answer = client.options(path, headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"})
    assert answer.status_code == 204
    assert answer.headers["allow"] == allow
    assert not [name for name in answer.headers if name.startswith("access-control")]
    refused(client.options("/nothing"), 404)


def test_the_description_names_every_status_and_refers_to_nothing_missing(client: httpx.Client) -> None:
    document = client.get("/openapi.json").json()
    assert document["openapi"].startswith("3.0")
    text = json.dumps(document)
    for reference in set(re.findall(r'"#/components/schemas/([^"]+)"', text)):
        assert reference in document["components"]["schemas"]
    assert '"type": "null"' not in text
    assert "HTTPValidationError" not in text
    operations = [
        (f"{method} {path}", operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
    ]
    assert len(operations) >= 18
    for name, operation in operations:
        assert operation["summary"], name
        assert operation["description"], name
        if name != "get /health":
            assert {"400", "401", "403", "500"} <= set(operation["responses"]), name
    assert len({operation["operationId"] for _, operation in operations}) == len(operations)


def test_the_page_of_the_api_needs_no_other_host(client: httpx.Client) -> None:
    page = client.get("/docs")
    assert page.headers["content-type"].startswith("text/html")
    assert not re.findall(r"(?:src|href)=\"(?!/docs/)", page.text)
    assert "<script>" not in page.text
    policy = page.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    for asset in re.findall(r"(?:src|href)=\"(/docs/[^\"]+)\"", page.text):
        assert client.get(asset).status_code == 200, asset
    refused(client.get("/docs/%2e%2e%2fsettings.py"), 404)
    refused(client.get("/docs/swagger-ui.js.map"), 404)


def test_the_page_of_the_api_works_in_a_browser(client: httpx.Client, server: Any) -> None:
    chromium = "/usr/bin/chromium"
    sync_api = pytest.importorskip("playwright.sync_api")
    if not Path(chromium).exists():
        pytest.skip("there is no Chromium on this machine")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        asked: list[str] = []
        complaints: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.goto(f"{server.url}/docs")
        page.wait_for_selector("text=Upload a document")
        browser.close()
    assert not [url for url in asked if not url.startswith((server.url, "data:"))]
    assert not complaints


@pytest.mark.parametrize(("path", "code"), [("/api/v1/flows", "INTERNAL_ERROR"), ("/v1/documents", "internal_error")])
def test_a_fault_nobody_expected_is_told_in_the_contract_s_body_and_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, path: str, code: str
) -> None:
    async def ask(app: Any) -> httpx.Response:
        transport = httpx.ASGITransport(app, client=("127.0.0.1", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.get(path)

    with closing(Store.open(tmp_path)) as store:
        broken: Any = SimpleNamespace()
        app = create_app(broken, KeyOperations(store), store.rates, WireLimits(1, 1, tmp_path), RequestLimits())
        answer = asyncio.run(ask(app))
    error = answer.json()["error"]
    assert answer.status_code == 500
    assert (error["code"], error["request_id"]) == (code, answer.headers["x-request-id"])
    assert "SimpleNamespace" not in answer.text
    assert answer.headers["x-ratelimit-limit"]
    faults = [record for record in caplog.records if record.exc_info]
    assert error["request_id"] in faults[0].getMessage()
    assert len(faults) == 1
