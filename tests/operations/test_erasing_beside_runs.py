"""Erasing a document while its runs come to their ends, on a database whose writers work side by side."""

import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import text

from evidoc.flows.commit import commit_run
from evidoc.kernel.principal import DEFAULT_ORG, Principal, Scope
from evidoc.kernel.records import RunRecord, RunStatus
from evidoc.operations.documents import DocumentOperations
from evidoc.receiving.accept import UploadLimits
from evidoc.storing.store import Store
from tests import postgres
from tests.served import until
from tests.storing.records import document, flow

pytestmark = pytest.mark.skipif(not postgres.IS_THERE, reason="there is no PostgreSQL")

WHO = Principal(DEFAULT_ORG, frozenset({Scope.WRITE}))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with postgres.running_postgres() as server, postgres.new_database(server) as url:
        opened = Store.open(tmp_path / "data", database_url=url)
        yield opened
        opened.close()


def documents_of(store: Store) -> DocumentOperations:
    house: Any = SimpleNamespace(store=store)
    engine: Any = SimpleNamespace(cancel=lambda _id: None, submit=lambda *_order, **_when: None)
    return DocumentOperations(house, house, engine, UploadLimits())


def paid_runs(store: Store) -> tuple[RunRecord, RunRecord]:
    """Two open runs on one document, of an organisation with a limit."""
    record = document(org_id=WHO.org_id)
    graph = flow(org_id=WHO.org_id, definition={"tasks": [{"id": "a", "type": "extract"}]})
    store.credits.set_limited(WHO.org_id, True)
    store.credits.grant(WHO.org_id, 100)
    store.flows.add(graph)
    with store.database.write() as on:
        store.documents.add(record, on=on)
        return commit_run(store, graph, record, {}, on), commit_run(store, graph, record, {}, on)


def is_anybody_waiting(store: Store) -> bool:
    with store.database.read() as on:
        waiting = on.execute(text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"))
        return bool(waiting.scalar())


def test_a_document_is_erased_while_one_of_its_runs_learns_what_it_costs(store: Store) -> None:
    first, second = paid_runs(store)
    raised: list[BaseException] = []

    def erase() -> None:
        try:
            documents_of(store).delete(WHO, first.document_id)
        except BaseException as error:  # noqa: BLE001 - looked at below
            raised.append(error)

    eraser = threading.Thread(target=erase)
    with store.database.write() as on:
        assert store.runs.set_page_count(WHO.org_id, second.run_id, 7, on=on)
        eraser.start()
        until(lambda: is_anybody_waiting(store), bool)
        store.credits.hold(WHO.org_id, second.run_id, 14, on=on)
    eraser.join()
    assert raised == []
    assert {store.runs.get(WHO.org_id, run.run_id).status for run in (first, second)} == {RunStatus.CANCELLED}
    assert store.organisations.get(WHO.org_id).held == 0
    assert store.organisations.get(WHO.org_id).credits == 100
