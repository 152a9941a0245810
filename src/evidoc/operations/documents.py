"""Documents: received, shown, listed, handed out again, erased."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evidoc.flows.commit import commit_triggered
from evidoc.flows.engine import Engine
from evidoc.flows.house import House
from evidoc.flows.process import Processing
from evidoc.kernel import clock
from evidoc.kernel.classification import Classification
from evidoc.kernel.decision import Decision
from evidoc.kernel.errors import DocumentUnreadable
from evidoc.kernel.ids import new_id
from evidoc.kernel.principal import Principal, Scope
from evidoc.kernel.reading import Fault, Reading
from evidoc.kernel.receipt import Receipt
from evidoc.kernel.records import DocumentRecord, DocumentStatus, Failure, Listing, RunRecord, RunStatus
from evidoc.operations.permission import require
from evidoc.receiving.accept import UploadLimits, accept, inspect
from evidoc.storing.contents import ORIGINAL
from evidoc.storing.database import Transaction

_RUNS_A_PAGE = 100


@dataclass(frozen=True, slots=True)
class DocumentResults:
    """What processing found: the likeliest kinds of document (best first), the built-in features, the reading.

    ``faults`` say what could not be done (the reading's own are in the reading).
    """

    classifications: tuple[Classification, ...]
    decisions: tuple[Decision, ...]
    reading: Reading
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document, and its results once it is processed."""

    record: DocumentRecord
    results: DocumentResults | None = None


class DocumentOperations:
    """The verbs for documents."""

    def __init__(self, house: House, processing: Processing, engine: Engine, limits: UploadLimits) -> None:
        self._house = house
        self._store = house.store
        self._processing = processing
        self._engine = engine
        self._limits = limits

    def receive(
        self,
        who: Principal,
        path: Path,
        filename: str,
        declared_type: str | None = None,
        name: str | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> DocumentRecord:
        """Keep the file at ``path`` (which stays the caller's) and start processing it.

        The document, and a run of every active flow that it sets off, are committed together: once this
        returns, a crash loses none of them; if it raises, nothing is left. A document that is too much to be opened
        is kept as one that failed. Raises what ``accept`` refuses, StorageFull.
        """
        require(who, Scope.WRITE)
        receipt = accept(path, filename, declared_type, self._limits)
        record = _record(who, receipt, name, metadata or {}, self._why_not_opened(path, receipt))
        try:
            self._store.contents.put_file(who.org_id, record.document_id, ORIGINAL, path)
            with self._store.database.write() as on:
                self._store.documents.add(record, on=on)
                runs = commit_triggered(self._store, self._house.task_types, record, on)
        except BaseException:
            self._store.contents.erase(who.org_id, record.document_id)
            raise
        if record.failure is None:
            self._engine.submit("document", who.org_id, record.document_id)
        for run in runs:
            self._engine.submit("run", who.org_id, run.run_id)
        return record

    def get(self, who: Principal, document_id: str) -> DocumentView:
        """A document with its results. Raises DocumentNotFound."""
        require(who, Scope.READ)
        record = self._store.documents.get(who.org_id, document_id)
        if record.status is not DocumentStatus.PROCESSED:
            return DocumentView(record)
        results = self._processing.results_of(record)
        reading = self._store.contents.open_reading(who.org_id, document_id)
        if results is None or reading is None:
            return DocumentView(record)
        understood = results.understood
        return DocumentView(
            record, DocumentResults(understood.classifications, understood.decisions, reading, results.faults)
        )

    def list(
        self,
        who: Principal,
        limit: int = 10,
        offset: int = 0,
        status: DocumentStatus | None = None,
        content_type: str | None = None,
    ) -> Listing[DocumentRecord]:
        """Documents, newest first."""
        require(who, Scope.READ)
        return self._store.documents.list(who.org_id, limit, offset, status, content_type)

    def content(self, who: Principal, document_id: str) -> tuple[DocumentRecord, Iterator[bytes]]:
        """The bytes as they were received. Raises DocumentNotFound."""
        require(who, Scope.READ)
        record = self._store.documents.get(who.org_id, document_id)
        return record, self._store.contents.open_file(who.org_id, document_id, ORIGINAL)

    def delete(self, who: Principal, document_id: str) -> None:
        """Erase a document and all that was made of it. Raises DocumentNotFound.

        Erasing is never refused: its processing and its runs that have not ended are cancelled with it, in one
        transaction. A task that is under way may end, but can keep nothing. Rows that flows delivered to other
        databases stay: they belong to their receiver.
        """
        require(who, Scope.WRITE)
        with self._store.database.write() as on:
            self._store.documents.get(who.org_id, document_id, on=on)
            cancelled = list(self._unfinished_runs(who.org_id, document_id, on))
            for run in cancelled:
                self._store.runs.finish(who.org_id, run.run_id, RunStatus.CANCELLED, on=on)
            self._store.documents.delete(who.org_id, document_id, on=on)
        for name in (document_id, *(run.run_id for run in cancelled)):
            self._engine.nudge(name)

    def _why_not_opened(self, path: Path, receipt: Receipt) -> Failure | None:
        try:
            inspect(path, receipt.content_type, self._limits)
        except DocumentUnreadable as error:
            return Failure(error.code, error.message)
        return None

    def _unfinished_runs(self, org_id: str, document_id: str, on: Transaction) -> Iterator[RunRecord]:
        offset, total = 0, 1
        while offset < total:
            page = self._store.runs.list(org_id, None, _RUNS_A_PAGE, offset, _UNFINISHED, document_id, on=on)
            yield from page.items
            offset, total = offset + _RUNS_A_PAGE, page.total


_UNFINISHED = (RunStatus.PENDING, RunStatus.RUNNING)


def _record(
    who: Principal, receipt: Receipt, name: str | None, metadata: Mapping[str, Any], failure: Failure | None
) -> DocumentRecord:
    now = clock.now()
    return DocumentRecord(
        document_id=new_id("doc"),
        org_id=who.org_id,
        name=name or receipt.filename,
        content_type=receipt.content_type,
        size=receipt.size,
        sha256=receipt.sha256,
        status=DocumentStatus.FAILED if failure else DocumentStatus.PROCESSING,
        created_at=now,
        updated_at=now,
        metadata=metadata,
        failure=failure,
    )
