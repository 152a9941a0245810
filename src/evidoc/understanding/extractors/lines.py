"""Candidates for line items, read from the pages: rows of cells, each with its own evidence."""

from collections.abc import Iterable, Mapping, Sequence

from evidoc.kernel.finding import Candidate, Feature, FeatureType, Value
from evidoc.kernel.normalise import normalise
from evidoc.kernel.reading import Page, Reading, Span
from evidoc.understanding.evidence import value_at
from evidoc.understanding.line_columns import TYPES, Column, is_line_items, wanted_columns
from evidoc.understanding.lines.find import LineTable, find_lines
from evidoc.understanding.lines.items import Item, ItemCell

_NAME = "lines"


class LinesExtractor:
    """Finds the items of invoices, orders and receipts, by table headers, column types and arithmetic."""

    def propose(self, reading: Reading, features: Sequence[Feature]) -> Iterable[tuple[Feature, Candidate]]:
        """One candidate for each feature that asks for line items, where the pages show any."""
        wanted = [feature for feature in features if is_line_items(feature)]
        table = find_lines(reading.pages) if wanted else None
        if table is None:
            return
        for feature in wanted:
            rows = tuple(_row(item, wanted_columns(feature)) for item in table.items)
            yield feature, Candidate("", _whole(table), _score(table), _NAME, 0.0, rows, table.signals)


def _score(table: LineTable) -> float:
    """Likely right where products and sums are; half of that where nothing can be checked."""
    signals = table.signals
    return min(0.45 + 0.2 * signals["with_header"] + 0.15 * signals["adds_up"] + 0.15 * signals["sums_to_shown"], 0.95)


def _row(item: Item, columns: Mapping[str, Column]) -> Mapping[str, Value]:
    return {
        name: _value(item.page, column, item.cells[column]) for name, column in columns.items() if column in item.cells
    }


def _value(page: Page, column: Column, cell: ItemCell) -> Value:
    return value_at(page, cell.spans, _rule(column, cell.mark))


def _rule(column: Column, mark: str) -> str:
    match TYPES[column]:
        case FeatureType.MONEY:
            return f"money:{mark}"
        case FeatureType.NUMBER | FeatureType.PERCENT:
            return f"decimal:{mark}"
        case FeatureType.IDENTIFIER:
            return "identifier"
        case _:
            return "text"


def _whole(table: LineTable) -> Value:
    """The table as one value: on each page from the first character of its items to the last."""
    pages: dict[int, tuple[Page, list[Span]]] = {}
    for item in table.items:
        _, spans = pages.setdefault(item.page.index, (item.page, []))
        spans.extend(span for cell in item.cells.values() for span in cell.spans)
    parts = [
        value_at(page, [Span(min(span.start for span in spans), max(span.end for span in spans))], "text")
        for page, spans in pages.values()
    ]
    raw = "\n".join(part.raw for part in parts)
    return Value(raw, normalise("text", raw), "text", tuple(part.evidence[0] for part in parts))
