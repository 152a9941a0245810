"""Erasing a document: first the facts and the key, in one transaction; the unreadable bytes follow."""

from sqlalchemy import delete, select, update

from evidoc.kernel.errors import DocumentNotFound
from evidoc.storing.database import Transaction
from evidoc.storing.document_keys import KeyState
from evidoc.storing.schema import document_keys, documents, runs, tasks


def erase_facts(transaction: Transaction, org_id: str, document_id: str) -> None:
    """Remove all that the database knows of a document but the bare rows of its runs. Raises DocumentNotFound.

    Its key's row stays, empty, until the content is removed; that is how a start finds what a crash left.
    """
    gone = transaction.execute(
        delete(documents).where(documents.c.org_id == org_id, documents.c.document_id == document_id)
    )
    if not gone.rowcount:
        raise DocumentNotFound()
    key = (document_keys.c.org_id == org_id, document_keys.c.document_id == document_id)
    length = len(transaction.execute(select(document_keys.c.wrapped).where(*key)).scalar() or b"")
    # Zeros of the same length overwrite the key where it stands; an empty value would only free its place.
    transaction.execute(update(document_keys).where(*key).values(wrapped=bytes(length), state=KeyState.ERASED))
    used = (runs.c.org_id == org_id, runs.c.document_id == document_id)
    transaction.execute(
        update(tasks)
        .where(tasks.c.org_id == org_id, tasks.c.run_id.in_(select(runs.c.run_id).where(*used)))
        .values(has_output=False, output=None)
    )
    transaction.execute(update(runs).where(*used).values(parameters={}))
