from typing import Any

import httpx
import pytest

from evidoc.contracts.doclo import shapes
from tests.contracts.doclo.wire import ended, fits, refused, run

NOTE = b"Invoice number: NW-118\nTotal amount: 12.50 EUR\n"
SCHEMA = {"type": "object", "properties": {"total_amount": {"type": "number"}}}


def flow(*more: dict[str, Any], **also: Any) -> dict[str, Any]:
    steps = [
        {"type": "step", "id": "read", "nodeType": "parse", "config": {}},
        {"type": "step", "id": "find", "nodeType": "extract", "config": {"schema": SCHEMA}},
        *more,
    ]
    return {"version": "1.0.0", "steps": steps, **also}


def publish(client: httpx.Client, definition: dict[str, Any], **more: Any) -> httpx.Response:
    return client.post("/api/v1/flows", json={"name": "Delivery notes", "definition": definition, **more})


def test_the_built_in_flows_are_there_from_the_start(client: httpx.Client) -> None:
    page = fits(shapes.FlowList, client.get("/api/v1/flows?limit=100"))
    built_in = {"invoice-extractor", "receipt-extractor", "contract-extractor", "document-extractor"}
    assert built_in <= {item["id"] for item in page["flows"]}
    for name in built_in:
        details = fits(shapes.FlowDetails, client.get(f"/api/v1/flows/{name}"))
        assert details["schema"]["input"]["required"][0] == "document"
        assert details["schema"]["output"]["type"] == "object"
        assert details["config"]["maxFileSizeMB"] == 4
        assert details["config"]["estimatedCreditsPerPage"] == 2
        assert {"pdf", "png", "jpeg", "webp"} <= set(details["config"]["supportedFormats"])
        assert fits(shapes.FlowDetails, client.get(f"/api/v1/flows/{name}?version=latest")) == details
        refused(client.get(f"/api/v1/flows/{name}?version=99"), 404, "VERSION_NOT_FOUND")


def test_the_list_of_flows_is_paged(client: httpx.Client) -> None:
    whole = fits(shapes.FlowList, client.get("/api/v1/flows"))
    assert (whole["limit"], whole["offset"]) == (50, 0)
    page = fits(shapes.FlowList, client.get("/api/v1/flows?limit=2&offset=1"))
    assert page["flows"] == whole["flows"][1:3]
    assert (page["total"], page["limit"], page["offset"]) == (whole["total"], 2, 1)
    for query in ("limit=0", "limit=101", "limit=ten", "offset=-1"):
        refused(client.get(f"/api/v1/flows?{query}"), 422, "VALIDATION_ERROR")


def test_a_flow_is_published_again_as_its_next_version(client: httpx.Client) -> None:
    answer = publish(client, flow(), slug="versions", description="What was delivered")
    assert answer.status_code == 201
    first = fits(shapes.PublishedFlow, answer)
    assert (first["slug"], first["version"], first["warnings"]) == ("versions", "1", [])
    assert answer.headers["location"] == f"/api/v1/flows/{first['id']}"
    assert fits(shapes.PublishedFlow, publish(client, flow(), slug="versions"))["version"] == "1"
    longer = flow({"type": "step", "id": "out", "nodeType": "output", "config": {"source": "find"}})
    assert fits(shapes.PublishedFlow, publish(client, longer, slug="versions"))["version"] == "2"
    details = fits(shapes.FlowDetails, client.get("/api/v1/flows/versions"))
    assert (details["id"], details["version"], details["versions"]) == (first["id"], "2", ["2", "1"])
    assert details["name"] == "Delivery notes"
    old = fits(shapes.FlowDetails, client.get("/api/v1/flows/versions?version=1"))
    assert (old["version"], old["versions"], old["schema"]["output"]) == ("1", ["2", "1"], SCHEMA)
    assert fits(shapes.Execution, run(client, "versions", NOTE))["version"] == "2"
    found = fits(shapes.Execution, run(client, first["id"], NOTE, version="1", wait=True))
    assert found["version"] == "1"
    assert found["output"] == {"total_amount": 12.5}


def test_a_definition_is_given_back_as_it_was_given(client: httpx.Client) -> None:
    publish(client, flow(), slug="given-back").raise_for_status()
    given = fits(shapes.FlowDefinition, client.get("/api/v1/flows/given-back/definition"))
    assert given["definition"] == flow()
    assert given["notation"] == "doclo-1.0.0"
    tasks = {"tasks": [{"id": "read", "type": "document_parser"}]}
    publish(client, tasks, slug="given-back").raise_for_status()
    assert client.get("/api/v1/flows/given-back/definition").json()["definition"] == tasks
    assert client.get("/api/v1/flows/given-back/definition?version=1").json()["definition"] == flow()
    refused(client.get("/api/v1/flows/given-back/definition?version=3"), 404, "VERSION_NOT_FOUND")


def test_a_definition_is_checked_without_being_kept(client: httpx.Client) -> None:
    before = client.get("/api/v1/flows").json()["total"]
    good = fits(shapes.CheckedFlow, client.post("/api/v1/flows/validate", json={"definition": flow()}))
    assert good["valid"]
    bad = flow({"type": "step", "id": "find", "nodeType": "no such node", "config": {}}, version="3.0.0")
    found = fits(shapes.CheckedFlow, client.post("/api/v1/flows/validate", json={"definition": bad}))
    assert not found["valid"]
    assert {"version_mismatch", "invalid_config"} <= {error["type"] for error in found["errors"]}
    assert client.get("/api/v1/flows").json()["total"] == before


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        ({"definition": flow()}, 422, "MISSING_REQUIRED_FIELD", "name"),
        ({"name": "x"}, 422, "MISSING_REQUIRED_FIELD", "definition"),
        ({"name": "x", "definition": []}, 422, "VALIDATION_ERROR", "definition"),
        ({"name": "x", "definition": {}}, 422, "MISSING_REQUIRED_FIELD", None),
        ({"name": "x", "definition": {"version": "2.0.0", "steps": []}}, 422, "VALIDATION_ERROR", "definition.version"),
        ({"name": "x", "definition": flow(), "slug": "Not A Slug"}, 422, "VALIDATION_ERROR", "slug"),
        ({"name": "x", "definition": flow(), "slugg": "a"}, 422, "VALIDATION_ERROR", "slugg"),
        ({"name": "x", "definition": flow(), "slug": "invoice-extractor"}, 409, "CONFLICT", None),
    ],
)
def test_what_cannot_be_published_is_refused(
    client: httpx.Client, body: dict[str, Any], status: int, code: str, field: str | None
) -> None:
    error = refused(client.post("/api/v1/flows", json=body), status, code)
    if field:
        assert error["details"]["field"] == field


def test_a_definition_that_is_too_large_is_refused(client: httpx.Client) -> None:
    refused(publish(client, flow(), description="x" * 70_000), 413, "REQUEST_TOO_LARGE")


def test_publishing_twice_with_a_key_makes_one_flow(client: httpx.Client) -> None:
    first = publish(client, flow(), idempotencyKey="publish")
    assert first.status_code == 201
    again = publish(client, flow(), idempotencyKey="publish")
    assert again.json() == first.json()
    assert again.headers["idempotent-replayed"] == "true"
    refused(publish(client, flow(), idempotencyKey="publish", slug="other"), 422, "IDEMPOTENCY_MISMATCH")
    assert publish(client, flow()).json()["slug"] != first.json()["slug"]


def test_a_flow_that_takes_some_formats_says_so_and_refuses_others(client: httpx.Client) -> None:
    definition = flow(inputValidation={"acceptedFormats": ["pdf", "png"]})
    publish(client, definition, slug="only-pages").raise_for_status()
    assert client.get("/api/v1/flows/only-pages").json()["config"]["supportedFormats"] == ["pdf", "png"]
    error = refused(run(client, "only-pages", NOTE), 422, "INVALID_DOCUMENT")
    assert error["details"]["supported"] == ["pdf", "png"]


def test_a_flow_that_was_put_to_rest_runs_no_more(client: httpx.Client) -> None:
    made = publish(client, flow(), slug="resting").json()
    client.delete(f"/v1/workflows/{made['id']}").raise_for_status()
    refused(run(client, "resting", NOTE), 409, "FLOW_INACTIVE")
    assert "resting" not in [item.get("slug") for item in client.get("/api/v1/flows?limit=100").json()["flows"]]


def test_the_steps_of_a_published_flow_are_its_artifacts(client: httpx.Client) -> None:
    publish(client, flow(), slug="artifacts").raise_for_status()
    found = fits(shapes.Execution, run(client, "artifacts", NOTE, wait=True))
    shown = ended(client, found["id"], "artifacts")["artifacts"]
    assert list(shown) == ["read", "find"]
    assert shown["find"]["value"] == {"total_amount": 12.5}
    leaf = shown["find"]["evidence"]["/total_amount"]
    assert shown["read"]["pages"][0]["text"][leaf["charStart"] : leaf["charEnd"]] == leaf["quote"]
