"""What happens to every received document: read, understood, decided, checked, kept. Durable, and done once.

A document that cannot be read is FAILED with the reason. One that was read but is too much for understanding
is PROCESSED without values, with the reason among its results.
"""

import logging
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from evidoc.flows.engine.durable import Durable, Open
from evidoc.flows.house import House
from evidoc.flows.understand import Understood
from evidoc.kernel.classification import Classification
from evidoc.kernel.decision_codec import decisions_from_json, decisions_to_json
from evidoc.kernel.errors import (
    DocumentNotFound,
    DocumentProcessing,
    DocumentUnreadable,
    EvidocError,
    InternalError,
    RunCancelled,
    StorageFull,
    Unavailable,
    error_for_code,
)
from evidoc.kernel.places import Places
from evidoc.kernel.reading import Fault, Page, Reading
from evidoc.kernel.records import DocumentRecord, DocumentStatus, Failure
from evidoc.kernel.stop import Stop
from evidoc.storing.contents import ORIGINAL

_log = logging.getLogger(__name__)

RESULTS = "results"
"""The name under which a document's results are kept among its contents."""

_SHORT_BYTES = 1_000_000
_ONE_PAGE = frozenset({"image/png", "image/jpeg", "image/webp"})

_ATTEMPTS = 4
_FIRST_WAIT_SECONDS = 0.5
_LONGEST_WAIT_SECONDS = 30.0
_LOOK_AGAIN_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Results:
    """What processing made of a document that it could read; ``faults`` say what it could not do."""

    understood: Understood
    faults: tuple[Fault, ...] = ()


class Processing:
    """Processes documents, and gives their readings and results to whoever waits for them."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._reading: dict[str, _UnderWay] = {}
        self._guard = threading.Lock()
        self._ended = threading.Condition()
        self._closed = False

    def perform(self, org_id: str, document_id: str, durable: Durable) -> None:
        """The engine's job for one document. No step: the document's own row says whether it has ended."""
        self._process(org_id, document_id, durable)

    def unfinished(self) -> Iterable[Open]:
        """Every document whose processing has not ended; not those that came with a run that goes on."""
        return [
            Open(record.org_id, record.document_id, long=may_take_long(record))
            for record in self._house.store.documents.unfinished()
        ]

    def abandon(self, org_id: str, document_id: str) -> None:
        """End as failed what could not be brought to an end."""
        self._fail(org_id, document_id, InternalError())

    def reading_of(self, document: DocumentRecord, stop: Stop | None = None) -> Reading:
        """The reading of a document; read now if it was not yet. Raises why it cannot be read.

        Once ``stop`` is set, raises RunCancelled at once, whether it waits for others, reads or recognises text.
        """
        under_way = self._come_for(document.document_id)
        try:
            with under_way.turn.held(stop):
                found = self._read_before(document)
                if found is None:
                    self._read(document, under_way, stop)
                    found = self._read_before(document)
        finally:
            self._leave(document.document_id, under_way)
        if found is None:
            raise DocumentNotFound()
        return found

    def pages_done(self, document_id: str) -> tuple[int, int | None] | None:
        """How many pages of a document are read, and how many there are where that is known.

        None where this process is not reading it.
        """
        with self._guard:
            under_way = self._reading.get(document_id)
            return under_way.progress if under_way else None

    def results_of(self, document: DocumentRecord) -> Results | None:
        """What processing found; None before it has ended."""
        kept = self._house.store.contents.get_json(document.org_id, document.document_id, RESULTS)
        return None if kept is None else _results_from_json(kept)

    def wait(self, org_id: str, document_id: str, seconds: float) -> DocumentRecord:
        """The document once its processing has ended.

        Raises DocumentProcessing after ``seconds``, and at once when the house closes.
        """
        until = time.monotonic() + seconds
        while True:
            with self._ended:
                record = self._house.store.documents.get(org_id, document_id)
                if record.status is not DocumentStatus.PROCESSING:
                    return record
                left = until - time.monotonic()
                if left <= 0 or self._closed:
                    raise DocumentProcessing()
                self._ended.wait(min(left, _LOOK_AGAIN_SECONDS))

    def close(self) -> None:
        """Let nobody wait any longer: what is not processed now will be after the next start."""
        with self._ended:
            self._closed = True
            self._ended.notify_all()

    def _process(self, org_id: str, document_id: str, durable: Durable) -> None:
        tries, delay = 0, _FIRST_WAIT_SECONDS
        while True:
            try:
                return self._process_once(org_id, document_id, durable.stop)
            except DocumentNotFound:
                return None
            # Cancelled is what was erased, most likely; where it was not, it must not stay without an end.
            except (DocumentUnreadable, RunCancelled) as error:
                return self._fail(org_id, document_id, error)
            except StorageFull:
                # No try is counted: it waits, as runs do, until there is space or the document is erased.
                _log.warning("document %s waits for space", document_id)
            # The edge of a job: what is nobody's fault is tried again, then told as our own fault.
            except Exception as error:  # noqa: BLE001
                tries += 1
                if tries == _ATTEMPTS:
                    _log.exception("document %s could not be processed", document_id)
                    told = error if isinstance(error, Unavailable) else InternalError()
                    return self._fail(org_id, document_id, told)
            durable.wait(delay)
            delay = min(3 * delay, _LONGEST_WAIT_SECONDS)

    def _process_once(self, org_id: str, document_id: str, stop: Stop) -> None:
        store = self._house.store
        document = store.documents.get(org_id, document_id)
        if document.status is not DocumentStatus.PROCESSING:
            return
        reading = self.reading_of(document, stop)
        try:
            results = Results(self._house.understander.process(reading, stop))
        except DocumentUnreadable as error:
            results = Results(Understood(), (Fault(error.code, error.message),))
        store.contents.put_json(org_id, document_id, RESULTS, _results_to_json(results))
        store.documents.set_processed(org_id, document_id, len(reading.pages))
        self._tell()

    def _fail(self, org_id: str, document_id: str, error: EvidocError) -> None:
        with suppress(DocumentNotFound):
            self._house.store.documents.set_failed(org_id, document_id, Failure(error.code, error.message))
        self._tell()

    def _tell(self) -> None:
        with self._ended:
            self._ended.notify_all()

    def _read_before(self, document: DocumentRecord) -> Reading | None:
        present = self._house.store.documents.get(document.org_id, document.document_id)
        if present.failure is not None:
            raise error_of(present.failure)
        return self._house.store.contents.open_reading(document.org_id, document.document_id)

    def _read(self, document: DocumentRecord, under_way: "_UnderWay", stop: Stop | None) -> None:
        contents = self._house.store.contents
        data = b"".join(contents.open_file(document.org_id, document.document_id, ORIGINAL))
        with contents.write_reading(document.org_id, document.document_id) as writer:

            def keep(page: Page) -> None:
                writer.add(page)
                with self._guard:
                    under_way.done += 1

            def count(pages: int) -> None:
                with self._guard:
                    under_way.total = pages

            with self._guard:
                under_way.reads, under_way.done, under_way.total = True, 0, None
            frame = self._house.reader.read(
                data, document.content_type, document.name, on_page=keep, on_count=count, stop=stop
            )
            writer.finish(frame)

    def _come_for(self, document_id: str) -> "_UnderWay":
        with self._guard:
            under_way = self._reading.setdefault(document_id, _UnderWay())
            under_way.callers += 1
            return under_way

    def _leave(self, document_id: str, under_way: "_UnderWay") -> None:
        with self._guard:
            under_way.callers -= 1
            if not under_way.callers:
                del self._reading[document_id]


@dataclass(slots=True)
class _UnderWay:
    """A document that is asked for: one caller reads it, the others wait for that one."""

    turn: Places = field(default_factory=lambda: Places(1))
    callers: int = 0
    reads: bool = False
    done: int = 0
    total: int | None = None

    @property
    def progress(self) -> tuple[int, int | None] | None:
        return (self.done, self.total) if self.reads else None


def may_take_long(document: DocumentRecord) -> bool:
    """Whether a document may have many pages, judged by what is known before it is opened."""
    return document.size > _SHORT_BYTES and document.content_type not in _ONE_PAGE


def error_of(failure: Failure) -> EvidocError:
    """A failure that was kept, as the error it was."""
    return error_for_code(failure.code)(failure.message)


def _results_to_json(results: Results) -> dict[str, Any]:
    understood = results.understood
    return {
        "classifications": [[item.category, item.confidence] for item in understood.classifications],
        "decisions": decisions_to_json(understood.decisions),
        "faults": [[fault.code, fault.message, fault.page_index] for fault in results.faults],
    }


def _results_from_json(value: dict[str, Any]) -> Results:
    classifications = tuple(Classification(*item) for item in value["classifications"])
    return Results(
        Understood(classifications, decisions_from_json(value["decisions"])),
        tuple(Fault(*fault) for fault in value["faults"]),
    )
