"""Committing a run: its row, those of its tasks and what it may cost, in one transaction with whatever made it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from evidoc.flows.accepted import refuse_unaccepted
from evidoc.flows.graph import Graph, parse
from evidoc.flows.price import price_of_run
from evidoc.flows.task import Task, options_of
from evidoc.flows.triggers import fires
from evidoc.kernel import clock
from evidoc.kernel.errors import FlowNesting, InsufficientCredits, InvalidRequest, RunCancelled, UnsupportedDocument
from evidoc.kernel.ids import new_id
from evidoc.kernel.records import (
    DocumentRecord,
    Failure,
    FlowRecord,
    FlowVersion,
    RunRecord,
    RunStatus,
    TaskRecord,
    TaskStatus,
    Webhook,
)
from evidoc.kernel.registry import Registry
from evidoc.storing.database import Transaction
from evidoc.storing.store import Store


def graph_of(definition: Any, types: Registry[type[Task]]) -> Graph:
    """The graph of a definition. Raises InvalidRequest with one detail per fault."""
    return parse(definition, lambda name: options_of(types, name), tuple(types))


def commit_run(
    store: Store,
    flow: FlowRecord,
    document: DocumentRecord,
    parameters: Mapping[str, Any],
    on: Transaction,
    *,
    run_id: str | None = None,
    metadata: Mapping[str, Any] | None = None,
    webhook: Webhook | None = None,
    parent: RunRecord | None = None,
    pages: tuple[int, int] | None = None,
    version: FlowVersion | None = None,
) -> RunRecord:
    """Commit a run of ``flow`` as it is now, or as it was at ``version``, for the organisation of the document.

    It starts when the engine is told, or at the engine's next sweep. A run with a ``parent`` costs nothing by itself;
    its task gives it a ``run_id`` that is the same each time. Raises InsufficientCredits, UnsupportedDocument where
    the flow refuses documents of this type, FlowNesting where it would start too many runs, and Conflict where the id
    is taken.
    """
    run = _run_of(flow, document, parameters, run_id, version)
    refuse_unaccepted(run.definition, document)
    run = replace(
        run,
        metadata=metadata or {},
        webhook=webhook,
        parent_run_id=parent.run_id if parent else None,
        depth=parent.depth + 1 if parent else 0,
        pages=pages,
        credits_per_page=0 if parent else price_of_run(store, run.org_id, run.definition, on),
        page_count=None if parent else document.page_count,
    )
    if parent is not None and not store.runs.note(parent.org_id, parent.run_id, (), on=on):
        raise RunCancelled
    if run.credits_per_page:
        store.credits.hold(run.org_id, run.run_id, run.credits_per_page * (run.page_count or 1), on=on)
    _add(store, run, on)
    return run


def commit_triggered(
    store: Store, types: Registry[type[Task]], document: DocumentRecord, on: Transaction
) -> tuple[RunRecord, ...]:
    """Commit a run of every active flow of the organisation that this new document sets off.

    One that the organisation's credits do not suffice for, or that refuses the document, is committed as failed.
    """
    runs = []
    for flow in store.flows.active(document.org_id, on=on):
        # Most flows start for nobody but a caller; building their graphs would hold up every other writer.
        if not flow.definition.get("triggers"):
            continue
        try:
            graph = graph_of(flow.definition, types)
        except InvalidRequest:
            # Kept by a version of Evidoc that knew a task type which this one does not.
            continue
        if any(fires(trigger, document) for trigger in graph.triggers):
            runs.append(_commit_triggered(store, flow, document, on))
    return tuple(run for run in runs if run.status is RunStatus.PENDING)


def _commit_triggered(store: Store, flow: FlowRecord, document: DocumentRecord, on: Transaction) -> RunRecord:
    try:
        return commit_run(store, flow, document, {}, on)
    except (InsufficientCredits, UnsupportedDocument, FlowNesting) as error:
        run = _run_of(flow, document, {})
        failed = replace(
            run,
            status=RunStatus.FAILED,
            finished_at=run.created_at,
            credits_used=0,
            failure=Failure(error.code, error.message),
        )
        _add(store, failed, on)
        return failed


def _run_of(
    flow: FlowRecord,
    document: DocumentRecord,
    parameters: Mapping[str, Any],
    run_id: str | None = None,
    version: FlowVersion | None = None,
) -> RunRecord:
    now = clock.now()
    return RunRecord(
        run_id=run_id or new_id("exec"),
        org_id=document.org_id,
        flow_id=flow.flow_id,
        document_id=document.document_id,
        status=RunStatus.PENDING,
        definition=version.definition if version else flow.definition,
        created_at=now,
        updated_at=now,
        parameters=parameters,
        flow_version=version.version if version else flow.version,
    )


def _add(store: Store, run: RunRecord, on: Transaction) -> None:
    state = TaskStatus.SKIPPED if run.status is RunStatus.FAILED else TaskStatus.PENDING
    tasks = [TaskRecord(run.run_id, task["id"], task["type"], state) for task in run.definition["tasks"]]
    store.runs.add(run, tasks, on=on)
