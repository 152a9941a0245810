"""The gate: a file from outside goes in, a Receipt comes out, or the reason why not.

What a file is decides whether it comes in at all; what it would cost to open decides only whether it is opened.
Nothing is unpacked or decoded here; formats are opened by readers, which run confined.
"""

import unicodedata
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path

from evidoc.kernel.errors import DocumentTooComplex, DocumentTypeMismatch, RequestTooLarge, UnsupportedDocument
from evidoc.kernel.receipt import Receipt
from evidoc.receiving.content_types import DOCX, SUPPORTED, XLSX, call, claim_of_name, claim_of_type
from evidoc.receiving.image_size import image_sizes
from evidoc.receiving.sniff import sniff
from evidoc.receiving.zip_file import ZipLimits, check_zip

_LONGEST_NAME = 255


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """How large a document may be: bytes as sent, bytes that it unpacks to, pages, pixels of one page."""

    max_bytes: int = 100 * 1024 * 1024
    max_unpacked_bytes: int = 512 * 1024 * 1024
    max_pages: int = 5_000
    max_pixels: int = 100_000_000


def accept(path: Path, filename: str, declared_type: str | None, limits: UploadLimits | None = None) -> Receipt:
    """Look at an uploaded file and say what it is.

    Raises RequestTooLarge, DocumentEmpty, UnsupportedDocument, DocumentTypeMismatch (the bytes are not what the
    name or ``declared_type`` says); DocumentTooComplex, DocumentDamaged or DocumentEncrypted where a package does
    not even tell what it is.
    """
    limits = limits or UploadLimits()
    size = path.stat().st_size
    if size > limits.max_bytes:
        raise RequestTooLarge(f"The document has {size} bytes; this server allows {limits.max_bytes}")
    name = clean_name(filename)
    claims = [claim for claim in (claim_of_name(name), claim_of_type(declared_type)) if claim is not None]
    content_type = sniff(path, {claim.content_type for claim in claims})
    if content_type not in SUPPORTED:
        readable = ", ".join(SUPPORTED.values())
        raise UnsupportedDocument(f"This is {call(content_type)}. What can be read: {readable}")
    for claim in claims:
        if content_type not in claim.admits:
            raise DocumentTypeMismatch(f"The file is {call(content_type)}, but was sent as {call(claim.content_type)}")
    with path.open("rb") as stream:
        digest = file_digest(stream, "sha256").hexdigest()
    return Receipt(name, content_type, size, digest)


def inspect(path: Path, content_type: str, limits: UploadLimits | None = None) -> None:
    """Look at what an accepted file claims to hold, so that no bomb is ever opened.

    Raises DocumentTooComplex, DocumentDamaged or DocumentEncrypted.
    """
    limits = limits or UploadLimits()
    if content_type in (DOCX, XLSX):
        check_zip(path, ZipLimits(unpacked_bytes=limits.max_unpacked_bytes))
    for page, (width, height) in enumerate(image_sizes(path, content_type, limits.max_pages), start=1):
        if width * height > limits.max_pixels:
            raise DocumentTooComplex(
                f"The image has {width} x {height} pixels; this server allows {limits.max_pixels} in all"
            )
        if page > limits.max_pages:
            raise DocumentTooComplex(f"The document has more than {limits.max_pages} pages")


def clean_name(filename: str) -> str:
    """A file name fit to keep and show: no folders, no control characters, at most 255 characters."""
    name = filename.replace("\\", "/").rpartition("/")[2]
    name = name.encode("utf-8", "replace").decode("utf-8")
    name = "".join(character for character in name if unicodedata.category(character) not in ("Cc", "Cf", "Zl", "Zp"))
    name = name.strip()
    if len(name) > _LONGEST_NAME:
        stem, dot, extension = name.rpartition(".")
        kept = f".{extension}" if dot and len(extension) <= 10 else ""
        name = (stem if kept else name)[: _LONGEST_NAME - len(kept)] + kept
    return name if name.strip(".") else "document"
