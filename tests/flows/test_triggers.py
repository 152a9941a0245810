"""A trigger fires for the documents that its filter describes, and for no others."""

from typing import Any

import pytest

from evidoc.flows.graph import Trigger
from evidoc.flows.triggers import fires
from evidoc.kernel import clock
from evidoc.kernel.records import DocumentRecord, DocumentStatus


def document(**facts: Any) -> DocumentRecord:
    given = {"name": "Invoice 7.PDF", "content_type": "application/pdf", "metadata": {}} | facts
    now = clock.now()
    return DocumentRecord("doc_1", "org", size=1, sha256="", status=DocumentStatus.PROCESSING, created_at=now,
                          updated_at=now, **given)  # fmt: skip


@pytest.mark.parametrize(
    ("trigger", "fits"),
    [
        (Trigger("document_upload"), True),
        (Trigger("document_upload", mime_types=("application/pdf",)), True),
        (Trigger("document_upload", mime_types=("image/png", "application/*")), True),
        (Trigger("document_upload", mime_types=("APPLICATION/PDF",)), True),
        (Trigger("document_upload", mime_types=("*/*",)), True),
        (Trigger("document_upload", mime_types=("*",)), True),
        (Trigger("document_upload", mime_types=("image/*",)), False),
        (Trigger("document_upload", filename=("*.pdf",)), True),
        (Trigger("document_upload", filename=("receipt*", "invoice ?.pdf")), True),
        (Trigger("document_upload", filename=("receipt*",)), False),
        (Trigger("document_upload", mime_types=("application/pdf",), filename=("receipt*",)), False),
        (Trigger("document_upload", metadata={"team": "west"}), False),
        (Trigger("scheduled"), False),
    ],
)
def test_a_filter_matches_type_and_name(trigger: Trigger, fits: bool) -> None:
    assert fires(trigger, document()) is fits


def test_metadata_must_hold_each_value() -> None:
    trigger = Trigger("document_upload", metadata={"team": "west", "year": 2024})
    assert fires(trigger, document(metadata={"team": "west", "year": 2024, "more": True}))
    assert not fires(trigger, document(metadata={"team": "west", "year": 2023}))
    assert not fires(trigger, document(metadata={"team": "west"}))
