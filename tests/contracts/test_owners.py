"""Every path under one prefix belongs to one contract, and is refused in its words."""

from typing import Any

import httpx
import pytest

from evidoc.contracts.owners import CLAIMS, Claim, Contract, owner_of
from tests.contracts.clary.wire import refused as refused_by_clary
from tests.contracts.doclo.wire import refused as refused_by_doclo


def test_every_served_route_is_claimed_by_the_contract_that_serves_it(client: httpx.Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    shared = [path for path in paths if path.startswith("/api/v1/")]
    assert shared
    for path, item in paths.items():
        for method, operation in item.items():
            capitals = "INVALID_" in operation["responses"].get("401", {}).get("description", "")
            wanted = Contract.DOCLO if capitals else Contract.CLARY
            assert owner_of(method, path) is wanted, (method, path)


def test_each_shared_path_has_a_line_of_its_own(client: httpx.Client) -> None:
    general = next(claim for claim in CLAIMS if claim.path == "/api/v1/")
    own = CLAIMS[: CLAIMS.index(general)]
    for path, item in client.get("/openapi.json").json()["paths"].items():
        if path.startswith("/api/v1/"):
            for method in item:
                assert any(claim.covers(method.upper(), path) for claim in own), (method, path)


def test_a_path_may_be_shared_by_method() -> None:
    claim = Claim("/api/v1/sessions", Contract.DOCLO, ("POST",))
    assert claim.covers("POST", "/api/v1/sessions")
    assert not claim.covers("GET", "/api/v1/sessions")
    assert not claim.covers("POST", "/api/v1/sessions/x")
    below = Claim("/api/v1/runs/", Contract.DOCLO)
    assert below.covers("GET", "/api/v1/runs")
    assert below.covers("GET", "/api/v1/runs/x/y")
    assert not below.covers("GET", "/api/v1/runsx")


def _by_doclo(answer: httpx.Response, status: int) -> dict[str, Any]:
    return refused_by_doclo(answer, status, "INVALID_INPUT")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/v1", 404, "NOT_FOUND"),
        ("GET", "/api/v1/nothing", 404, "NOT_FOUND"),
        ("GET", "/api/v1/flows/", 404, "NOT_FOUND"),
        ("GET", "/api/v1/flows/no-such-flow", 404, "FLOW_NOT_FOUND"),
        ("GET", "/api/v1/flows/%00", 400, "INVALID_INPUT"),
        ("GET", "/api/v1/runs/exec_x", 404, "EXECUTION_NOT_FOUND"),
        ("GET", "/api/v1/runs/%ff%fe", 404, "EXECUTION_NOT_FOUND"),
        ("POST", "/api/v1/runs/exec_x/cancel", 404, "EXECUTION_NOT_FOUND"),
        ("DELETE", "/api/v1/flows", 405, "METHOD_NOT_ALLOWED"),
        ("PUT", "/api/v1/runs/exec_x", 405, "METHOD_NOT_ALLOWED"),
        ("GET", "/api/v1/flows/x/run", 405, "METHOD_NOT_ALLOWED"),
    ],
)
def test_what_is_not_there_is_refused_in_capitals(
    client: httpx.Client, method: str, path: str, status: int, code: str
) -> None:
    refused_by_doclo(client.request(method, path), status, code)


@pytest.mark.parametrize(("method", "path", "status"), [("POST", "/api/v1/status", 405), ("GET", "/v1/flows", 404)])
def test_what_is_the_other_contract_s_is_refused_in_its_words(
    client: httpx.Client, method: str, path: str, status: int
) -> None:
    refused_by_clary(client.request(method, path), status)


@pytest.mark.parametrize(("path", "refused"), [("/api/v1/flows", _by_doclo), ("/v1/documents", refused_by_clary)])
def test_headers_without_end_are_refused_in_the_words_of_their_path(
    client: httpx.Client, path: str, refused: Any
) -> None:
    refused(client.get(path, headers={f"X-{number}": "x" * 1000 for number in range(70)}), 400)
