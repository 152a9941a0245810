"""Documents: received, shown, listed, handed out again, erased."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evidoc.flows.commit import commit_triggered
from evidoc.flows.engine.engine import Engine
from evidoc.flows.finish import End, Told, commit_end, tell
from evidoc.flows.house import House
from evidoc.flows.process import Processing, Results, may_take_long
from evidoc.kernel.classification import Classification
from evidoc.kernel.decision import Decision
from evidoc.kernel.idempotency import Idempotency
from evidoc.kernel.principal import Principal, Scope
from evidoc.kernel.reading import Fault, Reading
from evidoc.kernel.records import DocumentRecord, DocumentStatus, Listing, RunStatus
from evidoc.operations.once import Answer, Made, Once
from evidoc.operations.permission import require
from evidoc.operations.recent import Recent
from evidoc.operations.reception import Reception
from evidoc.operations.sizes import check_metadata
from evidoc.receiving.accept import UploadLimits
from evidoc.storing.contents import ORIGINAL
from evidoc.storing.database import Transaction

_MOST_RECENT_BYTES = 64 * 1024 * 1024
_BYTES_A_CANDIDATE = 2_000


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

    def __init__(
        self, house: House, processing: Processing, engine: Engine, limits: UploadLimits, ends: Told | None = None
    ) -> None:
        self._house = house
        self._store = house.store
        self._processing = processing
        self._engine = engine
        self._ends = ends
        self._reception = Reception(house.store, limits)
        self._once = Once(house.store)
        self._recent: Recent[Results] = Recent(_MOST_RECENT_BYTES)

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
        return self.receive_once(who, None, path, filename, declared_type, name, metadata).thing

    def receive_once(
        self,
        who: Principal,
        idempotency: Idempotency | None,
        path: Path,
        filename: str,
        declared_type: str | None = None,
        name: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        answer: Answer[DocumentRecord] | None = None,
    ) -> Made[DocumentRecord]:
        """As ``receive``, and once only for all requests with this ``idempotency``.

        ``answer`` makes the first answer, which a repeat is given again. Raises IdempotencyMismatch, and
        DocumentNotFound where the document was erased since.
        """
        require(who, Scope.WRITE)
        check_metadata(metadata)

        def make() -> DocumentRecord:
            record = self._reception.examine(who, path, filename, declared_type, name, metadata)
            with self._reception.keep(record, path), self._store.database.write() as on:
                self._store.documents.add(record, on=on)
                runs = commit_triggered(self._store, self._house.task_types, record, on)
                self._once.claim(who.org_id, idempotency, record.document_id, record, answer, on)
            if record.failure is None:
                self._engine.submit("document", who.org_id, record.document_id, long=may_take_long(record))
            for run in runs:
                self._engine.submit("run", who.org_id, run.run_id, long=may_take_long(record))
            return record

        return self._once.make(
            who.org_id, idempotency, make, lambda document_id: self._store.documents.get(who.org_id, document_id)
        )

    def get(self, who: Principal, document_id: str) -> DocumentView:
        """A document with its results. Raises DocumentNotFound."""
        require(who, Scope.READ)
        record = self._store.documents.get(who.org_id, document_id)
        if record.status is not DocumentStatus.PROCESSED:
            return DocumentView(record)
        results = self._recent.get(document_id)
        if results is None:
            results = self._processing.results_of(record)
            if results is not None:
                self._recent.put(document_id, results, _weight(results))
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
            ends = self._cancel_runs(who.org_id, document_id, on)
            self._store.documents.delete(who.org_id, document_id, on=on)
        self._recent.drop(document_id)
        for name in (document_id, *(end.run.run_id for end in ends)):
            self._engine.cancel(name)
        tell(ends, self._engine.submit, self._ends)

    def _cancel_runs(self, org_id: str, document_id: str, on: Transaction) -> tuple[End, ...]:
        # All runs are held before the first end takes the organisation's row: every other writer has that order, too.
        runs = self._store.runs.open_on(org_id, document_id, on=on)
        ends = (commit_end(self._store, run, RunStatus.CANCELLED, None, on) for run in runs)
        return tuple(end for end in ends if end is not None)


def _weight(results: Results) -> int:
    """About how many bytes of memory these results take."""
    return _BYTES_A_CANDIDATE * sum(1 + len(decision.finding.candidates) for decision in results.understood.decisions)
