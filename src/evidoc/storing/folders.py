"""Folders that survive a power cut, and that one server at a time may use."""

import errno
import fcntl
import os
from pathlib import Path

from evidoc.kernel.errors import DataFolderInUse

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def is_disk_full(error: OSError) -> bool:
    """Whether a file could not grow: the disk, the quota or the process's file size limit is used up."""
    return error.errno in _FULL


def sync_folder(folder: Path) -> None:
    """Make the names in ``folder`` durable: a file that was renamed into it is there after a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(folder: Path) -> None:
    """Make ``folder`` and what is missing above it, durably, for its owner only."""
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for path in reversed(missing):
        path.mkdir(mode=0o700, exist_ok=True)
        sync_folder(path.parent)


class FolderLock:
    """Holds a data folder for this process; the system lets go of it however the process ends."""

    def __init__(self, folder: Path) -> None:
        self._descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(self._descriptor, 32, 0).decode("ascii", "replace").strip() or "unknown"
            os.close(self._descriptor)
            raise DataFolderInUse(f"Another server (process {holder}) is using the data folder {folder}") from error
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Let another server have the folder."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
