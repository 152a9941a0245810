"""Committing a run: its row and those of its tasks, in one transaction with whatever made it."""

from collections.abc import Mapping
from typing import Any

from evidoc.flows.graph import Graph, parse
from evidoc.flows.task import Task, options_of
from evidoc.flows.triggers import fires
from evidoc.kernel import clock
from evidoc.kernel.errors import InvalidRequest
from evidoc.kernel.ids import new_id
from evidoc.kernel.records import DocumentRecord, FlowRecord, RunRecord, RunStatus, TaskRecord, TaskStatus
from evidoc.kernel.registry import Registry
from evidoc.storing.database import Transaction
from evidoc.storing.store import Store


def graph_of(definition: Any, types: Registry[type[Task]]) -> Graph:
    """The graph of a definition. Raises InvalidRequest with one detail per fault."""
    return parse(definition, lambda name: options_of(types, name), tuple(types))


def commit_run(
    store: Store, flow: FlowRecord, document: DocumentRecord, parameters: Mapping[str, Any], on: Transaction
) -> RunRecord:
    """Commit a run of ``flow`` as it is now; it starts when the engine is told, or at the engine's next sweep."""
    now = clock.now()
    run = RunRecord(
        run_id=new_id("exec"),
        org_id=flow.org_id,
        flow_id=flow.flow_id,
        document_id=document.document_id,
        status=RunStatus.PENDING,
        definition=flow.definition,
        created_at=now,
        updated_at=now,
        parameters=parameters,
        flow_version=flow.version,
    )
    tasks = [TaskRecord(run.run_id, task["id"], task["type"], TaskStatus.PENDING) for task in flow.definition["tasks"]]
    store.runs.add(run, tasks, on=on)
    return run


def commit_triggered(
    store: Store, types: Registry[type[Task]], document: DocumentRecord, on: Transaction
) -> tuple[RunRecord, ...]:
    """Commit a run of every active flow of the organisation that this new document sets off."""
    runs = []
    for flow in store.flows.active(document.org_id, on=on):
        try:
            graph = graph_of(flow.definition, types)
        except InvalidRequest:
            # Kept by a version of Evidoc that knew a task type which this one does not.
            continue
        if any(fires(trigger, document) for trigger in graph.triggers):
            runs.append(commit_run(store, flow, document, {}, on))
    return tuple(runs)
