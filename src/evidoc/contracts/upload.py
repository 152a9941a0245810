"""A multipart upload, parsed as it arrives: the file goes to disk, nothing is held that a limit forbids."""

import errno
import os
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from evidoc.contracts.request import WireLimits, refuse_by_length
from evidoc.kernel.errors import Detail, InvalidRequest, RequestTooLarge, StorageFull

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

_MOST_PARTS = 32
_WRITE_AT = 1 << 20


@dataclass(frozen=True, slots=True)
class Upload:
    """What arrived: the file, where it lies for the moment, and the other fields.

    ``filename`` and ``content_type`` are what the client claims, ``sha256`` is the file's hash.
    """

    path: Path
    filename: str
    content_type: str | None
    sha256: str
    fields: dict[str, str] = field(default_factory=dict)


@asynccontextmanager
async def receive_upload(request: Request, limits: WireLimits, file_field: str = "file") -> AsyncIterator[Upload]:
    """The upload in ``request``; its file is gone when the block ends, unless somebody moved it away.

    Raises InvalidRequest for what is not multipart or has no file, RequestTooLarge as soon as the file or
    the other fields pass their limit, StorageFull.
    """
    refuse_by_length(request, limits.max_upload_bytes + limits.max_json_bytes)
    handle, name = tempfile.mkstemp(dir=limits.scratch, prefix="upload-")
    path = Path(name)
    try:
        digest = sha256()
        with os.fdopen(handle, "wb", buffering=0) as file:
            parts = _Parts(_boundary(request), limits, file_field)
            async for chunk in request.stream():
                parts.feed(chunk)
                if parts.waiting >= _WRITE_AT:
                    await run_in_threadpool(_write, file.fileno(), parts.take(), digest.update)
            await run_in_threadpool(_write, file.fileno(), parts.take(), digest.update)
        yield parts.finish(path, digest.hexdigest())
    finally:
        path.unlink(missing_ok=True)


def _boundary(request: Request) -> bytes:
    media_type, options = parse_options_header(request.headers.get("content-type"))
    if media_type != b"multipart/form-data":
        raise InvalidRequest(details=[Detail("Content-Type", "must be multipart/form-data")])
    if not options.get(b"boundary"):
        raise InvalidRequest(details=[Detail("Content-Type", "names no boundary")])
    return options[b"boundary"]


def _write(descriptor: int, chunks: list[bytes], note: Callable[[bytes], None]) -> None:
    try:
        for chunk in chunks:
            note(chunk)
            view = memoryview(chunk)
            while view:
                view = view[os.write(descriptor, view) :]
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise StorageFull from error
        raise


class _Parts:
    """The parts of one multipart body, as the parser meets them."""

    def __init__(self, boundary: bytes, limits: WireLimits, file_field: str) -> None:
        callbacks: MultipartCallbacks = {
            "on_part_begin": self._begin,
            "on_header_field": self._header_name,
            "on_header_value": self._header_value,
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers_finished,
            "on_part_data": self._data,
            "on_end": self._end,
        }
        try:
            self._parser = MultipartParser(boundary, callbacks)
        except FormParserError as error:
            raise InvalidRequest(details=[Detail("Content-Type", str(error))]) from None
        self._limits = limits
        self._file_field = file_field
        self._count = self._file_size = self._fields_size = 0
        self._ended = False
        self._file: tuple[str, str | None] | None = None
        self._fields: dict[str, bytearray] = {}
        self._pending: list[bytes] = []
        self.waiting = 0

    def feed(self, chunk: bytes) -> None:
        """Parses the next bytes. Raises InvalidRequest, RequestTooLarge."""
        try:
            self._parser.write(chunk)
        except FormParserError as error:
            raise InvalidRequest(details=[Detail("body", f"not valid multipart/form-data: {error}")]) from None

    def take(self) -> list[bytes]:
        """The bytes of the file that are still to be written."""
        taken, self._pending, self.waiting = self._pending, [], 0
        return taken

    def finish(self, path: Path, digest: str) -> Upload:
        """The upload, once the whole body was fed."""
        if not self._ended:
            raise InvalidRequest(details=[Detail("body", "not valid multipart/form-data: it ends too early")])
        if self._file is None:
            raise InvalidRequest(details=[Detail(self._file_field, "A file is required")])
        fields = {}
        for name, value in self._fields.items():
            try:
                fields[name] = value.decode("utf-8")
            except UnicodeDecodeError:
                raise InvalidRequest(details=[Detail(name, "must be UTF-8")]) from None
        filename, content_type = self._file
        return Upload(path, filename, content_type, digest, fields)

    def _begin(self) -> None:
        self._count += 1
        if self._count > _MOST_PARTS:
            raise InvalidRequest(details=[Detail("body", f"has more than {_MOST_PARTS} parts")])
        self._headers: dict[bytes, bytes] = {}
        self._name, self._value = bytearray(), bytearray()
        self._field: bytearray | None = None

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        self._headers[bytes(self._name).lower()] = bytes(self._value)
        self._name, self._value = bytearray(), bytearray()

    def _headers_finished(self) -> None:
        disposition = self._headers.get(b"content-disposition", b"").decode("latin-1")
        _, options = parse_options_header(disposition)
        name = options.get(b"name", b"").decode("utf-8", "replace")
        if name == self._file_field:
            if self._file is not None:
                raise InvalidRequest(details=[Detail(name, "is given twice; upload one file at a time")])
            if b"filename" not in options:
                raise InvalidRequest(details=[Detail(name, "must be a file, with a filename")])
            claimed = self._headers.get(b"content-type")
            self._file = (
                options[b"filename"].decode("utf-8", "replace"),
                claimed.decode("latin-1").partition(";")[0].strip().lower() if claimed else None,
            )
        else:
            self._field = self._fields[name] = bytearray()

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._field is not None:
            self._fields_size += end - start
            if self._fields_size > self._limits.max_json_bytes:
                raise RequestTooLarge
            self._field += data[start:end]
            return
        self._file_size += end - start
        if self._file_size > self._limits.max_upload_bytes:
            raise RequestTooLarge(
                f"The file is larger than the {self._limits.max_upload_bytes} bytes that this server accepts"
            )
        self._pending.append(data[start:end])
        self.waiting += end - start

    def _end(self) -> None:
        self._ended = True
