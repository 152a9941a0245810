"""Blobs in a folder on a local disk."""

import os
import secrets
import shutil
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from evidoc.kernel.errors import ContentDamaged, StorageFull
from evidoc.storing.folders import is_disk_full, make_folder, sync_folder
from evidoc.storing.sealed import Sink


class FolderBlobs:
    """Keeps the promise of ``BlobStore``. Paths are made of hashes, so no name can lead anywhere else."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._incoming = root / "incoming"
        make_folder(self._incoming)

    @contextmanager
    def create(self, group: str, name: str) -> Iterator[Sink]:  # noqa: D102
        draft = self._incoming / secrets.token_hex(16)
        try:
            with draft.open("xb") as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            place = self._place(group, name)
            _move(draft, place)
        except OSError as error:
            if is_disk_full(error):
                raise StorageFull() from error
            raise
        finally:
            draft.unlink(missing_ok=True)

    def open(self, group: str, name: str) -> "FolderBlob | None":  # noqa: D102
        try:
            return FolderBlob(os.open(self._place(group, name), os.O_RDONLY))
        except FileNotFoundError:
            return None

    def erase(self, group: str) -> None:  # noqa: D102
        folder = self._folder(group)
        try:
            shutil.rmtree(folder)
        except FileNotFoundError:
            return
        sync_folder(folder.parent)

    def remove_drafts(self) -> None:
        """Remove what a crash left half-written. Only for the one process that holds the data folder."""
        for draft in self._incoming.iterdir():
            draft.unlink()

    def _folder(self, group: str) -> Path:
        digest = sha256(group.encode()).hexdigest()
        return self._root / digest[:2] / digest[2:40]

    def _place(self, group: str, name: str) -> Path:
        return self._folder(group) / sha256(name.encode()).hexdigest()[:40]


def _move(draft: Path, place: Path) -> None:
    make_folder(place.parent)
    try:
        draft.rename(place)
    except FileNotFoundError:  # the group was erased in between; whoever holds its key decides what becomes of this
        make_folder(place.parent)
        draft.rename(place)
    sync_folder(place.parent)


class FolderBlob:
    """An open blob; any number of threads may read it. The file is closed when nobody holds it any more."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self.size = os.fstat(descriptor).st_size
        weakref.finalize(self, os.close, descriptor)

    def read_at(self, offset: int, length: int) -> bytes:  # noqa: D102
        parts = []
        while length > 0:
            try:
                part = os.pread(self._descriptor, length, offset)
            except OSError as error:
                raise ContentDamaged() from error
            if not part:
                break
            parts.append(part)
            offset += len(part)
            length -= len(part)
        return b"".join(parts)
