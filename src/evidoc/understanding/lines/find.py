"""The line items of a document: every way of reading its pages as items, rated, and the best one kept."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice, pairwise

from evidoc.kernel.reading import Box, Page, union
from evidoc.understanding.line_columns import Column
from evidoc.understanding.lines.grid import Grid, grid_between, grid_of_table, grid_under
from evidoc.understanding.lines.header import headers_of
from evidoc.understanding.lines.items import Item, items_of
from evidoc.understanding.lines.layout import Row, rows_of
from evidoc.understanding.lines.numbers import decimal_mark, numbers_in
from evidoc.understanding.lines.receipt import receipt_items
from evidoc.understanding.lines.roles import roles_of

MOST_PAGES = 300
MOST_ITEMS = 5_000
_MOST_EXTRAS = 40
_MOST_NUMBERS = 20_000

_DOUBTFUL = 2.0
"""Gap, in heights of the item above, up to which an amount without quantity and price is still an item."""

_MARGIN = 6.0
"""Points by which a header may stand out of the table that it belongs to."""

_TEXT_PAGE = 4_000
"""Rows of one page beyond which it is passed over: no invoice has them."""


_MAIN = (Column.DESCRIPTION, Column.QUANTITY, Column.UNIT_PRICE, Column.AMOUNT)


@dataclass(frozen=True, slots=True)
class LineTable:
    """The items of a document, from first to last.

    ``signals``: ``adds_up`` (share of items whose quantity times price is the amount), ``sums_to_shown`` (1 where the
    amounts sum to an amount shown elsewhere in the document), ``with_header`` (1 where columns were named).
    """

    items: tuple[Item, ...]
    signals: Mapping[str, float]


@dataclass(slots=True)
class _Reading:
    """One way to read a stretch of one page."""

    page: Page
    items: list[Item]
    signature: tuple[Column | None, ...]
    grid: Grid
    roles: Mapping[Column, int]
    rate: float = 0.0
    words: frozenset[int] = field(default_factory=frozenset)


def find_lines(pages: Sequence[Page]) -> LineTable | None:
    """The line items that ``pages`` show, or None where they show none. Pure."""
    taken = [page for _, page in zip(range(MOST_PAGES), pages, strict=False)]
    mark = decimal_mark(page.text for page in taken)
    amounts = _amounts_shown(taken, mark)
    ways: list[_Reading] = []
    rows_by_page: dict[int, list[Row]] = {}
    for page in taken:
        rows = rows_of(page)
        if len(rows) <= _TEXT_PAGE:
            rows_by_page[page.index] = rows
            ways.extend(_ways(page, rows, mark))
    for way in ways:
        way.rate = _rate(way, amounts)
    chosen = _chain(ways)
    chosen = _continued(chosen, taken, rows_by_page, mark)
    items = without_extras([item for way in chosen for item in way.items], amounts)
    if not items:
        items = receipt_items(taken, rows_by_page, mark)
        return _table(items, amounts, with_header=False) if items else None
    return _table(items, amounts, with_header=True)


def _table(items: Sequence[Item], amounts: Mapping[Decimal, int], *, with_header: bool) -> LineTable:
    kept = tuple(items[:MOST_ITEMS])
    signals = {
        "adds_up": sum(item.adds_up for item in kept) / len(kept),
        "sums_to_shown": float(_sums_to_shown(kept, amounts)),
        "with_header": float(with_header),
    }
    return LineTable(kept, signals)


def _ways(page: Page, rows: Sequence[Row], mark: str) -> Iterator[_Reading]:
    """Each table that is drawn or marked up as one, and each run of rows under a header that stands in none."""
    settled: list[Box] = []
    for table in page.tables:
        grid = grid_of_table(page, table, rows) if table.columns >= 2 and (table.ruled or page.typeset) else None
        if grid is not None:
            way = _way(grid, mark)
            yield way
            if way.items and sum(item.adds_up for item in way.items) * 2 >= len(way.items):
                settled.append(table.box)
    headers = headers_of(rows)
    for number, header in enumerate(headers):
        box = union([cell.box for cell in header.cells])
        if not header.is_of_items or any(area.covers(box, _MARGIN) for area in settled):
            continue
        following = headers[number + 1].first if number + 1 < len(headers) else len(rows)
        body = rows[header.end : following]
        if body:
            yield _way(grid_under(page, header, body), mark)


def _way(grid: Grid, mark: str) -> _Reading:
    roles = roles_of(grid, mark)
    items = items_of(grid, roles, mark)
    words = frozenset(start for item in items for cell in item.cells.values() for start, _ in cell.spans)
    return _Reading(grid.page, items, grid.headers, grid, roles, 0.0, words)


def without_extras(items: Sequence[Item], amounts: Mapping[Decimal, int]) -> list[Item]:
    """The items without what stands under them and only looks alike (charges summed up, taxes by rate).

    Where the first of them (most, and more than one) sum to an amount that is shown, the rest goes. Where some have a
    quantity and a price, those behind the last such one are doubtful: as many are kept as make the
    amounts sum to one that is shown; where none do, those that follow at the usual distance.
    """
    if not _sums_to_shown(items, amounts):
        for end in range(len(items) - 1, max(len(items) // 2, len(items) - _MOST_EXTRAS, 1), -1):
            if _sums_to_shown(items[:end], amounts):
                return list(items[:end])
    complete = [number for number, item in enumerate(items) if _is_complete(item)]
    if not complete or len(complete) == len(items):
        return list(items)
    certain = complete[-1] + 1
    for end in range(certain, min(len(items), certain + _MOST_EXTRAS) + 1):
        if _sums_to_shown(items[:end], amounts):
            return list(items[:end])
    only_complete = [items[number] for number in complete]
    if _sums_to_shown(only_complete, amounts):
        return only_complete
    kept = list(items[:certain])
    for before, after in pairwise(items[certain - 1 :]):
        near = after.page is before.page and after.top - before.bottom <= _DOUBTFUL * (before.bottom - before.top)
        if not near:
            break
        kept.append(after)
    return kept


def _is_complete(item: Item) -> bool:
    return Column.QUANTITY in item.cells and Column.UNIT_PRICE in item.cells


def _rate(way: _Reading, amounts: Mapping[Decimal, int]) -> float:
    """How much speaks for these being the items.

    Filled cells, products that are right, a sum that is shown, headers that say what their columns hold, and lines
    drawn between the cells.
    """
    items = without_extras(way.items, amounts)
    named = {column for column in _MAIN if column in way.roles and way.signature[way.roles[column]] is column}
    rate = 0.0
    for item in items:
        cells = item.cells
        rate += 0.4 if _is_complete(item) else 0.0
        rate += 0.4 * (Column.AMOUNT in cells) + 0.4 * (Column.DESCRIPTION in cells)
        rate += 1.0 * item.adds_up
        rate += 0.2 * len(named & cells.keys()) + 0.2 * (way.grid.groups is not None)
    if _sums_to_shown(items, amounts):
        rate += 2.0 + 0.3 * len(items)
    return rate


def _sums_to_shown(items: Sequence[Item], amounts: Mapping[Decimal, int]) -> bool:
    numbers = [number for item in items if (number := item.number(Column.AMOUNT)) is not None]
    total = sum(numbers, Decimal(0))
    return bool(numbers) and amounts.get(total, 0) > numbers.count(total)


def _amounts_shown(pages: Sequence[Page], mark: str) -> dict[Decimal, int]:
    """How often each amount with cents stands in the document."""
    counts: dict[Decimal, int] = {}
    for page in pages:
        for number in islice(numbers_in(page.text), _MOST_NUMBERS):
            if number.decimals >= 2:
                value = number.value(mark)[0]
                counts[value] = counts.get(value, 0) + 1
    return counts


def _chain(ways: Sequence[_Reading]) -> list[_Reading]:
    """The best reading, and those elsewhere that have its columns (further pages, further sections)."""
    best = max((way for way in ways if way.items), key=lambda way: way.rate, default=None)
    if best is None:
        return []
    chain = [best]
    named = {column for column in best.signature if column}
    for way in sorted(ways, key=lambda way: -way.rate):
        same = {column for column in way.signature if column} == named
        clear = all(way.page is not other.page or not (way.words & other.words) for other in chain)
        if way is not best and way.items and same and clear:
            chain.append(way)
    return sorted(chain, key=lambda way: (way.page.index, way.items[0].top))


def _continued(
    chain: list[_Reading], pages: Sequence[Page], rows_by_page: Mapping[int, list[Row]], mark: str
) -> list[_Reading]:
    """``chain`` and the pages right behind it whose rows go on in its columns without a header of their own."""
    if not chain:
        return chain
    by_index = {page.index: page for page in pages}
    last = chain[-1]
    while last.grid.edges:
        page = by_index.get(last.page.index + 1)
        rows = rows_by_page.get(last.page.index + 1)
        if page is None or not rows or any(header.is_of_items for header in headers_of(rows)):
            break
        grid = grid_between(page, last.grid.headers, last.grid.edges, rows, has_header=False)
        roles = roles_of(last.grid, mark)
        items = [item for item in items_of(grid, roles, mark) if len(item.cells) >= 3 or item.adds_up]
        if not any(item.adds_up for item in items):
            break
        last = _Reading(page, items, last.signature, grid, roles)
        chain.append(last)
    return chain
