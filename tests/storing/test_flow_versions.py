"""Versions never change, slugs are found, and what is built in is everybody's and nobody's."""

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from evidoc.kernel import clock
from evidoc.kernel.errors import Conflict, FlowNotFound, VersionNotFound
from evidoc.kernel.principal import BUILTIN_ORG
from evidoc.kernel.records import FlowRecord, FlowStats, FlowStatus, FlowVersion, RunStatus
from evidoc.storing.store import Store
from tests.storing.records import ORG, OTHER, flow, run


def built_in(slug: str, **facts: Any) -> FlowRecord:
    return flow(**{"flow_id": slug, "slug": slug, "org_id": BUILTIN_ORG, "name": slug, **facts})


def test_every_version_stays_as_it_was(store: Store) -> None:
    first: dict[str, Any] = {"tasks": [{"id": "a"}]}
    source = {"version": "1.0.0", "steps": []}
    record = flow(definition=first)
    store.flows.add(record)
    changed = store.flows.update(ORG, record.flow_id, definition={"tasks": []}, notation="doclo-1.0.0", source=source)
    assert (changed.version, changed.notation, changed.source) == (2, "doclo-1.0.0", source)
    assert store.flows.versions(changed) == (2, 1)
    assert store.flows.version(changed, 1) == FlowVersion(record.flow_id, ORG, 1, first, record.updated_at)
    assert store.flows.version(changed) == store.flows.version(changed, 2)
    assert store.flows.version(changed, 2).source == source
    for unknown in (0, 3, 2**70):
        with pytest.raises(VersionNotFound):
            store.flows.version(changed, unknown)


def test_the_same_graph_from_another_source_is_another_version(store: Store) -> None:
    record = flow(definition={"tasks": []})
    store.flows.add(record)
    source = {"version": "1.0.0", "steps": []}
    assert store.flows.update(ORG, record.flow_id, definition={"tasks": []}).version == 1
    facts: dict[str, Any] = {"definition": {"tasks": []}, "notation": "doclo-1.0.0"}
    assert store.flows.update(ORG, record.flow_id, source=source, **facts).version == 2
    assert store.flows.update(ORG, record.flow_id, source=source, **facts).version == 2
    assert store.flows.update(ORG, record.flow_id, source={**source, "name": "x"}, **facts).version == 3


def test_a_flow_is_found_by_its_id_or_slug_in_its_own_organisation(store: Store) -> None:
    record = flow(slug="letters")
    store.flows.add(record)
    assert store.flows.find(ORG, "letters") == store.flows.find(ORG, record.flow_id) == record
    with pytest.raises(FlowNotFound):
        store.flows.find(OTHER, "letters")
    with pytest.raises(Conflict):
        store.flows.add(flow(slug="letters"))
    store.flows.add(flow(slug="letters", org_id=OTHER))
    store.flows.add(flow())
    store.flows.add(flow())


def test_built_in_flows_are_found_by_all_after_their_own(store: Store) -> None:
    store.flows.put_builtin(built_in("invoices"))
    assert store.flows.find(ORG, "invoices").org_id == BUILTIN_ORG
    with pytest.raises(FlowNotFound):
        store.flows.get(ORG, "invoices")
    with pytest.raises(FlowNotFound):
        store.flows.update(ORG, "invoices", name="mine")
    own = flow(slug="invoices")
    store.flows.add(own)
    assert store.flows.find(ORG, "invoices") == own, "a flow that was there before an upgrade brought one like it"
    assert store.flows.find(OTHER, "invoices").org_id == BUILTIN_ORG


def test_a_list_of_all_has_ones_own_first_then_what_is_built_in(store: Store) -> None:
    for slug in ("zebra", "ant"):
        store.flows.put_builtin(built_in(slug))
    old = flow(slug="zebra")
    new = flow(created_at=old.created_at + timedelta(seconds=1))
    for record in (old, new, flow(org_id=OTHER)):
        store.flows.add(record)
    page = store.flows.list_all(ORG, 10, 0)
    assert [item.flow_id for item in page.items] == [new.flow_id, old.flow_id, "ant"]
    assert page.total == 3
    assert [item.flow_id for item in store.flows.list_all(ORG, 1, 2).items] == ["ant"]
    store.flows.update(ORG, new.flow_id, status=FlowStatus.INACTIVE)
    assert [item.flow_id for item in store.flows.list_all(ORG, 10, 0, FlowStatus.ACTIVE).items] == [old.flow_id, "ant"]


def test_publishing_what_is_built_in_adds_versions_and_changes_none(store: Store) -> None:
    first = built_in("invoices", definition={"tasks": [{"id": "a"}]})
    for _ in range(2):
        assert store.flows.put_builtin(first).version == 1
    second = replace(first, definition={"tasks": [{"id": "b"}]}, version=3)
    assert store.flows.put_builtin(second).version == 3
    assert store.flows.put_builtin(first).version == 3, "an older server beside a newer one"
    found = store.flows.find(ORG, "invoices")
    assert store.flows.versions(found) == (3, 1)
    assert store.flows.version(found, 1).definition == first.definition


def test_many_may_publish_at_once(store: Store) -> None:
    failures: list[BaseException] = []
    start = threading.Barrier(8)

    def publish() -> None:
        start.wait(30)
        try:
            for version in (1, 2, 3):
                now = clock.now()
                definition = {"tasks": [{"id": f"v{version}"}]}
                store.flows.put_builtin(built_in("x", version=version, definition=definition, updated_at=now))
        except BaseException as error:  # noqa: BLE001 - told by the test
            failures.append(error)

    threads = [threading.Thread(target=publish) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert store.flows.versions(store.flows.find(ORG, "x")) == (3, 2, 1)


def test_runs_that_tasks_started_are_not_counted(store: Store) -> None:
    record = flow()
    store.flows.add(record)
    parent = run(record.flow_id, status=RunStatus.COMPLETED)
    store.runs.add(parent)
    store.runs.add(run(record.flow_id, status=RunStatus.FAILED, parent_run_id=parent.run_id, depth=1))
    assert store.flows.stats(ORG, record.flow_id) == FlowStats(1, 1, 0, None)
