"""Items where no header names columns: lines of text with an amount at their end, as on till receipts."""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise, permutations
from statistics import median

from evidoc.kernel.reading import Page, Span
from evidoc.understanding.line_columns import Column
from evidoc.understanding.lines.header import headers_of
from evidoc.understanding.lines.items import Item, ItemCell
from evidoc.understanding.lines.layout import PlacedWord, Row, runs, span_of
from evidoc.understanding.lines.numbers import Number, numbers_in
from evidoc.understanding.lines.roles import agrees
from evidoc.understanding.lines.totals import is_total

_TIMES = re.compile(r"^(?:x|X|×|@|\*|à|a|st|stk|pcs|ea)\.?$")
_WIDEST = 60
_MOST_NUMBERS = 8
_MOST_GAP = 6.0
"""Gap between two items, in heights, behind which something else begins."""


def receipt_items(pages: Sequence[Page], rows_by_page: Mapping[int, Sequence[Row]], mark: str) -> list[Item]:
    """The items above the first total; () where fewer than one line reads as an item."""
    items: list[Item] = []
    for page in pages:
        found, ended = _on_page(page, rows_by_page.get(page.index, ()), mark)
        items.extend(found)
        if ended and items:
            break
    return items


def _on_page(page: Page, rows: Sequence[Row], mark: str) -> tuple[list[Item], bool]:
    """The items of the page, and whether a total was met."""
    lines = [(row, _numbers(page, row)) for row in rows if len(row.words) <= _WIDEST]
    rows = [row for row, _ in lines]
    ends = [numbers[-1] for row, numbers in lines if _ends_with_amount(row, numbers)]
    if not ends:
        return [], False
    edge = median(page.box_of(*number.span).x1 for number in ends)
    headings = {number for header in headers_of(rows) for number in range(header.first, header.end)}
    items: list[Item] = []
    pending: Row | None = None
    for index, (row, numbers) in enumerate(lines):
        if index in headings:
            pending = None
            continue
        if is_total(_texts(row, numbers)):
            if items and numbers:
                return items, True
            continue
        if not _ends_with_amount(row, numbers) or abs(page.box_of(*numbers[-1].span).x1 - edge) > 0.15 * page.width:
            pending = row if any(mark.isalpha() for mark in row.text) and len(numbers) <= 2 else None
            continue
        item = _item(page, row, numbers, pending, mark)
        if item is not None:
            items.append(item)
        pending = None
    return _close_together(items), False


def _numbers(page: Page, row: Row) -> list[Number]:
    found = [
        number for run in runs(row.words) for number in numbers_in(page.text[run[0].start : run[-1].end], run[0].start)
    ]
    return sorted(found, key=lambda number: page.box_of(*number.span).x1)


def _ends_with_amount(row: Row, numbers: Sequence[Number]) -> bool:
    """Whether an amount with cents stands last; a tax code of a letter or two may follow it."""
    if not numbers or numbers[-1].decimals != 2 or numbers[-1].percent:
        return False
    behind = [word for word in row.words if word.start >= numbers[-1].span.end]
    return all(len(word.text) <= 3 for word in behind) and len(behind) <= 2


def _texts(row: Row, numbers: Sequence[Number]) -> list[str]:
    return [word.text for word in row.words if not _is_number(word, numbers)]


def _is_number(word: PlacedWord, numbers: Sequence[Number]) -> bool:
    return any(number.span.start < word.end and word.start < number.span.end for number in numbers)


def _item(page: Page, row: Row, numbers: Sequence[Number], pending: Row | None, mark: str) -> Item | None:
    amount = numbers[-1]
    value, used = amount.value(mark)
    cells: dict[Column, ItemCell] = {Column.AMOUNT: ItemCell((amount.span,), value, used)}
    names = [word for word in row.words if word.end <= amount.span.start]
    if names and names[-1].text.endswith(":"):
        return None
    pair = _quantity_and_price(numbers[:-1], amount, mark)
    if pair:
        for column, number in zip((Column.QUANTITY, Column.UNIT_PRICE), pair, strict=True):
            value, used = number.value(mark)
            cells[column] = ItemCell((number.span,), value, used)
        names = [word for word in names if not _is_number(word, pair) and not _TIMES.match(word.text)]
    top = row.box.y0
    if not any(mark.isalpha() for word in names for mark in word.text):
        if pending is None or row.box.y0 - pending.box.y1 > 1.5 * row.height:
            return None
        names, top = list(pending.words), pending.box.y0
    spans = tuple(_trimmed(names))
    if spans:
        cells[Column.DESCRIPTION] = ItemCell(spans)
    return Item(page, cells, top, row.box.y1)


def _trimmed(words: Sequence[PlacedWord]) -> list[Span]:
    """The words without a currency or sign standing alone before the amount."""
    kept = list(words)
    while kept and not any(mark.isalnum() for mark in kept[-1].text):
        kept.pop()
    return [span_of(run) for run in runs(kept)]


def _quantity_and_price(numbers: Sequence[Number], amount: Number, mark: str) -> tuple[Number, Number] | None:
    total = amount.value(mark)[0]
    for quantity, price in permutations(numbers[-_MOST_NUMBERS:], 2):
        count = quantity.value(mark)[0]
        if price.decimals >= 2 and count > 0 and agrees(count, price.value(mark)[0], total):
            return quantity, price
    return None


def _close_together(items: Sequence[Item]) -> list[Item]:
    """The longest run of items without a wide gap."""
    if not items:
        return []
    groups: list[list[Item]] = [[items[0]]]
    for before, after in pairwise(items):
        height = max(before.bottom - before.top, 1.0)
        if after.top - before.bottom > _MOST_GAP * height:
            groups.append([])
        groups[-1].append(after)
    return max(groups, key=len)
