"""Encrypted files that stream: AES-256-GCM in chunks, by the STREAM construction.

Hoang, Reyhanitabar, Rogaway, Vizár: Online Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance,
CRYPTO 2015. Every chunk's nonce holds its number and whether it is the last, so chunks that were altered,
exchanged, left out or cut off do not decrypt. Each file has a key of its own, drawn by HKDF-SHA-256 from the
document's key, a random salt and the file's name: a file put in another's place does not decrypt either.

A file is ``EVB1``, 32 bytes of salt, then chunks of 64 KiB (the last one shorter, maybe empty), each followed by
its tag of 16 bytes.
"""

import secrets
import struct
from collections.abc import Iterator
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from evidoc.kernel.errors import ContentDamaged

CHUNK_BYTES = 64 * 1024
_MAGIC = b"EVB1"
_SALT_BYTES = 32
_HEADER_BYTES = len(_MAGIC) + _SALT_BYTES
_TAG_BYTES = 16
_NONCE = struct.Struct(">7sI?")


class Sink(Protocol):
    """Where bytes go."""

    def write(self, data: bytes, /) -> int:
        """Take all of ``data``."""
        ...


class RandomAccess(Protocol):
    """Bytes that can be read from any place."""

    @property
    def size(self) -> int:
        """How many there are."""
        ...

    def read_at(self, offset: int, length: int) -> bytes:
        """The bytes from ``offset`` on, fewer than ``length`` only at the end."""
        ...


class SealedWriter:
    """Encrypts what is written to it into ``sink``. Without ``finish`` the file does not open."""

    def __init__(self, sink: Sink, key: bytes, context: bytes) -> None:
        salt = secrets.token_bytes(_SALT_BYTES)
        self._cipher, self._prefix = _derive(key, salt, context)
        self._sink = sink
        self._number = 0
        self._waiting = bytearray()
        sink.write(_MAGIC + salt)

    def write(self, data: bytes, /) -> int:
        """Encrypt ``data``, of any length."""
        self._waiting += data
        while len(self._waiting) > CHUNK_BYTES:  # a full chunk waits: it may turn out to be the last
            self._emit(bytes(self._waiting[:CHUNK_BYTES]), last=False)
            del self._waiting[:CHUNK_BYTES]
        return len(data)

    def finish(self) -> None:
        """Write the last chunk. Nothing may be written after it."""
        self._emit(bytes(self._waiting), last=True)
        self._waiting.clear()

    def _emit(self, chunk: bytes, *, last: bool) -> None:
        nonce = _NONCE.pack(self._prefix, self._number, last)
        self._sink.write(self._cipher.encrypt(nonce, chunk, None))
        self._number += 1


class SealedReader:
    """Decrypts what ``SealedWriter`` wrote, whole or in parts. Raises ContentDamaged for anything else.

    The last chunk is checked on opening, so a file that was cut off never opens.
    """

    def __init__(self, source: RandomAccess, key: bytes, context: bytes) -> None:
        header = source.read_at(0, _HEADER_BYTES)
        if len(header) != _HEADER_BYTES or not header.startswith(_MAGIC):
            raise ContentDamaged()
        self._source = source
        self._cipher, self._prefix = _derive(key, header[len(_MAGIC) :], context)
        sealed = source.size - _HEADER_BYTES
        self._count = max(1, -(-sealed // (CHUNK_BYTES + _TAG_BYTES)))
        self.size = sealed - self._count * _TAG_BYTES
        self._recent = (self._count - 1, self._open(self._count - 1))

    def chunks(self) -> Iterator[bytes]:
        """All of the content, in order."""
        for number in range(self._count):
            yield self._chunk(number)

    def read(self, offset: int, length: int) -> bytes:
        """``length`` bytes of the content from ``offset`` on."""
        if offset < 0 or length < 0 or offset + length > self.size:
            raise ContentDamaged()
        if not length:
            return b""
        first, last = offset // CHUNK_BYTES, (offset + length - 1) // CHUNK_BYTES
        joined = b"".join(self._chunk(number) for number in range(first, last + 1))
        start = offset - first * CHUNK_BYTES
        return joined[start : start + length]

    def _chunk(self, number: int) -> bytes:
        recent, chunk = self._recent
        if recent != number:
            chunk = self._open(number)
            self._recent = (number, chunk)
        return chunk

    def _open(self, number: int) -> bytes:
        place = _HEADER_BYTES + number * (CHUNK_BYTES + _TAG_BYTES)
        sealed = self._source.read_at(place, CHUNK_BYTES + _TAG_BYTES)
        nonce = _NONCE.pack(self._prefix, number, number == self._count - 1)
        try:
            return self._cipher.decrypt(nonce, sealed, None)
        except (InvalidTag, ValueError) as error:
            raise ContentDamaged() from error


def _derive(key: bytes, salt: bytes, context: bytes) -> tuple[AESGCM, bytes]:
    drawn = HKDF(algorithm=SHA256(), length=39, salt=salt, info=_MAGIC + context).derive(key)
    return AESGCM(drawn[:32]), drawn[32:]
