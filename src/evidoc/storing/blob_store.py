"""The promise of a blob store: named bytes in groups, one group a document. It sees ciphertext only."""

from contextlib import AbstractContextManager
from typing import Protocol

from evidoc.storing.sealed import RandomAccess, Sink


class BlobStore(Protocol):
    """Keeps blobs. A name may be any text; it is never used as a path."""

    def create(self, group: str, name: str) -> AbstractContextManager[Sink]:
        """Write a blob; at the end of the block it is there whole and durable, in place of an earlier one.

        After an exception nothing has changed. Raises StorageFull where there is no space.
        """
        ...

    def open(self, group: str, name: str) -> RandomAccess | None:
        """A blob as it is now, even if it is replaced or erased while it is read. None where there is none."""
        ...

    def erase(self, group: str) -> None:
        """Remove every blob of a group; none is no error."""
        ...
