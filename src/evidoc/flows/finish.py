"""The end of a run: all that follows from it in one transaction, then those are told who wait for it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Protocol

from evidoc.flows.deliver import DELIVERY_JOB, open_try
from evidoc.flows.engine.durable import Submit
from evidoc.kernel import clock
from evidoc.kernel.errors import ContentDamaged, DocumentNotFound, RunCancelled
from evidoc.kernel.records import Delivery, DocumentRecord, DocumentStatus, Failure, RunRecord, RunStatus
from evidoc.storing.database import Transaction
from evidoc.storing.store import Store

_OPEN = (RunStatus.PENDING, RunStatus.RUNNING)


class Told(Protocol):
    """Whoever wants to hear of ends."""

    def told(self, run_id: str, /) -> None:
        """This run has ended, and that is committed."""


@dataclass(frozen=True, slots=True)
class End:
    """A run that has ended, the document that waits to be processed now, and the message that waits to be sent."""

    run: RunRecord
    document: DocumentRecord | None = None
    delivery: Delivery | None = None


def commit_end(
    store: Store, run: RunRecord, status: RunStatus, failure: Failure | None, on: Transaction, pages: int | None = None
) -> End | None:
    """Commit how a run ended, what it cost and the message about it. None where it had ended before.

    Only a run that completed costs anything. The document that was handed in with a cancelled run and that nobody
    has read ends with it. ``pages`` is the number of the document's pages, where it is known now.
    """
    count = run.page_count if pages is None else pages
    charge = run.credits_per_page * (count or 0) if status is RunStatus.COMPLETED else 0
    used = charge if run.parent_run_id is None else None
    now = clock.now()
    if not store.runs.finish(
        run.org_id, run.run_id, status, failure, page_count=count, credits_used=used, at=now, on=on
    ):
        return None
    ended = replace(run, status=status, failure=failure, page_count=count, credits_used=used)
    ended = replace(ended, finished_at=now, updated_at=now)
    if run.credits_per_page:
        store.credits.settle(run.org_id, run.run_id, charge, on=on)
    delivery = store.deliveries.add(ended, f"run.{status}", on=on) if run.webhook else None
    return End(ended, _document_left(store, ended, on), delivery)


def cancel_with_children(store: Store, run: RunRecord, on: Transaction, pages: int | None = None) -> tuple[End, ...]:
    """Commit that a run is cancelled, and all open runs below it; their ends, its own first, none if it had ended."""
    return end_with_children(store, run, RunStatus.CANCELLED, None, on, pages)


def end_with_children(
    store: Store, run: RunRecord, status: RunStatus, failure: Failure | None, on: Transaction, pages: int | None = None
) -> tuple[End, ...]:
    """As ``commit_end``, with all open runs below the run cancelled; the ends, its own first, none if it had ended."""
    end = commit_end(store, run, status, failure, on, pages)
    if end is None:
        return ()
    ends = [end]
    for child in store.runs.children(run.org_id, run.run_id, _OPEN, on=on):
        ends += cancel_with_children(store, child, on, pages)
    return tuple(ends)


def pages_of(store: Store, run: RunRecord) -> int | None:
    """How many pages the document of a run has; None where nobody has read it, or it is erased."""
    if run.page_count is not None:
        return run.page_count
    try:
        reading = store.contents.open_reading(run.org_id, run.document_id)
    except (DocumentNotFound, ContentDamaged):
        return None
    return None if reading is None else len(reading.pages)


def tell(ends: Iterable[End], submit: Submit | None, waiting: Told | None) -> None:
    """Have what follows from committed ends done, and tell those who wait."""
    for end in ends:
        if submit is not None and end.document is not None:
            submit("document", end.document.org_id, end.document.document_id)
        if submit is not None and end.delivery is not None:
            due = open_try(end.delivery)
            submit(DELIVERY_JOB, due.org_id, due.id, group=due.group)
        if waiting is not None:
            waiting.told(end.run.run_id)


def _document_left(store: Store, run: RunRecord, on: Transaction) -> DocumentRecord | None:
    """The document that came with this run, where it is still to be processed."""
    try:
        document = store.documents.get(run.org_id, run.document_id, on=on)
    except DocumentNotFound:
        return None
    if document.run_id != run.run_id or document.status is not DocumentStatus.PROCESSING:
        return None
    if run.status is RunStatus.CANCELLED and run.page_count is None:
        error = RunCancelled()
        store.documents.set_failed(run.org_id, run.document_id, Failure(error.code, error.message), on=on)
        return None
    return document
