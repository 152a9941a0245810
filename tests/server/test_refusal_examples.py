"""What the description of the API shows of each refusal is what such a refusal is."""

from collections.abc import Iterator
from typing import Any

import httpx

from evidoc.contracts.clary.shapes import ErrorBody
from evidoc.contracts.doclo.shapes import RefusedRequest
from evidoc.contracts.owners import Contract, owner_of


def shown(client: httpx.Client) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Method, path, status and description of each refusal."""
    for path, item in client.get("/openapi.json").raise_for_status().json()["paths"].items():
        for method, operation in item.items():
            for status, answer in operation["responses"].items():
                if not status.startswith("2"):
                    yield method, path, status, answer


def test_each_has_the_shape_of_its_contract_and_a_code_of_its_status(client: httpx.Client) -> None:
    refusals = list(shown(client))
    assert len(refusals) > 200
    for method, path, status, answer in refusals:
        example = answer["content"]["application/json"]["example"]
        shape = RefusedRequest if owner_of(method, path) is Contract.DOCLO else ErrorBody
        assert shape.model_validate(example).model_dump(by_alias=True, exclude_unset=True) == example
        if shape is RefusedRequest:
            named = answer["description"]
            assert example["error"]["code"] in named or example["error"]["code"].endswith("_NOT_FOUND"), (path, status)


def test_what_is_shown_is_what_comes(client: httpx.Client) -> None:
    found = {(method, path, status): answer for method, path, status, answer in shown(client)}
    for method, path, status in (
        ("get", "/v1/documents/{document_id}", "404"),
        ("get", "/v1/workflows/{workflow_id}", "404"),
        ("get", "/api/v1/flows/{flow_id}", "404"),
        ("get", "/api/v1/runs/{run_id}", "404"),
        ("post", "/api/v1/runs/{run_id}/cancel", "404"),
        ("get", "/api/v1/webhooks/deliveries/{delivery_id}", "404"),
    ):
        error = client.request(method, path.replace("{", "no_").replace("}", "")).json()["error"]
        example = found[method, path, status]["content"]["application/json"]["example"]["error"]
        assert {**error, "request_id": example["request_id"]} == example
