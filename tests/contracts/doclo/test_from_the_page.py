"""The whole walk of a client that knows the contract's page and nothing of Evidoc, with a key, over HTTP."""

from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from evidoc.cli.sample_invoice import sample_invoice
from tests.contracts.doclo.from_the_page import Client, Refused
from tests.served import serving

RECEIPT = b"""CORNER GROCERY
12 Market Street, Springfield
2026-02-03 14:05
Receipt no. 00417

Apples            2.40
Oat milk          1.95
Rye bread         3.10

TOTAL             7.45
VISA              7.45
"""
CONTRACT = b"""SERVICES AGREEMENT

This Services Agreement is made as of March 1, 2026 by and between Alder Works Ltd and Birch Studios Inc.

1. Term. This Agreement begins on March 1, 2026 and continues for two years.

2. Governing law. This Agreement is governed by the laws of the State of New York.
"""
LETTER = b"Dear tenant,\n\nYour policy number: PN-2231-7 was renewed.\n\nAnnual premium: 1,204.00 EUR\n"
WANTED = {
    "type": "object",
    "properties": {"policy_number": {"type": "string"}, "annual_premium": {"type": "number"}},
    "required": ["policy_number", "annual_premium"],
}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with serving(tmp_path_factory.mktemp("page") / "data") as served:
        yield Client(served.url, served.make_key("a client of the page"))


@pytest.mark.parametrize(
    ("flow", "document", "mime_type", "variables", "expected"),
    [
        ("invoice-extractor", sample_invoice(), "application/pdf", {}, {"totalAmount": 5161.2, "currency": "EUR"}),
        ("receipt-extractor", RECEIPT, "text/plain", {}, {"totalAmount": 7.45, "date": "2026-02-03"}),
        ("contract-extractor", CONTRACT, "text/plain", {}, {"effectiveDate": "2026-03-01"}),
        (
            "document-extractor",
            LETTER,
            "text/plain",
            {"schema": WANTED},
            {"policy_number": "PN-2231-7", "annual_premium": 1204},
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_built_in_flow_is_found_run_and_read(
    client: Client, flow: str, document: bytes, mime_type: str, variables: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert flow in [item["id"] for item in client.flows()]
    details = client.flow(flow)
    started = client.run(flow, document, mime_type, variables=variables, metadata={"for": flow})
    assert (started["status"], started["flowId"], started["version"]) == ("pending", flow, details["version"])
    result = client.result(started["id"])
    assert result["status"] == "completed"
    assert expected.items() <= result["output"].items()
    assert not list(
        Draft202012Validator(variables.get("schema", details["schema"]["output"])).iter_errors(result["output"])
    )
    assert (
        result["metrics"]["creditsUsed"]
        == details["config"]["estimatedCreditsPerPage"] * result["metrics"]["pageCount"]
    )
    waited = client.run(flow, document, mime_type, variables=variables, wait=True, timeout=60_000)
    assert waited["output"] == result["output"]


def test_what_is_refused_is_told_as_the_page_says(client: Client) -> None:
    for call, status, code in (
        (lambda: client.flow("no-such-flow"), 404, "FLOW_NOT_FOUND"),
        (lambda: client.result("exec_abc123"), 404, "EXECUTION_NOT_FOUND"),
        (lambda: client.run("invoice-extractor", b"", "application/pdf"), 400, "INVALID_INPUT"),
        (lambda: client.run("invoice-extractor", b"\x00\x01", "application/pdf"), 422, "INVALID_DOCUMENT"),
        (lambda: client.run("document-extractor", LETTER, "text/plain"), 422, "MISSING_REQUIRED_VARIABLE"),
        (lambda: client.run("invoice-extractor", LETTER, "text/plain", version="9"), 404, "VERSION_NOT_FOUND"),
    ):
        with pytest.raises(Refused) as refused:
            call()
        assert (refused.value.status, refused.value.error["code"]) == (status, code)


def test_a_key_that_is_none_is_refused(client: Client) -> None:
    with pytest.raises(Refused) as refused:
        Client(client._base.removesuffix("/api/v1"), "dc_live_your_api_key").flows()
    assert (refused.value.status, refused.value.error["code"]) == (401, "INVALID_API_KEY")


def test_a_run_that_ended_is_not_cancelled(client: Client) -> None:
    ended = client.run("invoice-extractor", LETTER, "text/plain", wait=True)
    with pytest.raises(Refused) as refused:
        client.cancel(ended["id"])
    assert (refused.value.status, refused.value.error["code"]) == (409, "NOT_CANCELLABLE")
