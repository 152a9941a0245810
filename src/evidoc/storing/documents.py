"""The documents of every organisation: what was received, and how far it has come.

The organisation is the first argument of every method and part of every query: a document of another
organisation is DocumentNotFound, exactly as one that never was.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, exists, insert, select, update

from evidoc.kernel import clock
from evidoc.kernel.errors import DocumentNotFound
from evidoc.kernel.records import DocumentRecord, DocumentStatus, Failure, Listing, RunStatus
from evidoc.storing.database import Database, Transaction
from evidoc.storing.document_keys import DocumentKeys
from evidoc.storing.erase import erase_facts
from evidoc.storing.listing import failure_columns, failure_of, newest_first
from evidoc.storing.schema import documents, runs


class Documents:
    """Rows of documents. ``erase_content`` removes what lies outside the database, after the row is gone."""

    def __init__(self, database: Database, keys: DocumentKeys, erase_content: Callable[[str, str], None]) -> None:
        self._database = database
        self._keys = keys
        self._erase_content = erase_content

    def add(self, record: DocumentRecord, on: Transaction | None = None) -> None:
        """Keep a new document. What ``Contents.put_file`` wrote for its id before now belongs to it."""
        with self._database.write(on) as transaction:
            transaction.execute(insert(documents).values(**_columns(record)))
            self._keys.attach(transaction, record.org_id, record.document_id)

    def get(self, org_id: str, document_id: str, on: Transaction | None = None) -> DocumentRecord:
        """One document. Raises DocumentNotFound."""
        with self._database.read(on) as transaction:
            row = transaction.execute(_GET, {"this_org": org_id, "this_document": document_id}).first()
        if row is None:
            raise DocumentNotFound()
        return _record(row)

    def list(
        self,
        org_id: str,
        limit: int,
        offset: int,
        status: DocumentStatus | None = None,
        content_type: str | None = None,
        on: Transaction | None = None,
    ) -> Listing[DocumentRecord]:
        """A page of the organisation's documents, newest first."""
        conditions: list[ColumnElement[bool]] = [documents.c.org_id == org_id]
        if status is not None:
            conditions.append(documents.c.status == status)
        if content_type is not None:
            conditions.append(documents.c.content_type == content_type)
        with self._database.read(on) as transaction:
            return newest_first(transaction, documents, conditions, limit, offset, _record)

    def unfinished(self, on: Transaction | None = None) -> tuple[DocumentRecord, ...]:
        """Every organisation's documents that are still to be processed, oldest first: for the sweep.

        One that was handed in with a run is not among them before the run has ended.
        """
        its_run_is_open = exists().where(
            runs.c.run_id == documents.c.run_id, runs.c.status.in_((RunStatus.PENDING, RunStatus.RUNNING))
        )
        with self._database.read(on) as transaction:
            rows = transaction.execute(
                select(documents)
                .where(documents.c.status == DocumentStatus.PROCESSING, ~its_run_is_open)
                .order_by(documents.c.created_at, documents.c.document_id)
            )
            return tuple(_record(row) for row in rows)

    def set_processed(self, org_id: str, document_id: str, page_count: int, on: Transaction | None = None) -> bool:
        """Note that the document was read. False where it had ended already. Raises DocumentNotFound."""
        return self._end(org_id, document_id, DocumentStatus.PROCESSED, {"page_count": page_count}, on)

    def set_failed(self, org_id: str, document_id: str, failure: Failure, on: Transaction | None = None) -> bool:
        """Note why the document cannot be read. False where it had ended already. Raises DocumentNotFound."""
        return self._end(org_id, document_id, DocumentStatus.FAILED, failure_columns(failure), on)

    def delete(self, org_id: str, document_id: str, on: Transaction | None = None) -> None:
        """Erase a document: its row, its key and thereby all of its content, at once. Raises DocumentNotFound.

        The runs that used it keep their rows, without parameters and outputs. The ciphertext that the key
        leaves unreadable is removed after the commit, and at the next start if that is cut short.
        """
        with self._database.write(on) as transaction:
            erase_facts(transaction, org_id, document_id)
            transaction.after_commit(self._database.forget_deleted)
            transaction.after_commit(lambda: self._erase_content(org_id, document_id))

    def _end(
        self,
        org_id: str,
        document_id: str,
        status: DocumentStatus,
        facts: dict[str, Any],
        on: Transaction | None,
    ) -> bool:
        with self._database.write(on) as transaction:
            changed = transaction.execute(
                update(documents)
                .where(*_one(org_id, document_id), documents.c.status == DocumentStatus.PROCESSING)
                .values(status=status, updated_at=clock.now(), **facts)
            )
            if changed.rowcount:
                return True
            self.get(org_id, document_id, on=transaction)
            return False


_GET = select(documents).where(
    documents.c.org_id == bindparam("this_org"), documents.c.document_id == bindparam("this_document")
)
"""Built once: it is asked all the time."""


def _one(org_id: str, document_id: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return documents.c.org_id == org_id, documents.c.document_id == document_id


def _columns(record: DocumentRecord) -> dict[str, Any]:
    return {
        "document_id": record.document_id,
        "org_id": record.org_id,
        "name": record.name,
        "content_type": record.content_type,
        "size": record.size,
        "sha256": record.sha256,
        "status": record.status,
        "metadata": dict(record.metadata),
        "page_count": record.page_count,
        "created_at": record.created_at,
        "updated_at": record.updated_at,
        "run_id": record.run_id,
        **failure_columns(record.failure),
    }


def _record(row: Row[Any]) -> DocumentRecord:
    return DocumentRecord(
        document_id=row.document_id,
        org_id=row.org_id,
        name=row.name,
        content_type=row.content_type,
        size=row.size,
        sha256=row.sha256,
        status=DocumentStatus(row.status),
        created_at=row.created_at,
        updated_at=row.updated_at,
        metadata=row.metadata,
        page_count=row.page_count,
        failure=failure_of(row),
        run_id=row.run_id,
    )
