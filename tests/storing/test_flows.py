from datetime import timedelta

import pytest

from evidoc.kernel.errors import FlowNotFound
from evidoc.kernel.records import FlowStats, FlowStatus, RunStatus
from evidoc.storing.store import Store
from tests.storing.records import ORG, OTHER, flow, run


def test_a_flow_comes_back_as_it_was_added(store: Store) -> None:
    record = flow(definition={"tasks": [{"id": "a", "type": "document_parser", "config": {"x": 1.5}}]})
    store.flows.add(record)
    assert store.flows.get(ORG, record.flow_id) == record


def test_another_organisation_sees_nothing_and_changes_nothing(store: Store) -> None:
    record = flow()
    store.flows.add(record)
    with pytest.raises(FlowNotFound):
        store.flows.get(OTHER, record.flow_id)
    with pytest.raises(FlowNotFound):
        store.flows.update(OTHER, record.flow_id, name="taken")
    with pytest.raises(FlowNotFound):
        store.flows.stats(OTHER, record.flow_id)
    assert store.flows.list(OTHER, 10, 0).total == 0
    assert store.flows.active(OTHER) == ()
    assert store.flows.get(ORG, record.flow_id) == record


def test_only_a_changed_definition_makes_a_version(store: Store) -> None:
    record = flow()
    store.flows.add(record)
    renamed = store.flows.update(ORG, record.flow_id, name="Mail", definition=record.definition)
    assert (renamed.name, renamed.version, renamed.description) == ("Mail", 1, record.description)
    changed = store.flows.update(ORG, record.flow_id, definition={"tasks": [{"id": "a"}]})
    assert (changed.version, changed.definition) == (2, {"tasks": [{"id": "a"}]})
    assert changed == store.flows.get(ORG, record.flow_id)
    assert changed.updated_at >= record.updated_at


def test_a_list_may_ask_for_one_status(store: Store) -> None:
    first = flow()
    second = flow(created_at=first.created_at + timedelta(seconds=1))
    for record in (first, second):
        store.flows.add(record)
    assert [item.flow_id for item in store.flows.list(ORG, 10, 0).items] == [second.flow_id, first.flow_id]
    store.flows.update(ORG, first.flow_id, status=FlowStatus.INACTIVE)
    assert [item.flow_id for item in store.flows.list(ORG, 10, 0, status=FlowStatus.ACTIVE).items] == [second.flow_id]
    assert [item.flow_id for item in store.flows.active(ORG)] == [second.flow_id]


def test_stats_count_how_runs_ended_and_average_what_finished(store: Store) -> None:
    record, other = flow(), flow()
    store.flows.add(record)
    store.flows.add(other)
    assert store.flows.stats(ORG, record.flow_id) == FlowStats(0, 0, 0, None)
    begun = record.created_at
    for status, seconds in (
        (RunStatus.COMPLETED, 1),
        (RunStatus.COMPLETED, 2),
        (RunStatus.FAILED, 6),
        (RunStatus.CANCELLED, 3),
        (RunStatus.RUNNING, None),
    ):
        finished = None if seconds is None else begun + timedelta(seconds=seconds)
        store.runs.add(run(record.flow_id, status=status, started_at=begun, finished_at=finished))
    store.runs.add(run(other.flow_id))
    assert store.flows.stats(ORG, record.flow_id) == FlowStats(5, 2, 1, 3000)
