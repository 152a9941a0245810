"""Columns over a run of rows: where one ends and the next begins, and which words stand in which."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from evidoc.kernel.reading import Page, Table
from evidoc.understanding.line_columns import TEXTS, Column
from evidoc.understanding.lines.header import Header, HeaderCell, column_of, heads_items
from evidoc.understanding.lines.layout import PlacedWord, Row

_MARGIN_LEFT = 25.0
_MARGIN_RIGHT = 60.0
"""Points by which content may stand left of the first header, and right of the last."""

_REACH = 0.9
_WIDEST = 120
_LEANING = {(True, True): 0.85, (False, True): 0.85, (True, False): 0.8, (False, False): 0.5}
"""Where between two headers the line is likely, by whether the left and the right one stand over text.

Text begins under its header and runs on to the right of it; numbers may begin left of theirs.
"""


@dataclass(frozen=True, slots=True)
class Grid:
    """A run of rows cut into columns.

    ``headers`` has one entry for each column (None: nothing that is understood stands over it); ``cells`` has for each
    row the words of each column. ``groups`` numbers the table row that each row belongs to, where drawn lines or
    markup tell.
    """

    page: Page
    rows: tuple[Row, ...]
    headers: tuple[Column | None, ...]
    cells: tuple[tuple[tuple[PlacedWord, ...], ...], ...]
    groups: tuple[int, ...] | None = None
    edges: tuple[float, ...] = ()
    has_header: bool = True


def grid_under(page: Page, header: Header, body: Sequence[Row]) -> Grid:
    """The grid of the rows under ``header``: between two headers the column ends where the fewest words are cut."""
    edges = _edges(header.cells, body)
    return grid_between(page, tuple(cell.column for cell in header.cells), edges, body)


def grid_between(
    page: Page,
    headers: tuple[Column | None, ...],
    edges: Sequence[float],
    body: Sequence[Row],
    *,
    has_header: bool = True,
) -> Grid:
    """The grid of ``body`` with ``edges`` (one more than columns), points from the left."""
    kept: list[Row] = []
    cells: list[tuple[tuple[PlacedWord, ...], ...]] = []
    for row in body:
        columns: list[list[PlacedWord]] = [[] for _ in headers]
        for word in row.words:
            middle = (word.box.x0 + word.box.x1) / 2
            if edges[0] <= middle <= edges[-1]:
                columns[min(bisect_right(edges, middle) - 1, len(headers) - 1)].append(word)
        if any(columns):
            kept.append(row)
            cells.append(tuple(tuple(column) for column in columns))
    return Grid(page, tuple(kept), headers, tuple(cells), None, tuple(edges), has_header)


def _edges(headers: Sequence[HeaderCell], body: Sequence[Row]) -> list[float]:
    edges = [headers[0].box.x0 - _MARGIN_LEFT]
    telling = [row for row in body if len(row.words) <= _WIDEST and _is_telling(row, headers)][:80] or [
        row for row in body[:20] if len(row.words) <= _WIDEST
    ]
    for left, right in pairwise(headers):
        edges.append(max(_river(left, right, telling), edges[-1] + 0.1))
    edges.append(max(headers[-1].box.x1 + _MARGIN_RIGHT, edges[-1] + 0.1))
    return edges


def _is_telling(row: Row, headers: Sequence[HeaderCell]) -> bool:
    """Whether numbers stand under at least two headers: a row of values, not of prose."""
    under: set[int] = set()
    for word in row.words:
        if word.text[:1].isdigit() or word.text[1:2].isdigit():
            under.update(
                number for number, cell in enumerate(headers) if word.box.x1 > cell.box.x0 and word.box.x0 < cell.box.x1
            )
    return len(under) >= 2


def _river(left: HeaderCell, right: HeaderCell, rows: Sequence[Row]) -> float:
    """The x between two headers that the fewest words stand across; among equals the one nearest to the gap."""
    share = _LEANING[left.column is None or left.column in TEXTS, right.column in TEXTS]
    natural = left.box.x1 + share * (right.box.x0 - left.box.x1)
    low = left.box.x0 + (1 - _REACH) * left.box.width
    high = right.box.x0 + _REACH * right.box.width
    words = [word for row in rows for word in row.words if word.box.x1 > low and word.box.x0 < high]
    options = {natural, *(word.box.x0 - 0.5 for word in words), *(word.box.x1 + 0.5 for word in words)}
    options = {x for x in options if low <= x <= high}

    def cost(x: float) -> tuple[int, float]:
        cut = sum(word.box.x0 < x < word.box.x1 for word in words)
        outside = max(left.box.x1 - x, x - right.box.x0, 0.0)
        return cut, outside + abs(x - natural) / 100

    return min(options or {natural}, key=cost)


def grid_of_table(page: Page, table: Table, rows: Sequence[Row]) -> Grid | None:
    """The grid that a reader's table gives, header rows apart; None where it does not head line items."""
    column_of_word: dict[int, int] = {}
    row_of_word: dict[int, int] = {}
    for cell in table.cells:
        for start, end in cell.spans:
            for number in page.words.touching(start, end):
                column_of_word[number] = cell.column
                row_of_word[number] = cell.row
    body = [row for row in (_inside(row, column_of_word) for row in rows) if row.words]
    first, names = _names(page, table)
    if not heads_items({name for name in names if name}):
        return None
    kept = [row for row in body if row_of_word[row.words[0].number] >= first]
    if not kept:
        return None
    cells = tuple(
        tuple(
            tuple(word for word in row.words if column_of_word[word.number] == column)
            for column in range(table.columns)
        )
        for row in kept
    )
    groups = tuple(min(row_of_word[word.number] for word in row.words) for row in kept)
    return Grid(page, tuple(kept), names, cells, groups)


def _inside(row: Row, column_of_word: Mapping[int, int]) -> Row:
    return row._replace(words=tuple(word for word in row.words if word.number in column_of_word))


def _names(page: Page, table: Table) -> tuple[int, tuple[Column | None, ...]]:
    """The first row of content, and the column that each header names; the best of the first four rows heads."""
    best: tuple[int, int, tuple[Column | None, ...]] = (0, 0, (None,) * table.columns)
    for row in range(min(4, table.rows)):
        names: list[Column | None] = [None] * table.columns
        for cell in table.cells:
            if cell.row == row:
                said = _named_over(page.cell_text(cell), cell.column_span)
                names[cell.column : cell.column + cell.column_span] = said
        known = len({name for name in names if name})
        if known >= 2 and known > best[0]:
            best = (known, row + 1, tuple(names))
    return best[1], best[2]


def _named_over(text: str, columns: int) -> list[Column | None]:
    """What a header cell over several columns names: one word each, where there are as many as columns."""
    words = text.split()
    if columns > 1 and len(words) == columns:
        return [column_of(word) for word in words]
    return [_named(text), *[None] * (columns - 1)]


def _named(text: str) -> Column | None:
    """What a header cell names: all its words together, else any of its lines or phrases."""
    whole = column_of(" ".join(text.split()))
    if whole:
        return whole
    found = [column_of(part) for line in text.split("\n") for part in (line, *line.replace("/", ",").split(","))]
    return next((column for column in found if column), None)
