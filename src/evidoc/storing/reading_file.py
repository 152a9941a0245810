"""A reading as one file: pages one after the other, each packed by itself, and an index at the end.

So it is written page by page as the pages come, and any page of 3,000 opens without the others. The file is the
packed pages, the packed frame (all but the pages), the offset of each of them as 8 bytes, and the number of
pages as 8 bytes; numbers are little-endian, packing is zlib's quickest.
"""

import threading
import zlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from struct import Struct
from typing import overload

from evidoc.kernel.errors import ContentDamaged
from evidoc.kernel.page_codec import decode_frame, decode_page, encode_frame, encode_page
from evidoc.kernel.reading import Page, Reading
from evidoc.storing.sealed import SealedReader, SealedWriter

_NUMBER = Struct("<Q")
_QUICKEST = 1
_RECENT_PAGES = 8


class ReadingWriter:
    """Takes a reading page by page; memory does not grow with the pages but for 8 bytes each."""

    def __init__(self, file: SealedWriter) -> None:
        self._file = file
        self._offsets: list[int] = []
        self._written = 0
        self.finished = False

    def add(self, page: Page) -> None:
        """Write the next page. Raises ValueError where it is out of turn."""
        if page.index != len(self._offsets):
            raise ValueError(f"page {page.index} came where page {len(self._offsets)} was due")
        self._put(encode_page(page))

    def finish(self, frame: Reading) -> None:
        """Write all of the reading but its pages (``frame.pages`` is not looked at), and the index."""
        count = len(self._offsets)
        self._put(encode_frame(frame))
        self._file.write(b"".join(map(_NUMBER.pack, [*self._offsets, count])))
        self._file.finish()
        self.finished = True

    @property
    def page_count(self) -> int:
        """How many pages were added."""
        return len(self._offsets)

    def _put(self, data: bytes) -> None:
        packed = zlib.compress(data, _QUICKEST)
        self._offsets.append(self._written)
        self._file.write(packed)
        self._written += len(packed)


class StoredPages(Sequence[Page]):
    """The pages of a stored reading, each decoded when it is asked for. Any number of threads may ask."""

    def __init__(self, file: SealedReader) -> None:
        self._file = file
        self._count = int.from_bytes(file.read(file.size - _NUMBER.size, _NUMBER.size), "little")
        index_size = _NUMBER.size * (self._count + 1)
        index_start = file.size - _NUMBER.size - index_size
        index = file.read(index_start, index_size)
        self._bounds: list[int] = [number for (number,) in _NUMBER.iter_unpack(index)] + [index_start]
        self._recent: OrderedDict[int, Page] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> Page: ...
    @overload
    def __getitem__(self, index: slice) -> list[Page]: ...
    def __getitem__(self, index: int | slice) -> Page | list[Page]:
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(self._count))]
        if index < 0:
            index += self._count
        if not 0 <= index < self._count:
            raise IndexError("there is no such page")
        with self._lock:
            page = self._recent.pop(index, None)
        if page is None:
            page = _decoded(self.part(index))
        with self._lock:
            self._recent[index] = page
            while len(self._recent) > _RECENT_PAGES:
                self._recent.popitem(last=False)
        return page

    def part(self, number: int) -> bytes:
        """The unpacked bytes of a page, or, after the last page, of the frame."""
        start, end = self._bounds[number], self._bounds[number + 1]
        try:
            return zlib.decompress(self._file.read(start, end - start))
        except zlib.error as error:
            raise ContentDamaged() from error


def open_reading_file(file: SealedReader) -> Reading:
    """The reading that ``ReadingWriter`` wrote. Raises ContentDamaged."""
    try:
        pages = StoredPages(file)
        return replace(decode_frame(pages.part(len(pages))), pages=pages)
    except ValueError as error:
        raise ContentDamaged() from error


def _decoded(data: bytes) -> Page:
    try:
        return decode_page(data)
    except ValueError as error:
        raise ContentDamaged() from error
