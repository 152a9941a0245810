"""Partly drawn tables: where lines part groups of rows or columns only, the text tells the rest."""

from bisect import bisect_left
from collections.abc import Sequence

from evidoc.reading.tables.draft import Draft, draft_of
from evidoc.reading.tables.grid import Grid
from evidoc.reading.tables.ink import Ink, Level, levels_of
from evidoc.reading.tables.regions import inside
from evidoc.reading.tables.ruling import Edges


def finer_than(grid: Grid, edges: Edges, ink: Ink) -> Draft | None:
    """The rows and columns of the text in ``grid``, where they are finer than its lines; else None."""
    levels = levels_of([piece for piece in ink.pieces if inside(grid.box, piece)])
    draft = draft_of(levels, ink, edges)
    if draft is None or len(draft.columns) < grid.columns - 1:
        return None
    if _stacked(levels, grid) or _columns_parted(draft, grid):
        return draft
    return None


def _stacked(levels: Sequence[Level], grid: Grid) -> bool:
    """Whether most levels that hold figures share their drawn row with two others or more."""
    rows: dict[int, int] = {}
    for level in levels:
        if sum(piece.figures for piece in level.pieces) >= 1 and len(level.pieces) > 1:
            row = bisect_left(grid.ys, level.middle)
            rows[row] = rows.get(row, 0) + 1
    stacked = sum(count for count in rows.values() if count > 2)
    return stacked > 0.5 * sum(rows.values())


def _columns_parted(draft: Draft, grid: Grid) -> bool:
    """Whether one drawn column holds two columns of figures."""
    keys = [bisect_left(grid.xs, (draft.columns[key].x0 + draft.columns[key].x1) / 2) for key in draft.keys]
    lines = sum(bool(line.figures) for line in draft.lines)
    return lines >= 4 and len(set(keys)) < len(keys)
