"""What one contract starts, the other can read."""

from typing import Any

import httpx

from evidoc.cli.sample_invoice import sample_invoice
from evidoc.contracts.clary import shapes as clary
from evidoc.contracts.doclo import shapes
from tests.contracts.clary.wire import fits as fits_clary
from tests.contracts.clary.wire import refused as refused_by_clary
from tests.contracts.doclo.wire import ended, fits, run, tasks_flow
from tests.served import until_final

ASKED = ["invoice_number", "invoice_date", "total_amount", "line_items"]


def test_a_workflow_of_the_one_is_a_flow_of_the_other(client: httpx.Client) -> None:
    flow = tasks_flow(client, {"id": "find", "type": "entity_extraction", "config": {"entities": ASKED}})
    details = fits(shapes.FlowDetails, client.get(f"/api/v1/flows/{flow}"))
    assert (details["id"], details["version"], details["versions"]) == (flow, "1", ["1"])
    assert details["config"]["estimatedCreditsPerPage"] == 2
    listed = fits(shapes.FlowList, client.get("/api/v1/flows", params={"limit": 100}))["flows"]
    assert flow in [item["id"] for item in listed]

    started = fits(shapes.Execution, run(client, flow, sample_invoice(), wait=True, timeout=60_000))
    assert started["status"] == "completed"
    output = started["output"]
    assert sorted(output) == sorted(ASKED)
    assert output["total_amount"] == "5161.20"
    assert len(output["line_items"]) == 5

    execution = fits_clary(clary.Execution, client.get(f"/v1/workflows/{flow}/executions/{started['id']}"))
    assert execution["status"] == "completed"
    entities = {entity["type"]: entity for entity in execution["result"]["entities"]}
    assert entities["total_amount"]["value_normalized"] == output["total_amount"]
    document = fits_clary(clary.Document, _processed(client, execution["document_id"]))
    assert document["document_id"] == started["documentId"]


def test_an_execution_of_the_one_is_a_run_of_the_other(client: httpx.Client, invoice: dict[str, Any]) -> None:
    flow = tasks_flow(
        client,
        {"id": "read", "type": "document_parser"},
        {"id": "find", "type": "entity_extraction", "depends_on": ["read"], "config": {"entities": ASKED}},
        {"id": "kind", "type": "document_classification", "depends_on": ["read"]},
    )
    body = {"document_id": invoice["document_id"], "parameters": {"a": 1}}
    begun = client.post(f"/v1/workflows/{flow}/executions", json=body).raise_for_status().json()
    found = ended(client, begun["execution_id"], "artifacts,metrics")
    assert found["flowId"] == flow
    assert found["documentId"] == invoice["document_id"]
    assert found["output"]["invoice_date"] == "2026-03-12"
    assert found["output"]["kind"]["category"] == "invoice"
    assert found["metrics"]["pageCount"] == 1
    assert list(found["artifacts"]) == ["read", "find", "kind"]
    pages = found["artifacts"]["read"]["pages"]
    for pointer, leaf in found["artifacts"]["find"]["evidence"].items():
        assert leaf["spans"], pointer
        for span in leaf["spans"]:
            assert pages[span["pageIndex"]]["text"][span["charStart"] : span["charEnd"]] == span["quote"]
    evidence = found["artifacts"]["find"]["evidence"]
    assert evidence["/total_amount"]["valueNormalized"] == "5161.20"
    assert {"/line_items/0/amount", "/line_items/4/quantity"} <= set(evidence)
    assert [item["id"] for item in client.get(f"/api/v1/runs?flowId={flow}").json()["runs"]] == [found["id"]]


def test_a_run_by_a_schema_is_an_execution_with_entities(client: httpx.Client) -> None:
    wanted = {
        "type": "object",
        "required": ["invoice_number", "total_amount"],
        "properties": {
            "invoice_number": {"type": "string"},
            "total_amount": {"type": "number"},
            "line_items": {
                "type": "array",
                "items": {"type": "object", "properties": {"amount": {"type": "number"}}},
            },
        },
    }
    flow = tasks_flow(client, {"id": "extract", "type": "extract", "config": {"schema": wanted}})
    found = fits(shapes.Execution, run(client, flow, sample_invoice(), wait=True, timeout=60_000))
    assert found["output"]["total_amount"] == 5161.2
    assert len(found["output"]["line_items"]) == 5
    execution = fits_clary(clary.Execution, client.get(f"/v1/workflows/{flow}/executions/{found['id']}"))
    assert execution["tasks"][0]["output"]["value"] == found["output"] == execution["result"]["value"]
    entities = {entity["type"]: entity for entity in execution["result"]["entities"]}
    assert entities["total_amount"]["value_normalized"] == "5161.20"
    assert "line_items[4].amount" in entities
    assert all(entity["evidence"] for entity in entities.values())


def test_the_page_of_the_other_shows_a_run_while_it_goes_on(client: httpx.Client) -> None:
    flow = tasks_flow(client, {"id": "read", "type": "document_parser"})
    started = fits(shapes.Execution, run(client, flow, b"A line of text.\n"))
    assert started["status"] == "pending"
    seen = client.get(f"/v1/workflows/{flow}/executions/{started['id']}").raise_for_status().json()
    assert seen["status"] in ("running", "completed")
    assert ended(client, started["id"])["output"] == {"pages": [{"page": 1, "text": "A line of text."}]}


def _processed(client: httpx.Client, document_id: str) -> httpx.Response:
    until_final(client, f"/v1/documents/{document_id}")
    return client.get(f"/v1/documents/{document_id}")


def test_a_run_of_a_built_in_flow_is_an_execution_that_nobody_else_changes(client: httpx.Client) -> None:
    found = fits(shapes.Execution, run(client, "invoice-extractor", sample_invoice(), wait=True, timeout=60_000))
    path = "/v1/workflows/invoice-extractor"
    execution = fits_clary(clary.Execution, client.get(f"{path}/executions/{found['id']}"))
    assert execution["result"]["value"] == found["output"]
    assert "lineItems[0].amount" in {entity["type"] for entity in execution["result"]["entities"]}
    assert fits_clary(clary.WorkflowWithStats, client.get(path))["stats"]["executions_successful"] >= 1
    assert refused_by_clary(client.patch(path, json={"name": "mine"}), 403)["code"] == "forbidden"
    assert refused_by_clary(client.delete(path), 403)["code"] == "forbidden"
    started = client.post(f"{path}/executions", json={"document_id": found["documentId"]})
    assert ended(client, started.raise_for_status().json()["execution_id"])["output"] == found["output"]
