"""The tables of a page."""

from collections.abc import Sequence

from evidoc.kernel.reading import Page, Table
from evidoc.reading.tables.fill import fill
from evidoc.reading.tables.grid import connected, grid_of
from evidoc.reading.tables.ruling import Ruling, straighten


def find_tables(page: Page, rulings: Sequence[Ruling]) -> tuple[Table, ...]:
    """The tables of ``page``, from the top down.

    ``rulings`` are the lines drawn on it, in the page's own coordinates. Pure: nothing is kept, nothing is
    changed. The work is bounded whatever the page holds.
    """
    tables = []
    for group in connected(straighten(rulings)):
        grid = grid_of(group)
        if grid is not None and grid.rows > 1 and grid.columns > 1:
            table = fill(page, grid, ruled=True)
            if sum(bool(cell.spans) for cell in table.cells) >= 4:
                tables.append(table)
    return tuple(sorted(tables, key=lambda table: (table.box.y0, table.box.x0)))
