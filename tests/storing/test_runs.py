from dataclasses import replace
from datetime import timedelta

import pytest

from evidoc.kernel import clock
from evidoc.kernel.errors import Conflict, RunNotFound
from evidoc.kernel.records import Failure, RunRecord, RunStatus, TaskRecord, TaskStatus
from evidoc.storing.store import Store
from tests.storing.records import ORG, OTHER, document, flow, run

BAD = Failure("task_failed", "It did not work", "store_rows")


@pytest.fixture
def started(store: Store) -> RunRecord:
    graph = flow()
    store.flows.add(graph)
    record = run(graph.flow_id, parameters={"dry": True})
    store.runs.add(record)
    return record


def task(record: RunRecord, **facts: object) -> TaskRecord:
    given = TaskRecord(record.run_id, "parse", "document_parser", TaskStatus.RUNNING, attempts=1)
    return replace(given, **facts)  # type: ignore[arg-type]


def test_a_run_comes_back_as_it_was_added(store: Store, started: RunRecord) -> None:
    assert store.runs.get(ORG, started.run_id) == started
    assert store.runs.get(ORG, started.run_id, flow_id=started.flow_id) == started
    with pytest.raises(RunNotFound):
        store.runs.get(ORG, started.run_id, flow_id="wf_other")


def test_starting_a_run_twice_is_refused(store: Store, started: RunRecord) -> None:
    with pytest.raises(Conflict):
        store.runs.add(started)
    assert store.runs.list(ORG, started.flow_id, 10, 0).total == 1


def test_another_organisation_sees_nothing_and_changes_nothing(store: Store, started: RunRecord) -> None:
    store.runs.put_task(ORG, task(started))
    for attempt in (
        lambda: store.runs.get(OTHER, started.run_id),
        lambda: store.runs.set_running(OTHER, started.run_id),
        lambda: store.runs.finish(OTHER, started.run_id, RunStatus.CANCELLED),
        lambda: store.runs.put_task(OTHER, task(started, status=TaskStatus.FAILED)),
        lambda: store.runs.tasks(OTHER, started.run_id),
    ):
        with pytest.raises(RunNotFound):
            attempt()
    assert store.runs.list(OTHER, None, 10, 0).total == 0
    assert store.runs.get(ORG, started.run_id).status is RunStatus.PENDING
    assert store.runs.tasks(ORG, started.run_id)[0].status is TaskStatus.RUNNING


@pytest.mark.parametrize("end", [RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.CANCELLED])
def test_a_run_begins_once_and_ends_once(store: Store, started: RunRecord, end: RunStatus) -> None:
    assert store.runs.set_running(ORG, started.run_id)
    begun = store.runs.get(ORG, started.run_id)
    assert not store.runs.set_running(ORG, started.run_id)
    failure = BAD if end is RunStatus.FAILED else None
    assert store.runs.finish(ORG, started.run_id, end, failure)
    ended = store.runs.get(ORG, started.run_id)
    assert (ended.status, ended.failure, ended.started_at) == (end, failure, begun.started_at)
    assert ended.finished_at is not None
    for late in RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.CANCELLED:
        assert not store.runs.finish(ORG, started.run_id, late, BAD)
    assert not store.runs.set_running(ORG, started.run_id)
    assert store.runs.get(ORG, started.run_id) == ended


def test_a_state_that_is_no_end_cannot_finish_a_run(store: Store, started: RunRecord) -> None:
    with pytest.raises(ValueError, match="no end"):
        store.runs.finish(ORG, started.run_id, RunStatus.RUNNING)


def test_the_sweep_finds_open_runs_of_every_organisation_oldest_first(store: Store, started: RunRecord) -> None:
    graph = flow(org_id=OTHER)
    store.flows.add(graph)
    later = run(graph.flow_id, org_id=OTHER, created_at=started.created_at + timedelta(seconds=1))
    ended = run(started.flow_id)
    for record in (later, ended):
        store.runs.add(record)
    store.runs.finish(ORG, ended.run_id, RunStatus.COMPLETED)
    store.runs.set_running(OTHER, later.run_id)
    assert [record.run_id for record in store.runs.unfinished()] == [started.run_id, later.run_id]


def test_a_list_narrows_by_flow_status_and_document(store: Store, started: RunRecord) -> None:
    other = run(started.flow_id, document_id="doc_other", created_at=started.created_at + timedelta(seconds=1))
    store.runs.add(other)
    store.runs.finish(ORG, other.run_id, RunStatus.FAILED, BAD)
    everything = store.runs.list(ORG, started.flow_id, 10, 0)
    assert [item.run_id for item in everything.items] == [other.run_id, started.run_id]
    assert store.runs.list(ORG, "wf_other", 10, 0).total == 0
    assert store.runs.list(ORG, None, 10, 0, [RunStatus.FAILED]).items[0].run_id == other.run_id
    assert store.runs.list(ORG, None, 10, 0, [RunStatus.PENDING, RunStatus.RUNNING]).items[0].run_id == started.run_id
    assert store.runs.list(ORG, None, 10, 0, document_id="doc_other").total == 1


def test_tasks_keep_their_order_their_start_and_their_attempts(store: Store, started: RunRecord) -> None:
    begun = clock.now()
    for name in ("zebra", "apple"):
        store.runs.put_task(ORG, task(started, task_id=name, status=TaskStatus.PENDING, attempts=0))
    store.runs.put_task(ORG, task(started, task_id="zebra", attempts=2, started_at=begun))
    store.runs.put_task(ORG, task(started, task_id="zebra", attempts=1, started_at=begun + timedelta(hours=1)))
    zebra, apple = store.runs.tasks(ORG, started.run_id)
    assert (zebra.task_id, zebra.attempts, zebra.started_at) == ("zebra", 2, begun)
    assert (apple.task_id, apple.status) == ("apple", TaskStatus.PENDING)


@pytest.mark.parametrize("end", [TaskStatus.COMPLETED, TaskStatus.FAILED, TaskStatus.SKIPPED])
def test_a_task_that_ended_stays_as_it_ended(store: Store, started: RunRecord, end: TaskStatus) -> None:
    ended = task(started, status=end, finished_at=clock.now(), has_output=end is TaskStatus.COMPLETED)
    assert store.runs.put_task(ORG, task(started))
    assert store.runs.put_task(ORG, ended)
    for late in TaskStatus:
        assert not store.runs.put_task(ORG, task(started, status=late, attempts=9, failure=BAD))
    assert store.runs.tasks(ORG, started.run_id) == (ended,)


def test_deleting_a_document_leaves_bare_rows_of_its_runs(store: Store, started: RunRecord) -> None:
    record = document()
    store.documents.add(record)
    used = run(started.flow_id, document_id=record.document_id, parameters={"recipient": "someone"})
    store.runs.add(used)
    store.runs.put_task(ORG, task(used, status=TaskStatus.COMPLETED, has_output=True))
    store.runs.put_task(ORG, task(started, status=TaskStatus.COMPLETED, has_output=True))
    store.documents.delete(ORG, record.document_id)
    kept = store.runs.get(ORG, used.run_id)
    assert (kept.document_id, kept.parameters) == (record.document_id, {})
    assert not store.runs.tasks(ORG, used.run_id)[0].has_output
    assert store.runs.tasks(ORG, started.run_id)[0].has_output
    assert store.runs.get(ORG, started.run_id).parameters == {"dry": True}
