"""The requests that stand on the contract's page, as they stand there."""

import base64
import json
import shutil
import subprocess
from typing import Any

import httpx
import pytest

from evidoc.cli.sample_invoice import sample_invoice
from evidoc.contracts.doclo import shapes
from tests.contracts.doclo.wire import ended, fits, refused
from tests.served import Served


@pytest.fixture(scope="module")
def whole() -> str:
    return base64.b64encode(sample_invoice()).decode()


PAGE_BODY = """{
    "input": {
      "document": {
        "base64": "data:application/pdf;base64,..."
      }
    }
  }"""


@pytest.mark.skipif(shutil.which("curl") is None, reason="the page's example is a call of curl")
def test_the_request_of_the_page_by_the_tool_of_the_page(server: Served, whole: str, client: httpx.Client) -> None:
    url = f"{server.url}/api/v1/flows/invoice-extractor/run"
    answer = subprocess.run(
        ["curl", "-sS", "--noproxy", "*", "-X", "POST", url, "-H", "Content-Type: application/json", "-d", "@-"],
        input=PAGE_BODY.replace("...", whole).encode(),
        capture_output=True,
        check=True,
        timeout=60,
    )
    started = json.loads(answer.stdout)
    assert (started["id"][:5], started["status"]) == ("exec_", "pending")
    assert ended(client, started["id"])["status"] == "completed"


def test_the_answer_of_the_page(client: httpx.Client, whole: str) -> None:
    body = {"input": {"document": {"base64": f"data:application/pdf;base64,{whole}"}}}
    started = fits(shapes.Execution, client.post("/api/v1/flows/invoice-extractor/run", json=body))
    assert {"id", "status"} <= started.keys()
    assert started["status"] == "pending"
    completed = ended(client, started["id"])
    assert {"id": started["id"], "status": "completed"}.items() <= completed.items()
    assert completed["output"]["totalAmount"] == 5161.2
    assert isinstance(completed["metrics"]["creditsUsed"], int)
    assert completed["metrics"]["pageCount"] == 1


def test_the_error_of_the_page(client: httpx.Client) -> None:
    error = refused(client.post("/api/v1/flows/invoice-extractor/run", json={"input": {}}), 400, "INVALID_INPUT")
    assert error["message"] == "Document base64 data is required"


def test_every_answer_tells_the_rate(client: httpx.Client) -> None:
    for path in ("/api/v1/flows", "/api/v1/runs/exec_abc123", "/api/v1/flows?limit=0"):
        headers = client.get(path).headers
        assert int(headers["X-RateLimit-Remaining"]) < int(headers["X-RateLimit-Limit"])
        assert int(headers["X-RateLimit-Reset"]) > 1_700_000_000


def test_the_synchronous_run_of_the_page(client: httpx.Client, whole: str) -> None:
    body = {"wait": True, "timeout": 30_000, "input": {"document": {"base64": whole}}}
    completed = fits(shapes.Execution, client.post("/api/v1/flows/invoice-extractor/run", json=body))
    assert completed["status"] == "completed"
    assert {"completedAt", "output", "metrics"} <= completed.keys()


def test_the_idempotency_of_the_page(client: httpx.Client, whole: str) -> None:
    body = {"idempotencyKey": "unique-request-id-12345", "input": {"document": {"base64": whole}}}
    answers = [client.post("/api/v1/flows/invoice-extractor/run", json=body) for _ in range(2)]
    first, second = (fits(shapes.Execution, answer) for answer in answers)
    assert first["id"] == second["id"]


def test_the_webhook_of_the_page_is_taken_or_refused_by_name(client: httpx.Client, whole: str) -> None:
    body: dict[str, Any] = {
        "webhookUrl": "https://169.254.169.254/webhook",
        "webhookSecret": "your_secret_key",
        "input": {"document": {"base64": whole}},
    }
    error = refused(client.post("/api/v1/flows/invoice-extractor/run", json=body), 422, "VALIDATION_ERROR")
    assert error["details"]["field"] == "webhookUrl"
    body["webhookUrl"] = "https://your-server.com/webhook"
    started = fits(shapes.Execution, client.post("/api/v1/flows/invoice-extractor/run", json=body))
    assert ended(client, started["id"])["status"] == "completed"


def test_a_run_that_was_cancelled_is_as_the_reference_says(client: httpx.Client, whole: str) -> None:
    body = {"input": {"document": {"base64": whole}}, "metadata": {"order": 7}}
    started = fits(shapes.Execution, client.post("/api/v1/flows/invoice-extractor/run", json=body))
    answer = client.post(f"/api/v1/runs/{started['id']}/cancel")
    if answer.status_code == 200:
        cancelled = fits(shapes.ExecutionItem, answer)
        assert {"id", "flowId", "version", "createdAt", "cancelledAt", "metadata"} <= cancelled.keys()
        assert cancelled["status"] == "cancelled"
        refused(client.post(f"/api/v1/runs/{started['id']}/cancel"), 409, "ALREADY_CANCELLED")
    else:
        refused(answer, 409, "NOT_CANCELLABLE")
    refused(client.post("/api/v1/runs/exec_abc123/cancel"), 404, "EXECUTION_NOT_FOUND")
