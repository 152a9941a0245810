"""What goes wrong on the way is tried again, and nothing is done twice."""

import json
import socket
import uuid
from typing import Any

import pytest

from evidoc.cli.sample_invoice import sample_invoice
from evidoc_client import (
    ConnectionLost,
    ExecutionTimeout,
    RateLimited,
    Retries,
    RunNotFound,
    ServerUnreachable,
    Unavailable,
)
from evidoc_client.call import Call, Reply
from evidoc_client.exchange import exchange
from evidoc_client.steps import Pause, Send
from tests.client.both import Ask, blocking
from tests.client.flaky import AT_ONCE, TORN, UNANSWERED, UNSENT, Way
from tests.served import Served

DATES = {"tasks": [{"id": "find", "type": "entity_extraction", "config": {"entities": ["due_date"]}}]}
FAULTS = [AT_ONCE, UNSENT, UNANSWERED, TORN, (503, {}, b"{}"), (502, {}, b"<html>"), (504, {}, b"")]


def refused(status: int, code: str, **more: Any) -> tuple[int, dict[str, str], bytes]:
    headers = {name: more.pop(name) for name in list(more) if name == "retry-after"}
    return status, headers, json.dumps({"error": {"code": code, "message": "No", **more}}).encode()


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_document_is_made_once_whatever_happens_on_the_way(ask: Ask, way: Way, fault: Any) -> None:
    name = f"{uuid.uuid4()}.pdf"
    way.break_down(fault, UNANSWERED, fault)
    made = ask(way.url, lambda client: client.documents.upload(sample_invoice(), filename=name))
    assert len(way.seen) == 4
    assert len(way.keys) == 1
    assert None not in way.keys
    with_the_name = ask(way.url, lambda client: client.documents.list())
    assert [item.document_id for item in with_the_name if item.name == name] == [made.document_id]


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_run_is_started_once_whatever_happens_on_the_way(ask: Ask, way: Way, fault: Any) -> None:
    workflow = ask(way.url, lambda client: client.workflows.create("Dates", DATES)).workflow_id
    way.break_down(fault, UNANSWERED, fault)
    started = ask(way.url, lambda client: client.flows.run(workflow, sample_invoice(), filename="a.pdf"))
    sent = {json.loads(body)["idempotencyKey"] for _, _, _, body in way.seen if body}
    assert len(sent) == 1
    runs = ask(way.url, lambda client: client.runs.list(flow=workflow))
    assert [run.id for run in runs] == [started.id]


def test_a_file_is_sent_from_where_it_stands_each_time(ask: Ask, way: Way, tmp_path: Any) -> None:
    path = tmp_path / "stored.pdf"
    path.write_bytes(b"before" + sample_invoice())
    with path.open("rb") as file:
        file.seek(len(b"before"))
        way.break_down(UNSENT, UNANSWERED)
        made = ask(way.url, lambda client: client.documents.upload(file))
    assert ask(way.url, lambda client: client.documents.content(made.document_id)) == sample_invoice()


def test_what_can_be_read_only_once_is_sent_again_too(ask: Ask, way: Way) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(sample_invoice())
        theirs.shutdown(socket.SHUT_WR)
        with ours.makefile("rb") as stream:
            way.break_down(UNSENT, UNANSWERED)
            made = ask(way.url, lambda client: client.documents.upload(stream, filename="piped.pdf"))
    assert made.size == len(sample_invoice())


def test_an_erased_document_stays_erased_when_the_answer_is_lost(ask: Ask, way: Way) -> None:
    made = ask(way.url, lambda client: client.documents.upload(sample_invoice(), filename="a.pdf"))
    way.break_down(UNANSWERED)
    assert ask(way.url, lambda client: client.documents.delete(made.document_id)) is None
    assert len(way.seen) == 2


def test_half_of_a_file_is_no_file(ask: Ask, way: Way, tmp_path: Any) -> None:
    made = ask(way.url, lambda client: client.documents.upload(sample_invoice(), filename="a.pdf"))
    way.break_down(TORN, TORN)
    to = tmp_path / "copy.pdf"
    assert ask(way.url, lambda client: client.documents.download(made.document_id, to)) == to
    assert to.read_bytes() == sample_invoice()
    way.break_down(*[TORN] * 5)
    with pytest.raises(ConnectionLost):
        ask(way.url, lambda client: client.documents.download(made.document_id, tmp_path / "other.pdf"))
    assert [path.name for path in tmp_path.iterdir()] == ["copy.pdf"]


def test_a_run_that_is_waited_for_too_long_is_followed_and_not_started_again(ask: Ask, nowhere: Way) -> None:
    run = {"id": "exec_1", "flowId": "f", "version": "1", "createdAt": "2026-01-01T00:00:00Z", "metadata": {}}
    answers = [{"status": "running", "progress": {"step": "read", "percentage": 40}}, {"status": "completed"}]
    nowhere.break_down(
        refused(504, "EXECUTION_TIMEOUT", details={"id": "exec_1"}),
        *((200, {}, json.dumps(run | answer).encode()) for answer in answers),
    )
    ended = ask(nowhere.url, lambda client: client.flows.run_and_wait("f", b"a", filename="a.txt"))
    assert ended.status == "completed"
    assert [method for method, *_ in nowhere.seen] == ["POST", "GET", "GET"]
    assert nowhere.seen[1][1] == "/api/v1/runs/exec_1"


def test_the_server_says_when_to_come_back(ask: Ask, nowhere: Way) -> None:
    nowhere.break_down(refused(429, "RATE_LIMITED", **{"retry-after": "0"}), (200, {}, b'{"status": "healthy"}'))
    assert ask(nowhere.url, lambda client: client.health()).status == "healthy"
    nowhere.break_down(refused(429, "RATE_LIMITED", **{"retry-after": "3600"}))
    with pytest.raises(RateLimited) as refusal:
        ask(nowhere.url, lambda client: client.health())
    assert refusal.value.retry_after == 3600
    assert len(nowhere.seen) == 1


@pytest.mark.parametrize("status", [429, 503])
def test_it_waits_as_long_as_it_is_told_to(status: int) -> None:
    steps = exchange(Call("GET", "/health", lambda reply: reply.status), Retries())
    next(steps)
    pause = steps.send(Reply(status, {"retry-after": "17"}, b""))
    assert isinstance(pause, Pause)
    assert pause.seconds == 17
    assert isinstance(steps.send(None), Send)


def test_trying_again_ends(ask: Ask, nowhere: Way) -> None:
    nowhere.break_down(*[refused(503, "unavailable")] * 9)
    with pytest.raises(Unavailable) as refusal:
        ask(nowhere.url, lambda client: client.health())
    assert refusal.value.attempts == len(nowhere.seen) == 5


@pytest.mark.parametrize(
    ("answer", "kind"),
    [(refused(404, "EXECUTION_NOT_FOUND"), RunNotFound), (refused(504, "EXECUTION_TIMEOUT"), ExecutionTimeout)],
)
def test_what_would_fail_again_is_asked_once(ask: Ask, nowhere: Way, answer: Any, kind: type[Exception]) -> None:
    nowhere.break_down(answer)
    with pytest.raises(kind):
        ask(nowhere.url, lambda client: client.runs.get("exec_1"))
    assert len(nowhere.seen) == 1


def test_a_message_is_not_sent_again_where_nobody_knows_whether_it_was(ask: Ask, nowhere: Way) -> None:
    nowhere.break_down(UNSENT)
    with pytest.raises(ConnectionLost):
        ask(nowhere.url, lambda client: client.deliveries.replay("whd_1"))
    assert len(nowhere.seen) == 1


def test_a_change_that_makes_a_version_is_not_made_twice(ask: Ask, way: Way) -> None:
    workflow = ask(way.url, lambda client: client.workflows.create("Dates", DATES)).workflow_id
    way.break_down(UNANSWERED)
    with pytest.raises(ConnectionLost):
        ask(way.url, lambda client: client.workflows.change(workflow, definition=DATES))
    way.break_down(UNANSWERED)
    assert ask(way.url, lambda client: client.workflows.change(workflow, name="Days")).name == "Days"
    assert ask(way.url, lambda client: client.workflows.get(workflow)).version <= 2


def test_a_server_that_is_not_there_is_said(ask: Ask) -> None:
    with pytest.raises(ServerUnreachable, match=r"http://127\.0\.0\.1:9 does not answer"):
        ask("http://127.0.0.1:9", lambda client: client.health())


def test_pauses_grow_within_bounds() -> None:
    retries = Retries(first=0.5, most=4)
    for attempt, most in ((1, 0.5), (2, 1.0), (3, 2.0), (4, 4.0), (9, 4.0)):
        assert most / 2 <= retries.pause(attempt) <= most


def test_a_key_of_ones_own_is_kept(server: Served, way: Way) -> None:
    mine = str(uuid.uuid4())
    first, second = (
        blocking(way.url, lambda client: client.documents.upload(b"Hello", filename="a.txt", idempotency_key=mine))
        for _ in range(2)
    )
    assert first.document_id == second.document_id
    assert way.keys == {mine}
