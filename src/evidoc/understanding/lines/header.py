"""The line over line items: words that name columns, side by side, and what each of them names."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from evidoc.kernel.reading import Box, union
from evidoc.understanding.line_columns import HEADERS, Column
from evidoc.understanding.lines.layout import PlacedWord, Row
from evidoc.understanding.tokens import key_of

_LONGEST_PHRASE = 5
_PHRASE_GAP = 1.0
"""Gap between the words of one phrase, in heights."""

_KNOWN_SHARE = 0.55
"""Share of a header's words that must name columns."""

_STACK_GAP = 0.9
"""Gap between lines of one header, in heights."""

_MOST_STACKED = 3
_LONGEST_HEADER = 60
_QUALIFIERS = frozenset(
    "excl exclusive excluding ex incl inclusive including inc inkl exkl ohne mit without w with ht ttc hors htva hvat "
    "netto brutto net gross in eur euro usd gbp chf € $ £".split()
)
_BY_ENDING = {
    "betrag": Column.AMOUNT,
    "betraege": Column.AMOUNT,
    "bedrag": Column.AMOUNT,
    "summe": Column.AMOUNT,
    "preis": Column.UNIT_PRICE,
    "price": Column.UNIT_PRICE,
    "prijs": Column.UNIT_PRICE,
    "prix": Column.UNIT_PRICE,
    "einh": Column.UNIT_PRICE,
    "bezeichnung": Column.DESCRIPTION,
    "beschreibung": Column.DESCRIPTION,
    "description": Column.DESCRIPTION,
}
_CENTS = re.compile(r"\d[.,]\d\d(?!\d)")
_MONEYS = frozenset({Column.AMOUNT, Column.UNIT_PRICE, Column.GROSS_AMOUNT})
_COUNTED = _MONEYS | {Column.QUANTITY}


class HeaderCell(NamedTuple):
    """What stands over one column: the column that it names (None: unknown words) and where."""

    column: Column | None
    box: Box
    text: str


class Header(NamedTuple):
    """A header: rows ``[first, end)`` of its page, and its cells from left to right."""

    first: int
    end: int
    cells: tuple[HeaderCell, ...]

    @property
    def columns(self) -> frozenset[Column]:
        """The columns that it names."""
        return frozenset(cell.column for cell in self.cells if cell.column)

    @property
    def is_of_items(self) -> bool:
        """Whether it heads line items, not a summary of taxes or of payments."""
        columns = self.columns
        about_items = Column.DESCRIPTION in columns or Column.QUANTITY in columns or Column.ITEM_NUMBER in columns
        return about_items and bool(columns & _COUNTED)


def headers_of(rows: Sequence[Row]) -> list[Header]:
    """The headers of a page, from the top down; rows that belong to one are not looked at again."""
    found: list[Header] = []
    done = 0
    for number, row in enumerate(rows):
        if number < done:
            continue
        cells = phrases_of(row)
        if not _is_header(row, cells):
            continue
        first, end = _stack(rows, number, done)
        merged = _merge([phrases_of(rows[index]) for index in range(first, end)], number - first)
        header = Header(first, end, merged)
        if found and header.first < found[-1].end:
            continue
        found.append(header)
        done = end
    return found


def phrases_of(row: Row) -> list[HeaderCell]:
    """The row cut into phrases: known names of columns, longest first, and runs of other words between them."""
    cells: list[HeaderCell] = []
    unknown: list[PlacedWord] = []
    position = 0
    while position < len(row.words):
        size, column = _known(row, position)
        if size:
            _flush(unknown, cells)
            cells.append(_cell(column, row.words[position : position + size]))
            position += size
            continue
        word = row.words[position]
        if unknown and _gap(unknown[-1], word) > _PHRASE_GAP:
            _flush(unknown, cells)
        unknown.append(word)
        position += 1
    _flush(unknown, cells)
    return cells


def _known(row: Row, position: int) -> tuple[int, Column | None]:
    """How many words from ``position`` on name a column, and which."""
    longest = 1
    limit = min(_LONGEST_PHRASE, len(row.words) - position)
    while longest < limit and _gap(row.words[position + longest - 1], row.words[position + longest]) <= _PHRASE_GAP:
        longest += 1
    for size in range(longest, 0, -1):
        column = column_of(" ".join(word.text for word in row.words[position : position + size]))
        if column:
            return _with_qualifiers(row, position, size, longest), column
    return 0, None


def column_of(text: str) -> Column | None:
    """The column that words over it name: known words, or a compound that ends in one (``Zeilenbetrag``)."""
    key = key_of(text)
    if not key or len(text) > _LONGEST_HEADER:
        return None
    known = HEADERS.get(key)
    return known or (_BY_ENDING.get(key[-1]) if len(key) <= 2 else None)


def _with_qualifiers(row: Row, position: int, size: int, longest: int) -> int:
    """``size`` and the words behind that only qualify: ``Price excl. VAT``, ``Prix HT``."""
    qualified = False
    while size < longest:
        key = key_of(row.words[position + size].text)
        if key and key[0] in _QUALIFIERS:
            qualified = True
        elif not (qualified and key and HEADERS.get(key) is Column.TAX_RATE):
            break
        size += 1
    return size


def _gap(left: PlacedWord, right: PlacedWord) -> float:
    return (right.box.x0 - left.box.x1) / max(left.box.height, right.box.height, 1.0)


def _flush(words: list[PlacedWord], cells: list[HeaderCell]) -> None:
    if words:
        cells.append(_cell(None, words))
        words.clear()


def _cell(column: Column | None, words: Sequence[PlacedWord]) -> HeaderCell:
    return HeaderCell(column, union([word.box for word in words]), " ".join(word.text for word in words))


def _is_header(row: Row, cells: Sequence[HeaderCell]) -> bool:
    columns = {cell.column for cell in cells if cell.column}
    if len(columns) < 2 or not columns & _COUNTED or _CENTS.search(row.text):
        return False
    known = sum(len(cell.text.split()) for cell in cells if cell.column)
    return known >= _KNOWN_SHARE * sum(len(cell.text.split()) for cell in cells)


def _stack(rows: Sequence[Row], core: int, lowest: int) -> tuple[int, int]:
    """The rows above and below that belong to the same header: close by, without amounts, over its columns."""
    first, end = core, core + 1
    while first > max(lowest, core - _MOST_STACKED) and _belongs(rows[first - 1], rows[first], rows[core]):
        first -= 1
    while end < min(len(rows), core + 1 + _MOST_STACKED) and _belongs(rows[end], rows[end - 1], rows[core]):
        end += 1
    return first, end


def _belongs(row: Row, neighbour: Row, core: Row) -> bool:
    gap = max(row.box.y0 - neighbour.box.y1, neighbour.box.y0 - row.box.y1)
    if gap > _STACK_GAP * core.height or any(mark.isdigit() for mark in row.text) or len(row.words) > 12:
        return False
    cells = phrases_of(row)
    named = [cell for cell in cells if cell.column]
    if not named:
        return len(row.words) <= 2 and row.text.startswith("(") and row.text.endswith(")")
    known = sum(len(cell.text.split()) for cell in named)
    return known * 2 >= len(row.words)


def _merge(stacked: Sequence[Sequence[HeaderCell]], core: int) -> tuple[HeaderCell, ...]:
    """One cell for what stands over one another; together the words may name another column than alone."""
    groups: list[list[tuple[int, HeaderCell]]] = [[(core, cell)] for cell in stacked[core]]
    for level, cells in enumerate(stacked):
        if level == core:
            continue
        for cell in cells:
            best = max(groups, key=lambda group: _overlap(group[0][1].box, cell.box))
            if _overlap(best[0][1].box, cell.box) > 0:
                best.append((level, cell))
            else:
                groups.append([(level, cell)])
    merged = [_joined([cell for _, cell in sorted(group, key=lambda item: item[0])]) for group in groups]
    return tuple(sorted(merged, key=lambda cell: cell.box.x0))


def _joined(cells: Sequence[HeaderCell]) -> HeaderCell:
    text = " ".join(cell.text for cell in cells)
    named = [cell.column for cell in cells if cell.column]
    preferred = next((column for column in named if column in (Column.DESCRIPTION, *_COUNTED)), None)
    column = column_of(text) or preferred or (named[0] if named else None)
    return HeaderCell(column, union([cell.box for cell in cells]), text)


def _overlap(one: Box, other: Box) -> float:
    return min(one.x1, other.x1) - max(one.x0, other.x0)
