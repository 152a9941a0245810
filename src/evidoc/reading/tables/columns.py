"""Columns from white space: strips that no line of a table's body writes in.

After the observation behind T-Recs (Kieninger 1998) and Nurminen's text edges: a gap means nothing on one line, and a
lot when it stands at the same place on all.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from evidoc.reading.tables.ink import Corners, Ink, Level, Piece

USUAL_GAP = 1.8
"""Spaces: a strip's gap must be this wide on the line in the middle, or it may be ordinary spaces."""

NARROWEST = 0.3
"""Characters: the least width of a strip where the lines come closest."""


@dataclass(slots=True)
class Column:
    """A column: how far its content reaches on the lines that it was found by."""

    x0: float
    x1: float


@dataclass(slots=True)
class Segment:
    """Words of one level that stand in columns ``[column, end_column)``."""

    words: list[int]
    column: int
    end_column: int
    x0: float
    x1: float
    y0: float
    y1: float

    @property
    def middle(self) -> float:
        """The height that it stands at."""
        return (self.y0 + self.y1) / 2

    def copy(self) -> "Segment":
        """The same, to be changed."""
        return Segment(list(self.words), self.column, self.end_column, self.x0, self.x1, self.y0, self.y1)

    def take(self, other: "Segment") -> None:
        """Add the text of another segment; the columns stay."""
        self.words += other.words
        self.x0, self.x1 = min(self.x0, other.x0), max(self.x1, other.x1)
        self.y0, self.y1 = min(self.y0, other.y0), max(self.y1, other.y1)

    def holds(self, other: "Segment") -> bool:
        """Whether ``other`` stands in columns of this one only."""
        return self.column <= other.column and other.end_column <= self.end_column


def core_of(levels: Sequence[Level]) -> list[Level]:
    """The levels that columns show on: those with at least half as many pieces as the fullest ones."""
    counts = sorted(len(level.pieces) for level in levels if len(level.pieces) > 1)
    full = counts[-max(2, len(counts) // 8)] if len(counts) > 1 else 0
    return [level for level in levels if len(level.pieces) >= max(2, 0.5 * full)]


def columns_of(core: Sequence[Level], ink: Ink, walls: Sequence[float] = ()) -> list[Column]:
    """The columns that ``core`` shows. ``walls`` are the x of drawn lines, which part columns in any case."""
    if not core:
        return []
    rows = [sorted(ink.boxes[word] for piece in level.pieces for word in piece.words) for level in core]
    strips = _parting(_strips(rows, ink), rows, ink)
    left, right = min(row[0][0] for row in rows), max(box[2] for row in rows for box in row)
    cuts = sorted({(a + b) / 2 for a, b in strips if not any(a - 1 < wall < b + 1 for wall in walls)} | set(walls))
    bounds = [cut for cut in cuts if left < cut < right]
    reach: list[Column | None] = [None] * (len(bounds) + 1)
    for box in (box for row in rows for box in row):
        home = bisect_left(bounds, box[0])
        column = reach[home]
        if home < len(bounds) and box[2] > bounds[home]:
            continue
        if column is None:
            reach[home] = Column(box[0], box[2])
        else:
            column.x0, column.x1 = min(column.x0, box[0]), max(column.x1, box[2])
    return [column for column in reach if column is not None]


def _strips(rows: Sequence[Sequence[Corners]], ink: Ink) -> list[tuple[float, float]]:
    """Where all rows but a few are blank: intervals between the outermost words."""
    allowed = len(rows) // 10
    turns: list[tuple[float, int]] = []
    for row in rows:
        start, end = row[0][0], row[0][2]
        for x0, _, x1, _ in row:
            if x0 > end + NARROWEST * ink.character:
                turns += [(start, 1), (end, -1)]
                start, end = x0, x1
            else:
                end = max(end, x1)
        turns += [(start, 1), (end, -1)]
    turns.sort()
    strips = []
    inked, blank_from = 0, None
    for x, change in turns:
        inked += change
        if blank_from is None and change < 0 and inked <= allowed:
            blank_from = x
        elif blank_from is not None and inked > allowed:
            if x - blank_from >= NARROWEST * ink.character:
                strips.append((blank_from, x))
            blank_from = None
    return strips


def _parting(
    strips: Sequence[tuple[float, float]], rows: Sequence[Sequence[Corners]], ink: Ink
) -> list[tuple[float, float]]:
    """The strips whose gap is wider than ordinary spaces, on most of the rows that write right beside them."""
    parting: list[tuple[float, float]] = []
    for index, (left, right) in enumerate(strips):
        from_x = parting[-1][1] if parting else float("-inf")
        to_x = strips[index + 1][0] if index + 1 < len(strips) else float("inf")
        gaps = []
        for row in rows:
            place = bisect_left(row, right - 0.01, key=lambda box: box[0])
            if 0 < place < len(row) and row[place][0] < to_x:
                end = max(box[2] for box in row[max(0, place - 3) : place])
                if from_x < end < row[place][0]:
                    gaps.append(row[place][0] - end)
        if (median(gaps) if gaps else right - left) >= USUAL_GAP * ink.space:
            parting.append((left, right))
    return parting


def boundaries(columns: Sequence[Column]) -> list[float]:
    """Where one column ends and the next begins, in the middle of the white space."""
    return [(one.x1 + other.x0) / 2 for one, other in pairwise(columns)]


def segments_of(level: Level, columns: Sequence[Column], ink: Ink, *, loose: bool) -> list[Segment]:
    """The words of ``level`` by columns. On a ``loose`` level (a header, a heading between rows) a text may stand
    across columns, and only a gap wider than a space parts two; elsewhere the columns' own gaps part it.
    """
    cuts = boundaries(columns)
    segments: list[Segment] = []
    for piece in level.pieces:
        for run in _homeward(piece, cuts, ink) if loose else _at_cuts(piece, cuts, ink):
            _place(segments, run, columns, cuts, ink, loose)
    return segments


def _at_cuts(piece: Piece, cuts: Sequence[float], ink: Ink) -> Iterator[list[int]]:
    """The words of a piece, parted where the gap between two holds a boundary."""
    run = piece.words[:1]
    for word in piece.words[1:]:
        a, b = ink.boxes[run[-1]][2], ink.boxes[word][0]
        if b - a >= NARROWEST * ink.character and bisect_right(cuts, b) > bisect_left(cuts, a):
            yield run
            run = []
        run.append(word)
    yield run


def _homeward(piece: Piece, cuts: Sequence[float], ink: Ink) -> Iterator[list[int]]:
    """The words of a piece, parted where two stand in different columns and the gap is too wide for a space."""
    homes = [bisect_left(cuts, (ink.boxes[word][0] + ink.boxes[word][2]) / 2) for word in piece.words]
    alone = len(homes) > 2 and len(set(homes)) == len(homes)
    widest_space = 0.0 if alone else _widest_space(piece, ink)
    run = piece.words[:1]
    for (left, word), (home, next_home) in zip(pairwise(piece.words), pairwise(homes), strict=True):
        if home != next_home and ink.boxes[word][0] - ink.boxes[left][2] >= widest_space:
            yield run
            run = []
        run.append(word)
    yield run


def _widest_space(piece: Piece, ink: Ink) -> float:
    """How wide a gap may be and still be a space: less where the other gaps of the piece are narrower."""
    gaps = sorted(ink.boxes[b][0] - ink.boxes[a][2] for a, b in pairwise(piece.words))
    usual = 1.25 * ink.character
    if not 2 <= len(gaps) <= 8:
        return usual
    return min(usual, 1.35 * max(gaps[(len(gaps) - 1) // 2], ink.space))


def _place(
    segments: list[Segment], words: list[int], columns: Sequence[Column], cuts: Sequence[float], ink: Ink, loose: bool
) -> None:
    """Add a run of words to the columns that it stands in, to the right of what is there already."""
    x0, y0, x1, y1 = ink.boxes[words[0]]
    for word in words[1:]:
        _, top, right, bottom = ink.boxes[word]
        x1, y0, y1 = max(x1, right), min(y0, top), max(y1, bottom)
    first, last = bisect_left(cuts, x0), bisect_right(cuts, x1)
    if first < last:
        near = range(first, last + 1)
        shared = [min(x1, columns[index].x1) - max(x0, columns[index].x0) for index in near]
        enough = 0.3 if loose else 0.6
        best = first + max(range(len(shared)), key=shared.__getitem__)
        reached = [
            index
            for index, reach in zip(near, shared, strict=True)
            if reach > max(enough * min(columns[index].x1 - columns[index].x0, x1 - x0), ink.character)
        ]
        first, last = min([best, *reached]), max([best, *reached])
    if segments and first < segments[-1].end_column:
        before = segments[-1]
        if before.end_column - before.column > 1 and before.end_column - 1 >= first > before.column:
            before.end_column = first
        elif last >= before.end_column:
            first = before.end_column
        else:
            before.words += words
            before.x1, before.y0, before.y1 = max(x1, before.x1), min(y0, before.y0), max(y1, before.y1)
            return
    segments.append(Segment(words, first, last + 1, x0, x1, y0, y1))
