"""The requests that stand on the contract's pages and in no other test, as they stand there."""

import httpx
import pytest

from evidoc.contracts.clary import shapes
from tests.contracts.clary.wire import fits, refused


@pytest.mark.parametrize(
    ("path", "shape", "limit", "offset"),
    [
        ("/v1/documents?limit=10&offset=20", shapes.Page[shapes.DocumentItem], 10, 20),
        ("/v1/workflows?limit=10&offset=0&status=active", shapes.Page[shapes.WorkflowItem], 10, 0),
    ],
)
def test_a_list_is_asked_for(
    client: httpx.Client, path: str, shape: type[shapes.Page[object]], limit: int, offset: int
) -> None:
    pagination = fits(shape, client.get(path))["pagination"]
    assert (pagination["limit"], pagination["offset"]) == (limit, offset)
    assert pagination.get("prev_offset") == (offset - limit if offset else None)


def test_an_invalid_request_names_its_field(client: httpx.Client) -> None:
    error = refused(client.post("/v1/analysis/extract-text", json={}), 400)
    assert error["code"] == "invalid_request"
    assert error["message"].startswith("The request was invalid")
    assert [detail["field"] for detail in error["details"]] == ["document_id"]
