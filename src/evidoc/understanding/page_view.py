"""A page as people see it: runs of words without a wide gap (segments), and which stand beside and above which.

A reader's text says what follows what; it does not say that two words of a line stand in different columns.
Segments do: a line is cut where the gap is wider than a space can be, and where a table cell ends.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

from evidoc.kernel.reading import Box, Line, Method, Page
from evidoc.understanding.tokens import Token, tokens_of

_WIDE_GAP = 0.75
"""Gap between words, in heights of the line, from which on they stand apart."""

_WIDE_LETTERS = 1.5
"""The same in widths of a letter: type of even width has wide spaces."""

_SPACE_OF_A_GAP = 0.75
"""Up to this share of a wide gap, a gap is surely a space."""

_TAB, _SPACE = "\t", " "
_REACH_ROW = 8
_REACH_COLUMN = 60
_ROW_OVERLAP = 0.45
"""Share of the lower height by which two segments must overlap to stand on one row."""


_BESIDE = 0.5
"""Share of the lesser width up to which two on one row are beside each other though they overlap."""


class Segment(NamedTuple):
    """A run of words of one line without a wide gap: characters, words, box."""

    number: int
    start: int
    end: int
    first_word: int
    end_word: int
    box: Box

    @property
    def height(self) -> float:
        """Points."""
        return self.box.y1 - self.box.y0

    @property
    def middle(self) -> float:
        """Vertical middle, points from the top."""
        return (self.box.y0 + self.box.y1) / 2


class PageView:
    """What the rules ask of a page. Segments are in text order; ``text`` is as long as the page's own.

    In ``text`` a tab stands for the space at a wide gap, so that a pattern which allows single spaces only
    never joins two columns. Words up to ``joined`` heights of their line apart are not parted.
    """

    def __init__(self, page: Page, joined: float = 0.0) -> None:
        self.page = page
        self._joined = max(joined, _WIDE_GAP)
        self.segments: list[Segment] = []
        self.text = self._cut()
        self._starts = [segment.start for segment in self.segments]
        heights = sorted(segment.height for segment in self.segments)
        self.usual_height = max(heights[len(heights) // 2], 1.0) if heights else 1.0

    def _cut(self) -> str:
        page, words = self.page, self.page.words
        cell_of = self._cells()
        breaks: list[int] = []
        for line in page.lines:
            tall = sorted(
                words.boxes[4 * i + 3] - words.boxes[4 * i + 1] for i in range(line.first_word, line.end_word)
            )
            limit = (
                max(self._joined * tall[len(tall) * 3 // 4], _WIDE_LETTERS * self._letter_width(line), 1.5)
                if tall
                else 0.0
            )
            first = line.first_word
            for index in range(line.first_word + 1, line.end_word + 1):
                if index < line.end_word:
                    gap = words.boxes[4 * index] - words.boxes[4 * index - 2]
                    # On a scan, cells are guessed from the pixels: they part no words that a space parts.
                    trusted = page.method is not Method.OCR or gap > _SPACE_OF_A_GAP * limit
                    same_cell = cell_of.get(index) == cell_of.get(index - 1)
                    if -4 * limit < gap <= limit and (same_cell or not trusted):
                        continue
                    breaks.append(words.starts[index] - 1)
                self._add(first, index)
                first = index
        text = list(page.text)
        for position in breaks:
            if text[position] == _SPACE:
                text[position] = _TAB
        return "".join(text)

    def _letter_width(self, line: Line) -> float:
        """Mean width of the letters of a line, points."""
        words = self.page.words
        each = range(line.first_word, line.end_word)
        width = sum(words.boxes[4 * i + 2] - words.boxes[4 * i] for i in each)
        return width / max(sum(words.ends[i] - words.starts[i] for i in each), 1)

    def _cells(self) -> dict[int, int]:
        """Word to the table cell that it stands in, for cells of tables only."""
        found: dict[int, int] = {}
        number = 0
        for table in self.page.tables:
            for cell in table.cells:
                number += 1
                for start, end in cell.spans:
                    for word in self.page.words.touching(start, end):
                        found[word] = number
        return found

    def _add(self, first: int, end: int) -> None:
        words = self.page.words
        boxes = words.boxes
        corners = range(4 * first, 4 * end, 4)
        box = Box(
            min(boxes[i] for i in corners),
            min(boxes[i + 1] for i in corners),
            max(boxes[i + 2] for i in corners),
            max(boxes[i + 3] for i in corners),
        )
        self.segments.append(Segment(len(self.segments), words.starts[first], words.ends[end - 1], first, end, box))

    def segment_at(self, offset: int) -> Segment:
        """The segment that holds the character at ``offset`` (or the last one before it)."""
        return self.segments[max(bisect_right(self._starts, offset) - 1, 0)]

    def text_of(self, segment: Segment) -> str:
        """What a segment says."""
        return self.page.text[segment.start : segment.end]

    @cached_property
    def tokens(self) -> list[list[Token]]:
        """For each segment its tokens."""
        return [tokens_of(self.page.text[s.start : s.end], s.start) for s in self.segments]

    @cached_property
    def _bands(self) -> dict[int, list[Segment]]:
        bands: dict[int, list[Segment]] = defaultdict(list)
        for segment in self.segments:
            for band in range(int(segment.box.y0 // self._band), int(segment.box.y1 // self._band) + 1):
                bands[band].append(segment)
        return bands

    @property
    def _band(self) -> float:
        return self.usual_height * 2

    def left_of(self, segment: Segment) -> list[Segment]:
        """Segments on the same row to the left, nearest first."""
        return self._on_row(segment, left=True)

    def right_of(self, segment: Segment) -> list[Segment]:
        """Segments on the same row to the right, nearest first."""
        return self._on_row(segment, left=False)

    def _on_row(self, segment: Segment, *, left: bool) -> list[Segment]:
        box = segment.box
        found: set[Segment] = set()
        for band in range(int(box.y0 // self._band), int(box.y1 // self._band) + 1):
            for other in self._bands.get(band, ()):
                shared = min(box.y1, other.box.y1) - max(box.y0, other.box.y0)
                if other.number == segment.number or shared < _ROW_OVERLAP * min(segment.height, other.height):
                    continue
                middle, other_middle = box.x0 + box.x1, other.box.x0 + other.box.x1
                if (other_middle < middle) == left and other_middle != middle:
                    found.add(other)
        if left:
            return sorted(found, key=lambda other: -other.box.x1)[:_REACH_ROW]
        return sorted(found, key=lambda other: other.box.x0)[:_REACH_ROW]

    def above(self, segment: Segment, reach: float = _REACH_COLUMN) -> Iterator[Segment]:
        """Segments above that share the column, nearest first, up to ``reach`` usual heights away."""
        band = int(segment.box.y0 // self._band)
        last = int(max(segment.box.y0 - reach * self.usual_height, 0) // self._band)
        yield from self._in_column(segment, range(band, last - 1, -1), up=True)

    def below(self, segment: Segment, reach: float = _REACH_COLUMN) -> Iterator[Segment]:
        """Segments below that share the column, nearest first, up to ``reach`` usual heights away."""
        band = int(segment.box.y1 // self._band)
        last = int((segment.box.y1 + reach * self.usual_height) // self._band)
        yield from self._in_column(segment, range(band, last + 1), up=False)

    def _in_column(self, segment: Segment, bands: Iterable[int], *, up: bool) -> Iterator[Segment]:
        """Band by band: what is seen in a band that touches a farther one waits until that is reached."""
        box = segment.box
        seen = {segment.number}
        for band in bands:
            here: list[Segment] = []
            for other in self._bands.get(band, ()):
                if other.number in seen or min(box.x1, other.box.x1) <= max(box.x0, other.box.x0):
                    continue
                beyond = (
                    other.middle < box.y0 + 0.3 * segment.height if up else other.middle > box.y1 - 0.3 * segment.height
                )
                if beyond and not _touches_beside(box, other.box):
                    here.append(other)
                    seen.add(other.number)
            yield from sorted(here, key=lambda other: abs(other.middle - segment.middle))


def _touches_beside(one: Box, other: Box) -> bool:
    """Whether two stand on one row, the end of one a little over the start of the other."""
    wide, tall = min(one.x1, other.x1) - max(one.x0, other.x0), min(one.y1, other.y1) - max(one.y0, other.y0)
    return tall >= _ROW_OVERLAP * min(one.y1 - one.y0, other.y1 - other.y0) and wide < _BESIDE * min(
        one.x1 - one.x0, other.x1 - other.x0
    )
