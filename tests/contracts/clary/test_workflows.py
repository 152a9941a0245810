import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any, get_args
from unittest.mock import Mock

import httpx
import pytest

from evidoc.cli.sample_invoice import sample_invoice
from evidoc.contracts.clary import shapes
from evidoc.contracts.clary.executions import list_executions
from evidoc.contracts.clary.render import execution_status
from evidoc.kernel.records import Listing, RunStatus
from tests.contracts.clary.wire import fits, refused
from tests.served import Served, until_final

# As the contract's page has it, letter for letter.
PAGE_EXAMPLE = json.loads("""
{
  "name": "Invoice Processing",
  "description": "Extract information from invoices",
  "definition": {
    "triggers": [
      {
        "type": "document_upload",
        "filter": {
          "mime_types": ["application/pdf"]
        }
      }
    ],
    "tasks": [
      {
        "id": "parse_document",
        "type": "document_parser",
        "config": {
          "output_format": "json"
        }
      },
      {
        "id": "extract_invoice_data",
        "type": "entity_extraction",
        "depends_on": ["parse_document"],
        "config": {
          "entities": [
            "invoice_number",
            "date",
            "total_amount",
            "vendor_name",
            "line_items"
          ]
        }
      },
      {
        "id": "store_results",
        "type": "database_connector",
        "depends_on": ["extract_invoice_data"],
        "config": {
          "connection": "default_database",
          "table": "invoices"
        }
      }
    ],
    "error_handling": {
      "retry": {
        "max_attempts": 3,
        "backoff": "exponential"
      }
    }
  }
}
""")

PLAIN = {"tasks": [{"id": "read", "type": "text_extraction"}]}


@pytest.fixture
def workflow(client: httpx.Client) -> Iterator[dict[str, Any]]:
    """The workflow of the page; its trigger fires for this test only."""
    made = client.post("/v1/workflows", json=PAGE_EXAMPLE).raise_for_status().json()
    yield made
    client.delete(f"/v1/workflows/{made['workflow_id']}").raise_for_status()


def _create(client: httpx.Client, name: str = "Plain") -> str:
    made = client.post("/v1/workflows", json={"name": name, "definition": PLAIN}).raise_for_status()
    workflow_id: str = made.json()["workflow_id"]
    return workflow_id


def test_the_page_example_is_created_as_the_page_shows(client: httpx.Client) -> None:
    answer = client.post("/v1/workflows", json=PAGE_EXAMPLE)
    assert answer.status_code == 201
    body = fits(shapes.Workflow, answer)
    assert body["workflow_id"].startswith("wf_")
    assert body["status"] == "active"
    assert {name: body[name] for name in PAGE_EXAMPLE} == PAGE_EXAMPLE
    shown = fits(shapes.WorkflowWithStats, client.get(f"/v1/workflows/{body['workflow_id']}"))
    assert shown["stats"] == {
        "executions_total": 0,
        "executions_successful": 0,
        "executions_failed": 0,
        "average_duration_ms": 0,
    }
    client.delete(f"/v1/workflows/{body['workflow_id']}").raise_for_status()


def test_an_upload_runs_it_to_the_end(client: httpx.Client, server: Served, workflow: dict[str, Any]) -> None:
    files = {"file": ("invoice.pdf", sample_invoice(), "application/pdf")}
    document_id = client.post("/v1/documents", files=files).raise_for_status().json()["document_id"]
    path = f"/v1/workflows/{workflow['workflow_id']}/executions"
    listed = fits(shapes.Page[shapes.ExecutionItem], client.get(path))
    assert [item["document_id"] for item in listed["data"]] == [document_id]
    execution_id = listed["data"][0]["execution_id"]
    until_final(client, f"{path}/{execution_id}")
    body = fits(shapes.Execution, client.get(f"{path}/{execution_id}"))
    assert body["status"] == "completed"
    assert [task["id"] for task in body["tasks"]] == ["parse_document", "extract_invoice_data", "store_results"]
    for task in body["tasks"]:
        assert task["status"] == "completed"
        assert task["started_at"] <= task["completed_at"]
        assert task["duration_ms"] >= 0
        assert task["output"]
    entities = body["tasks"][1]["output"]["entities"]
    assert body["result"]["entities"] == entities
    number = next(entity for entity in entities if entity["type"] == "invoice_number")
    assert number["value"] == number["evidence"][0]["quote"] == "LI-2026-0417"
    with closing(sqlite3.connect(server.data / "default_database.sqlite")) as database:
        rows = database.execute("SELECT invoice_number FROM invoices WHERE document_id = ?", [document_id]).fetchall()
    assert [row[0].replace("-", "") for row in rows] == ["LI20260417"]
    stats = client.get(f"/v1/workflows/{workflow['workflow_id']}").json()["stats"]
    assert (stats["executions_total"], stats["executions_successful"], stats["executions_failed"]) == (1, 1, 0)
    assert stats["average_duration_ms"] > 0


def test_executing_answers_at_once_as_the_page_shows(client: httpx.Client, invoice: dict[str, Any]) -> None:
    path = f"/v1/workflows/{_create(client)}/executions"
    body = {"document_id": invoice["document_id"], "parameters": {"custom_parameter": "custom_value"}}
    answer = client.post(path, json=body)
    assert answer.status_code == 201
    started = fits(shapes.ExecutionItem, answer)
    assert started["execution_id"].startswith("exec_")
    assert started["workflow_id"] in path
    assert started["document_id"] == invoice["document_id"]
    assert started["status"] == "running"
    assert answer.headers["location"] == f"{path}/{started['execution_id']}"
    ended = until_final(client, answer.headers["location"])
    assert ended["status"] == "completed"
    assert ended["parameters"] == body["parameters"]
    assert "Larkspur" in json.dumps(ended["tasks"][0]["output"])


def test_an_execution_is_found_under_its_own_workflow_only(client: httpx.Client, invoice: dict[str, Any]) -> None:
    one, other = _create(client), _create(client)
    started = client.post(f"/v1/workflows/{one}/executions", json={"document_id": invoice["document_id"]}).json()
    answer = client.get(f"/v1/workflows/{other}/executions/{started['execution_id']}")
    assert refused(answer, 404)["code"] == "execution_not_found"


def test_a_task_that_fails_for_good_fails_the_execution(
    client: httpx.Client, server: Served, invoice: dict[str, Any]
) -> None:
    with closing(sqlite3.connect(server.data / "default_database.sqlite")) as database:
        database.execute("CREATE VIEW reported AS SELECT 1 AS date")  # nobody can write into a view
    definition = {
        "tasks": [
            {"id": "read", "type": "text_extraction"},
            {"id": "find", "type": "entity_extraction", "depends_on": ["read"], "config": {"entities": ["date"]}},
            {
                "id": "store",
                "type": "database_connector",
                "depends_on": ["find"],
                "config": {"connection": "default_database", "table": "reported"},
            },
        ]
    }
    made = client.post("/v1/workflows", json={"name": "Fails", "definition": definition}).raise_for_status()
    path = f"/v1/workflows/{made.json()['workflow_id']}/executions"
    started = client.post(path, json={"document_id": invoice["document_id"]}).json()
    ended = until_final(client, f"{path}/{started['execution_id']}")
    assert ended["status"] == "failed"
    assert (ended["error"]["code"], ended["error"]["task_id"]) == ("delivery_refused", "store")
    assert ended["error"]["message"]
    assert "result" not in ended
    assert [task["status"] for task in ended["tasks"]] == ["completed", "completed", "failed"]
    assert ended["tasks"][1]["output"]["entities"]
    assert client.get(path, params={"status": "failed"}).json()["pagination"]["total"] == 1
    assert client.get(path, params={"status": "completed"}).json()["pagination"]["total"] == 0


@pytest.mark.parametrize("status", [*get_args(shapes.ExecutionState), None])
def test_a_list_by_status_has_all_that_show_this_status(status: shapes.ExecutionState | None) -> None:
    asked = Mock()
    asked.runs.list.return_value = Listing((), 0, 10, 0)
    list_executions("wf_1", Mock(), asked, 10, 0, status)
    *_, wanted = asked.runs.list.call_args.args
    shown = {execution_status(one) for one in wanted}
    assert shown == ({status} if status else set())
    assert not shown & {execution_status(one) for one in set(RunStatus) - set(wanted)}


def test_a_workflow_is_changed_replaced_and_put_to_rest(client: httpx.Client, invoice: dict[str, Any]) -> None:
    path = f"/v1/workflows/{_create(client, 'Before')}"
    changed = fits(shapes.Workflow, client.patch(path, json={"name": "After", "description": "changed"}))
    assert (changed["name"], changed["description"], changed["definition"]) == ("After", "changed", PLAIN)
    replaced = fits(shapes.Workflow, client.put(path, json={"name": "Anew", "definition": PLAIN}))
    assert (replaced["name"], replaced["description"], replaced["status"]) == ("Anew", "", "active")
    done = client.delete(path)
    assert done.status_code == 200
    assert done.json()["success"] is True
    assert client.get(path).json()["status"] == "inactive"
    refusal = refused(client.post(f"{path}/executions", json={"document_id": invoice["document_id"]}), 409)
    assert refusal["code"] == "workflow_inactive"
    assert client.patch(path, json={"status": "active"}).json()["status"] == "active"


def test_workflows_are_listed_without_their_definition(client: httpx.Client) -> None:
    made = [_create(client, f"Listed {number}") for number in range(2)]
    client.delete(f"/v1/workflows/{made[0]}").raise_for_status()
    body = fits(shapes.Page[shapes.WorkflowItem], client.get("/v1/workflows", params={"limit": 1, "status": "active"}))
    assert [item["workflow_id"] for item in body["data"]] == made[1:]
    assert body["pagination"]["total"] > 1
    inactive = client.get("/v1/workflows", params={"limit": 100, "status": "inactive"}).json()["data"]
    assert made[0] in [item["workflow_id"] for item in inactive]


def test_a_definition_is_refused_once_with_all_its_faults(client: httpx.Client) -> None:
    definition = {
        "tasks": [
            {"id": "a", "type": "no_such_type"},
            {"id": "b", "type": "text_extraction", "depends_on": ["c"]},
            {"id": "c", "type": "text_extraction", "depends_on": ["b", "missing"]},
            {"id": "d", "type": "database_connector", "config": {"connection": "nowhere", "tabel": "t"}},
        ]
    }
    error = refused(client.post("/v1/workflows", json={"name": "Bad", "definition": definition}), 400)
    assert error["code"] == "invalid_request"
    assert sorted(detail["field"] for detail in error["details"]) == [
        "definition.tasks[0].type",
        "definition.tasks[1].depends_on",
        "definition.tasks[2].depends_on[1]",
        "definition.tasks[3].config.tabel",
        "definition.tasks[3].config.table",
    ]


def test_a_connection_that_the_settings_do_not_name_is_a_fault(client: httpx.Client) -> None:
    store = {"id": "a", "type": "database_connector", "config": {"connection": "nowhere", "table": "t"}}
    answer = client.post("/v1/workflows", json={"name": "Bad", "definition": {"tasks": [store]}})
    assert [detail["field"] for detail in refused(answer, 400)["details"]] == ["definition.tasks[0].config.connection"]


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["name", "definition"]),
        ({"name": "", "definition": PLAIN}, ["name"]),
        ({"name": "  ", "definition": PLAIN}, ["name"]),
        ({"name": 5, "definition": PLAIN}, ["name"]),
        ({"name": "x", "description": None, "definition": PLAIN}, ["description"]),
        ({"name": "x", "definition": []}, ["definition"]),
        ({"name": "x" * 256, "definition": PLAIN}, ["name"]),
    ],
)
def test_a_bad_field_is_named(client: httpx.Client, body: Any, fields: list[str]) -> None:
    error = refused(client.post("/v1/workflows", json=body), 400)
    assert [detail["field"] for detail in error["details"]] == fields


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"document_id": "doc_unknown"}, 404, "document_not_found"),
        ({}, 400, "invalid_request"),
        ({"document_id": 5}, 400, "invalid_request"),
        ({"document_id": "doc_x", "parameters": []}, 400, "invalid_request"),
    ],
)
def test_a_bad_execution_is_refused(client: httpx.Client, body: Any, status: int, code: str) -> None:
    path = f"/v1/workflows/{_create(client)}/executions"
    assert refused(client.post(path, json=body), status)["code"] == code


@pytest.mark.parametrize("method", ["GET", "PATCH", "PUT", "DELETE"])
def test_an_unknown_workflow_is_a_404(client: httpx.Client, method: str) -> None:
    body = {"name": "x", "definition": PLAIN}
    answer = client.request(method, "/v1/workflows/wf_unknown", json=body if method in ("PATCH", "PUT") else None)
    assert refused(answer, 404)["code"] == "workflow_not_found"
    assert refused(client.get("/v1/workflows/wf_unknown/executions"), 404)["code"] == "workflow_not_found"
    unknown = client.post("/v1/workflows/wf_unknown/executions", json={"document_id": "doc_x"})
    assert refused(unknown, 404)["code"] == "workflow_not_found"
