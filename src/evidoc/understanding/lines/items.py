"""From a grid whose columns are known to items: which rows belong together, and what each cell says."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import combinations, pairwise, product
from statistics import median
from typing import NamedTuple

from evidoc.kernel.reading import Page, Span
from evidoc.understanding.line_columns import Column
from evidoc.understanding.lines.description import right_edge, wrapped
from evidoc.understanding.lines.grid import Grid
from evidoc.understanding.lines.layout import PlacedWord, runs, span_of
from evidoc.understanding.lines.numbers import Number
from evidoc.understanding.lines.roles import agrees, numbers_of
from evidoc.understanding.lines.totals import is_total

_NUMERIC = (
    Column.QUANTITY,
    Column.UNIT_PRICE,
    Column.AMOUNT,
    Column.TAX_RATE,
    Column.TAX_AMOUNT,
    Column.GROSS_AMOUNT,
    Column.DISCOUNT,
)
_MOST_CHOICES = 4
_BESIDE = 0.3
"""Gap between two rows, in heights, up to which they can be halves of one."""

_FAR = 5.0
"""A gap between items, in usual gaps, behind which something else begins."""


class ItemCell(NamedTuple):
    """Where a cell stands and, for numbers, what it says and the decimal mark that it is read with."""

    spans: tuple[Span, ...]
    number: Decimal | None = None
    mark: str = ""


class Item(NamedTuple):
    """One line item: its page, its cells, and from where to where it stands (points from the top)."""

    page: Page
    cells: Mapping[Column, ItemCell]
    top: float
    bottom: float

    def number(self, column: Column) -> Decimal | None:
        """What a numeric cell says."""
        cell = self.cells.get(column)
        return cell.number if cell else None

    @property
    def adds_up(self) -> bool:
        """Whether quantity times unit price is the amount."""
        quantity, price = self.number(Column.QUANTITY), self.number(Column.UNIT_PRICE)
        amount = self.number(Column.AMOUNT)
        return None not in (quantity, price, amount) and agrees(quantity, price, amount)  # type: ignore[arg-type]


def items_of(grid: Grid, roles: Mapping[Column, int], mark: str) -> list[Item]:
    """The items of the grid, from the top down; totals, taxes, carry-overs and headings left out."""
    anchor_column = next((roles[c] for c in (Column.AMOUNT, Column.UNIT_PRICE, Column.QUANTITY) if c in roles), None)
    if anchor_column is None:
        return []
    units = _units(grid, anchor_column, roles)
    right = right_edge(grid, roles[Column.DESCRIPTION]) if Column.DESCRIPTION in roles else 0.0
    items: list[Item] = []
    total_seen = False
    for unit in _attached(grid, units, roles):
        item = _item(grid, unit, roles, mark, right)
        complete = bool({Column.QUANTITY, Column.UNIT_PRICE} & item.cells.keys())
        if _sums_up(grid, unit, roles, item):
            total_seen = True
            continue
        if (total_seen and not complete) or not (
            {Column.DESCRIPTION, Column.ITEM_NUMBER} & item.cells.keys() or complete
        ):
            continue
        items.append(item)
    return items if grid.groups else _until_gap(items)


class _Unit(NamedTuple):
    """Rows of a grid that stand for one item: those with its numbers, and those above and below."""

    anchor: tuple[int, ...]
    above: tuple[int, ...] = ()
    below: tuple[int, ...] = ()


def _units(grid: Grid, anchor_column: int, roles: Mapping[Column, int]) -> list[tuple[bool, tuple[int, ...]]]:
    """Rows in the order of the page, those of one table row together, and whether they hold an amount."""
    holds = _amount_rows(grid, anchor_column)
    if grid.groups is None:
        return _joined(grid, holds, [roles[c] for c in (Column.QUANTITY, Column.UNIT_PRICE) if c in roles])
    together: dict[int, list[int]] = {}
    for index, group in enumerate(grid.groups):
        together.setdefault(group, []).append(index)
    units: list[tuple[bool, tuple[int, ...]]] = []
    for rows in together.values():
        amounts = sum(index in holds for index in rows)
        if amounts > 1:
            units.extend((index in holds, (index,)) for index in rows)
        else:
            units.append((amounts == 1, tuple(rows)))
    return units


def _joined(grid: Grid, holds: set[int], counted: Sequence[int]) -> list[tuple[bool, tuple[int, ...]]]:
    """One unit a row, but an amount without quantity and price joins the row at its side that has them.

    A cell of one line stands at the middle of its neighbour's two.
    """
    has_count = [any(numbers_of(grid, cells[column]) for column in counted) for cells in grid.cells]
    units: list[tuple[bool, tuple[int, ...]]] = []
    taken: set[int] = set()
    for index, row in enumerate(grid.rows):
        if index in taken:
            continue
        if index not in holds and has_count[index] and index + 1 in holds and not has_count[index + 1]:
            below = grid.rows[index + 1]
            if below.box.y0 - row.box.y1 <= _BESIDE * row.height:
                units.append((True, (index, index + 1)))
                taken.add(index + 1)
                continue
        units.append((index in holds, (index,)))
    return units


def _amount_rows(grid: Grid, column: int) -> set[int]:
    """The rows with an amount; where most amounts show cents, a bare whole number is none."""
    found = {index: numbers_of(grid, cells[column]) for index, cells in enumerate(grid.cells)}
    amounts = {index: numbers[-1] for index, numbers in found.items() if numbers and not numbers[-1].percent}
    with_cents = sum(number.decimals >= 2 for number in amounts.values())
    if with_cents * 2 > len(amounts):
        return {index for index, number in amounts.items() if number.decimals >= 2}
    return set(amounts)


def _attached(grid: Grid, units: Sequence[tuple[bool, tuple[int, ...]]], roles: Mapping[Column, int]) -> list[_Unit]:
    """Each unit with an amount, with the rows without one that belong to it.

    Rows between two amounts part at the widest gap; where all gaps are alike they belong to the item above, unless
    items begin above their amounts (something stands between the header and the first amount).
    """
    anchors = [number for number, (holds, _) in enumerate(units) if holds]
    attached: list[_Unit] = []
    first_above = (
        bool(anchors) and anchors[0] > 0 and grid.has_header and _has_text(grid, units[anchors[0] - 1][1], roles)
    )
    starts = 0
    for position, number in enumerate(anchors):
        following = anchors[position + 1] if position + 1 < len(anchors) else None
        above = [row for _, rows in units[starts:number] for row in rows]
        end = len(units) if following is None else _split(grid, units, number, following, upwards=first_above)
        below = [row for _, rows in units[number + 1 : end] for row in rows]
        attached.append(_Unit(units[number][1], tuple(above), tuple(below)))
        starts = end
    return attached


def _has_text(grid: Grid, rows: Sequence[int], roles: Mapping[Column, int]) -> bool:
    column = roles.get(Column.DESCRIPTION)
    return column is not None and any(grid.cells[row][column] for row in rows)


def _split(
    grid: Grid, units: Sequence[tuple[bool, tuple[int, ...]]], number: int, following: int, *, upwards: bool
) -> int:
    """The first unit between two amounts that belongs to the one below."""
    gaps = [
        grid.rows[units[index][1][0]].box.y0 - grid.rows[units[index - 1][1][-1]].box.y1
        for index in range(number + 1, following + 1)
    ]
    usual = median(gaps)
    widest = max(range(len(gaps)), key=lambda index: gaps[index])
    height = grid.rows[units[number][1][0]].height
    if gaps[widest] - usual > 0.25 * height and len(gaps) > 1:
        return number + 1 + widest
    if len(gaps) == 2 and abs(gaps[0] - gaps[1]) > 0.25 * height:
        return number + 1 + widest
    return number + 1 if upwards else following


def _item(grid: Grid, unit: _Unit, roles: Mapping[Column, int], mark: str, right: float) -> Item:
    cells: dict[Column, ItemCell] = {}
    numbers = {column: _numbers(grid, unit, roles[column]) for column in _NUMERIC if column in roles}
    cells.update(_choose({column: found for column, found in numbers.items() if found}, mark))
    amount = cells.get(Column.AMOUNT)
    if amount and amount.number and not {Column.QUANTITY, Column.UNIT_PRICE} <= cells.keys():
        every = [number for column in (Column.QUANTITY, Column.UNIT_PRICE) for number in numbers.get(column, ())]
        quantity_at = next((i for i, header in enumerate(grid.headers) if header is Column.QUANTITY), 0)
        price_at = next((i for i, header in enumerate(grid.headers) if header is Column.UNIT_PRICE), 1)
        cells.update(_run_together(every, amount.number, mark, price_first=price_at < quantity_at))
    for column in (Column.UNIT, Column.ITEM_NUMBER, Column.POSITION, Column.DATE):
        if column in roles:
            words = next((grid.cells[row][roles[column]] for row in unit.anchor if grid.cells[row][roles[column]]), ())
            if words:
                cells[column] = ItemCell(tuple(span_of(run) for run in runs(words)))
    if Column.DESCRIPTION in roles:
        spans = wrapped(grid, roles[Column.DESCRIPTION], unit.anchor, unit.above, unit.below, right)
        if spans:
            cells[Column.DESCRIPTION] = ItemCell(spans)
    boxes = [grid.rows[row].box for row in unit.anchor]
    return Item(grid.page, cells, min(box.y0 for box in boxes), max(box.y1 for box in boxes))


def _numbers(grid: Grid, unit: _Unit, column: int) -> list[Number]:
    """The numbers of a column in the item's own rows; failing that in the nearest of the rows about it."""
    rate = grid.headers[column] in (Column.TAX_RATE, Column.DISCOUNT)
    for rows in (unit.anchor, unit.above[::-1][:2], unit.below[:2]):
        every = [number for row in rows for number in numbers_of(grid, grid.cells[row][column])]
        found = [number for number in every if rate or not number.percent]
        if found:
            return found[:_MOST_CHOICES]
    return []


def _choose(numbers: Mapping[Column, Sequence[Number]], mark: str) -> dict[Column, ItemCell]:
    """One number for each column: those whose quantity times price is the amount, else the first of each."""
    chosen = {
        column: _cell(found[-1] if column is Column.AMOUNT else found[0], mark) for column, found in numbers.items()
    }
    trio = (Column.QUANTITY, Column.UNIT_PRICE, Column.AMOUNT)
    if all(column in numbers for column in trio):
        options = [[_cell(number, m) for number in numbers[column] for m in _marks(number, mark)] for column in trio]
        for quantity, price, amount in product(*options):
            if quantity.number and agrees(quantity.number, price.number or Decimal(0), amount.number or Decimal(0)):
                chosen.update(zip(trio, (quantity, price, amount), strict=True))
                break
    return chosen


def _run_together(
    numbers: Sequence[Number], amount: Decimal, mark: str, *, price_first: bool
) -> dict[Column, ItemCell]:
    """Quantity and price among the numbers of one column, where two columns were read as one."""
    for left, right in combinations([_cell(number, mark) for number in numbers], 2):
        quantity, price = (right, left) if price_first else (left, right)
        if quantity.number and price.number is not None and agrees(quantity.number, price.number, amount):
            return {Column.QUANTITY: quantity, Column.UNIT_PRICE: price}
    return {}


def _marks(number: Number, mark: str) -> tuple[str, ...]:
    if number.point is None or number.comma is None or number.point == number.comma:
        return (mark,)
    return (mark, "point" if mark == "comma" else "comma")


def _cell(number: Number, mark: str) -> ItemCell:
    value, used = number.value(mark)
    return ItemCell((number.span,), value, used)


def _sums_up(grid: Grid, unit: _Unit, roles: Mapping[Column, int], item: Item) -> bool:
    if Column.QUANTITY in item.cells and Column.UNIT_PRICE in item.cells and item.adds_up:
        return False
    numeric = {roles[column] for column in _NUMERIC if column in roles}
    words: list[PlacedWord] = [
        word
        for row in unit.anchor
        for column, cell in enumerate(grid.cells[row])
        if column not in numeric or Column.QUANTITY not in item.cells
        for word in cell
    ]
    return is_total(word.text for word in words)


def _until_gap(items: Sequence[Item]) -> list[Item]:
    """The items up to a gap that is much wider than the usual one."""
    gaps = [after.top - before.bottom for before, after in pairwise(items)]
    if len(gaps) < 2:
        return list(items)
    usual = max(median(gaps), items[0].bottom - items[0].top)
    for position, gap in enumerate(gaps):
        if gap > _FAR * usual:
            return list(items[: position + 1])
    return list(items)
