"""Edges to grids: which edges belong together, and which areas of the plane their walls part.

The lines of one connected drawing cut its outline into elementary fields. Two neighbouring fields with no
wall between them belong to one cell, so that merged cells, and tables without an outer border, need no
special case.
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from evidoc.kernel.reading import Box
from evidoc.reading.tables.ruling import SNAP, Edge, Edges

TOUCH = 3.0
"""Points by which two edges may miss each other and still meet."""

MOST_FIELDS = 20_000
"""Elementary fields of one grid; a drawing with more is no table."""


class GridCell(NamedTuple):
    """A cell of a grid: rows ``[row, end_row)`` and columns ``[column, end_column)``."""

    row: int
    column: int
    end_row: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells between the lines ``ys`` (rows) and ``xs`` (columns)."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    cells: tuple[GridCell, ...]

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self.ys) - 1

    @property
    def columns(self) -> int:
        """How many columns there are."""
        return len(self.xs) - 1

    @property
    def box(self) -> Box:
        """The outline."""
        return Box(self.xs[0], self.ys[0], self.xs[-1], self.ys[-1])

    def box_of(self, cell: GridCell) -> Box:
        """Where a cell lies."""
        return Box(self.xs[cell.column], self.ys[cell.row], self.xs[cell.end_column], self.ys[cell.end_row])


def connected(edges: Edges) -> list[Edges]:
    """The edges in groups that touch or cross one another."""
    horizontal, vertical = edges.horizontal, edges.vertical
    parents = list(range(len(horizontal) + len(vertical)))

    def root(node: int) -> int:
        while parents[node] != node:
            parents[node] = parents[parents[node]]
            node = parents[node]
        return node

    places = [edge.at for edge in vertical]
    for index, edge in enumerate(horizontal):
        first = bisect_left(places, edge.start - TOUCH)
        last = bisect_right(places, edge.end + TOUCH)
        for other in range(first, last):
            wall = vertical[other]
            if wall.start - TOUCH <= edge.at <= wall.end + TOUCH:
                parents[root(index)] = root(len(horizontal) + other)
    groups: dict[int, tuple[list[Edge], list[Edge]]] = {}
    for node in range(len(parents)):
        flat, upright = groups.setdefault(root(node), ([], []))
        if node < len(horizontal):
            flat.append(horizontal[node])
        else:
            upright.append(vertical[node - len(horizontal)])
    return [Edges(tuple(flat), tuple(upright)) for flat, upright in groups.values()]


def grid_of(edges: Edges) -> Grid | None:
    """The grid that connected edges draw, or None where they enclose less than two fields or far too many."""
    flat, upright = edges.horizontal, edges.vertical
    if not flat or not upright:
        return None
    xs = _lines([e.at for e in upright], [e.start for e in flat] + [e.end for e in flat])
    ys = _lines([e.at for e in flat], [e.start for e in upright] + [e.end for e in upright])
    rows, columns = len(ys) - 1, len(xs) - 1
    if rows * columns < 2 or rows * columns > MOST_FIELDS:
        return None
    floors = _walls(flat, ys, xs)
    sides = _walls(upright, xs, ys)
    return Grid(tuple(xs), tuple(ys), _cells(rows, columns, floors, sides))


def _lines(places: list[float], ends: list[float]) -> list[float]:
    """Where lines stand, and the outline where no line closes it."""
    lines: list[float] = []
    for place in sorted({*places, min(ends), max(ends)}):
        if not lines or place - lines[-1] > SNAP + 1:
            lines.append(place)
    return lines


def _walls(edges: tuple[Edge, ...], places: list[float], across: list[float]) -> list[list[bool]]:
    """For each line of ``places`` and each gap of ``across``: whether an edge covers most of that piece."""
    walls = [[False] * (len(across) - 1) for _ in places]
    middles = [(a + b) / 2 for a, b in pairwise(across)]
    for edge in edges:
        line = _nearest(places, edge.at)
        for gap in range(bisect_left(middles, edge.start), bisect_right(middles, edge.end)):
            walls[line][gap] = True
    return walls


def _nearest(places: list[float], at: float) -> int:
    """Which of ``places``, which rise, is nearest to ``at``."""
    after = bisect_left(places, at)
    if after == len(places) or (after and at - places[after - 1] <= places[after] - at):
        return after - 1
    return after


def _cells(rows: int, columns: int, floors: list[list[bool]], sides: list[list[bool]]) -> tuple[GridCell, ...]:
    """Rectangles of fields without a wall inside, found from the top left on."""
    taken = [[False] * columns for _ in range(rows)]
    cells = []
    for row in range(rows):
        for column in range(columns):
            if taken[row][column]:
                continue
            end_column = column + 1
            while end_column < columns and not sides[end_column][row] and not taken[row][end_column]:
                end_column += 1
            end_row = row + 1
            while end_row < rows and _open(end_row, column, end_column, floors, sides):
                end_row += 1
            for r in range(row, end_row):
                taken[r][column:end_column] = [True] * (end_column - column)
            cells.append(GridCell(row, column, end_row, end_column))
    return tuple(cells)


def _open(row: int, column: int, end_column: int, floors: list[list[bool]], sides: list[list[bool]]) -> bool:
    """Whether the fields of ``row`` carry on the cell above them."""
    if any(floors[row][column:end_column]):
        return False
    if any(sides[side][row] for side in range(column + 1, end_column)):
        return False
    closed_left = column == 0 or sides[column][row] or not sides[column][row - 1]
    closed_right = end_column == len(sides) - 1 or sides[end_column][row] or not sides[end_column][row - 1]
    return closed_left and closed_right
