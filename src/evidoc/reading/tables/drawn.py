"""Tables whose cells drawn lines enclose."""

from bisect import bisect_left
from collections.abc import Sequence

from evidoc.kernel.reading import Page, Table
from evidoc.reading.tables.draft import Draft, draft_of
from evidoc.reading.tables.fill import Content, table_of, words_in, words_of
from evidoc.reading.tables.grid import Grid, GridCell, connected, grid_of
from evidoc.reading.tables.ink import Ink, Level, Piece, levels_of, looks_like_figures
from evidoc.reading.tables.regions import inside
from evidoc.reading.tables.ruling import Edges

MOST_HEADER_ROWS = 4

MOST_GRIDS = 200
"""Grids on one page, the smallest first."""

MOST_FIELDS = 40_000
"""Elementary fields of all of them."""


def drawn_tables(page: Page, edges: Edges, ink: Ink) -> list[Table]:
    """The tables of ``page`` that lines enclose, their rows and columns refined where lines part only some.

    A table inside a cell of another one keeps its words to itself.
    """
    drawn = [(grid_of(group), group) for group in connected(edges)]
    grids = [(grid, group) for grid, group in drawn if grid is not None and grid.rows > 1 and grid.columns > 1]
    tables: list[Table] = []
    taken: set[int] = set()
    fields = 0
    for grid, group in sorted(grids, key=lambda pair: pair[0].box.width * pair[0].box.height)[:MOST_GRIDS]:
        fields += grid.rows * grid.columns
        if fields > MOST_FIELDS:
            break
        contents = [(cell, [word for word in words if word not in taken]) for cell, words in words_in(grid, ink.boxes)]
        if sum(bool(words) for _, words in contents) < 4:
            continue
        box = grid.box
        pieces = [piece for piece in ink.pieces if inside(box, piece) and taken.isdisjoint(piece.words)]
        table = _finer(page, grid, group, pieces, ink) or _as_drawn(page, grid, contents, ink)
        if table is not None:
            tables.append(table)
            taken |= words_of(page, table)
    return tables


def _as_drawn(page: Page, grid: Grid, contents: Sequence[Content], ink: Ink) -> Table | None:
    """The table whose cells are those of the grid."""
    ys, contents = _without_captions(grid, _parted_by_rows(grid, contents, ink))
    if len(ys) < 3:
        return None
    return table_of(page, grid.xs, ys, contents, ruled=True, headers=_header_rows(contents, ink))


def _parted_by_rows(grid: Grid, contents: Sequence[Content], ink: Ink) -> list[Content]:
    """Cells that reach over rows and hold one line in each of them, parted: their lines were just not drawn."""
    parted: list[Content] = []
    for cell, words in contents:
        rows = cell.end_row - cell.row
        lines: dict[int, list[int]] = {}
        for word in words:
            middle = (ink.boxes[word][1] + ink.boxes[word][3]) / 2
            lines.setdefault(bisect_left(grid.ys, middle) - 1, []).append(word)
        level = all(_one_line_of(row, line, grid, ink) for row, line in lines.items())
        if rows < 5 or len(lines) < 0.8 * rows or not level:
            parted.append((cell, words))
            continue
        parted += [
            (GridCell(row, cell.column, row + 1, cell.end_column), lines.get(row, []))
            for row in range(cell.row, cell.end_row)
        ]
    return parted


def _one_line_of(row: int, words: Sequence[int], grid: Grid, ink: Ink) -> bool:
    """Whether words stand at one height, in the middle of a row."""
    top, bottom = min(ink.boxes[word][1] for word in words), max(ink.boxes[word][3] for word in words)
    middles = [(ink.boxes[word][1] + ink.boxes[word][3]) / 2 for word in words]
    high = grid.ys[row + 1] - grid.ys[row]
    return (
        max(middles) - min(middles) < 0.3 * (bottom - top)
        and abs((top + bottom) / 2 - (grid.ys[row] + grid.ys[row + 1]) / 2) < 0.3 * high
    )


def _without_captions(grid: Grid, contents: Sequence[Content]) -> tuple[list[float], list[Content]]:
    """The grid without first and last rows that are one text across: a caption, a note."""
    across = {
        row
        for cell, words in contents
        for row in range(cell.row, cell.end_row)
        if len(words) > 2 and cell.end_column - cell.column == grid.columns
    }
    first, end = 0, grid.rows
    while first in across:
        first += 1
    while end - 1 in across and end > first:
        end -= 1
    kept = [
        (GridCell(cell.row - first, cell.column, cell.end_row - first, cell.end_column), words)
        for cell, words in contents
        if first <= cell.row and cell.end_row <= end
    ]
    return list(grid.ys[first : end + 1]), kept


def _header_rows(contents: Sequence[Content], ink: Ink) -> int:
    """How many rows come before the first that holds figures; one where none does and the first is filled."""
    figures = [cell.row for cell, words in contents if words and _figures(words, ink)]
    rows = max(cell.end_row for cell, _ in contents)
    columns = max(cell.end_column for cell, _ in contents)
    first = [cell for cell, words in contents if cell.row == 0 and words]
    reach = max((cell.end_row for cell in first), default=0)
    if columns == 2 and 2 * len(set(figures)) < rows:
        return 0
    if figures and max(figures) > 0:
        size = min(figures)
        while size > 1 and sum(bool(words) for cell, words in contents if cell.row == size - 1) < 2:
            size -= 1
        return size if size <= MOST_HEADER_ROWS else min(reach, MOST_HEADER_ROWS)
    return 1 if not figures and first and all(words for cell, words in contents if cell.row == 0) else 0


def _figures(words: Sequence[int], ink: Ink) -> bool:
    return looks_like_figures(" ".join(ink.words[word] for word in words))


def _finer(page: Page, grid: Grid, edges: Edges, pieces: Sequence[Piece], ink: Ink) -> Table | None:
    """The table that the text in ``grid`` makes, where its rows or columns are finer than the lines; else None."""
    levels = levels_of(pieces)
    draft = draft_of(levels, ink, edges)
    if draft is None or len(draft.columns) < grid.columns - 1:
        return None
    if not _stacked(levels, grid) and not _columns_parted(draft, grid):
        return None
    return table_of(page, draft.xs, draft.ys, draft.cells, ruled=True, headers=draft.headers)


def _stacked(levels: Sequence[Level], grid: Grid) -> bool:
    """Whether most levels that hold figures share their drawn row with two others or more."""
    rows: dict[int, int] = {}
    for level in levels:
        if len(level.pieces) > 1 and any(piece.figures for piece in level.pieces):
            row = bisect_left(grid.ys, level.middle)
            rows[row] = rows.get(row, 0) + 1
    return sum(count for count in rows.values() if count > 2) > 0.5 * sum(rows.values())


def _columns_parted(draft: Draft, grid: Grid) -> bool:
    """Whether one drawn column holds two columns of figures."""
    keys = [bisect_left(grid.xs, (draft.columns[key].x0 + draft.columns[key].x1) / 2) for key in draft.keys]
    lines = sum(bool(line.figures) for line in draft.lines)
    return lines >= 4 and len(set(keys)) < len(keys)
