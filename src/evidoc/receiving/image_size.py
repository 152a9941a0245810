"""How many pixels an image claims to have, from its header alone; nothing is unpacked.

What a header does not tell is None: the reader, which runs confined, has the last word.
"""

import struct
from collections.abc import Iterator
from os import SEEK_CUR, SEEK_END, SEEK_SET
from pathlib import Path
from typing import BinaryIO

from evidoc.receiving.content_types import JPEG, PNG, TIFF, WEBP

_LEAD = 0xFF
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD9)})
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_MOST_SEGMENTS = 10_000
_MOST_ENTRIES = 512
_TIFF_NUMBERS = {1: "B", 3: "H", 4: "I", 16: "Q"}
_WIDTH, _HEIGHT = 256, 257


def image_sizes(path: Path, content_type: str, most_pages: int) -> Iterator[tuple[int, int]]:
    """Width and height of each page of an image, in pixels; at most one page more than ``most_pages``."""
    with path.open("rb") as stream:
        try:
            if content_type == TIFF:
                yield from _tiff_sizes(stream, most_pages + 1)
            else:
                size = _ONE_PAGE[content_type](stream) if content_type in _ONE_PAGE else None
                if size is not None:
                    yield size
        except (struct.error, ValueError, OSError):
            return


def _png_size(stream: BinaryIO) -> tuple[int, int] | None:
    header = stream.read(24)
    if header[12:16] != b"IHDR":
        return None
    width, height = struct.unpack_from(">II", header, 16)
    return width, height


def _jpeg_size(stream: BinaryIO) -> tuple[int, int] | None:
    stream.seek(2)
    for _ in range(_MOST_SEGMENTS):
        lead, marker = stream.read(2)
        if lead != _LEAD:
            return None
        if marker == _LEAD:  # markers may be padded with more of the same
            stream.seek(-1, SEEK_CUR)
            continue
        if marker in _STANDALONE:
            continue
        (length,) = struct.unpack(">H", stream.read(2))
        if marker in _FRAMES:
            height, width = struct.unpack(">xHH", stream.read(5))
            return width, height
        stream.seek(length - 2, SEEK_CUR)
    return None


def _webp_size(stream: BinaryIO) -> tuple[int, int] | None:
    header = stream.read(30)
    kind = header[12:16]
    if kind == b"VP8X":
        return 1 + int.from_bytes(header[24:27], "little"), 1 + int.from_bytes(header[27:30], "little")
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", header, 21)
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", header, 26)
        return width & 0x3FFF, height & 0x3FFF
    return None


def _tiff_sizes(stream: BinaryIO, most: int) -> Iterator[tuple[int, int]]:
    end = stream.seek(0, SEEK_END)
    stream.seek(0, SEEK_SET)
    head = stream.read(16)
    order = "<" if head[:2] == b"II" else ">"
    (version,) = struct.unpack_from(order + "H", head, 2)
    big = version == 43
    (place,) = struct.unpack_from(order + "Q", head, 8) if big else struct.unpack_from(order + "I", head, 4)
    seen: set[int] = set()
    while 0 < place < end and place not in seen and len(seen) < most:
        seen.add(place)
        numbers, place = _tiff_directory(stream, order, place, big=big)
        if _WIDTH in numbers and _HEIGHT in numbers:
            yield numbers[_WIDTH], numbers[_HEIGHT]


def _tiff_directory(stream: BinaryIO, order: str, place: int, *, big: bool) -> tuple[dict[int, int], int]:
    """The width and height among a directory's entries, and where the next directory is."""
    stream.seek(place)
    entry_format, entry_size, value_at = ("HHQ", 20, 12) if big else ("HHI", 12, 8)
    (count,) = struct.unpack(order + ("Q" if big else "H"), stream.read(8 if big else 2))
    first = stream.tell()
    entries = stream.read(min(count, _MOST_ENTRIES) * entry_size)  # sorted by tag: the sizes come first
    numbers = {}
    for start in range(0, len(entries) - entry_size + 1, entry_size):
        tag, kind, _ = struct.unpack_from(order + entry_format, entries, start)
        if tag in (_WIDTH, _HEIGHT) and kind in _TIFF_NUMBERS:
            (numbers[tag],) = struct.unpack_from(order + _TIFF_NUMBERS[kind], entries, start + value_at)
    stream.seek(first + count * entry_size)
    (following,) = struct.unpack(order + ("Q" if big else "I"), stream.read(8 if big else 4))
    return numbers, following


_ONE_PAGE = {PNG: _png_size, JPEG: _jpeg_size, WEBP: _webp_size}
