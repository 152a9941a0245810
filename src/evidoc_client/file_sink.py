"""A file that is being fetched: under another name until all of it is there."""

import secrets
from pathlib import Path


class FileSink:
    """Takes chunks; see ``call.Sink``."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._part = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
        self._file = self._part.open("xb")

    def write(self, chunk: bytes) -> int:
        """Takes the next bytes."""
        return self._file.write(chunk)

    def done(self) -> None:
        """Gives the file its name."""
        self._file.close()
        self._part.replace(self._path)

    def drop(self) -> None:
        """Removes what came, unless all of it did."""
        self._file.close()
        self._part.unlink(missing_ok=True)
