"""Taking a file in: what it is, whether it may be kept, and its bytes under lock before anything refers to them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from evidoc.kernel import clock
from evidoc.kernel.errors import DocumentUnreadable
from evidoc.kernel.ids import new_id
from evidoc.kernel.principal import Principal
from evidoc.kernel.receipt import Receipt
from evidoc.kernel.records import DocumentRecord, DocumentStatus, Failure
from evidoc.receiving.accept import UploadLimits, accept, inspect
from evidoc.storing.contents import ORIGINAL
from evidoc.storing.store import Store


class Reception:
    """Where files arrive."""

    def __init__(self, store: Store, limits: UploadLimits) -> None:
        self._store = store
        self._limits = limits

    def examine(
        self,
        who: Principal,
        path: Path,
        filename: str,
        declared_type: str | None = None,
        name: str | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> DocumentRecord:
        """The record of a new document with this file; FAILED where it is too much to be opened.

        Nothing is kept yet. Raises what ``accept`` refuses.
        """
        receipt = accept(path, filename, declared_type, self._limits)
        try:
            inspect(path, receipt.content_type, self._limits)
        except DocumentUnreadable as error:
            return _record(who, receipt, name, metadata, Failure(error.code, error.message))
        return _record(who, receipt, name, metadata, None)

    def examine_strictly(
        self, who: Principal, path: Path, filename: str, declared_type: str | None = None, run_id: str | None = None
    ) -> DocumentRecord:
        """The record of a new document for a run. Raises DocumentUnreadable too where it cannot be opened."""
        receipt = accept(path, filename, declared_type, self._limits)
        inspect(path, receipt.content_type, self._limits)
        return _record(who, receipt, None, None, None, run_id)

    @contextmanager
    def keep(self, record: DocumentRecord, path: Path) -> Iterator[None]:
        """Keep the bytes while the block commits the record; an exception removes them again. Raises StorageFull."""
        try:
            self._store.contents.put_file(record.org_id, record.document_id, ORIGINAL, path)
            yield
        except BaseException:
            self._store.contents.erase(record.org_id, record.document_id)
            raise


def _record(
    who: Principal,
    receipt: Receipt,
    name: str | None,
    metadata: Mapping[str, Any] | None,
    failure: Failure | None,
    run_id: str | None = None,
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
        metadata=metadata or {},
        failure=failure,
        run_id=run_id,
    )
