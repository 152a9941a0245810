from dataclasses import replace
from datetime import timedelta

import pytest

from evidoc.kernel import clock
from evidoc.kernel.errors import Conflict, RunNotFound
from evidoc.kernel.records import Failure, RunRecord, RunStatus, TaskRecord, TaskStatus, Webhook
from evidoc.storing.store import Store
from tests.storing.records import ORG, OTHER, document, flow, run

BAD = Failure("task_failed", "It did not work", "store_rows")


@pytest.fixture
def started(store: Store) -> RunRecord:
    graph = flow()
    store.flows.add(graph)
    record = run(graph.flow_id, parameters={"dry": True})
    store.runs.add(record, [TaskRecord(record.run_id, "parse", "document_parser", TaskStatus.PENDING)])
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
    for attempt in (
        lambda: store.runs.get(OTHER, started.run_id),
        lambda: store.runs.finish(OTHER, started.run_id, RunStatus.CANCELLED),
        lambda: store.runs.note(OTHER, started.run_id, [task(started, status=TaskStatus.FAILED)]),
        lambda: store.runs.tasks(OTHER, started.run_id),
    ):
        with pytest.raises(RunNotFound):
            attempt()
    assert store.runs.list(OTHER, None, 10, 0).total == 0
    assert not store.runs.set_page_count(OTHER, started.run_id, 7)
    assert store.runs.children(OTHER, started.run_id) == store.runs.open_on(OTHER, started.document_id) == ()
    assert store.runs.get(ORG, started.run_id) == started
    assert store.runs.tasks(ORG, started.run_id)[0].status is TaskStatus.PENDING


@pytest.mark.parametrize("end", [RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.CANCELLED])
def test_a_run_begins_once_and_ends_once(store: Store, started: RunRecord, end: RunStatus) -> None:
    assert store.runs.note(ORG, started.run_id, [task(started)])
    begun = store.runs.get(ORG, started.run_id)
    assert begun.status is RunStatus.RUNNING
    assert store.runs.note(ORG, started.run_id, [task(started)])
    assert store.runs.get(ORG, started.run_id).started_at == begun.started_at
    failure = BAD if end is RunStatus.FAILED else None
    assert store.runs.finish(ORG, started.run_id, end, failure)
    ended = store.runs.get(ORG, started.run_id)
    assert (ended.status, ended.failure, ended.started_at) == (end, failure, begun.started_at)
    assert ended.finished_at is not None
    for late in RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.CANCELLED:
        assert not store.runs.finish(ORG, started.run_id, late, BAD)
    assert not store.runs.note(ORG, started.run_id, [task(started)])
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
    store.runs.note(OTHER, later.run_id, [])
    assert store.runs.unfinished() == ((ORG, started.run_id), (OTHER, later.run_id))


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


def test_a_list_leaves_out_what_may_be_large(store: Store, started: RunRecord) -> None:
    large = run(started.flow_id, parameters={"text": "a lot"}, metadata={"order": 7})
    store.runs.add(large)
    listed = store.runs.list(ORG, None, 10, 0).items[0]
    assert (listed.parameters, listed.definition, listed.metadata) == ({}, {}, {"order": 7})
    assert store.runs.get(ORG, large.run_id) == large


def test_tasks_keep_their_order_their_start_and_their_attempts(store: Store, started: RunRecord) -> None:
    begun = clock.now()
    other = run(started.flow_id)
    names = ("zebra", "apple")
    store.runs.add(other, [task(other, task_id=name, status=TaskStatus.PENDING, attempts=0) for name in names])
    store.runs.note(ORG, other.run_id, [task(other, task_id="zebra", attempts=2, started_at=begun)])
    later = begun + timedelta(hours=1)
    store.runs.note(ORG, other.run_id, [task(other, task_id="zebra", attempts=1, started_at=later)])
    zebra, apple = store.runs.tasks(ORG, other.run_id)
    assert (zebra.task_id, zebra.attempts, zebra.started_at) == ("zebra", 2, begun)
    assert (apple.task_id, apple.status) == ("apple", TaskStatus.PENDING)


@pytest.mark.parametrize("end", [TaskStatus.COMPLETED, TaskStatus.FAILED, TaskStatus.SKIPPED])
def test_a_task_that_ended_stays_as_it_ended(store: Store, started: RunRecord, end: TaskStatus) -> None:
    ended = task(started, status=end, finished_at=clock.now(), has_output=end is TaskStatus.COMPLETED)
    store.runs.note(ORG, started.run_id, [task(started)])
    store.runs.note(ORG, started.run_id, [ended], {"parse": b"sealed"})
    for late in TaskStatus:
        record = task(started, status=late, attempts=9, failure=BAD)
        store.runs.note(ORG, started.run_id, [record], {"parse": b"other"})
    assert store.runs.tasks(ORG, started.run_id) == (ended,)
    assert store.runs.outputs(ORG, started.run_id) == {"parse": b"sealed"}
    assert store.runs.outputs(ORG, started.run_id, ["other"]) == store.runs.outputs(OTHER, started.run_id) == {}


def test_of_an_ended_run_only_ends_of_tasks_are_noted(store: Store, started: RunRecord) -> None:
    record = document()
    store.documents.add(record)
    cancelled = run(started.flow_id, document_id=record.document_id)
    tasks = [task(cancelled, task_id=name, status=TaskStatus.PENDING) for name in ("under way", "next")]
    store.runs.add(cancelled, tasks)
    store.runs.finish(ORG, cancelled.run_id, RunStatus.CANCELLED)
    end = task(cancelled, task_id="under way", status=TaskStatus.COMPLETED, has_output=True)
    start = task(cancelled, task_id="next")
    assert not store.runs.note(ORG, cancelled.run_id, [end, start], {"under way": b"sealed"})
    assert [one.status for one in store.runs.tasks(ORG, cancelled.run_id)] == ["completed", "pending"]
    assert store.runs.outputs(ORG, cancelled.run_id) == {"under way": b"sealed"}


def test_everything_a_run_knows_comes_back(store: Store, started: RunRecord) -> None:
    child = run(
        started.flow_id,
        flow_version=3,
        metadata={"order": [1, None]},
        parent_run_id=started.run_id,
        depth=1,
        pages=(2, 4),
        webhook=Webhook("https://example.org/hook", "doclo", b"sealed"),
        credits_per_page=2,
        credits_used=6,
        page_count=3,
    )
    store.runs.add(child)
    assert store.runs.get(ORG, child.run_id) == child
    assert store.runs.children(ORG, started.run_id) == (child,)
    assert store.runs.children(ORG, started.run_id, [RunStatus.COMPLETED]) == ()
    assert [one.run_id for one in store.runs.list(ORG, None, 10, 0).items] == [started.run_id]
    assert {one.run_id for one in store.runs.open_on(ORG, "doc_none")} == {started.run_id, child.run_id}


def test_pages_are_counted_once_and_only_while_a_run_is_open(store: Store, started: RunRecord) -> None:
    assert store.runs.set_page_count(ORG, started.run_id, 7)
    assert not store.runs.set_page_count(ORG, started.run_id, 8)
    assert store.runs.get(ORG, started.run_id).page_count == 7
    store.runs.finish(ORG, started.run_id, RunStatus.COMPLETED, page_count=7, credits_used=14)
    ended = store.runs.get(ORG, started.run_id)
    assert (ended.page_count, ended.credits_used) == (7, 14)


def test_deleting_a_document_leaves_bare_rows_of_its_runs(store: Store, started: RunRecord) -> None:
    record = document()
    store.documents.add(record)
    used = run(started.flow_id, document_id=record.document_id, parameters={"recipient": "someone"})
    store.runs.add(used, [task(used, status=TaskStatus.PENDING)])
    for one in (used, started):
        ended = task(one, status=TaskStatus.COMPLETED, has_output=True)
        store.runs.note(ORG, one.run_id, [ended], {"parse": b"sealed"})
    store.documents.delete(ORG, record.document_id)
    kept = store.runs.get(ORG, used.run_id)
    assert (kept.document_id, kept.parameters) == (record.document_id, {})
    assert not store.runs.tasks(ORG, used.run_id)[0].has_output
    assert store.runs.outputs(ORG, used.run_id) == {}
    assert store.runs.tasks(ORG, started.run_id)[0].has_output
    assert store.runs.outputs(ORG, started.run_id) == {"parse": b"sealed"}
    assert store.runs.get(ORG, started.run_id).parameters == {"dry": True}


def test_what_a_task_gave_is_not_kept_once_its_document_is_erased(store: Store, started: RunRecord) -> None:
    record = document()
    store.documents.add(record)
    late = run(started.flow_id, document_id=record.document_id)
    store.runs.add(late, [task(late, status=TaskStatus.PENDING)])
    with store.database.write() as on:
        store.runs.finish(ORG, late.run_id, RunStatus.CANCELLED, on=on)
        store.documents.delete(ORG, record.document_id, on=on)
    ended = task(late, status=TaskStatus.COMPLETED, has_output=True)
    assert not store.runs.note(ORG, late.run_id, [ended], {"parse": b"sealed"})
    assert store.runs.outputs(ORG, late.run_id) == {}
    assert store.runs.tasks(ORG, late.run_id) == (replace(ended, has_output=False),)
