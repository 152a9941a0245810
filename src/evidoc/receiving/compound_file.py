"""Microsoft compound files ([MS-CFB]): old Office documents, Outlook messages, encrypted new Office documents.

Only the directory is read, to see which streams there are.
"""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from evidoc.kernel.errors import DocumentDamaged, DocumentEncrypted
from evidoc.receiving.content_types import DOC, MSG, OLE, PPT, XLS

_HEADER_BYTES = 512
_FREE = 0xFFFFFFFA  # this and above mark ends and gaps
_ENTRY_BYTES = 128
_MOST_SECTORS = 4096
_KINDS = (
    ("WordDocument", DOC),
    ("Workbook", XLS),
    ("Book", XLS),
    ("PowerPoint Document", PPT),
    ("__properties_version1.0", MSG),
)


def sniff_compound_file(path: Path) -> str:
    """The content type by the names of the streams. Raises DocumentEncrypted, DocumentDamaged."""
    try:
        with path.open("rb") as stream:
            names = set(_stream_names(stream))
    except (struct.error, IndexError) as error:
        raise DocumentDamaged() from error
    if "EncryptedPackage" in names:
        raise DocumentEncrypted("The Office document is encrypted; save it without a password")
    return next((content_type for name, content_type in _KINDS if name in names), OLE)


def _stream_names(stream: BinaryIO) -> Iterator[str]:
    header = stream.read(_HEADER_BYTES)
    (shift,) = struct.unpack_from("<H", header, 30)
    if shift not in (9, 12):
        raise DocumentDamaged()
    size = 1 << shift
    (sector,) = struct.unpack_from("<I", header, 48)
    table = struct.unpack_from("<109I", header, 76)
    for _ in range(_MOST_SECTORS):  # a chain that bites its tail ends here
        if sector >= _FREE:
            return
        yield from _names(_sector(stream, sector, size))
        sector = _next_sector(stream, table, sector, size)


def _next_sector(stream: BinaryIO, table: tuple[int, ...], sector: int, size: int) -> int:
    """What the allocation table says of ``sector``. Tables beyond the header's 109 sectors are not followed."""
    block, place = divmod(sector, size // 4)
    if block >= len(table) or table[block] >= _FREE:
        return _FREE
    (following,) = struct.unpack_from("<I", _sector(stream, table[block], size), 4 * place)
    return int(following)


def _sector(stream: BinaryIO, number: int, size: int) -> bytes:
    stream.seek((number + 1) * size)
    return stream.read(size)


def _names(directory: bytes) -> Iterator[str]:
    for start in range(0, len(directory) - _ENTRY_BYTES + 1, _ENTRY_BYTES):
        (length,) = struct.unpack_from("<H", directory, start + 64)
        if 2 <= length <= 64:
            yield directory[start : start + length - 2].decode("utf-16-le", "replace")
