"""What crosses the pipe out of a sandboxed child: frames of a kind and a length, never pickle.

A frame is one byte of kind, four of length (little-endian), then that many bytes. The child may be in the
hands of a hostile document, so the reading side trusts neither lengths nor kinds.
"""

import json
import struct
from collections.abc import Iterator
from enum import IntEnum

from evidoc.kernel.errors import Detail, EvidocError, ReaderCrashed, error_for_code

_HEADER = struct.Struct("<BI")


class Kind(IntEnum):
    """What a frame holds: one of the job's results, the error that ended the job, or the end of it."""

    RESULT = 1
    ERROR = 2
    END = 3


def encode_frame(kind: Kind, payload: bytes = b"") -> tuple[bytes, bytes]:
    """The header and the payload, to be written one after the other."""
    return _HEADER.pack(kind, len(payload)), payload


class FrameBuffer:
    """Cuts a stream of bytes into frames. Raises ReaderCrashed for what is no frame or longer than ``most_bytes``."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._held = bytearray()

    def feed(self, chunk: bytes) -> Iterator[tuple[Kind, bytes]]:
        """The frames that are complete now that ``chunk`` has come."""
        self._held += chunk
        offset = 0
        try:
            while len(self._held) - offset >= _HEADER.size:
                number, length = _HEADER.unpack_from(self._held, offset)
                kind = self._checked(number, length)
                end = offset + _HEADER.size + length
                if len(self._held) < end:
                    break
                payload = bytes(memoryview(self._held)[offset + _HEADER.size : end])
                offset = end
                yield kind, payload
        finally:
            del self._held[:offset]

    def _checked(self, number: int, length: int) -> Kind:
        if number not in (Kind.RESULT, Kind.ERROR, Kind.END) or length > self._most_bytes:
            raise ReaderCrashed("The reader of this document answered with garbage")
        return Kind(number)


def encode_error(error: EvidocError, cause: str = "") -> bytes:
    """An error as it crosses; ``cause`` is for the log only."""
    details = [[detail.field, detail.message] for detail in error.details]
    return json.dumps([error.code, error.message, details, cause]).encode()


def decode_error(payload: bytes) -> tuple[EvidocError, str]:
    """The error that ``encode_error`` wrote, as itself, and its cause; ReaderCrashed for anything else."""
    try:
        code, message, details, cause = json.loads(payload)
        error = error_for_code(code)(str(message), [Detail(str(field), str(text)) for field, text in details])
        return error, str(cause)
    except (ValueError, TypeError):
        return ReaderCrashed("The reader of this document answered with garbage"), ""
