"""Grids to tables: which words stand in which cell."""

from bisect import bisect_right

from evidoc.kernel.reading import Box, Cell, Page, Span, Table
from evidoc.reading.tables.grid import Grid


def fill(page: Page, grid: Grid, *, ruled: bool, headers: int = 0) -> Table:
    """The table of ``grid``: a word belongs to the cell that its middle lies in. ``headers`` rows are header."""
    owner = {
        (row, column): index
        for index, cell in enumerate(grid.cells)
        for row in range(cell.row, cell.end_row)
        for column in range(cell.column, cell.end_column)
    }
    members: list[list[int]] = [[] for _ in grid.cells]
    box = grid.box
    numbers = iter(page.words.boxes)
    for word, (x0, y0, x1, y1) in enumerate(zip(numbers, numbers, numbers, numbers, strict=True)):
        x, y = (x0 + x1) / 2, (y0 + y1) / 2
        if box.x0 < x < box.x1 and box.y0 < y < box.y1:
            field = bisect_right(grid.ys, y) - 1, bisect_right(grid.xs, x) - 1
            members[owner[field]].append(word)
    cells = tuple(
        Cell(
            row=cell.row,
            column=cell.column,
            box=grid.box_of(cell),
            spans=_spans(page, words),
            row_span=cell.end_row - cell.row,
            column_span=cell.end_column - cell.column,
            header=cell.row < headers,
        )
        for cell, words in zip(grid.cells, members, strict=True)
    )
    return Table(box=box, rows=grid.rows, columns=grid.columns, cells=cells, ruled=ruled)


def _spans(page: Page, members: list[int]) -> tuple[Span, ...]:
    """Runs of words that follow one another in the text and stand on one printed line, from the top down."""
    runs: list[tuple[Box, int, int]] = []
    for word in members:
        box = page.words.box(word)
        if runs and runs[-1][2] == word and _level(runs[-1][0], box):
            runs[-1] = (box, runs[-1][1], word + 1)
        else:
            runs.append((box, word, word + 1))
    return tuple(Span(page.words.starts[first], page.words.ends[end - 1]) for _, first, end in runs)


def _level(one: Box, other: Box) -> bool:
    """Whether two words stand on one printed line."""
    return min(one.y1, other.y1) - max(one.y0, other.y0) > 0.5 * min(one.height, other.height)
