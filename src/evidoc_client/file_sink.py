"""A file that is being fetched: under another name until all of it is there."""

import contextlib
import os
import tempfile
from pathlib import Path


class FileSink:
    """Takes chunks; see ``call.Sink``."""

    def __init__(self, path: Path) -> None:
        self._path = path
        handle, self._name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        self._file = os.fdopen(handle, "wb")

    def write(self, chunk: bytes) -> int:
        """Takes the next bytes."""
        return self._file.write(chunk)

    def done(self) -> None:
        """Gives the file its name."""
        self._file.close()
        Path(self._name).replace(self._path)

    def drop(self) -> None:
        """Removes what came, unless all of it did."""
        self._file.close()
        with contextlib.suppress(FileNotFoundError):
            Path(self._name).unlink()
