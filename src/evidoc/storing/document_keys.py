"""Each document's own key, wrapped by the master key. Destroying the wrapped key destroys the content.

A key is NEW between the first bytes and the document's row, LIVE as long as the document is, and ERASED (its
bytes overwritten) until the blobs are removed too. A start finds NEW and ERASED rows left by a crash.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, bindparam, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from evidoc.kernel import clock
from evidoc.kernel.errors import DocumentNotFound
from evidoc.storing.database import Database, Transaction
from evidoc.storing.master_key import MasterKey
from evidoc.storing.schema import document_keys, documents


class KeyState(StrEnum):
    """How far a document's key has come."""

    NEW = "new"
    LIVE = "live"
    ERASED = "erased"


class DocumentKeys:
    """The table of wrapped keys."""

    def __init__(self, database: Database, master: MasterKey) -> None:
        self._database = database
        self._master = master

    def get(self, org_id: str, document_id: str, on: Transaction | None = None) -> bytes:
        """The 32 bytes of a document's key. Raises DocumentNotFound where there is none (any more)."""
        with self._database.read(on) as transaction:
            wrapped = _wrapped(transaction, org_id, document_id)
        if wrapped is None:
            raise DocumentNotFound()
        return self._master.unwrap(wrapped, _context(org_id, document_id))

    def get_or_make(self, org_id: str, document_id: str) -> bytes:
        """The key of a document, made where it has none yet. Raises DocumentNotFound for an erased document."""
        with self._database.write() as transaction:
            wrapped = _wrapped(transaction, org_id, document_id)
            if wrapped is not None:
                return self._master.unwrap(wrapped, _context(org_id, document_id))
            if transaction.execute(select(document_keys.c.state).where(*_one(org_id, document_id))).first():
                raise DocumentNotFound()
            received = transaction.execute(
                select(documents.c.document_id).where(
                    documents.c.org_id == org_id, documents.c.document_id == document_id
                )
            ).first()
            key, wrapped = self._master.make_key(_context(org_id, document_id))
            row = insert(document_keys).values(
                document_id=document_id,
                org_id=org_id,
                state=KeyState.LIVE if received else KeyState.NEW,
                wrapped=wrapped,
                created_at=clock.now(),
            )
            try:
                transaction.execute(row)
            except IntegrityError as error:  # another organisation's document has this id
                raise DocumentNotFound() from error
            return key

    def exists(self, org_id: str, document_id: str) -> bool:
        """Whether the document's key is there still."""
        with self._database.read() as transaction:
            return _wrapped(transaction, org_id, document_id) is not None

    def is_live(self, document_id: str) -> bool:
        """Whether a document of any organisation, received and not erased, has this key.

        The one question that names no organisation: what is removed must be nobody's.
        """
        with self._database.read() as transaction:
            found = transaction.execute(
                select(document_keys.c.state).where(document_keys.c.document_id == document_id)
            ).scalar()
        return found == KeyState.LIVE

    def attach(self, transaction: Transaction, org_id: str, document_id: str) -> None:
        """Note that the document of this key has a row now."""
        transaction.execute(update(document_keys).where(*_one(org_id, document_id)).values(state=KeyState.LIVE))

    def orphans(self, begun_before: datetime) -> tuple[tuple[str, str], ...]:
        """Every organisation's documents whose content is to be removed, as (org_id, document_id).

        They were erased, or begun before then and never received.
        """
        erased = document_keys.c.state == KeyState.ERASED
        unreceived = and_(document_keys.c.state == KeyState.NEW, document_keys.c.created_at <= begun_before)
        with self._database.read() as transaction:
            found = transaction.execute(
                select(document_keys.c.org_id, document_keys.c.document_id).where(or_(erased, unreceived))
            )
            return tuple((row.org_id, row.document_id) for row in found)

    def forget(self, org_id: str, document_id: str) -> None:
        """Remove the row of a key whose document has no row, once its blobs are gone."""
        with self._database.write() as transaction:
            transaction.execute(
                delete(document_keys).where(*_one(org_id, document_id), document_keys.c.state != KeyState.LIVE)
            )


def _wrapped(transaction: Transaction, org_id: str, document_id: str) -> bytes | None:
    found: bytes | None = transaction.execute(_WRAPPED, {"this_org": org_id, "this_document": document_id}).scalar()
    return found


_WRAPPED = select(document_keys.c.wrapped).where(
    document_keys.c.org_id == bindparam("this_org"),
    document_keys.c.document_id == bindparam("this_document"),
    document_keys.c.state != KeyState.ERASED,
)
"""Built once: it is asked all the time."""


def _one(org_id: str, document_id: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return document_keys.c.org_id == org_id, document_keys.c.document_id == document_id


def _context(org_id: str, document_id: str) -> bytes:
    return f"{org_id}\n{document_id}".encode()
