"""Making commits durable, many with one wait: the synchronisation of SQLite's write-ahead log.

SQLite itself commits without waiting for the disk (``synchronous = NORMAL``), which never costs consistency. Whoever
committed then waits here until the log, as it was after that commit, is on the disk. Those who commit while one
synchronisation is under way share the next.
"""

import os
import threading
from pathlib import Path

from evidoc.storing.folders import sync_folder


class LogSync:
    """The log of one database file."""

    def __init__(self, database: Path) -> None:
        self._log = database.with_name(f"{database.name}-wal")
        self._changed = threading.Condition()
        self._committed = 0
        self._durable = 0
        self._under_way = False
        self._named: tuple[int, int] | None = None

    def committed(self) -> int:
        """Note that a commit was made; its number."""
        with self._changed:
            self._committed += 1
            return self._committed

    def wait(self, number: int | None = None) -> None:
        """Wait until this commit (None: the latest) and all before it are durable. Raises OSError."""
        with self._changed:
            wanted = self._committed if number is None else number
            while self._durable < wanted and self._under_way:
                self._changed.wait()
            if self._durable >= wanted:
                return
            self._under_way = True
            reached = self._committed
        try:
            self._synchronise()
        except BaseException:
            reached = 0
            raise
        finally:
            with self._changed:
                self._under_way = False
                self._durable = max(self._durable, reached)
                self._changed.notify_all()

    def _synchronise(self) -> None:
        try:
            log = os.open(self._log, os.O_RDWR)
        except FileNotFoundError:
            # The last connection was closed: all of the log is in the database, and that is synchronised.
            return
        try:
            os.fdatasync(log)
            found = os.fstat(log)
        finally:
            os.close(log)
        # A log that is new has a name in its folder, which a power cut could take as well.
        if (found.st_dev, found.st_ino) != self._named:
            sync_folder(self._log.parent)
            self._named = found.st_dev, found.st_ino
