"""Which column of a grid holds what: by its header, by what stands in it, and by quantity times price."""

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import permutations

from evidoc.understanding.line_columns import TEXTS, Column
from evidoc.understanding.lines.grid import Grid
from evidoc.understanding.lines.layout import PlacedWord, runs, span_of
from evidoc.understanding.lines.numbers import Number, numbers_in

_TOLERANCE = Decimal("0.015")
_RELATIVE = Decimal("0.002")
_MOST_NUMERIC = 7
_MOST_ROWS = 60


def numbers_of(grid: Grid, cell: Sequence[PlacedWord]) -> list[Number]:
    """The numbers of a cell, from left to right; percentages only where there is nothing else."""
    text = grid.page.text
    found = [
        number for run in runs(cell) for number in numbers_in(text[run[0].start : run[-1].end], span_of(run).start)
    ]
    plain = [number for number in found if not number.percent]
    return sorted(plain or found, key=lambda number: number.span)


def agrees(quantity: Decimal, price: Decimal, amount: Decimal) -> bool:
    """Whether quantity times price is the amount, give or take rounding."""
    return abs(quantity * price - amount) <= max(_TOLERANCE, abs(amount) * _RELATIVE)


def roles_of(grid: Grid, mark: str) -> dict[Column, int]:
    """Column to its number in the grid, for those that could be told."""
    numeric = _numeric_columns(grid)
    roles = _by_header(grid, numeric)
    _by_arithmetic(grid, mark, numeric, roles)
    if Column.AMOUNT not in roles:
        _last_money(grid, numeric, roles)
    if Column.DESCRIPTION not in roles:
        widest = _widest_text(grid, set(roles.values()))
        if widest is not None:
            roles[Column.DESCRIPTION] = widest
    return roles


def _numeric_columns(grid: Grid) -> dict[int, int]:
    """Columns that mostly hold numbers, with how many rows do."""
    counts: Counter[int] = Counter()
    filled: Counter[int] = Counter()
    for cells in grid.cells:
        for column, cell in enumerate(cells):
            if cell:
                filled[column] += 1
                counts[column] += any(mark.isdigit() for word in cell for mark in word.text) and bool(
                    numbers_of(grid, cell)
                )
    return {column: count for column, count in counts.items() if count and count * 3 >= filled[column]}


def _by_header(grid: Grid, numeric: Mapping[int, int]) -> dict[Column, int]:
    """What headers say; where two say the same, the one whose content fits, then the rightmost (amounts) or first."""
    roles: dict[Column, int] = {}
    for column in Column:
        named = [number for number, header in enumerate(grid.headers) if header is column]
        if not named:
            continue
        fitting = [number for number in named if (number in numeric) == (column not in TEXTS)]
        if column is Column.AMOUNT and not any(numbers_of(grid, cells[n]) for cells in grid.cells for n in named):
            continue
        fitting = fitting or named
        if column is Column.DESCRIPTION:
            roles[column] = max(fitting, key=lambda number: _letters(grid, number))
        else:
            roles[column] = fitting[-1] if column in (Column.AMOUNT, Column.GROSS_AMOUNT) else fitting[0]
    prices = [number for number, header in enumerate(grid.headers) if header is Column.UNIT_PRICE and number in numeric]
    if Column.AMOUNT not in roles and Column.GROSS_AMOUNT in roles:
        roles[Column.AMOUNT] = roles[Column.GROSS_AMOUNT]
    if Column.AMOUNT not in roles and len(prices) > 1:
        roles[Column.AMOUNT] = prices[-1]
    return roles


_PRODUCT = (Column.QUANTITY, Column.UNIT_PRICE, Column.AMOUNT)


def _by_arithmetic(grid: Grid, mark: str, numeric: Mapping[int, int], roles: dict[Column, int]) -> None:
    """Let quantity times price equals amount settle what headers left open or got wrong."""
    columns = sorted(numeric)[-_MOST_NUMERIC:]
    table = _first_numbers(grid, mark, columns)
    named = tuple(roles.get(column) for column in _PRODUCT)
    best, best_votes = None, 0.0
    for triple in permutations(columns, 3):
        quantity, price, amount = triple
        if amount < quantity and amount < price:
            continue
        votes = float(
            sum(
                quantity in row and price in row and amount in row and agrees(row[quantity], row[price], row[amount])
                for row in table
            )
        )
        if votes:
            votes += 0.2 * sum(grid.headers[number] is column for number, column in zip(triple, _PRODUCT, strict=True))
            votes += 0.1 * sum(one == other for one, other in zip(triple, named, strict=True))
        votes += 0.05 * (amount > price)
        if votes > best_votes:
            best, best_votes = triple, votes
    if best is None or int(best_votes) < 1:
        return
    all_named = all(number in numeric for number in named)
    rows_with_amount = sum(best[2] in row for row in table)
    if all_named and (int(best_votes) < 2 or int(best_votes) * 2 < rows_with_amount):
        return
    for column, number in zip(_PRODUCT, best, strict=True):
        for other, taken in list(roles.items()):
            if taken == number and other not in (column, Column.GROSS_AMOUNT, Column.DESCRIPTION):
                del roles[other]
        roles[column] = number


def _first_numbers(grid: Grid, mark: str, columns: Sequence[int]) -> list[dict[int, Decimal]]:
    """For each table row (or row, where none are known) the first number of each column."""
    groups: dict[int, dict[int, Decimal]] = {}
    for index, cells in enumerate(grid.cells[: _MOST_ROWS * 4]):
        key = grid.groups[index] if grid.groups else index
        for column in columns:
            if column in groups.get(key, {}):
                continue
            found = [number for number in numbers_of(grid, cells[column]) if not number.percent]
            if found:
                groups.setdefault(key, {})[column] = found[0].value(mark)[0]
    return list(groups.values())[:_MOST_ROWS]


def _last_money(grid: Grid, numeric: Mapping[int, int], roles: dict[Column, int]) -> None:
    """The rightmost column with amounts, unless it is known to be something else (and not only a tax)."""
    taken = {number for column, number in roles.items() if column not in (Column.TAX_RATE, Column.TAX_AMOUNT)}
    for column in sorted(numeric, reverse=True):
        if column in taken:
            continue
        found = [number for cells in grid.cells for number in numbers_of(grid, cells[column])]
        if sum(number.decimals == 2 and not number.percent for number in found) * 2 >= len(found):
            roles[Column.AMOUNT] = column
            return


def _widest_text(grid: Grid, taken: set[int]) -> int | None:
    free = [number for number in range(len(grid.headers)) if number not in taken]
    best = max(free, key=lambda number: _letters(grid, number), default=None)
    return best if best is not None and _letters(grid, best) else None


def _letters(grid: Grid, column: int) -> int:
    return sum(mark.isalpha() for cells in grid.cells for word in cells[column] for mark in word.text)
