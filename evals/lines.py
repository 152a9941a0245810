"""Line items read from pages, on invoices whose truth lies beside them (invoice2data's JSON)."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from evals.line_scores import COLUMNS, TABLE_HEAD, LineScore, Row, score, table_row
from evals.readings import data_folder, readings
from evidoc.kernel.finding import Candidate, Feature, FeatureType, Value
from evidoc.kernel.reading import Reading
from evidoc.understanding.extractors.lines import LinesExtractor

LINE_ITEMS = Feature("line_items", FeatureType.TABLE, ("line items",))

_NAMES = {
    "description": ("name", "desc", "description"),
    "quantity": ("qty", "quantity"),
    "unit_price": ("price_unit", "price", "unit_price"),
    "amount": ("price_subtotal", "price_total", "amount", "total"),
}


def lines_from_pages(reading: Reading) -> list[Row]:
    """The rows that the pages alone give."""
    pages = Reading(reading.pages)
    candidates = [candidate for _, candidate in LinesExtractor().propose(pages, [LINE_ITEMS])]
    return rows_of(max(candidates, key=lambda candidate: candidate.score)) if candidates else []


def rows_of(candidate: Candidate) -> list[Row]:
    """A candidate's rows as normalised text; a description as it is."""
    return [{name: _said(name, value) for name, value in row.items()} for row in candidate.rows]


def _said(name: str, value: Value) -> str:
    return value.raw if name == "description" else value.normalized


def small_invoices(folder: Path) -> list[LineScore]:
    """One score for each invoice whose JSON has line items with a name."""
    truths = {path.with_suffix(".pdf"): _truth(path) for path in sorted(folder.glob("*.json"))}
    wanted = {path: rows for path, rows in truths.items() if rows and path.exists()}
    return [score(path.name, wanted[path], lines_from_pages(reading)) for path, reading in readings(wanted)]


def _truth(path: Path) -> list[Row]:
    [invoice, *_] = json.loads(path.read_text())
    lines: Sequence[Mapping[str, Any]] = invoice.get("lines") or invoice.get("line_items") or ()
    rows = [_truth_row(line) for line in lines]
    return [row for row in rows if "description" in row]


def _truth_row(line: Mapping[str, Any]) -> Row:
    row: dict[str, str] = {}
    for column in COLUMNS:
        said = next((line[name] for name in _NAMES[column] if line.get(name) not in (None, "")), None)
        if said is not None:
            row[column] = str(said)
    return row


def report() -> str:
    """The Markdown table of this eval."""
    return "\n".join((TABLE_HEAD, table_row("small-invoices", small_invoices(data_folder() / "small-invoices"))))


if __name__ == "__main__":
    print(report())
