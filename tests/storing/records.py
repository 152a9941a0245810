"""Records and pages for the tests of storing, each with what the test cares about."""

from typing import Any

from evidoc.kernel import clock
from evidoc.kernel.ids import new_id
from evidoc.kernel.reading import Box, Line, Method, Page, Word, Words
from evidoc.kernel.records import (
    DocumentRecord,
    DocumentStatus,
    FlowRecord,
    FlowStatus,
    RunRecord,
    RunStatus,
)

ORG = "org_a"
OTHER = "org_b"


def document(**facts: Any) -> DocumentRecord:
    now = clock.now()
    given: dict[str, Any] = {
        "document_id": new_id("doc"),
        "org_id": ORG,
        "name": "letter.pdf",
        "content_type": "application/pdf",
        "size": 3,
        "sha256": "0" * 64,
        "status": DocumentStatus.PROCESSING,
        "created_at": now,
        "updated_at": now,
    }
    return DocumentRecord(**given | facts)


def flow(**facts: Any) -> FlowRecord:
    now = clock.now()
    given: dict[str, Any] = {
        "flow_id": new_id("wf"),
        "org_id": ORG,
        "name": "Letters",
        "description": "",
        "definition": {"tasks": []},
        "status": FlowStatus.ACTIVE,
        "created_at": now,
        "updated_at": now,
    }
    return FlowRecord(**given | facts)


def run(flow_id: str, **facts: Any) -> RunRecord:
    now = clock.now()
    given: dict[str, Any] = {
        "run_id": new_id("exec"),
        "org_id": ORG,
        "flow_id": flow_id,
        "document_id": "doc_none",
        "status": RunStatus.PENDING,
        "definition": {"tasks": []},
        "created_at": now,
        "updated_at": now,
    }
    return RunRecord(**given | facts)


def page(index: int, text: str) -> Page:
    words, start = [], 0
    for number, word in enumerate(text.split(" ")):
        words.append(Word(start, start + len(word), Box(10.0 * number, 20, 10.0 * number + 8, 30)))
        start += len(word) + 1
    return Page(index, text, 612, 792, Method.BORN_DIGITAL, Words.of(words), (Line(0, len(words)),))
