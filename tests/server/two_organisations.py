"""An organisation with everything in it that can be there, and what another one may have besides."""

from collections.abc import Mapping
from typing import Any

import httpx

from evidoc.kernel.ids import new_id
from tests.contracts.doclo.wire import ended, run
from tests.flows.public_flows import step
from tests.served import until, until_final
from tests.server.every_route import DELIVERIES, TASKS, run_body

MARK = "QZ-77-QZ"
"""Stands in everything of the first organisation, and nowhere else."""

KEY = "the-same-key"
"""The idempotency key that everybody uses."""

SLUG = "first-of-all"

_LETTER = f"Invoice number: {MARK}\nDate: 3 May 2026\nTotal amount: 12.50 EUR\n".encode()
_FOUND = {"type": "object", "properties": {"invoice_number": {"type": "string"}}}
_NEVER_FOUND = {"type": "object", "properties": {"iban": {"type": "string"}}, "required": ["iban"]}


def flow_of(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A definition in the public format that asks for what the schema says."""
    return {"version": "1.0.0", "steps": [step("read", "parse"), step("find", "extract", schema=schema)]}


def furnished(client: httpx.Client, hook: str) -> tuple[dict[str, str], list[str]]:
    """All that there can be, with messages to ``hook``: the things of one of each kind, and all ids."""
    document = client.post(
        "/v1/documents",
        files={"file": (f"{MARK}.txt", _LETTER)},
        data={"metadata": f'{{"mark": "{MARK}"}}'},
    ).raise_for_status()
    things = {"document": document.json()["document_id"]}
    until_final(client, f"/v1/documents/{things['document']}")
    workflow = client.post("/v1/workflows", json={"name": MARK, "definition": TASKS}).raise_for_status()
    things["workflow"] = workflow.json()["workflow_id"]
    executions = f"/v1/workflows/{things['workflow']}/executions"
    execution = client.post(executions, json={"document_id": things["document"], "parameters": {"mark": MARK}})
    things["execution"] = execution.raise_for_status().json()["execution_id"]
    until_final(client, f"{executions}/{things['execution']}")
    for schema in (_NEVER_FOUND, _FOUND):
        published = client.post("/api/v1/flows", json={"name": MARK, "slug": SLUG, "definition": flow_of(schema)})
        things["flow"] = published.raise_for_status().json()["id"]
    more = {"webhookUrl": hook, "webhookSecret": MARK, "metadata": {"mark": MARK}}
    runs = [run(client, SLUG, _LETTER, version=version, **more).raise_for_status().json() for version in ("1", "2")]
    failed, completed = (ended(client, one["id"], "artifacts")["status"] for one in runs)
    assert (failed, completed) == ("failed", "completed")
    for one in runs:
        until_final(client, f"/v1/documents/{one['documentId']}")
    things["run"] = runs[1]["id"]
    things["delivery"] = until(lambda: _delivered(client), lambda items: len(items) == 2)[0]["id"]
    return things, [*things.values(), *(one[name] for one in runs for name in ("id", "documentId"))]


def _delivered(client: httpx.Client) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = client.get(DELIVERIES, params={"status": "delivered"}).json()["deliveries"]
    return items


def little_of_its_own(client: httpx.Client) -> dict[str, str]:
    """A thing of each kind that a request may name beside one of another organisation."""
    document = client.post("/v1/documents", files={"file": ("own.txt", b"Our own letter")}).raise_for_status().json()
    workflow = client.post("/v1/workflows", json={"name": "Own", "definition": TASKS}).raise_for_status().json()
    things = never() | {"document": document["document_id"], "workflow": workflow["workflow_id"]}
    executions = f"/v1/workflows/{things['workflow']}/executions"
    execution = client.post(executions, json={"document_id": things["document"]}).raise_for_status().json()
    return things | {"execution": execution["execution_id"]}


def never() -> dict[str, str]:
    """Ids such as things have, of things that never were."""
    prefixes = {"document": "doc", "workflow": "wf", "execution": "exec", "flow": "wf", "run": "exec"}
    return {kind: new_id(prefix) for kind, prefix in {**prefixes, "delivery": "whd"}.items()}


def state_of(client: httpx.Client, things: Mapping[str, str]) -> dict[str, Any]:
    """All that an organisation can see of itself."""
    paths = [
        "/v1/documents?limit=100",
        "/v1/workflows?limit=100",
        "/api/v1/flows?limit=100",
        "/api/v1/runs?limit=100",
        f"{DELIVERIES}?limit=100",
        f"/v1/documents/{things['document']}",
        f"/v1/documents/{things['document']}/content",
        f"/v1/workflows/{things['workflow']}",
        f"/v1/workflows/{things['workflow']}/executions",
        f"/v1/workflows/{things['workflow']}/executions/{things['execution']}",
        f"/api/v1/flows/{SLUG}",
        f"/api/v1/flows/{SLUG}/definition?version=1",
        f"/api/v1/flows/{SLUG}/definition",
        f"/api/v1/runs/{things['run']}?include=artifacts,metrics",
        f"{DELIVERIES}/{things['delivery']}",
    ]
    return {path: client.get(path).raise_for_status().text for path in paths}


def creations(things: Mapping[str, str]) -> dict[str, tuple[str, dict[str, Any], str]]:
    """Every route that creates and knows idempotency keys: its path, a request, and where the answer has the new id."""
    flow = {"name": "Once", "slug": "once", "definition": flow_of(_FOUND)}
    return {
        "POST /v1/documents": ("/v1/documents", {"files": {"file": ("once.txt", b"Once")}}, "document_id"),
        "POST /v1/workflows": ("/v1/workflows", {"json": {"name": "Once", "definition": TASKS}}, "workflow_id"),
        "POST /v1/workflows/{workflow_id}/executions": (
            f"/v1/workflows/{things['workflow']}/executions",
            {"json": {"document_id": things["document"]}},
            "execution_id",
        ),
        "POST /api/v1/flows": ("/api/v1/flows", {"json": flow}, "id"),
        "POST /api/v1/flows/{flow_id}/run": (
            "/api/v1/flows/document-extractor/run",
            {"json": run_body() | {"input": {**run_body()["input"], "variables": {"schema": _FOUND}}}},
            "id",
        ),
    }
