"""ZIP files: which Office document one is, and whether it is a bomb, without unpacking it.

Only the directory at the end, the entries' own headers and one small part that names the kind are read.
"""

import re
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from evidoc.kernel.errors import DocumentDamaged, DocumentEncrypted, DocumentTooComplex
from evidoc.receiving.content_types import DOCX, PPTX, WORD_MACROS, XLSX, ZIP

_END = struct.Struct("<4s4H2IH")
_END_MAGIC = b"PK\x05\x06"
_END64_LOCATOR = struct.Struct("<4sIQI")
_END64 = struct.Struct("<4sQ2H2I4Q")
_LONGEST_COMMENT = 65535
_LOCAL = struct.Struct("<4s5H3I2H")
_LOCAL_MAGIC = b"PK\x03\x04"
_ENCRYPTED = 0x1
_LOOK_BYTES = 256 * 1024
_MOST_DIRECTORY_BYTES = 8 * 1024 * 1024

_MAIN_PARTS = (
    (b"wordprocessingml.document.main+xml", DOCX),
    (b"wordprocessingml.template.main+xml", WORD_MACROS),
    (b"ms-word.document.macroenabled.main+xml", WORD_MACROS),
    (b"ms-word.template.macroenabledtemplate.main+xml", WORD_MACROS),
    (b"spreadsheetml.sheet.main+xml", XLSX),
    (b"spreadsheetml.template.main+xml", XLSX),
    (b"ms-excel.sheet.macroenabled.main+xml", XLSX),
    (b"ms-excel.template.macroenabled.main+xml", XLSX),
    (b"ms-excel.sheet.binary.macroenabled.main", "application/vnd.ms-excel.sheet.binary.macroenabled.12"),
    (b"presentationml.presentation.main+xml", PPTX),
    (b"presentationml.slideshow.main+xml", PPTX),
    (b"ms-powerpoint.presentation.macroenabled.main+xml", PPTX),
)
_MAIN_NAMES = (("word/document.xml", DOCX), ("xl/workbook.xml", XLSX), ("ppt/presentation.xml", PPTX))
_MIMETYPE = re.compile(rb"application/[a-z0-9.+-]{1,100}")


@dataclass(frozen=True, slots=True)
class ZipLimits:
    """What a packed document may hold: entries, bytes unpacked, and bytes unpacked for one packed byte.

    The ratio counts from ``ratio_from_bytes`` on: small files of much repetition pack better than any bomb.
    """

    entries: int = 10_000
    unpacked_bytes: int = 512 * 1024 * 1024
    ratio: int = 200
    ratio_from_bytes: int = 32 * 1024 * 1024


def sniff_zip(path: Path) -> str:
    """The content type of a ZIP file. Raises DocumentDamaged, DocumentTooComplex."""
    with _opened(path, ZipLimits()) as archive:
        names = set(archive.namelist())
        types = _look(archive, "[Content_Types].xml").lower() if "[Content_Types].xml" in names else b""
        kind = next((content_type for part, content_type in _MAIN_PARTS if part in types), None)
        if kind is None:
            kind = next((content_type for name, content_type in _MAIN_NAMES if name in names), None)
        if kind is None and "mimetype" in names:
            declared = _MIMETYPE.match(_look(archive, "mimetype"))
            kind = declared[0].decode() if declared else None
        if kind is None and "META-INF/MANIFEST.MF" in names:
            kind = "application/java-archive"
        return kind or ZIP


def check_zip(path: Path, limits: ZipLimits) -> None:
    """Refuse bombs: entries that share bytes (Fifield, A better zip bomb, WOOT 2019), sizes beyond the limits.

    Raises DocumentTooComplex, DocumentEncrypted, DocumentDamaged.
    """
    with _opened(path, limits) as archive, path.open("rb") as stream:
        entries = archive.infolist()
        if any(entry.flag_bits & _ENCRYPTED for entry in entries):
            raise DocumentEncrypted()
        unpacked = sum(entry.file_size for entry in entries)
        if unpacked > limits.unpacked_bytes:
            raise DocumentTooComplex(
                f"The document unpacks to {unpacked} bytes; this server allows {limits.unpacked_bytes}"
            )
        packed = max(1, path.stat().st_size)
        if unpacked > limits.ratio_from_bytes and unpacked > limits.ratio * packed:
            raise DocumentTooComplex(
                f"The document unpacks to {unpacked // packed} times its size; this server allows {limits.ratio} times"
            )
        _check_overlaps(stream, entries, archive.start_dir)


def _check_overlaps(stream: BinaryIO, entries: list[zipfile.ZipInfo], end: int) -> None:
    free_from = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < free_from:
            raise DocumentTooComplex("The document's parts overlap, as in a zip bomb")
        stream.seek(entry.header_offset)
        header = stream.read(_LOCAL.size)
        if len(header) != _LOCAL.size or not header.startswith(_LOCAL_MAGIC):
            raise DocumentDamaged()
        *_, name_length, extra_length = _LOCAL.unpack(header)
        free_from = entry.header_offset + _LOCAL.size + name_length + extra_length + entry.compress_size
    if free_from > end:
        raise DocumentTooComplex("The document's parts overlap, as in a zip bomb")


def _opened(path: Path, limits: ZipLimits) -> zipfile.ZipFile:
    """The archive, if its directory is of a sane size: opening one loads all of it."""
    with path.open("rb") as stream:
        entries, directory_bytes = _directory_size(stream)
    if entries > limits.entries or directory_bytes > _MOST_DIRECTORY_BYTES:
        raise DocumentTooComplex(f"The document has more than {limits.entries} parts")
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, struct.error, UnicodeDecodeError, ValueError) as error:
        raise DocumentDamaged() from error
    refusal: Exception | None = None
    if len(archive.filelist) > limits.entries:
        refusal = DocumentTooComplex(f"The document has more than {limits.entries} parts")
    elif any(entry.header_offset < 0 for entry in archive.filelist):
        refusal = DocumentDamaged()
    if refusal is not None:
        archive.close()
        raise refusal
    return archive


def _directory_size(stream: BinaryIO) -> tuple[int, int]:
    """How many entries the directory has, and how many bytes. Raises DocumentDamaged where there is none."""
    size = stream.seek(0, 2)
    tail_start = max(0, size - _END.size - _LONGEST_COMMENT)
    stream.seek(tail_start)
    tail = stream.read()
    place = tail.rfind(_END_MAGIC, 0, len(tail) - _END.size + len(_END_MAGIC))
    if place < 0:
        raise DocumentDamaged("The document is cut off: its table of contents is missing")
    _, _, _, _, entries, directory_bytes, _, _ = _END.unpack_from(tail, place)
    locator_place = tail_start + place - _END64_LOCATOR.size
    if locator_place >= 0:
        stream.seek(locator_place)
        if stream.read(4) == b"PK\x06\x07":
            entries64, bytes64 = _directory_size64(stream, locator_place)
            return max(entries, entries64) if entries != 0xFFFF else entries64, max(
                bytes64, directory_bytes if directory_bytes != 0xFFFFFFFF else 0
            )
    return entries, directory_bytes


def _directory_size64(stream: BinaryIO, locator_place: int) -> tuple[int, int]:
    place = locator_place - _END64.size
    if place < 0:
        raise DocumentDamaged()
    stream.seek(place)
    record = stream.read(_END64.size)
    if not record.startswith(b"PK\x06\x06"):
        raise DocumentDamaged()
    *_, entries, directory_bytes, _ = _END64.unpack(record)
    return entries, directory_bytes


def _look(archive: zipfile.ZipFile, name: str) -> bytes:
    """The beginning of a part. Raises DocumentDamaged, DocumentEncrypted."""
    entry = archive.getinfo(name)
    if entry.flag_bits & _ENCRYPTED:
        raise DocumentEncrypted()
    try:
        with archive.open(entry) as part:
            return part.read(_LOOK_BYTES)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, ValueError, RuntimeError) as error:
        raise DocumentDamaged() from error
