"""One request and how its answer is read, told without sending anything; and the bodies that it may have."""

import base64
import json
import os
import secrets
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Generic, Protocol, TypeVar
from urllib.parse import quote

import httpx

from evidoc_client.decode import decode
from evidoc_client.errors import BadAnswer

T = TypeVar("T")

File = str | os.PathLike[str] | bytes | IO[bytes]
"""A document: a path, its bytes, or an open binary file (from where it stands)."""

_CHUNK = 3 * 64 * 1024
_KEPT_IN_MEMORY = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    content: bytes = field(repr=False)

    def json(self) -> Any:
        """The body. Raises BadAnswer where it is no JSON."""
        try:
            return json.loads(self.content)
        except ValueError:
            raise BadAnswer("The server's answer is not one of Evidoc's: it is no JSON") from None


class Body(Protocol):
    """What a request carries. It can be opened once for every attempt."""

    def opened(self) -> Any:
        """A context manager that gives the arguments for httpx's ``build_request``."""

    def close(self) -> None:
        """It is not sent any more."""


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """A request. ``parse`` makes the answer of a success.

    ``repeatable`` tells that sending it again does not do it again: it reads, or says how things shall be, or carries
    an idempotency key.
    """

    method: str
    path: str
    parse: Callable[[Reply], T]
    query: Mapping[str, str | int] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: Body | None = field(default=None, repr=False)
    repeatable: bool = True
    sink: Callable[[], "Sink"] | None = None
    seconds: float | None = None


class Sink(Protocol):
    """Where the content of an answer goes, chunk by chunk; it is whole only after ``done``."""

    def write(self, chunk: bytes) -> object:
        """Takes the next bytes."""

    def done(self) -> None:
        """All bytes came."""

    def drop(self) -> None:
        """They did not."""


def at(template: str, *parts: str) -> str:
    """The path with each ``{}`` replaced by a part, quoted. Raises ValueError for an empty part."""
    if not all(parts):
        raise ValueError("An id must not be empty")
    # A dot alone would be taken for a step in the path.
    return template.format(*(quote(part, safe="").replace(".", "%2E") for part in parts))


def query_of(**given: str | int | None) -> dict[str, str | int]:
    """The parameters that were given."""
    return {name: value for name, value in given.items() if value is not None}


def shape(kind: type[T]) -> Callable[[Reply], T]:
    """Reads an answer as ``kind``."""
    return lambda reply: decode(kind, reply.json())


def key_of(given: str | None) -> str:
    """The caller's idempotency key, or a new one."""
    return given or secrets.token_urlsafe(24)


def keyed(given: str | None) -> dict[str, str]:
    """The header that makes a write safe to repeat."""
    return {"Idempotency-Key": key_of(given)}


@dataclass(frozen=True, slots=True)
class Json:
    """A JSON body."""

    value: Any = field(repr=False)

    @contextmanager
    def opened(self) -> Iterator[dict[str, Any]]:
        """See ``Body``."""
        yield {"json": self.value}

    def close(self) -> None:
        """See ``Body``."""


class Attachment:
    """A file that is sent, possibly several times: each time from the same first byte to the end."""

    def __init__(self, file: File, filename: str | None, content_type: str | None = None) -> None:
        self._file = file
        self._copied: IO[bytes] | None = None
        if isinstance(file, str | os.PathLike):
            self.filename = _named(filename or Path(file).name)
        else:
            self.filename = _named(filename or Path(str(getattr(file, "name", "") or "document")).name)
        self.content_type = content_type
        self._start = 0
        if not isinstance(file, str | os.PathLike | bytes):
            if not hasattr(file, "read"):
                raise TypeError(f"A file is a path, bytes or an open binary file, not {type(file).__name__}")
            if file.seekable():
                self._start = file.tell()

    @contextmanager
    def opened(self) -> Iterator[IO[bytes]]:
        """The file, at its first byte."""
        if isinstance(self._file, str | os.PathLike):
            with Path(self._file).open("rb") as opened:
                yield opened
        elif isinstance(self._file, bytes):
            with tempfile.SpooledTemporaryFile(max_size=len(self._file) + 1) as opened:
                opened.write(self._file)
                opened.seek(0)
                yield opened
        else:
            file = self._file if self._file.seekable() else self._copy()
            file.seek(self._start)
            yield file

    def close(self) -> None:
        """Lets go of what was copied; the caller's own file stays open."""
        if self._copied is not None:
            self._copied.close()

    def _copy(self) -> IO[bytes]:
        """What can be read only once is read once, so that it can be sent again."""
        if self._copied is None:
            self._copied = tempfile.SpooledTemporaryFile(max_size=_KEPT_IN_MEMORY)  # noqa: SIM115 - kept for every attempt
            while chunk := self._file.read(_CHUNK):  # type: ignore[union-attr]
                self._copied.write(chunk)
        return self._copied


@dataclass(frozen=True, slots=True)
class Form:
    """A multipart body with one file, streamed from where it lies."""

    attachment: Attachment
    fields: Mapping[str, str] = field(default_factory=dict)

    @contextmanager
    def opened(self) -> Iterator[dict[str, Any]]:
        """See ``Body``."""
        with self.attachment.opened() as file:
            name, kind = self.attachment.filename, self.attachment.content_type
            part = (name, _FromHere(file)) if kind is None else (name, _FromHere(file), kind)
            yield {"files": {"file": part}, "data": dict(self.fields)}

    def close(self) -> None:
        """See ``Body``."""
        self.attachment.close()


@dataclass(frozen=True, slots=True)
class JsonWithFile:
    """A JSON body in which the text ``mark`` stands for a file in base64, which is encoded as it is sent."""

    value: Any = field(repr=False)
    mark: str
    attachment: Attachment

    @contextmanager
    def opened(self) -> Iterator[dict[str, Any]]:
        """See ``Body``."""
        before, _, after = json.dumps(self.value, allow_nan=False).partition(self.mark)
        with self.attachment.opened() as file:
            stream = _Base64Stream(before.encode(), file, after.encode())
            headers = {"Content-Type": "application/json", "Content-Length": str(stream.length)}
            yield {"stream": stream, "headers": headers}

    def close(self) -> None:
        """See ``Body``."""
        self.attachment.close()


class _FromHere:
    """A file whose first byte is where it stood when it was given: httpx winds back what it sends."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._start = file.tell()

    def read(self, size: int = -1) -> bytes:
        return self._file.read(size)

    def tell(self) -> int:
        return self._file.tell() - self._start

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        if whence == os.SEEK_SET:
            return self._file.seek(self._start + offset) - self._start
        return self._file.seek(offset, whence) - self._start


class _Base64Stream(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body for both kinds of client: what stands before, the file in base64, what stands after."""

    def __init__(self, before: bytes, file: IO[bytes], after: bytes) -> None:
        self._before, self._file, self._after = before, file, after
        start = file.tell()
        size = file.seek(0, os.SEEK_END) - start
        file.seek(start)
        self.length = len(before) + len(after) + (size + 2) // 3 * 4

    def __iter__(self) -> Iterator[bytes]:
        yield self._before
        while chunk := self._file.read(_CHUNK):
            # A short read must not leave padding in the middle.
            while len(chunk) % 3 and (more := self._file.read(3 - len(chunk) % 3)):
                chunk += more
            yield base64.b64encode(chunk)
        yield self._after

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self:
            yield chunk


def _named(name: str) -> str:
    """A name that no reader of multipart takes for an escape."""
    return name.replace("\\", "_")
