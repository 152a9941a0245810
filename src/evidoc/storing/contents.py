"""What documents say and what was made of it, encrypted under each document's own key.

The organisation is the first argument of every method: the content of another organisation's document, of an
erased one and of one that never was are all DocumentNotFound.
"""

import json
import logging
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from evidoc.kernel.errors import ContentDamaged, DocumentNotFound, StorageFull, Unavailable
from evidoc.kernel.reading import Reading
from evidoc.storing.blob_store import BlobStore
from evidoc.storing.database import Transaction
from evidoc.storing.document_keys import DocumentKeys
from evidoc.storing.reading_file import ReadingWriter, open_reading_file
from evidoc.storing.sealed import CHUNK_BYTES, SealedReader, SealedWriter

ORIGINAL = "original"
"""The name of the file as it was received."""

_log = logging.getLogger(__name__)
_READING = "reading"
_QUICKEST = 1


class Contents:
    """Encrypted blobs of documents. Names are ours or made of ids; they are never used as paths."""

    def __init__(self, keys: DocumentKeys, blobs: BlobStore) -> None:
        self._keys = keys
        self._blobs = blobs

    def put_file(self, org_id: str, document_id: str, name: str, source: Path) -> None:
        """Keep a copy of the file ``source``. The first file of a document makes the document's key.

        Until ``Documents.add`` the file belongs to nobody, and the next start removes it. Raises StorageFull.
        """
        key = self._keys.get_or_make(org_id, document_id)
        with self._sealed(key, org_id, document_id, f"file:{name}") as file, source.open("rb") as stream:
            while part := stream.read(16 * CHUNK_BYTES):
                file.write(part)
            file.finish()

    def open_file(self, org_id: str, document_id: str, name: str) -> Iterator[bytes]:
        """The bytes of a file that was put, in parts. Raises DocumentNotFound.

        Raises ContentDamaged, maybe after some parts, where they are not what was kept or are gone.
        """
        file = self._open(org_id, document_id, f"file:{name}")
        if file is None:
            raise ContentDamaged()
        return file.chunks()

    @contextmanager
    def write_reading(self, org_id: str, document_id: str) -> Iterator[ReadingWriter]:
        """Keep the reading of a document: all of it at the end of the block, or nothing after an exception."""
        key = self._keys.get(org_id, document_id)
        with self._sealed(key, org_id, document_id, _READING) as file:
            writer = ReadingWriter(file)
            yield writer
            if not writer.finished:
                raise ValueError("the reading was not finished")

    def open_reading(self, org_id: str, document_id: str) -> Reading | None:
        """The reading of a document, its pages decoded one by one as they are asked for; None before it is read."""
        file = self._open(org_id, document_id, _READING)
        return None if file is None else open_reading_file(file)

    def sealer(self, org_id: str, document_id: str, on: Transaction | None = None) -> "Sealer":
        """What seals values of this document, to be kept in a row. Raises DocumentNotFound."""
        return Sealer(document_id, self._keys.get(org_id, document_id, on=on))

    def put_json(self, org_id: str, document_id: str, name: str, value: Any) -> None:
        """Keep a value that JSON can write."""
        key = self._keys.get(org_id, document_id)
        data = _packed(value)
        with self._sealed(key, org_id, document_id, f"json:{name}") as file:
            file.write(data)
            file.finish()

    def get_json(self, org_id: str, document_id: str, name: str) -> Any | None:
        """The value that ``put_json`` kept; None where there is none."""
        file = self._open(org_id, document_id, f"json:{name}")
        return None if file is None else _unpacked(b"".join(file.chunks()))

    def erase(self, org_id: str, document_id: str) -> None:
        """Remove the blobs of a document that was never received whole, or whose key is destroyed.

        The content of a document that has its row stays. What cannot be removed now is left to the next start.
        """
        if self._keys.is_live(document_id):
            return
        try:
            self._blobs.erase(document_id)
            self._keys.forget(org_id, document_id)
        except (OSError, StorageFull, Unavailable):
            _log.warning("The erased content of %s could not be removed yet", document_id, exc_info=True)

    def sweep(self, begun_before: datetime) -> int:
        """Remove what belongs to no document: erased, or put before ``begun_before`` and never received.

        Uploads and deletions that a crash cut short leave it behind.
        """
        orphans = self._keys.orphans(begun_before)
        for org_id, document_id in orphans:
            self.erase(org_id, document_id)
        return len(orphans)

    @contextmanager
    def _sealed(self, key: bytes, org_id: str, document_id: str, name: str) -> Iterator[SealedWriter]:
        with self._blobs.create(document_id, name) as sink:
            yield SealedWriter(sink, key, _context(document_id, name))
        if not self._keys.exists(org_id, document_id):  # erased while we wrote
            self.erase(org_id, document_id)
            raise DocumentNotFound()

    def _open(self, org_id: str, document_id: str, name: str) -> SealedReader | None:
        key = self._keys.get(org_id, document_id)
        blob = self._blobs.open(document_id, name)
        return None if blob is None else SealedReader(blob, key, _context(document_id, name))


class Sealer:
    """Seals small values of one document under its key, and opens them. What it sealed opens under its name only."""

    def __init__(self, document_id: str, key: bytes) -> None:
        self._document_id = document_id
        self._key = key

    def seal_json(self, name: str, value: Any, most_bytes: int) -> bytes | None:
        """A value that JSON can write, sealed; None where it is larger than ``most_bytes``, packed."""
        data = _packed(value)
        if len(data) > most_bytes:
            return None
        sealed = BytesIO()
        writer = SealedWriter(sealed, self._key, _context(self._document_id, f"row:{name}"))
        writer.write(data)
        writer.finish()
        return sealed.getvalue()

    def open_json(self, name: str, sealed: bytes) -> Any:
        """The value that ``seal_json`` sealed. Raises ContentDamaged for anything else."""
        reader = SealedReader(_InMemory(sealed), self._key, _context(self._document_id, f"row:{name}"))
        return _unpacked(b"".join(reader.chunks()))


class _InMemory:
    """Sealed bytes that were read already."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.size = len(data)

    def read_at(self, offset: int, length: int) -> bytes:
        return self._data[offset : offset + length]


def _packed(value: Any) -> bytes:
    return zlib.compress(json.dumps(value, separators=(",", ":")).encode(), _QUICKEST)


def _unpacked(data: bytes) -> Any:
    try:
        return json.loads(zlib.decompress(data))
    except (ValueError, zlib.error) as error:
        raise ContentDamaged() from error


def _context(document_id: str, name: str) -> bytes:
    return f"{document_id}\n{name}".encode()
