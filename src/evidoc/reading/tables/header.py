"""The head of a table: how many of its lines are header, and the cells that they make.

Within a head, texts that stand below one another in a column are one cell (headers are set to the bottom), apart
from those that span columns: each of these is a cell, above the cells of its columns.
"""

from collections.abc import Sequence

from evidoc.reading.tables.columns import Column, Segment
from evidoc.reading.tables.grid import GridCell
from evidoc.reading.tables.ink import Ink
from evidoc.reading.tables.rows import Line
from evidoc.reading.tables.ruling import Edges

MOST_LINES = 8
"""Printed lines of a head."""


def header_size(lines: Sequence[Line], floors: Sequence[float], keys: frozenset[int], ink: Ink) -> int:
    """How many of the first ``lines`` are header: those above the rule that ends it, else those before figures."""
    first_data = next((i for i, line in enumerate(lines) if _holds_data(line, keys)), len(lines))
    bands = [sum(line.level.middle < y for line in lines) for y in floors]
    for size in bands:
        if size > MOST_LINES or size >= len(lines):
            break
        if size >= first_data + 1 and not _labels_in_figures(lines, size, floors, keys):
            break
        if _is_last_rule(size, bands, lines, first_data):
            return size
    if first_data == len(lines) or not keys:
        return bands[0] if bands and bands[0] <= 3 and len(bands) <= 3 else 0
    size = min(first_data, MOST_LINES)
    while size and lines[size - 1].filled == 1 and size < len(lines):
        size -= 1
    return size


def _holds_data(line: Line, keys: frozenset[int]) -> bool:
    """Whether most of what stands in the columns of figures is figures."""
    said = sum(segment.column in keys for segment in line.segments)
    return 2 * len(line.figures & keys) >= max(1, said)


def _labels_in_figures(lines: Sequence[Line], size: int, floors: Sequence[float], keys: frozenset[int]) -> bool:
    """Whether lines above a rule that hold figures are labels all the same (years): few, above many below."""
    return size <= 3 and len(floors) <= 3 and len(lines) - size >= 2 * size


def _is_last_rule(size: int, bands: Sequence[int], lines: Sequence[Line], first_data: int) -> bool:
    """Whether no later rule ends the head: the next one has figures above it."""
    later = [band for band in bands if band > size]
    return not later or later[0] > first_data or first_data == len(lines)


def header_cells(
    lines: Sequence[Line], columns: Sequence[Column], edges: Edges, ink: Ink
) -> tuple[list[tuple[GridCell, list[int]]], int, list[tuple[float, float]]]:
    """The cells of a head, how many rows they take, and from where to where each row reaches."""
    if not lines:
        return [], 0, []
    spanning: list[tuple[int, Segment]] = []
    single: list[list[tuple[int, Segment]]] = [[] for _ in columns]
    for index, line in enumerate(lines):
        for segment in line.segments:
            _stretch(segment, line, columns, edges, ink)
            _centre(segment, line, lines[index + 1 :], columns, ink)
            if segment.end_column - segment.column > 1:
                spanning.append((index, segment))
            else:
                single[segment.column].append((index, segment))
    storeys: list[list[tuple[int, Segment]]] = []
    for index, segment in spanning:
        if storeys and storeys[-1][0][0] == index:
            storeys[-1].append((index, segment))
        else:
            storeys.append([(index, segment)])
    rows = len(storeys) + 1 if any(single) else len(storeys)
    cells = [
        (GridCell(row, segment.column, row + 1, segment.end_column), segment.words)
        for row, storey in enumerate(storeys)
        for _, segment in storey
    ]
    for column, stack in enumerate(single):
        cells += _column_cells(column, stack, storeys, rows)
    return cells, rows, _reaches(lines, storeys, rows)


def _column_cells(
    column: int, stack: list[tuple[int, Segment]], storeys: list[list[tuple[int, Segment]]], rows: int
) -> list[tuple[GridCell, list[int]]]:
    """The texts of one column: one cell below the last spanning text over it, one for what stands above that."""
    covers = [
        (row, storey[0][0])
        for row, storey in enumerate(storeys)
        if any(segment.column <= column < segment.end_column for _, segment in storey)
    ]
    if not covers:
        return [(GridCell(0, column, rows, column + 1), [w for _, s in stack for w in s.words])] if stack else []
    cells = []
    last_row, last_index = covers[-1]
    below = [word for index, segment in stack if index > last_index for word in segment.words]
    above = [word for index, segment in stack if index <= last_index for word in segment.words]
    if below:
        cells.append((GridCell(last_row + 1, column, rows, column + 1), below))
    free = sorted(set(range(last_row)) - {row for row, _ in covers})
    if above and free:
        cells.append((GridCell(free[0], column, free[0] + 1, column + 1), above))
    elif above and cells:
        cells[0][1][:0] = above
    return cells


def _stretch(segment: Segment, line: Line, columns: Sequence[Column], edges: Edges, ink: Ink) -> None:
    """Let a text reach over the columns that the rule right below it reaches over."""
    middle = (segment.x0 + segment.x1) / 2
    for edge in edges.horizontal:
        if not (segment.y1 - 0.4 * ink.height < edge.at < segment.y1 + ink.height and edge.start < middle < edge.end):
            continue
        under = [i for i, c in enumerate(columns) if edge.start - 1 < (c.x0 + c.x1) / 2 < edge.end + 1]
        taken = [s for s in line.segments if s is not segment and edge.start < (s.x0 + s.x1) / 2 < edge.end]
        if len(under) > 1 and not taken and len(under) < len(columns):
            segment.column, segment.end_column = under[0], under[-1] + 1
            return


def _centre(segment: Segment, line: Line, below: Sequence[Line], columns: Sequence[Column], ink: Ink) -> None:
    """Let a text reach over a free column beside it where it stands in the middle of both, above texts in both."""
    middle = (segment.x0 + segment.x1) / 2
    for first, last in ((segment.column - 1, segment.end_column - 1), (segment.column, segment.end_column)):
        if segment.end_column - segment.column > 1 or first < 0 or last >= len(columns):
            continue
        beside = last if last == segment.end_column else first
        free = not any(s.column <= beside < s.end_column for s in line.segments if s is not segment)
        parted = any({first, last} <= {s.column for s in other.segments} for other in below)
        both = (columns[first].x0 + columns[last].x1) / 2
        own = (columns[segment.column].x0 + columns[segment.column].x1) / 2
        if free and parted and abs(middle - both) + ink.character < abs(middle - own):
            segment.column, segment.end_column = first, last + 1
            return


def _reaches(lines: Sequence[Line], storeys: list[list[tuple[int, Segment]]], rows: int) -> list[tuple[float, float]]:
    """From where to where each row of the head reaches."""
    reaches = []
    for row in range(rows):
        if row < len(storeys):
            y0 = min(segment.y0 for _, segment in storeys[row])
            y1 = max(segment.y1 for _, segment in storeys[row])
        else:
            after = storeys[-1][0][0] + 1 if storeys else 0
            rest = [s for line in lines[after:] for s in line.segments] or lines[-1].segments
            y0, y1 = min(s.y0 for s in rest), max(s.y1 for s in rest)
        reaches.append((y0, y1))
    return reaches
