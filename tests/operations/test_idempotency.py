"""A creating request with a key creates once, however often and from however many threads it is sent."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from evidoc.kernel.errors import DocumentNotFound, FlowInactive, IdempotencyMismatch
from evidoc.kernel.idempotency import Idempotency
from evidoc.kernel.records import DocumentRecord, RunRecord
from evidoc.operations.runs import Started
from evidoc.storing.schema import documents, idempotency, runs
from tests.flows.open_house import STRANGER, WHO, OpenHouse, task, write_pdf

THREADS = 100
ROUNDS = 200

TASKS = {"tasks": [task("a", "flaky")]}


def key(name: str, fingerprint: str = "a", route: str = "POST /v1/x") -> Idempotency:
    return Idempotency(route, name, fingerprint)


@pytest.fixture(scope="module")
def document(house: OpenHouse, tmp_path_factory: pytest.TempPathFactory) -> DocumentRecord:
    return house.upload(write_pdf(tmp_path_factory.mktemp("files") / "invoice.pdf"))


def count(house: OpenHouse, table: Any) -> int:
    with house.house.store.database.read() as on:
        return int(on.execute(select(func.count()).select_from(table)).scalar_one())


def told(run: RunRecord) -> dict[str, Any]:
    return {"id": run.run_id, "status": run.status.value}


def test_a_hundred_threads_with_one_key_start_one_run_two_hundred_times(
    house: OpenHouse, document: DocumentRecord
) -> None:
    flow = house.flows.create(WHO, "once", "", TASKS)
    before = count(house, runs)
    with ThreadPoolExecutor(THREADS) as pool:

        def start(name: str) -> Started:
            return house.runs.start(WHO, flow.flow_id, document.document_id, idempotency=key(name))

        for number in range(ROUNDS):
            started = list(pool.map(start, [f"round {number}"] * THREADS))
            assert len({one.run.run_id for one in started}) == 1
            assert sum(not one.replayed for one in started) == 1
    assert count(house, runs) - before == ROUNDS


def test_of_many_uploads_with_one_key_one_document_and_one_run_are_kept(house: OpenHouse, invoice: Path) -> None:
    flow = house.flows.create(WHO, "once on a file", "", TASKS)
    before = count(house, documents), count(house, runs)

    def start(_: int) -> Started:
        return house.runs.start_on(WHO, flow.flow_id, invoice, "invoice.pdf", idempotency=key("upload"))

    with ThreadPoolExecutor(20) as pool:
        started = list(pool.map(start, range(20)))
    assert len({one.run.run_id for one in started}) == 1
    assert (count(house, documents), count(house, runs)) == (before[0] + 1, before[1] + 1)
    house.ended(started[0].run)


def test_a_repeat_is_given_the_first_answer_even_when_the_run_has_gone_on(
    house: OpenHouse, document: DocumentRecord
) -> None:
    flow = house.flows.create(WHO, "answered", "", TASKS)

    def start() -> Started:
        return house.runs.start(WHO, flow.flow_id, document.document_id, idempotency=key("answer"), answer=told)

    first = start()
    assert (first.replayed, first.answer) == (False, None)
    house.ended(first.run)
    house.flows.deactivate(WHO, flow.flow_id)
    again = start()
    assert (again.run.run_id, again.replayed) == (first.run.run_id, True)
    assert again.answer == {"id": first.run.run_id, "status": "pending"}
    with pytest.raises(FlowInactive):
        house.runs.start(WHO, flow.flow_id, document.document_id, idempotency=key("another"))


def test_the_same_key_with_another_request_is_refused(house: OpenHouse, document: DocumentRecord) -> None:
    flow = house.flows.create(WHO, "mismatch", "", TASKS)
    house.runs.start(WHO, flow.flow_id, document.document_id, idempotency=key("mismatch"))
    before = count(house, runs)
    with pytest.raises(IdempotencyMismatch):
        house.runs.start(WHO, flow.flow_id, document.document_id, {"b": 1}, idempotency=key("mismatch", "b"))
    assert count(house, runs) == before


def test_a_refused_request_takes_no_key(house: OpenHouse, document: DocumentRecord) -> None:
    flow = house.flows.create(WHO, "refused", "", TASKS)
    before = count(house, idempotency)
    with pytest.raises(DocumentNotFound):
        house.runs.start(WHO, flow.flow_id, "doc_none", idempotency=key("refused"))
    assert count(house, idempotency) == before
    assert not house.runs.start(WHO, flow.flow_id, document.document_id, idempotency=key("refused")).replayed


def test_another_organisations_key_is_another_key(house: OpenHouse, invoice: Path) -> None:
    mine = house.documents.receive_once(WHO, key("shared"), invoice, "invoice.pdf")
    theirs = house.documents.receive_once(STRANGER, key("shared"), invoice, "invoice.pdf")
    assert not theirs.replayed
    assert mine.thing.document_id != theirs.thing.document_id


def test_a_document_is_received_once(house: OpenHouse, invoice: Path) -> None:
    def receive(name: str = "invoice.pdf") -> Any:
        return house.documents.receive_once(
            WHO, key("document"), invoice, name, answer=lambda record: {"id": record.document_id}
        )

    first, again = receive(), receive()
    assert (first.replayed, again.replayed) == (False, True)
    assert again.thing.document_id == first.thing.document_id
    assert again.answer == {"id": first.thing.document_id}
    house.documents.delete(WHO, first.thing.document_id)
    with pytest.raises(DocumentNotFound):
        receive()


def test_requests_without_a_key_are_each_their_own(house: OpenHouse, document: DocumentRecord) -> None:
    flow = house.flows.create(WHO, "keyless", "", TASKS)
    start: Callable[[], Started] = lambda: house.runs.start(WHO, flow.flow_id, document.document_id)  # noqa: E731
    assert start().run.run_id != start().run.run_id
