from collections.abc import Iterator
from typing import Any

import httpx
import hypothesis
import pytest

from evidoc.cli.sample_invoice import sample_invoice
from tests.served import Served, serving, until_final

# A deadline is a timed assertion: it fails on a busy machine and says nothing of the promise under test.
hypothesis.settings.register_profile("house", deadline=None, max_examples=60)
hypothesis.settings.load_profile("house")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One server without keys for the whole session."""
    with serving(tmp_path_factory.mktemp("served") / "data", max_upload_bytes="4MB", max_json_bytes="64KB") as served:
        yield served


@pytest.fixture
def client(server: Served) -> Iterator[httpx.Client]:
    with server.client() as client:
        yield client


@pytest.fixture(scope="session")
def invoice(server: Served) -> dict[str, Any]:
    """The sample invoice, uploaded and processed."""
    with server.client() as client:
        files = {"file": ("invoice.pdf", sample_invoice(), "application/pdf")}
        document_id = client.post("/v1/documents", files=files).raise_for_status().json()["document_id"]
        return until_final(client, f"/v1/documents/{document_id}")
