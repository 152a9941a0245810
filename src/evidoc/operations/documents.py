"""Documents: received, shown, listed, handed out again, erased."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evidoc.kernel.classification import Classification
from evidoc.kernel.decision import Decision
from evidoc.kernel.principal import Principal
from evidoc.kernel.reading import Reading
from evidoc.kernel.records import DocumentRecord, DocumentStatus, Listing


@dataclass(frozen=True, slots=True)
class DocumentResults:
    """What processing found: the likeliest kinds of document (best first), the built-in features, the reading."""

    classifications: tuple[Classification, ...]
    decisions: tuple[Decision, ...]
    reading: Reading


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document, and its results once it is processed."""

    record: DocumentRecord
    results: DocumentResults | None = None


class DocumentOperations:
    """The verbs for documents."""

    def receive(
        self,
        who: Principal,
        path: Path,
        filename: str,
        declared_type: str | None = None,
        name: str | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> DocumentRecord:
        """Keep the file at ``path`` (which stays the caller's) and start processing it."""
        raise NotImplementedError

    def get(self, who: Principal, document_id: str) -> DocumentView:
        """A document with its results."""
        raise NotImplementedError

    def list(
        self,
        who: Principal,
        limit: int = 10,
        offset: int = 0,
        status: DocumentStatus | None = None,
        content_type: str | None = None,
    ) -> Listing[DocumentRecord]:
        """Documents, newest first."""
        raise NotImplementedError

    def content(self, who: Principal, document_id: str) -> tuple[DocumentRecord, Iterator[bytes]]:
        """The bytes as they were received."""
        raise NotImplementedError

    def delete(self, who: Principal, document_id: str) -> None:
        """Erase a document and all that was made of it."""
        raise NotImplementedError
