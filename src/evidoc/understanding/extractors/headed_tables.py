"""Candidates for tables of any kind, from the tables of the pages: rows under the headers that a caller names.

Line items are left to ``lines``, which knows more of them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from evidoc.kernel.finding import Candidate, Feature, FeatureType, Value
from evidoc.kernel.normalise import normalise
from evidoc.kernel.reading import Cell, Page, Reading, Span, Table
from evidoc.understanding.evidence import value_at
from evidoc.understanding.line_columns import is_line_items
from evidoc.understanding.lookup import words_of
from evidoc.understanding.tokens import key_of
from evidoc.understanding.wish import labels_from_name, type_from_name

_NAME = "headed_tables"
_MOST_HEADER_ROWS = 3
_MOST_ROWS = 1000
_SURE, _UNSURE = 0.9, 0.5
_COMMA_DECIMALS = re.compile(r",\d{1,2}\D{0,4}$")
_NUMBERS = re.compile(r"\d+")
_RULES: Mapping[FeatureType, str] = MappingProxyType(
    {
        FeatureType.IDENTIFIER: "identifier",
        FeatureType.IBAN: "iban",
        FeatureType.EMAIL: "email",
        FeatureType.PHONE: "phone",
        FeatureType.ADDRESS: "address",
        FeatureType.CURRENCY: "currency",
        FeatureType.BOOLEAN: "boolean",
    }
)


@dataclass(frozen=True, slots=True)
class _Headed:
    """A table with the columns that were recognised: the caller's names to the table's columns."""

    page: Page
    table: Table
    first_row: int
    columns: Mapping[str, int]


class HeadedTablesExtractor:
    """Finds the tables whose headers say what the caller calls the columns."""

    def propose(self, reading: Reading, features: Sequence[Feature]) -> Iterable[tuple[Feature, Candidate]]:
        """One candidate for each such feature, where the pages show such a table; it may go on over several pages."""
        for feature in features:
            if feature.type is not FeatureType.TABLE or not feature.columns or is_line_items(feature):
                continue
            tables = _alike(
                [found for page in reading.pages for table in page.tables if (found := _headed(feature, page, table))]
            )
            rows = [(one.page, row) for one in tables for row in _rows(one)][:_MOST_ROWS]
            if rows:
                share = len(tables[0].columns) / len(feature.columns)
                score = _UNSURE + (_SURE - _UNSURE) * share
                whole = _whole(tables)
                yield feature, Candidate("", whole, score, _NAME, 0.0, tuple(row for _, row in rows))


def _headed(feature: Feature, page: Page, table: Table) -> _Headed | None:
    wanted = {name: _keys(name) for name in feature.columns}
    best: _Headed | None = None
    for row in range(min(_MOST_HEADER_ROWS, table.rows)):
        headers = {cell.column: key_of(page.cell_text(cell)) for cell in table.cells if cell.row == row and cell.spans}
        columns: dict[str, int] = {}
        for name, keys in wanted.items():
            column = next((at for at, key in headers.items() if key in keys and at not in columns.values()), None)
            if column is not None:
                columns[name] = column
        if best is None or len(columns) > len(best.columns):
            best = _Headed(page, table, row + 1, columns)
    least = min(2, len(feature.columns))
    if best is None or len(best.columns) < least or 2 * len(best.columns) < len(feature.columns):
        return None
    return best


def _keys(name: str) -> frozenset[tuple[str, ...]]:
    """What may stand over a column of that name."""
    words = words_of(name)
    plain = [" ".join(words), *labels_from_name(name)]
    plural = [f"{' '.join(words)}s"] if words else []
    return frozenset(key for text in (*plain, *plural) if (key := key_of(text)))


def _alike(tables: Sequence[_Headed]) -> list[_Headed]:
    """The table in which most columns were recognised, and those that look the same: it goes on there."""
    if not tables:
        return []
    best = max(tables, key=lambda one: len(one.columns))
    return [one for one in tables if one.columns == best.columns and one.table.columns == best.table.columns]


def _rows(headed: _Headed) -> Iterator[Mapping[str, Value]]:
    cells = {(cell.row, cell.column): cell for cell in headed.table.cells if cell.spans}
    order = {name: _order(headed, cells, column) for name, column in headed.columns.items()}
    for row in range(headed.first_row, headed.table.rows):
        found = {
            name: _value(headed.page, cells[row, column], name, order[name])
            for name, column in headed.columns.items()
            if (row, column) in cells
        }
        if found:
            yield found


def _order(headed: _Headed, cells: Mapping[tuple[int, int], Cell], column: int) -> str:
    """Whether the dates of a column begin with the month: where a second number is no month, they do."""
    for row in range(headed.first_row, headed.table.rows):
        if (row, column) in cells:
            numbers = [int(number) for number in _NUMBERS.findall(headed.page.cell_text(cells[row, column]))[:2]]
            if len(numbers) == 2 and numbers[0] <= 12 < numbers[1] <= 31:
                return "mdy"
    return "dmy"


def _value(page: Page, cell: Cell, name: str, order: str) -> Value:
    kind, text = type_from_name(name), page.cell_text(cell)
    rule = _RULES.get(kind, "text")
    if kind in (FeatureType.MONEY, FeatureType.NUMBER, FeatureType.PERCENT) or normalise("decimal:point", text) == text:
        mark = "comma" if _COMMA_DECIMALS.search(text) else "point"
        rule = f"{'money' if kind is FeatureType.MONEY else 'decimal'}:{mark}"
    elif kind is FeatureType.DATE:
        rule = f"date:{order}"
    return value_at(page, cell.spans, rule if normalise(rule, text) else "text")


def _whole(tables: Sequence[_Headed]) -> Value:
    """The tables as one value: on each page from the first character of the table to the last."""
    spans: dict[int, tuple[Page, int, int]] = {}
    for one in tables:
        places = [span for cell in one.table.cells for span in cell.spans]
        start, end = min(span.start for span in places), max(span.end for span in places)
        _, least, most = spans.get(one.page.index, (one.page, start, end))
        spans[one.page.index] = (one.page, min(start, least), max(end, most))
    parts = [value_at(page, [Span(start, end)], "text") for page, start, end in spans.values()]
    raw = "\n".join(part.raw for part in parts)
    return Value(raw, normalise("text", raw), "text", tuple(part.evidence[0] for part in parts))
