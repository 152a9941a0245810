"""The line over line items: words that name columns, side by side, and what each of them names."""

import re
from collections.abc import Sequence, Set
from functools import lru_cache
from typing import NamedTuple

from evidoc.kernel.reading import Box, union
from evidoc.understanding.line_columns import HEADERS, Column
from evidoc.understanding.lines.layout import PlacedWord, Row
from evidoc.understanding.tokens import key_of

_LONGEST_PHRASE = 5
_PHRASE_GAP = 1.0
"""Gap between the words of one phrase, in heights."""

_KNOWN_SHARE = 0.5
_KNOWN_SHARE_OF_TWO = 0.75
"""Share of a header's words that must name columns, in general and where only two are named."""

_STACK_GAP = 0.9
"""Gap between lines of one header, in heights."""

_MOST_STACKED = 3
_MOST_WORDS = 14
_BESIDE = 25.0
"""Points beside the header that still belong to it."""

_LONGEST_HEADER = 60
_QUALIFIERS = frozenset(
    "excl exclusive excluding ex incl inclusive including inc inkl exkl ohne mit without w with ht ttc hors htva hvat "
    "netto brutto net gross in eur euro usd gbp chf rm myr pln € $ £".split()
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
_VOCABULARY = frozenset(token for key in HEADERS for token in key) | frozenset(_BY_ENDING)
_FEWEST_WORDS = 2
_WIDEST = 80
"""Words of a row beyond which it heads nothing."""

_CENTS = re.compile(r"\d[.,]\d\d(?!\d)")
_MONEYS = frozenset({Column.AMOUNT, Column.UNIT_PRICE, Column.GROSS_AMOUNT})
_COUNTED = _MONEYS | {Column.QUANTITY}
_ABOUT_ITEMS = frozenset({Column.DESCRIPTION, Column.QUANTITY, Column.ITEM_NUMBER})


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
        return heads_items(self.columns)


def heads_items(columns: Set[Column]) -> bool:
    """Whether columns so named are those of line items."""
    return bool(columns & _ABOUT_ITEMS) and bool(columns & _COUNTED)


def headers_of(rows: Sequence[Row]) -> list[Header]:
    """The headers of a page, from the top down; rows that belong to one are not looked at again."""
    found: list[Header] = []
    done = 0
    for number in range(len(rows)):
        if number < done:
            continue
        core = _core(rows, number)
        if core is None:
            continue
        first, end = _stack(rows, core, done)
        if first > number:
            continue
        merged = _merge([phrases_of(row) for row in _clear(rows[first:end], core)], core.first - first)
        found.append(Header(first, end, merged))
        done = end
    return found


class _Core(NamedTuple):
    """The rows ``[first, end)`` that make a header by themselves, and where they stand."""

    first: int
    end: int
    box: Box
    height: float
    words: tuple[Box, ...]


def _core(rows: Sequence[Row], number: int) -> _Core | None:
    """Row ``number``, alone or with the row right below it, where that is a header."""
    row = rows[number]
    if (
        len(row.words) > _WIDEST
        or _CENTS.search(row.text)
        or sum(_is_header_word(word.text) for word in row.words) < _FEWEST_WORDS
    ):
        return None
    if _is_header([row], phrases_of(row)):
        if number + 1 < len(rows) and _says_more(rows[number + 1], row):
            return _core_of(rows[number + 1 : number + 2], number + 1)
        return _core_of(rows[number : number + 1], number)
    if number + 1 < len(rows) and not any(mark.isdigit() for mark in row.text):
        below = rows[number + 1]
        if len(below.words) > _WIDEST:
            return None
        close = below.box.y0 - row.box.y1 <= _STACK_GAP * row.height
        alone = _is_header([below], phrases_of(below))
        if close and not alone and _is_header([row, below], _merge([phrases_of(row), phrases_of(below)], 1)):
            return _core_of(rows[number : number + 2], number)
    return None


def _says_more(below: Row, row: Row) -> bool:
    """Whether the row right below is a header too, of more columns: then ``row`` only stands over it."""
    if len(below.words) > _WIDEST:
        return False
    cells = phrases_of(below)
    named, above = ({cell.column for cell in each if cell.column} for each in (cells, phrases_of(row)))
    close = below.box.y0 - row.box.y1 <= _STACK_GAP * row.height
    return close and len(named) > len(above) and _is_header([below], cells)


def _core_of(rows: Sequence[Row], first: int) -> _Core:
    words = tuple(word.box for row in rows for word in row.words)
    return _Core(first, first + len(rows), union([row.box for row in rows]), rows[0].height, words)


def _clear(rows: Sequence[Row], core: _Core) -> list[Row]:
    """The rows without what stands far to the left or right of the header (text up the margin, say)."""
    return [_within(row, core) for row in rows]


def _within(row: Row, core: _Core) -> Row:
    kept = tuple(
        word for word in row.words if core.box.x0 - _BESIDE <= word.box.x0 and word.box.x1 <= core.box.x1 + _BESIDE
    )
    return row._replace(words=kept)


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
    words = row.words[position : position + longest]
    keys = [_key(word.text) for word in words]
    for size in range(longest, 0, -1):
        if words[size - 1].text.endswith(":"):
            continue
        column = _meant(tuple(token for key in keys[:size] for token in key))
        if column:
            return _with_qualifiers(row, position, size, longest), column
    return 0, None


@lru_cache(maxsize=16384)
def _key(word: str) -> tuple[str, ...]:
    return key_of(word) if len(word) <= _LONGEST_HEADER else ("",)


def _is_header_word(word: str) -> bool:
    key = _key(word)
    return bool(key) and (key[0] in _VOCABULARY or key[-1] in _VOCABULARY)


def _meant(key: tuple[str, ...]) -> Column | None:
    known = HEADERS.get(key)
    return known or (_BY_ENDING.get(key[-1]) if key and len(key) <= 2 else None)


def column_of(text: str) -> Column | None:
    """The column that words over it name: known words, or a compound that ends in one (``Zeilenbetrag``)."""
    return _meant(key_of(text)) if len(text) <= _LONGEST_HEADER else None


def _with_qualifiers(row: Row, position: int, size: int, longest: int) -> int:
    """``size`` and the words behind that only qualify: ``Price excl. VAT``, ``Prix HT``."""
    qualified = False
    while size < longest:
        key = _key(row.words[position + size].text)
        if key and all(token in _QUALIFIERS for token in key):
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


def _is_header(rows: Sequence[Row], cells: Sequence[HeaderCell]) -> bool:
    columns = {cell.column for cell in cells if cell.column}
    if len(columns) < 2 or not columns & _COUNTED or any(_CENTS.search(row.text) for row in rows):
        return False
    known = sum(len(cell.text.split()) for cell in cells if cell.column)
    share = _KNOWN_SHARE if len(columns) > 2 else _KNOWN_SHARE_OF_TWO
    return known >= share * sum(len(cell.text.split()) for cell in cells)


def _stack(rows: Sequence[Row], core: _Core, lowest: int) -> tuple[int, int]:
    """The rows above and below that belong to the same header: close by, without amounts, over its columns."""
    first, end = core.first, core.end
    while first > max(lowest, core.first - _MOST_STACKED) and _belongs(rows[first - 1], rows[first], core):
        first -= 1
    while end < min(len(rows), core.end + _MOST_STACKED) and _belongs(rows[end], rows[end - 1], core):
        end += 1
    return first, end


def _belongs(row: Row, neighbour: Row, core: _Core) -> bool:
    gap = max(row.box.y0 - neighbour.box.y1, neighbour.box.y0 - row.box.y1)
    row = _within(row, core)
    if gap > _STACK_GAP * core.height or not 0 < len(row.words) <= _WIDEST or any(mark.isdigit() for mark in row.text):
        return False
    cells = phrases_of(row)
    if not any(cell.column for cell in cells):
        return len(row.words) <= 2 and row.text.startswith("(") and row.text.endswith(")")
    fitting = [cell for cell in cells if cell.column or any(_overlap(cell.box, box) > 0 for box in core.words)]
    return len(fitting) == len(cells) <= _MOST_WORDS


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
