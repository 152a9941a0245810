"""A mixed page: what is born-digital stays as it is, and OCR adds what only stands in pictures."""

from bisect import bisect_left, bisect_right
from dataclasses import replace

from evidoc.kernel.reading import Box, Cell, Line, Method, Page, Span, Table, Word, Words, union

_COVERED = 0.3
_SAME_LINE = 0.5

_Line = list[tuple[str, Box, int]]
"""Words of one line: what each says, where, and its number on the born-digital page (-1: from OCR)."""


def merge(born_digital: Page, ocr_page: Page) -> Page:
    """The born-digital page with the OCR words added that stand where it has none.

    Both must be in one frame. Born-digital lines keep their order; an OCR line that stands beside one carries
    it on, any other goes below the nearest line above it.
    """
    kept = _Occupied(born_digital.words)
    lines: list[_Line] = [
        [(born_digital.text[start:end], box, first + number) for number, (start, end, box) in enumerate(words)]
        for first, end_word in born_digital.lines
        for words in (born_digital.words[first:end_word],)
    ]
    added = 0
    for line in ocr_page.lines:
        words = ocr_page.words[line.first_word : line.end_word]
        new: _Line = [(ocr_page.text[start:end], box, -1) for start, end, box in words if not kept.covers(box)]
        if new:
            added += len(new)
            _insert(lines, new)
    if not added:
        return born_digital
    return _rebuilt(born_digital, ocr_page, lines, added)


class _Occupied:
    """Where born-digital words stand, sorted by their top so that a look-up touches few of them."""

    def __init__(self, words: Words) -> None:
        self._boxes = sorted((word.box for word in words), key=lambda box: box.y0)
        self._tops = [box.y0 for box in self._boxes]
        self._tallest = max((box.height for box in self._boxes), default=0.0)

    def covers(self, box: Box) -> bool:
        """Whether a good part of ``box`` is taken."""
        first = bisect_left(self._tops, box.y0 - self._tallest)
        near = self._boxes[first : bisect_right(self._tops, box.y1)]
        return sum(_shared(box, other) for other in near) > _COVERED * max(box.width * box.height, 1e-6)


def _shared(one: Box, other: Box) -> float:
    wide = min(one.x1, other.x1) - max(one.x0, other.x0)
    high = min(one.y1, other.y1) - max(one.y0, other.y0)
    return max(wide, 0.0) * max(high, 0.0)


def _insert(lines: list[_Line], new: _Line) -> None:
    """Put an OCR line where it belongs among ``lines``."""
    box = union([word[1] for word in new])
    after, after_bottom = -1, float("-inf")
    for number, line in enumerate(lines):
        other = union([word[1] for word in line])
        overlap = min(box.y1, other.y1) - max(box.y0, other.y0)
        if overlap >= _SAME_LINE * min(box.height, other.height) and not _stacked(box, line):
            line.extend(new)
            line.sort(key=lambda word: word[1].x0)
            return
        middle = (other.y0 + other.y1) / 2
        if after_bottom <= middle <= (box.y0 + box.y1) / 2:
            after, after_bottom = number, middle
    lines.insert(after + 1, new)


def _stacked(box: Box, line: _Line) -> bool:
    """Whether the line has a word above or below ``box`` rather than beside it."""
    return any(word[1].x0 < box.x1 and box.x0 < word[1].x1 for word in line)


def _rebuilt(born_digital: Page, ocr_page: Page, lines: list[_Line], added: int) -> Page:
    words: list[Word] = []
    spans: list[Line] = []
    start_of: dict[int, int] = {}
    text = ""
    for line in lines:
        first = len(words)
        text += "\n" if text else ""
        for position, (word, box, number) in enumerate(line):
            text += " " if position else ""
            start_of[number] = len(text)
            words.append(Word(len(text), len(text) + len(word), box))
            text += word
        spans.append(Line(first, len(words)))
    total = len(words)
    return replace(
        born_digital,
        text=text,
        words=Words.of(words),
        lines=tuple(spans),
        method=Method.MIXED,
        tables=tuple(_moved_table(table, born_digital.words, start_of) for table in born_digital.tables),
        quality=(born_digital.quality * (total - added) + ocr_page.quality * added) / total,
        dpi=ocr_page.dpi,
        faults=born_digital.faults + tuple(fault for fault in ocr_page.faults if fault not in born_digital.faults),
    )


def _moved_table(table: Table, words: Words, start_of: dict[int, int]) -> Table:
    return replace(table, cells=tuple(_moved_cell(cell, words, start_of) for cell in table.cells))


def _moved_cell(cell: Cell, words: Words, start_of: dict[int, int]) -> Cell:
    """The cell with the spans that its words have in the new text; OCR words that came between part a span."""
    spans: list[Span] = []
    for span in cell.spans:
        for number in words.touching(*span):
            start, end, _ = words[number]
            begin = start_of[number] + max(span.start - start, 0)
            stop = start_of[number] + min(span.end, end) - start
            if spans and spans[-1].end + 1 == begin and number > words.touching(*span).start:
                spans[-1] = Span(spans[-1].start, stop)
            else:
                spans.append(Span(begin, stop))
    return replace(cell, spans=tuple(spans))
