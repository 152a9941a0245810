"""A table in the making: rows, columns and which words stand where, before it has boxes and spans."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from evidoc.reading.tables.columns import Column, Segment, boundaries, columns_of, core_of, segments_of
from evidoc.reading.tables.grid import GridCell
from evidoc.reading.tables.header import header_cells, header_size
from evidoc.reading.tables.ink import SIGN, Ink, Level, looks_like_figures
from evidoc.reading.tables.rows import Line, figure_columns, rows_are_drawn, rows_of, with_halves_joined
from evidoc.reading.tables.ruling import Edges

_MARK = re.compile(r"[(\[][\w*†‡]{1,2}[)\]]|[*†‡§¹²³]+|[%)]")


@dataclass(slots=True)
class Draft:
    """Cells that say something, with their words, between the lines ``xs`` and ``ys``."""

    xs: list[float]
    ys: list[float]
    cells: list[tuple[GridCell, list[int]]]
    headers: int
    lines: list[Line]
    keys: frozenset[int]
    columns: list[Column]


def draft_of(levels: Sequence[Level], ink: Ink, edges: Edges) -> Draft | None:
    """The table that ``levels`` make, or None where they show less than two columns or two rows.

    ``edges`` are the drawn lines around and between them; they part rows and columns where they reach far
    enough, and tell the header from the body.
    """
    if len(levels) < 2:
        return None
    left, right = min(level.x0 for level in levels), max(level.x1 for level in levels)
    walls = _walls(edges, levels)
    core = core_of(levels)
    columns = columns_of(core, ink, walls)
    if len(columns) < 2:
        return None
    columns = _without_marks(columns, core, ink)
    floors = _floors(edges, left, right, levels)
    kept = {id(level) for level in core}
    lines = [line_of(level, columns, ink, core=id(level) in kept) for level in levels]
    labels = next((i for i, line in enumerate(lines) if 2 * len(line.figures) >= line.filled), 0)
    size = header_size(lines, floors, figure_columns(lines[labels:], len(columns)), ink)
    lines = [
        line_of(line.level, columns, ink, core=False) if index < size else line for index, line in enumerate(lines)
    ]
    keys = figure_columns(lines[size:], len(columns))
    cells, header_rows, header_ys = header_cells(lines[:size], columns, edges, ink)
    parts = _parted(with_halves_joined(lines[size:], keys), floors)
    if rows_are_drawn(parts, keys):
        rows = parts
    else:
        rows = [row for part in parts for row in rows_of(part, keys, columns, ink)]
    if header_rows + len(rows) < 2:
        return None
    for index, row in enumerate(rows, start=header_rows):
        cells += [
            (GridCell(index, s.column, index + 1, s.end_column), s.words)
            for s in _merged(s for line in row for s in line.segments)
        ]
    tops = [*header_ys, *((min(line.level.y0 for line in row), max(line.level.y1 for line in row)) for row in rows)]
    ys = [tops[0][0], *((above[1] + below[0]) / 2 for above, below in pairwise(tops)), tops[-1][1]]
    xs = [left, *boundaries(columns), right]
    return Draft(xs, _rising(ys), cells, header_rows, lines, keys, columns)


def _without_marks(columns: list[Column], core: Sequence[Level], ink: Ink) -> list[Column]:
    """The columns, less those that hold nothing but marks of notes, which are part of the column before, or signs
    of currencies, which are part of the column after.
    """
    words = {ink.words[word] for level in core for piece in level.pieces for word in piece.words}
    if not any(_MARK.fullmatch(word) or SIGN.fullmatch(word) for word in words):
        return columns
    lines = [line_of(level, columns, ink, core=True) for level in core]
    kept: list[Column] = []
    sign: Column | None = None
    for index, column in enumerate(columns):
        said = [_said(s, ink) for line in lines for s in line.segments if s.column <= index < s.end_column]
        if kept and said and all(_MARK.fullmatch(text) for text in said):
            kept[-1] = Column(kept[-1].x0, column.x1)
        elif said and all(SIGN.fullmatch(text) for text in said) and index + 1 < len(columns):
            sign = column
        else:
            kept.append(Column(sign.x0, column.x1) if sign else column)
            sign = None
    return kept


def line_of(level: Level, columns: Sequence[Column], ink: Ink, *, core: bool) -> Line:
    """A level by columns; ``core`` where it is one that the columns were found by."""
    segments = segments_of(level, columns, ink, loose=not core)
    figures = frozenset(
        segment.column
        for segment in segments
        if segment.end_column == segment.column + 1 and looks_like_figures(_said(segment, ink))
    )
    return Line(level, segments, figures)


def _said(segment: Segment, ink: Ink) -> str:
    return " ".join([ink.words[word] for word in segment.words])


def _walls(edges: Edges, levels: Sequence[Level]) -> list[float]:
    """The x of drawn lines that run along at least two thirds of the levels."""
    high = levels[-1].y1 - levels[0].y0
    return [
        edge.at for edge in edges.vertical if min(edge.end, levels[-1].y1) - max(edge.start, levels[0].y0) > 0.66 * high
    ]


def _floors(edges: Edges, left: float, right: float, levels: Sequence[Level]) -> list[float]:
    """The y of drawn lines, whole or in pieces, that run between levels under at least 70 % of the table, or of
    that part of it which its lines run under.
    """
    first, last = levels[0].middle, levels[-1].middle
    near = [
        edge
        for edge in edges.horizontal
        if first - (last - first) < edge.at < last + (last - first) and edge.start < right and edge.end > left
    ]
    if not near:
        return []
    reach: dict[float, float] = {}
    for edge in near:
        at = next((y for y in reach if abs(y - edge.at) < 1.5), edge.at)
        reach[at] = reach.get(at, 0.0) + min(edge.end, right) - max(edge.start, left)
    ruled = min(right, max(edge.end for edge in near)) - max(left, min(edge.start for edge in near))
    enough = 0.7 * max(ruled, 0.3 * (right - left))
    return sorted(y for y, wide in reach.items() if wide > enough and first < y < last)


def _parted(lines: Sequence[Line], floors: Sequence[float]) -> list[list[Line]]:
    """Lines in the parts that drawn lines make of them."""
    parts: list[list[Line]] = [[]]
    for above, line in pairwise([None, *lines]):
        assert line is not None
        if above is not None and any(above.level.middle < y < line.level.middle for y in floors):
            parts.append([])
        parts[-1].append(line)
    return [part for part in parts if part]


def _merged(segments: Iterable[Segment]) -> list[Segment]:
    """The texts of one row by cells. A wrapped text that runs on below other columns belongs to its first one."""
    merged: list[Segment] = []
    for segment in sorted(segments, key=lambda s: (s.column, s.end_column, s.y0)):
        if merged and segment.column < merged[-1].end_column:
            merged[-1].take(segment)
        else:
            merged.append(segment.copy())
    for left, right in pairwise(merged):
        left.end_column = min(left.end_column, right.column)
    return merged


def _rising(ys: list[float]) -> list[float]:
    """The same, never falling."""
    for index in range(1, len(ys)):
        ys[index] = max(ys[index], ys[index - 1])
    return ys
