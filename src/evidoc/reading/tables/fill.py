"""Grids and drafts to tables: which words stand in which cell, and where."""

from bisect import bisect_right
from collections.abc import Sequence

from evidoc.kernel.reading import Box, Cell, Page, Span, Table, union
from evidoc.reading.tables.grid import Grid, GridCell
from evidoc.reading.tables.ink import Corners

Content = tuple[GridCell, list[int]]
"""A cell and the words in it."""


def words_in(grid: Grid, boxes: Sequence[Corners]) -> list[Content]:
    """Every cell of ``grid`` with the words whose middle lies in it."""
    owner = {
        (row, column): index
        for index, cell in enumerate(grid.cells)
        for row in range(cell.row, cell.end_row)
        for column in range(cell.column, cell.end_column)
    }
    members: list[list[int]] = [[] for _ in grid.cells]
    left, top, right, bottom = grid.box
    for word, (x0, y0, x1, y1) in enumerate(boxes):
        x, y = (x0 + x1) / 2, (y0 + y1) / 2
        if top < y < bottom and left < x < right:
            field = bisect_right(grid.ys, y) - 1, bisect_right(grid.xs, x) - 1
            members[owner[field]].append(word)
    return list(zip(grid.cells, members, strict=True))


def table_of(
    page: Page, xs: Sequence[float], ys: Sequence[float], contents: Sequence[Content], *, ruled: bool, headers: int
) -> Table:
    """The table whose rows lie between ``ys`` and whose columns lie between ``xs``.

    Fields that no content covers become blank cells. The first ``headers`` rows are header.
    """
    rows, columns = len(ys) - 1, len(xs) - 1
    taken = {
        (row, column)
        for cell, _ in contents
        for row in range(cell.row, cell.end_row)
        for column in range(cell.column, cell.end_column)
    }
    blanks = [
        (GridCell(row, column, row + 1, column + 1), list[int]())
        for row in range(rows)
        for column in range(columns)
        if (row, column) not in taken
    ]
    cells = []
    for cell, words in sorted([*contents, *blanks], key=lambda content: content[0]):
        area = Box(xs[cell.column], ys[cell.row], xs[cell.end_column], ys[cell.end_row])
        cells.append(
            Cell(
                row=cell.row,
                column=cell.column,
                box=union([area, *map(page.words.box, words)]) if words else area,
                spans=spans_of(page, words),
                row_span=cell.end_row - cell.row,
                column_span=cell.end_column - cell.column,
                header=cell.row < headers,
            )
        )
    box = union([Box(xs[0], ys[0], xs[-1], ys[-1]), *(cell.box for cell in cells)])
    return Table(box=box, rows=rows, columns=columns, cells=tuple(cells), ruled=ruled)


def words_of(page: Page, table: Table) -> set[int]:
    """The words that stand in a table."""
    return {word for cell in table.cells for span in cell.spans for word in page.words.touching(*span)}


def spans_of(page: Page, words: Sequence[int]) -> tuple[Span, ...]:
    """Runs of words that follow one another in the text and stand on one printed line, in reading order."""
    if len(words) == 1:
        return (Span(page.words.starts[words[0]], page.words.ends[words[0]]),)
    runs: list[tuple[Box, int, int]] = []
    for word in sorted(words):
        box = page.words.box(word)
        if runs and runs[-1][2] == word and _follows(page, word, runs[-1][0], box):
            runs[-1] = (union([box, runs[-1][0]]), runs[-1][1], word + 1)
        else:
            runs.append((box, word, word + 1))
    runs.sort(key=lambda run: (run[0][1] + run[0][3], run[0][0]))
    return tuple(Span(page.words.starts[first], page.words.ends[end - 1]) for _, first, end in runs)


def _follows(page: Page, word: int, one: Box, other: Box) -> bool:
    """Whether a word stands on the printed line of the word before it."""
    if "\n" in page.text[page.words.ends[word - 1] : page.words.starts[word]]:
        return False
    return min(one.y1, other.y1) - max(one.y0, other.y0) > 0.5 * min(one.height, other.height)
