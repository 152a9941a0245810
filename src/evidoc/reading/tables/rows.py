"""Levels to rows: which printed lines are one row of a table's body.

A row is anchored by a line that fills the columns of figures. A line that does not is more of the row above
(a wrapped description), more of the row below (figures on the last line of a wrapped label), or a heading of
its own between rows; distance, wrapping and indentation tell which.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from evidoc.reading.tables.columns import Column, Segment
from evidoc.reading.tables.ink import Ink, Level

EVEN = 1.25
"""Distances that differ by less than this factor are the same distance."""


@dataclass(slots=True)
class Line:
    """A level of a table, by columns."""

    level: Level
    segments: list[Segment]
    figures: frozenset[int]

    @property
    def filled(self) -> int:
        """How many texts it has."""
        return len(self.segments)


def figure_columns(lines: Sequence[Line], columns: int) -> frozenset[int]:
    """The columns that hold figures on most of the lines that say anything there (at least two)."""
    said, figures = [0] * columns, [0] * columns
    for line in lines:
        for column in {column for s in line.segments for column in range(s.column, s.end_column)}:
            said[column] += 1
        for column in line.figures:
            figures[column] += 1
    return frozenset(column for column in range(columns) if figures[column] and figures[column] >= 0.6 * said[column])


def rows_are_drawn(parts: Sequence[Sequence[Line]], keys: frozenset[int]) -> bool:
    """Whether the parts that drawn lines make of a body are its rows: several, and hardly any with two lines of
    figures.
    """
    crowded = sum(sum(len(line.figures & keys) > 0.5 * len(keys) for line in part) > 1 for part in parts)
    return len(parts) > 2 and (not keys or crowded <= 0.1 * len(parts))


def rows_of(lines: Sequence[Line], keys: frozenset[int], columns: Sequence[Column], ink: Ink) -> list[list[Line]]:
    """The lines of a body, or of a part of it between two drawn lines, in rows."""
    if not lines:
        return []
    if not keys:
        return _by_distance(lines)
    edges = _right_edges(lines, columns)
    anchors = [index for index, line in enumerate(lines) if _anchors(line, keys, len(columns))]
    if not anchors:
        return _by_distance(lines)
    rows: list[list[Line]] = []
    before = _Between(lines[: anchors[0]], None, lines[anchors[0]], edges, ink)
    carried = before.settle(rows)
    for this, following in pairwise([*anchors, len(lines)]):
        rows.append([*carried, lines[this]])
        after = lines[following] if following < len(lines) else None
        carried = _Between(lines[this + 1 : following], lines[this], after, edges, ink).settle(rows)
    if carried:
        rows.append(carried)
    return rows


def _anchors(line: Line, keys: frozenset[int], columns: int) -> bool:
    return len(line.figures & keys) >= max(1, 0.3 * len(keys)) or (line.filled >= 3 and line.filled >= 0.75 * columns)


def with_halves_joined(lines: Sequence[Line], keys: frozenset[int]) -> Sequence[Line]:
    """Where lines come in pairs that never fill the same columns of figures, cells are set to different heights:
    each pair is made one line.
    """
    keys = keys - {0}
    holders = [index for index, line in enumerate(lines) if line.figures & keys]
    upper, lower = holders[::2], holders[1::2]
    if len(holders) < 4 or len(upper) != len(lower) or any(b != a + 1 for a, b in zip(upper, lower, strict=True)):
        return lines
    if any(lines[a].figures & lines[b].figures & keys for a in upper for b in lower):
        return lines
    joined: list[Line] = []
    for index, line in enumerate(lines):
        if index in lower:
            above = joined.pop()
            level = Level(above.level.pieces + line.level.pieces)
            line = Line(level, above.segments + line.segments, above.figures | line.figures)
        joined.append(line)
    return joined


def _by_distance(lines: Sequence[Line]) -> list[list[Line]]:
    """Rows of a table of words: by the wider gaps where there are any, else by the first column."""
    gaps = [below.level.middle - above.level.middle for above, below in pairwise(lines)]
    rows = [[lines[0]]]
    if not gaps:
        return rows
    least = sorted(gaps)[len(gaps) // 4]
    uneven = max(gaps) > 1.4 * least
    for gap, line in zip(gaps, lines[1:], strict=True):
        starts = gap > EVEN * least if uneven else line.segments[0].column == 0 and line.filled > 1
        if starts:
            rows.append([])
        rows[-1].append(line)
    return rows


def _right_edges(lines: Sequence[Line], columns: Sequence[Column]) -> list[float]:
    """How far right the text of each column may come: half way from where it does come to the next column."""
    edges = [column.x1 for column in columns]
    for line in lines:
        for segment in line.segments:
            if segment.end_column == segment.column + 1:
                edges[segment.column] = max(edges[segment.column], segment.x1)
    return [
        (edge + max(edge, columns[index + 1].x0)) / 2 if index + 1 < len(columns) else edge
        for index, edge in enumerate(edges)
    ]


@dataclass(frozen=True, slots=True)
class _Between:
    """Lines without figures between two anchors (either may be missing)."""

    lines: Sequence[Line]
    above: Line | None
    below: Line | None
    edges: Sequence[float]
    ink: Ink

    def settle(self, rows: list[list[Line]]) -> list[Line]:
        """Give lines to the last of ``rows`` or make them rows; what belongs to the anchor below is returned."""
        if not self.lines:
            return []
        cut = self._cut()
        upper, lower = list(self.lines[:cut]), list(self.lines[cut:])
        if upper:
            rows[-1] += upper
        carried: list[Line] = []
        while lower and self.below is not None and self._leads_into(lower[-1], carried[0] if carried else self.below):
            carried.insert(0, lower.pop())
        for index, line in enumerate(lower):
            if index and self._wraps(lower[index - 1], line):
                rows[-1].append(line)
            else:
                rows.append([line])
        return carried

    def _cut(self) -> int:
        """How many of the lines belong to the anchor above."""
        if self.above is None:
            return 0
        chain = [self.above, *self.lines, *([self.below] if self.below else [])]
        gaps = [below.level.middle - above.level.middle for above, below in pairwise(chain)]
        least = max(min(gaps), 0.5 * self.ink.height)
        if self.below is None:
            far = [index for index, gap in enumerate(gaps) if gap > 1.5 * least]
            return far[0] if far and far[0] > 0 else (0 if gaps[0] > 2.2 * self.ink.height else len(self.lines))
        widest = max(range(len(gaps)), key=gaps.__getitem__)
        if gaps[widest] > EVEN * least:
            if widest == 0 or self._details(self.lines[:widest]) or self._all_wrap(self.lines[:widest]):
                return widest
            return 0
        return len(self.lines) if self._details(self.lines) or self._all_wrap(self.lines) else 0

    def _details(self, lines: Sequence[Line]) -> bool:
        """Whether each line has several texts, or says nothing in the first column though the anchor does, or stands
        indented in it.
        """
        assert self.above is not None
        start = self.above.segments[0]
        for line in lines:
            first = line.segments[0]
            if line.filled > 1:
                continue
            if first.end_column - first.column > 1 and first.column == 0:
                return False
            if first.column == start.column and first.x0 < start.x0 + 0.7 * self.ink.character:
                return False
        return not (
            self.below is not None
            and start.column == 0
            and lines[-1].segments[0].column == 0
            and self.below.segments[0].x0 > lines[-1].segments[0].x0 + 0.7 * self.ink.character
        )

    def _all_wrap(self, lines: Sequence[Line]) -> bool:
        assert self.above is not None
        return all(self._wraps(above, below) for above, below in pairwise([self.above, *lines]))

    def _wraps(self, above: Line, below: Line) -> bool:
        """Whether ``below`` carries on the text of ``above``: its first word had no room left there."""
        for segment in below.segments:
            over = next((s for s in above.segments if s.column <= segment.column < s.end_column), None)
            if over is None:
                return False
            box = self.ink.boxes[segment.words[0]]
            room = self.edges[segment.column] - over.x1
            if room > box[2] - box[0] + 0.5 * self.ink.character:
                return False
        return True

    def _leads_into(self, line: Line, below: Line) -> bool:
        """Whether ``line`` starts a label that ends on ``below``."""
        if below.level.middle - line.level.middle < 0.6 * self.ink.height:
            return True
        close = below.level.y0 - line.level.y1 < 0.6 * self.ink.height
        indented_back = below.segments[0].x0 < line.segments[0].x0 - 0.7 * self.ink.character
        return (
            close
            and not indented_back
            and below.segments[0].column == line.segments[0].column
            and self._wraps(line, below_label(below))
        )


def below_label(line: Line) -> Line:
    """Only the first text of a line."""
    return Line(line.level, line.segments[:1], frozenset())
