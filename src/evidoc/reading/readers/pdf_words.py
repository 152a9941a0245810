"""The words of one PDF page, with where they stand, from PDFium's text page.

PDFium gives characters in the order of the content stream, with the spaces that the layout implies. Boxes
are the loose ones: as high as the font, as wide as the advance, so words of one line are equally high.
Asking for the first and the last character of a word, not for each, halves the time of reading a page.
"""

from collections import deque
from collections.abc import Set
from dataclasses import dataclass
from functools import cache
from itertools import repeat
from typing import Any

import numpy as np
import numpy.typing as npt

from evidoc.kernel.errors import DocumentTooComplex
from evidoc.reading.readers.pdf_geometry import PageGeometry
from evidoc.reading.readers.pdf_library import Pdfium

Floats = npt.NDArray[np.float32]

_PLAIN, _BREAK, _HYPHEN, _GARBAGE, _CONTROL, _SPECIAL = range(6)
_BREAKS = (*range(0x09, 0x0E), 0x20, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000)
_DROPPED = (0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2060, 0x2065), 0xFEFF)
_LINE_END_HYPHENS = (0x0002, 0xFFFE)
_SOFT_HYPHEN = 0x00AD
_LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st"}
_INVISIBLE = 3
_SMALLEST = 0.5
_OVERPRINT_CELL = 2.0


@dataclass(slots=True)
class PageWords:
    """Words in the order of the content stream; ``boxes`` (n, 4) and ``turns`` (n) as the page is shown.

    A turn counts clockwise quarters: 0 for words that run to the right. ``invisible`` marks
    words that are not painted or painted over; ``garbage`` is the share of characters whose meaning the file
    does not tell.
    """

    texts: list[str]
    boxes: Floats
    turns: npt.NDArray[np.int8]
    invisible: npt.NDArray[np.bool_]
    garbage: float = 0.0


def read_words(
    pdfium: Pdfium, page: int, geometry: PageGeometry, most_chars: int, covered: Set[int] = frozenset()
) -> PageWords:
    """All words that lie on the shown page, invisible ones included. Raises DocumentTooComplex.

    The text objects in ``covered`` are known to lie below something.
    """
    text_page = pdfium.FPDFText_LoadPage(page)
    if not text_page:
        return _no_words()
    try:
        count = pdfium.FPDFText_CountChars(text_page)
        if count > most_chars:
            raise DocumentTooComplex(f"A page has {count} characters; this server allows {most_chars}")
        if count <= 0:
            return _no_words()
        return _TextPage(pdfium, text_page, count, geometry).words(covered)
    finally:
        pdfium.FPDFText_ClosePage(text_page)


class _TextPage:
    """One open text page."""

    def __init__(self, pdfium: Pdfium, handle: int, count: int, geometry: PageGeometry) -> None:
        self._pdfium = pdfium
        self._handle = handle
        self._geometry = geometry
        self._codes = self._read_codes(count)
        self._classes = _class_table()[np.minimum(self._codes, 0xFFFF)]

    def words(self, covered: Set[int]) -> PageWords:
        starts, ends = self._cut()
        if not len(starts):
            return _no_words()
        first = self._boxes_of(starts)
        last = self._boxes_of(ends - 1)
        starts, ends, first, last = self._cut_apart(starts, ends, first, last)
        boxes = np.hstack((np.minimum(first[:, :2], last[:, :2]), np.maximum(first[:, 2:], last[:, 2:])))
        turns = self._turns(starts, ends, first, last)
        texts = self._texts(starts, ends)
        kept = self._on_page(boxes) & np.fromiter(map(bool, texts), np.bool_, len(texts))
        modes = self._invisible(starts, covered)
        if not kept.all():
            texts = [text for text, keep in zip(texts, kept, strict=True) if keep]
            boxes, turns, modes = boxes[kept], turns[kept], modes[kept]
        visible = int(np.count_nonzero(self._classes != _BREAK))
        without_meaning = (self._classes == _GARBAGE) | (self._classes == _CONTROL)
        garbage = int(np.count_nonzero(without_meaning)) / max(visible, 1)
        return PageWords(texts, boxes, turns, modes, garbage)

    def _read_codes(self, count: int) -> npt.NDArray[np.uint32]:
        """Code points by character index. The quick way holds where every character is one UTF-16 unit."""
        buffer = np.zeros(count + 1, np.uint16)
        written = self._pdfium.FPDFText_GetText(self._handle, 0, count, buffer.ctypes.data)
        units: npt.NDArray[np.uint32] = buffer[:count].astype(np.uint32)
        if written == count + 1 and not ((units >= 0xD800) & (units < 0xE000)).any():
            return units
        codes = np.fromiter(map(self._pdfium.FPDFText_GetUnicode, repeat(self._handle), range(count)), np.uint32, count)
        return _join_surrogates(codes)

    def _cut(self) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        """Where words start and end: at white space, and after the hyphen that ends a line."""
        solid = self._classes != _BREAK
        after_gap = np.ones(len(solid), np.bool_)
        after_gap[1:] = ~solid[:-1] | (self._classes[:-1] == _HYPHEN)
        before_gap = np.ones(len(solid), np.bool_)
        before_gap[:-1] = after_gap[1:] | ~solid[1:]
        return np.flatnonzero(solid & after_gap), np.flatnonzero(solid & before_gap) + 1

    def _boxes_of(self, indexes: npt.NDArray[np.intp]) -> Floats:
        """Boxes of single characters as shown."""
        corners = np.zeros((len(indexes), 4), np.float32)
        base = corners.ctypes.data
        addresses = range(base, base + 16 * len(indexes), 16)
        _exhaust(map(self._pdfium.FPDFText_GetLooseCharBox, repeat(self._handle), indexes.tolist(), addresses))
        return self._geometry.shown(corners)

    def _cut_apart(self, starts: Any, ends: Any, first: Floats, last: Floats) -> Any:
        """Cut words again whose characters stand apart, which PDFium joins now and then."""
        lengths = ends - starts
        height = np.maximum(first[:, 3] - first[:, 1], last[:, 3] - last[:, 1])
        width = last[:, 2] - first[:, 0]
        level = np.abs(first[:, 1] + first[:, 3] - last[:, 1] - last[:, 3]) < height
        odd = np.flatnonzero((lengths > 1) & ~(level & (width > 0) & (width < height * lengths)))
        if not len(odd):
            return starts, ends, first, last
        new_starts, new_ends, changed = starts.tolist(), ends.tolist(), False
        for number in odd[::-1].tolist():
            start, end = new_starts[number], new_ends[number]
            boxes = self._boxes_of(np.arange(start, end))
            cuts = (np.flatnonzero(_apart(boxes)) + start + 1).tolist()
            if cuts:
                changed = True
                new_starts[number : number + 1] = [start, *cuts]
                new_ends[number : number + 1] = [*cuts, end]
        if not changed:
            return starts, ends, first, last
        starts, ends = np.array(new_starts), np.array(new_ends)
        return starts, ends, self._boxes_of(starts), self._boxes_of(ends - 1)

    def _turns(self, starts: Any, ends: Any, first: Floats, last: Floats) -> npt.NDArray[np.int8]:
        """The reading direction of each word. Only where some word does not run to the right is any angle asked."""
        turns = np.zeros(len(starts), np.int8)
        forward = (last[:, 0] + last[:, 2]) - (first[:, 0] + first[:, 2])
        downward = np.abs((last[:, 1] + last[:, 3]) - (first[:, 1] + first[:, 3]))
        several = ends - starts > 1
        if not (several & (forward <= downward)).any():
            return turns
        asked = np.flatnonzero(~several | (forward <= downward))
        for number in asked.tolist():
            angle = self._pdfium.FPDFText_GetCharAngle(self._handle, int(starts[number]))
            # PDFium's angle is clockwise, in the page's own space.
            turns[number] = (self._geometry.quarters + round(max(angle, 0.0) / (np.pi / 2))) % 4
        return turns

    def _texts(self, starts: Any, ends: Any) -> list[str]:
        text = self._codes.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")
        texts = [text[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
        special = np.flatnonzero((self._classes != _PLAIN) & (self._classes != _BREAK))
        if len(special):
            touched = np.unique(np.searchsorted(starts, special, "right") - 1)
            for number in touched[touched >= 0].tolist():
                texts[number] = texts[number].translate(_substitutes())
        return texts

    def _on_page(self, boxes: Floats) -> npt.NDArray[np.bool_]:
        across = (boxes[:, 0] + boxes[:, 2]) / 2
        down = (boxes[:, 1] + boxes[:, 3]) / 2
        inside = (across >= 0) & (across <= self._geometry.width) & (down >= 0) & (down <= self._geometry.height)
        large = np.maximum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]) >= _SMALLEST
        result: npt.NDArray[np.bool_] = inside & large
        return result

    def _invisible(self, starts: Any, covered: Set[int]) -> npt.NDArray[np.bool_]:
        objects = list(map(self._pdfium.FPDFText_GetTextObject, repeat(self._handle), starts.tolist()))
        mode_of = self._pdfium.FPDFTextObj_GetTextRenderMode
        hidden = {handle for handle in set(objects) if handle and mode_of(handle) == _INVISIBLE}
        hidden |= covered
        if not hidden:
            return np.zeros(len(starts), np.bool_)
        return np.fromiter((handle in hidden for handle in objects), np.bool_, len(starts))


def keep_words(words: PageWords, kept: npt.NDArray[np.bool_]) -> PageWords:
    """Only the words for which ``kept`` holds."""
    texts = [text for text, keep in zip(words.texts, kept, strict=True) if keep]
    return PageWords(texts, words.boxes[kept], words.turns[kept], words.invisible[kept], words.garbage)


def without_overprints(words: PageWords) -> PageWords:
    """Drop words that are drawn over themselves, as a bold or a shadow for want of a font."""
    kept = np.ones(len(words.texts), np.bool_)
    # Two grids, half a cell apart, so that no border between cells hides a pair.
    for shift in (0.0, _OVERPRINT_CELL / 2):
        cells = np.floor((words.boxes[:, :2] + shift) / _OVERPRINT_CELL).astype(np.int64)
        keys = cells[:, 0] * (1 << 24) + cells[:, 1]
        order = np.argsort(keys, kind="stable")
        same = keys[order[1:]] == keys[order[:-1]]
        for before, after in zip(order[:-1][same].tolist(), order[1:][same].tolist(), strict=True):
            if words.texts[before] == words.texts[after]:
                kept[after] = False
    return words if kept.all() else keep_words(words, kept)


def _no_words() -> PageWords:
    return PageWords([], np.zeros((0, 4), np.float32), np.zeros(0, np.int8), np.zeros(0, np.bool_))


def _apart(boxes: Floats) -> npt.NDArray[np.bool_]:
    """Whether each character stands apart from the one before it."""
    before, after = boxes[:-1], boxes[1:]
    gap = np.maximum(after[:, :2] - before[:, 2:], before[:, :2] - after[:, 2:]).max(axis=1)
    sides = np.maximum(before[:, 2:] - before[:, :2], after[:, 2:] - after[:, :2]).max(axis=1)
    result: npt.NDArray[np.bool_] = gap > 0.4 * sides
    return result


def _join_surrogates(codes: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    high = (codes >= 0xD800) & (codes < 0xDC00)
    low = (codes >= 0xDC00) & (codes < 0xE000)
    pairs = np.flatnonzero(high[:-1] & low[1:])
    joined = codes.copy()
    joined[high | low] = 0xFFFD
    joined[pairs] = 0x10000 + ((codes[pairs] - 0xD800) << 10) + (codes[pairs + 1] - 0xDC00)
    joined[pairs + 1] = 0x2060
    joined[joined > 0x10FFFF] = 0xFFFD
    return joined


@cache
def _class_table() -> npt.NDArray[np.uint8]:
    table = np.zeros(0x10000, np.uint8)
    table[:0x20] = _CONTROL
    table[0x7F:0xA0] = _SPECIAL
    table[0] = _GARBAGE
    table[0xE000:0xF900] = _GARBAGE
    table[0xFFFD] = _GARBAGE
    table[0xFFFF] = _GARBAGE
    table[list(_BREAKS)] = _BREAK
    table[[*_DROPPED, *_LIGATURES, _SOFT_HYPHEN]] = _SPECIAL
    table[list(_LINE_END_HYPHENS)] = _HYPHEN
    # Beyond the basic plane everything is looked up at the last entry.
    table[0xFFFF] = _PLAIN
    return table


@cache
def _substitutes() -> dict[int, str | None]:
    """What stands for characters that no text should hold. Codes 0x80 to 0x9F are mostly Windows-1252."""
    table: dict[int, str | None] = dict.fromkeys(range(0x20))
    for code in range(0x80, 0xA0):
        table[code] = bytes([code]).decode("cp1252", "ignore") or None
    table |= dict.fromkeys(_DROPPED) | {0x7F: None, 0: "\ufffd", 0xFFFF: "\ufffd"}
    table |= dict.fromkeys((*_LINE_END_HYPHENS, _SOFT_HYPHEN), "-")
    return table | _LIGATURES


def _exhaust(calls: "map[Any]") -> None:
    deque(calls, maxlen=0)
