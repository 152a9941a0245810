"""What is sent: as the contracts' pages have it."""

import base64
import email
import email.policy
import json
from pathlib import Path
from typing import Any

import pytest

from tests.client.both import Ask
from tests.client.flaky import Way

TIME = "2026-01-15T10:30:00Z"
RUN = {"id": "exec_1", "flowId": "f", "version": "1", "status": "pending", "createdAt": TIME, "metadata": {"a": 1}}
CASE_JOB = {"case_id": "case_1", "doc_id": "doc_1", "job_id": "job_1", "status": "queued", "idempotent_replay": False}
CASE = {
    "case_id": "case_1",
    "org_id": "org_1",
    "document_ids": ["doc_1"],
    "features": {
        "incident_date": {
            "decision": {"decision_id": "dec_1", "decision": "keep", "selected_candidate_id": "cand_1"},
            "candidates": [],
            "evidence": [],
        }
    },
}


def well(answer: Any) -> tuple[int, dict[str, str], bytes]:
    return 200, {"Content-Type": "application/json"}, json.dumps(answer).encode()


def document(**more: Any) -> dict[str, Any]:
    facts = {"document_id": "doc_1", "name": "a", "content_type": "text/plain", "size": 1, "status": "processed"}
    return facts | {"created_at": TIME, "updated_at": TIME} | more


def body_of(way: Way, at: int = 0) -> Any:
    return json.loads(way.seen[at][3])


def test_a_run_is_started_as_the_page_has_it(ask: Ask, nowhere: Way, tmp_path: Path) -> None:
    content = bytes(range(256)) * 4_000
    path = tmp_path / "ein Brief.bin"
    path.write_bytes(content)
    nowhere.break_down(well(RUN))
    run = ask(
        nowhere.url,
        lambda client: client.flows.run(
            "invoice-extractor",
            path,
            content_type="application/pdf",
            variables={"language": "de"},
            version="2",
            metadata={"a": 1},
            webhook_url="https://example.org/hook",
            webhook_secret="s",
            idempotency_key="mine",
        ),
    )
    method, address, headers, _ = nowhere.seen[0]
    assert (method, address) == ("POST", "/api/v1/flows/invoice-extractor/run")
    assert headers["content-type"] == "application/json"
    body = body_of(nowhere)
    assert base64.b64decode(body["input"]["document"].pop("base64"), validate=True) == content
    assert body == {
        "input": {
            "document": {"filename": "ein Brief.bin", "mimeType": "application/pdf"},
            "variables": {"language": "de"},
        },
        "version": "2",
        "metadata": {"a": 1},
        "webhookUrl": "https://example.org/hook",
        "webhookSecret": "s",
        "idempotencyKey": "mine",
    }
    assert (run.id, run.flow_id, run.status, run.metadata) == ("exec_1", "f", "pending", {"a": 1})


def test_waiting_is_asked_of_the_server_for_a_minute_at_most(ask: Ask, nowhere: Way) -> None:
    for deadline, milliseconds in ((5, 5_000), (600, 60_000)):
        nowhere.break_down(well(RUN | {"status": "completed", "output": {}}))
        ask(nowhere.url, lambda client, deadline=deadline: client.flows.run_and_wait("f", b"x", deadline=deadline))
        assert (body_of(nowhere)["wait"], body_of(nowhere)["timeout"]) == (True, milliseconds)


def test_progress_is_told_as_it_moves(ask: Ask, nowhere: Way) -> None:
    halves = [RUN | {"status": "running", "progress": {"step": "read", "percentage": part}} for part in (10, 10, 60)]
    nowhere.break_down(well(RUN), *map(well, halves), well(RUN | {"status": "completed", "output": 5}))
    told: list[Any] = []
    run = ask(nowhere.url, lambda client: client.flows.run_and_wait("f", b"x", on_progress=told.append))
    assert "wait" not in body_of(nowhere)
    assert [state.progress and state.progress.percentage for state in told] == [10, 60, None]
    assert run.output == 5


def test_progress_can_be_iterated_over(ask: Ask, nowhere: Way) -> None:
    nowhere.break_down(well(RUN), well(RUN), well(RUN | {"status": "failed", "error": {"code": "X", "message": "No"}}))
    states = ask(nowhere.url, lambda client: client.runs.follow("exec_1", include=("artifacts", "metrics")))
    assert [state.status for state in states] == ["pending", "failed"]
    assert states[-1].error.message == "No"
    assert nowhere.seen[0][1] == "/api/v1/runs/exec_1?include=artifacts%2Cmetrics"


def test_waiting_ends_at_the_deadline(ask: Ask, nowhere: Way) -> None:
    from evidoc_client import WaitTimeout

    nowhere.break_down(*[well(RUN)] * 3)
    with pytest.raises(WaitTimeout) as late:
        ask(nowhere.url, lambda client: client.runs.wait("exec_1", deadline=0))
    assert late.value.last.id == "exec_1"


def test_a_document_is_uploaded_with_its_name_and_metadata(ask: Ask, nowhere: Way, tmp_path: Path) -> None:
    path = tmp_path / 'Größe "eins".txt'
    path.write_bytes(b"Hello")
    nowhere.break_down(well(document()))
    ask(nowhere.url, lambda client: client.documents.upload(path, name="Letter", metadata={"by": "post"}))
    _, address, headers, raw = nowhere.seen[0]
    assert address == "/v1/documents"
    head = f"Content-Type: {headers['content-type']}\r\n\r\n".encode()
    parts = {
        part.get_param("name", header="content-disposition"): part
        for part in email.message_from_bytes(head + raw, policy=email.policy.HTTP).iter_parts()  # type: ignore[attr-defined]
    }
    assert parts["file"].get_payload(decode=True) == b"Hello"
    assert parts["name"].get_payload(decode=True) == b"Letter"
    assert json.loads(parts["metadata"].get_payload(decode=True)) == {"by": "post"}
    assert 'filename="Größe %22eins%22.txt"'.encode() in raw


def test_a_list_goes_on_from_page_to_page(ask: Ask, nowhere: Way) -> None:
    first = {"data": [document(document_id="doc_1"), document(document_id="doc_2")]}
    # Something was uploaded meanwhile: what was last on the first page is first on the second.
    second = {"data": [document(document_id="doc_2"), document(document_id="doc_3")]}
    nowhere.break_down(
        well(first | {"pagination": {"total": 4, "limit": 2, "offset": 0, "next_offset": 2}}),
        well(second | {"pagination": {"total": 4, "limit": 2, "offset": 2}}),
    )
    found = ask(nowhere.url, lambda client: client.documents.list(status="processed"))
    assert [item.document_id for item in found] == ["doc_1", "doc_2", "doc_3"]
    assert [address for _, address, _, _ in nowhere.seen] == [
        "/v1/documents?status=processed&limit=100&offset=0",
        "/v1/documents?status=processed&limit=100&offset=2",
    ]


def test_a_list_of_flows_goes_on_too(ask: Ask, nowhere: Way) -> None:
    flow = {"name": "F", "description": "", "version": "1", "createdAt": TIME, "updatedAt": TIME}
    nowhere.break_down(
        well({"flows": [flow | {"id": "a"}], "total": 2, "limit": 1, "offset": 0}),
        well({"flows": [flow | {"id": "b"}], "total": 2, "limit": 1, "offset": 1}),
    )
    assert [item.id for item in ask(nowhere.url, lambda client: client.flows.list())] == ["a", "b"]


def test_only_what_is_asked_for_of_a_list_is_fetched(nowhere: Way) -> None:
    from tests.client.both import blocking

    page = {"data": [document()], "pagination": {"total": 9, "limit": 1, "offset": 0, "next_offset": 1}}
    nowhere.break_down(well(page))
    assert blocking(nowhere.url, lambda client: next(client.documents.list())).document_id == "doc_1"
    assert len(nowhere.seen) == 1


def test_cases_are_asked_for_as_their_page_has_it(ask: Ask, nowhere: Way) -> None:
    event = {"event_id": "evt_1", "event_type": "document.processed", "cursor": 1, "created_at": TIME}
    nowhere.break_down(
        (503, {}, b""),
        well(CASE_JOB),
        well(CASE),
        well({"case_id": "case_1", "events": [event], "next_cursor": 1}),
        well({"case_id": "case_1", "events": [], "next_cursor": 1}),
    )
    job = ask(
        nowhere.url,
        lambda client: client.cases.process("https://example.org/a.pdf", "claim", external_case_id="7", trace_id="t"),
    )
    case = ask(nowhere.url, lambda client: client.cases.get(job.case_id))
    events = ask(nowhere.url, lambda client: client.cases.events("case_1"))
    tried, again = body_of(nowhere), body_of(nowhere, 1)
    assert tried == again
    assert len(tried.pop("idempotency_key")) >= 16
    assert tried == {
        "document_url": "https://example.org/a.pdf",
        "case_type_id": "claim",
        "external_case_id": "7",
        "trace_id": "t",
    }
    assert case.features["incident_date"]["decision"]["decision"] == "keep"
    assert [item.event_type for item in events] == ["document.processed"]
    assert [address for _, address, _, _ in nowhere.seen[1:]] == [
        "/api/v1/process",
        "/api/v1/cases/case_1",
        "/api/v1/cases/case_1/events?after_cursor=0",
        "/api/v1/cases/case_1/events?after_cursor=1",
    ]


@pytest.mark.parametrize("given", ["../../health", "a/b", "a?b=c", "..", "ä"])
def test_an_id_stays_one_part_of_the_path(ask: Ask, nowhere: Way, given: str) -> None:
    nowhere.break_down(well(document()))
    ask(nowhere.url, lambda client: client.documents.get(given))
    address = nowhere.seen[0][1]
    assert address.startswith("/v1/documents/")
    assert address.count("/") == 3
    assert "?" not in address


def test_an_empty_id_is_refused_before_anything_is_sent(ask: Ask, nowhere: Way) -> None:
    with pytest.raises(ValueError, match="empty"):
        ask(nowhere.url, lambda client: client.documents.get(""))
    assert nowhere.seen == []


def test_an_address_with_a_path_of_its_own_is_kept(ask: Ask, nowhere: Way) -> None:
    nowhere.break_down(well(document()))
    ask(f"{nowhere.url}/evidoc/", lambda client: client.documents.get("doc_1"))
    assert nowhere.seen[0][1] == "/evidoc/v1/documents/doc_1"


def test_requests_are_spread_where_few_are_left(nowhere: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    """With three requests left for the rest of a minute, a wait must not use them up in a quarter of a second."""
    from evidoc_client.exchange import Allowance
    from evidoc_client.verbs import waiting

    monkeypatch.setattr(waiting.time, "time", lambda: 1000.0)
    assert waiting.spread(0.05, Allowance(100, 3, 1040.0)) == 10.0
    assert waiting.spread(0.05, Allowance(100, 90, 1040.0)) == 0.05
    assert waiting.spread(0.05, None) == 0.05
