"""Base64 as clients send it, decoded piece by piece into a file."""

import binascii
import errno
import os
import re
from hashlib import sha256

from evidoc.kernel.errors import DocumentDamaged, EvidocError, InvalidRequest, RequestTooLarge, StorageFull

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_TO_STANDARD = bytes.maketrans(b"-_", b"+/")
_SPACES = b" \t\r\n\f\v"
_ESCAPE = re.compile(rb"\\(?:u([0-9A-Fa-f]{4})|(.))", re.DOTALL)
_HALF_ESCAPE = re.compile(rb"\\(?:u[0-9A-Fa-f]{0,3})?\Z")
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"f": b"\f", b"/": b"/"}
_HEADER = re.compile(rb"data:([^;,]*)((?:;[^;,]*)*),", re.IGNORECASE)
_LONGEST_HEADER = 1_000


class Base64File:
    """Writes what a JSON string of base64 means into an open file: with or without padding, wrapped, in either
    alphabet, as a data: URL.

    ``declared_type`` is the type that a data: URL names, ``sha256`` the hash of what was written, once finished.
    """

    def __init__(self, descriptor: int, most_bytes: int) -> None:
        """``most_bytes`` is how long the decoded file may be."""
        self.declared_type: str | None = None
        self.size = 0
        self._descriptor = descriptor
        self._most_bytes = most_bytes
        self._digest = sha256()
        self._escape = b""
        self._head: bytes | None = b""
        self._quad = b""
        self._pads = 0

    @property
    def sha256(self) -> str:
        """The hash of the file, in hexadecimal digits."""
        return self._digest.hexdigest()

    def write(self, pieces: list[bytes]) -> None:
        """Decode more of the string, given as it is written in JSON.

        Raises DocumentDamaged for what is not base64, RequestTooLarge, StorageFull.
        """
        text = self._unescaped(self._escape + b"".join(pieces))
        if self._head is not None:
            text = self._without_header(self._head + text)
        if text:
            self._decode(text)

    def finish(self) -> None:
        """Take the string as ended. Raises InvalidRequest where it held nothing, DocumentDamaged where it is cut."""
        if self._escape:
            raise _not_base64("it ends within an escape")
        if self._head is not None:
            head, self._head = self._head, None
            if head[:5].lower() == b"data:":
                raise _not_base64("the data: URL has no comma")
            self._decode(head)
        if len(self._quad) == 1:
            raise _not_base64("it is cut off")
        if self._quad:
            self._put(binascii.a2b_base64(self._quad + b"=" * (4 - len(self._quad))))
        if not self.size:
            raise InvalidRequest("Document base64 data is required", facts={"field": "input.document.base64"})

    def _unescaped(self, text: bytes) -> bytes:
        self._escape = b""
        if b"\\" not in text:
            return text
        half = _HALF_ESCAPE.search(text)
        if half:
            text, self._escape = text[: half.start()], half.group()
        return _ESCAPE.sub(_meaning, text)

    def _without_header(self, text: bytes) -> bytes:
        """``text`` without the head of a data: URL; nothing as long as there could still be one."""
        text = text.lstrip(_SPACES)
        if text[:5].lower() != b"data:"[: len(text)]:
            self._head = None
            return text
        header = _HEADER.match(text)
        if header is None:
            if len(text) > _LONGEST_HEADER:
                raise _not_base64("the data: URL has no comma")
            self._head = text
            return b""
        if b"base64" not in header[2].lower().replace(b" ", b"").split(b";"):
            raise _not_base64("the data: URL does not say ;base64")
        self._head = None
        self.declared_type = header[1].decode("latin-1").strip().lower() or None
        return text[header.end() :]

    def _decode(self, text: bytes) -> None:
        text = text.translate(_TO_STANDARD, _SPACES)
        strange = text.translate(None, _ALPHABET + b"=")
        if strange:
            raise _not_base64(f"it holds {chr(strange[0])!a}")
        content, _, pads = text.partition(b"=")
        if (content and self._pads) or pads.strip(b"="):
            raise _not_base64("something follows its end")
        self._pads += len(text) - len(content)
        if self._pads > 2:
            raise _not_base64("something follows its end")
        content = self._quad + content
        whole = len(content) // 4 * 4
        self._quad = content[whole:]
        self._put(binascii.a2b_base64(content[:whole]))

    def _put(self, content: bytes) -> None:
        self.size += len(content)
        if self.size > self._most_bytes:
            raise RequestTooLarge(f"The document is larger than the {self._most_bytes} bytes that this server accepts")
        self._digest.update(content)
        view = memoryview(content)
        try:
            while view:
                view = view[os.write(self._descriptor, view) :]
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
                raise StorageFull from error
            raise


def _meaning(escape: re.Match[bytes]) -> bytes:
    if escape[1]:
        number = int(escape[1], 16)
        if number < 128:
            return bytes([number])
    elif escape[2] in _ESCAPED:
        return _ESCAPED[escape[2]]
    raise _not_base64("it holds an escape of another character")


def _not_base64(why: str) -> EvidocError:
    return DocumentDamaged(f"The document is not base64: {why}")
