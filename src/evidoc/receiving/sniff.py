"""What bytes are, by looking at them. A name or a declaration only chooses between kinds of text."""

import struct
from collections.abc import Set
from pathlib import Path

import filetype

from evidoc.kernel.errors import DocumentEmpty
from evidoc.receiving.compound_file import sniff_compound_file
from evidoc.receiving.content_types import BINARY, JPEG, OLE, PDF, PNG, RTF, TIFF, WEBP, ZIP
from evidoc.receiving.sniff_text import sniff_text
from evidoc.receiving.zip_file import sniff_zip

_HEAD_BYTES = 64 * 1024
_PDF_WITHIN = 1024
_COMPOUND_MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
_MACH_O = frozenset(bytes.fromhex(magic) for magic in ("feedface", "feedfacf", "cefaedfe", "cffaedfe"))

_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"II*\x00", TIFF),
    (b"MM\x00*", TIFF),
    (b"II+\x00", TIFF),
    (b"MM\x00+", TIFF),
    (b"PK\x03\x04", ZIP),
    (b"PK\x05\x06", ZIP),
    (_COMPOUND_MAGIC, OLE),
    (b"{\\rtf", RTF),
    (b"\x7fELF", "application/x-executable"),
)


def sniff(path: Path, claims: Set[str] = frozenset()) -> str:
    """The content type of a file; ``application/octet-stream`` where it is of no known kind.

    ``claims`` are the content types that its name and its sender claim. Raises DocumentEmpty, and DocumentDamaged
    or DocumentEncrypted where an Office file does not even say what it is.
    """
    with path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
    if not head:
        raise DocumentEmpty()
    content_type = _by_magic(head)
    if content_type == ZIP:
        return sniff_zip(path)
    if content_type == OLE:
        return sniff_compound_file(path)
    if content_type is not None:
        return content_type
    text_type = sniff_text(head, claims, whole=len(head) < _HEAD_BYTES)
    if text_type is not None:
        return text_type
    guess = filetype.guess(head)  # type: ignore[no-untyped-call]
    return str(guess.mime) if guess is not None else BINARY


def _by_magic(head: bytes) -> str | None:
    for magic, content_type in _MAGIC:
        if head.startswith(magic):
            return content_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head.lstrip(b"\xef\xbb\xbf\x00\t\n\x0c\r ").startswith(b"%PDF-"):
        return PDF
    if b"%PDF-" in head[:_PDF_WITHIN] and b" obj" in head:  # readers accept a little of anything before it
        return PDF
    if head[:4] in _MACH_O:
        return "application/x-mach-binary"
    return "application/x-msdownload" if _is_windows_program(head) else None


def _is_windows_program(head: bytes) -> bool:
    """Two letters are too few to tell: the header that they lead to must be one as well."""
    if not head.startswith(b"MZ") or len(head) < 64:
        return False
    (place,) = struct.unpack_from("<I", head, 60)
    return head[place : place + 2] in (b"PE", b"NE", b"LE", b"LX") or b"DOS mode" in head[:512]
