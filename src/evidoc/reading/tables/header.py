"""The head of a table: how many of its lines are header, and the cells that they make.

Within a head, texts that stand below one another in a column are one cell (headers are set to the bottom), apart
from those that span columns: each of these is a cell, above the cells of its columns.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from evidoc.reading.tables.columns import Column, Segment
from evidoc.reading.tables.grid import GridCell
from evidoc.reading.tables.ink import Ink
from evidoc.reading.tables.rows import Line
from evidoc.reading.tables.ruling import Edges

Content = tuple[GridCell, list[int]]
_Placed = tuple[int, Segment]
"""A text of the head and which of its lines it is on."""

_YEAR = re.compile(r"(?<![\d.,])(19|20)\d\d(?![\d.,]\d)")

MOST_LINES = 8
"""Printed lines of a head."""


def header_size(lines: Sequence[Line], floors: Sequence[float], keys: frozenset[int], ink: Ink) -> int:
    """How many of the first ``lines`` are header: those above the last rule before figures, else those before
    figures, but for a heading right above these.
    """
    bands = [size for size in (sum(line.level.middle < y for line in lines) for y in floors) if 0 < size < len(lines)]
    if not keys:
        return bands[0] if bands and bands[0] <= 3 else 0
    first_data = _first_data(lines, keys, ink)
    if first_data == len(lines):
        return 0
    sizes = [size for size in bands if size <= min(first_data, MOST_LINES)]
    while len(sizes) > 1 and all(line.filled == 1 for line in lines[sizes[-2] : sizes[-1]]):
        sizes.pop()
    if sizes:
        return sizes[-1]
    if (
        bands
        and bands[0] <= MOST_LINES
        and _share_of_figures(lines[: bands[0]]) <= 0.4 * _share_of_figures(lines[bands[0] :])
    ):
        return bands[0]
    size = min(first_data, MOST_LINES)
    while size and lines[size - 1].filled == 1:
        size -= 1
    return size


def _share_of_figures(lines: Sequence[Line]) -> float:
    """How many of the texts right of the first column are figures."""
    said = sum(segment.column > 0 for line in lines for segment in line.segments)
    return sum(len(line.figures - {0}) for line in lines) / max(1, said)


def _first_data(lines: Sequence[Line], keys: frozenset[int], ink: Ink) -> int:
    """The first line that holds data. Years and bracketed figures that stand above others are labels."""
    first = next((i for i, line in enumerate(lines) if _holds_data(line, keys)), len(lines))
    for index in range(first, min(first + 3, len(lines))):
        if _holds_data(lines[index], keys) and not _holds_labels(lines[index], ink):
            return index
    return first


def _holds_data(line: Line, keys: frozenset[int]) -> bool:
    """Whether most of what stands in the columns of figures is figures."""
    said = sum(segment.column in keys for segment in line.segments)
    return 2 * len(line.figures & keys) >= max(1, said)


def _holds_labels(line: Line, ink: Ink) -> bool:
    """Whether all figures of a line name years or stand in brackets, as sizes of samples do."""
    return all(
        any(_YEAR.search(ink.words[word]) for word in segment.words)
        or (ink.words[segment.words[0]][0] == "(" and ink.words[segment.words[-1]][-1] == ")")
        for segment in line.segments
        if segment.column in line.figures
    )


def header_cells(
    lines: Sequence[Line], columns: Sequence[Column], edges: Edges, ink: Ink
) -> tuple[list[Content], int, list[tuple[float, float]]]:
    """The cells of a head, how many rows they take, and from where to where each row reaches."""
    if not lines:
        return [], 0, []
    crowns, leaves = _crowns_and_leaves(lines, columns, edges, ink)
    storeys: list[list[_Placed]] = []
    for crown in crowns:
        if storeys and storeys[-1][0][0] == crown[0]:
            storeys[-1].append(crown)
        else:
            storeys.append([crown])
    rows = len(storeys) + 1 if leaves else len(storeys)
    cells = [
        (GridCell(row, segment.column, row + 1, segment.end_column), list(segment.words))
        for row, storey in enumerate(storeys)
        for _, segment in storey
    ]
    for stack in _stacks(leaves):
        cells += _stack_cells(stack, storeys, rows, cells)
    return cells, rows, _reaches(lines, storeys, rows)


def _crowns_and_leaves(
    lines: Sequence[Line], columns: Sequence[Column], edges: Edges, ink: Ink
) -> tuple[list[_Placed], list[_Placed]]:
    """The texts that span columns with texts below them, and all others; in printed order."""
    for index, line in enumerate(lines):
        for segment in line.segments:
            _stretch(segment, line, columns, edges, ink)
            _centre(segment, line, lines[index + 1 :], columns, ink)
    crowns: list[_Placed] = []
    leaves: list[_Placed] = []
    for index, line in enumerate(lines):
        for segment in line.segments:
            if segment.end_column - segment.column == 1:
                leaves.append((index, segment))
            elif any(segment.holds(other) for below in lines[index + 1 :] for other in below.segments):
                crowns.append((index, segment))
            else:
                leaves += [(index, part) for part in _torn(segment, ink)]
    return crowns, leaves


def _torn(segment: Segment, ink: Ink) -> list[Segment]:
    """A text over two columns as two, where one of its gaps is clearly the widest; else as it is."""
    gaps = [ink.boxes[b][0] - ink.boxes[a][2] for a, b in pairwise(segment.words)]
    if segment.end_column - segment.column != 2 or len(gaps) < 2:
        return [segment]
    widest = max(range(len(gaps)), key=gaps.__getitem__)
    others = gaps[:widest] + gaps[widest + 1 :]
    if gaps[widest] < 1.35 * max(others):
        return [segment]
    parts = (segment.words[: widest + 1], segment.words[widest + 1 :])
    return [
        Segment(words, column, column + 1, ink.boxes[words[0]][0], ink.boxes[words[-1]][2], segment.y0, segment.y1)
        for column, words in enumerate(parts, start=segment.column)
    ]


def _stacks(leaves: Sequence[_Placed]) -> list[list[_Placed]]:
    """Texts that share a column, together."""
    stacks: list[list[_Placed]] = []
    end = -1
    for leaf in sorted(leaves, key=lambda leaf: (leaf[1].column, -leaf[1].end_column)):
        if leaf[1].column < end:
            stacks[-1].append(leaf)
        else:
            stacks.append([leaf])
        end = max(end, leaf[1].end_column)
    return [sorted(stack, key=lambda leaf: (leaf[0], leaf[1].x0)) for stack in stacks]


def _stack_cells(
    stack: list[_Placed], storeys: list[list[_Placed]], rows: int, crowned: list[Content]
) -> list[Content]:
    """The cells of texts below one another: one under the last crown over them, one for what stands above that."""
    first = min(segment.column for _, segment in stack)
    end = max(segment.end_column for _, segment in stack)
    covers = [
        (row, storey[0][0])
        for row, storey in enumerate(storeys)
        if any(segment.column < end and first < segment.end_column for _, segment in storey)
    ]
    if not covers:
        return [(GridCell(0, first, rows, end), [word for _, segment in stack for word in segment.words])]
    last_row, last_index = covers[-1]
    below = [word for index, segment in stack if index > last_index for word in segment.words]
    above = [word for index, segment in stack if index <= last_index for word in segment.words]
    free = [row for row in range(last_row) if row not in {row for row, _ in covers}]
    cells: list[Content] = []
    if below:
        cells.append((GridCell(last_row + 1, first, rows, end), below))
    if above and free:
        cells.append((GridCell(free[0], first, free[0] + 1, end), above))
    elif above:
        crown = next(
            words for cell, words in crowned if cell.row == last_row and cell.column < end and first < cell.end_column
        )
        (below or crown).extend(above)
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
    """Let a text reach over a free column beside it where it stands in the middle of both, above texts in both; a
    text alone on its line, over all columns but the first where it stands in their middle.
    """
    middle = (segment.x0 + segment.x1) / 2
    if len(line.segments) == 1 and len(columns) > 3 and segment.end_column - segment.column == 1:
        all_but_labels = (columns[1].x0 + columns[-1].x1) / 2
        filled = any({1, len(columns) - 1} <= {s.column for s in other.segments} for other in below)
        if filled and abs(middle - all_but_labels) < 3 * ink.character:
            segment.column, segment.end_column = 1, len(columns)
            return
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


def _reaches(lines: Sequence[Line], storeys: list[list[_Placed]], rows: int) -> list[tuple[float, float]]:
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
