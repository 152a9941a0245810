"""What the tasks of a run give back, and its JSON.

Every output is content of its document: it is kept in the document's own encrypted store, never in the
engine's history. ``output_to_json`` writes what ``output_from_json`` reads; ``kind`` tells which one it is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from evidoc.kernel.classification import Classification
from evidoc.kernel.decision import Decision
from evidoc.kernel.decision_codec import (
    decisions_from_json,
    decisions_to_json,
    evidence_from_json,
    evidence_to_json,
)
from evidoc.kernel.finding import Evidence
from evidoc.kernel.reading import Box
from evidoc.kernel.summary import Summary
from evidoc.kernel.value_output import (
    Leaf,
    Section,
    SectionsOutput,
    ValueOutput,
    sections_from_json,
    sections_to_json,
    value_output_from_json,
    value_output_to_json,
)

__all__ = [
    "ClassificationOutput",
    "DecisionsOutput",
    "FoundTable",
    "Leaf",
    "RowOutput",
    "Section",
    "SectionsOutput",
    "SummaryOutput",
    "TableCell",
    "TablesOutput",
    "TaskOutput",
    "TextOutput",
    "TextPage",
    "ValueOutput",
    "output_from_json",
    "output_to_json",
    "summary_from_json",
    "summary_to_json",
]


@dataclass(frozen=True, slots=True)
class TextPage:
    """The text of one page, with no boxes (those are in the reading)."""

    page_index: int
    text: str
    method: str


@dataclass(frozen=True, slots=True)
class TextOutput:
    """What document_parser and text_extraction give: ``format`` is json, text or markdown.

    ``pages`` is filled for json, ``text`` for the other two. ``page_count`` counts all pages of the document;
    ``truncated`` says that the text was cut at the size an output may have (the reading itself is whole).
    """

    format: str
    page_count: int
    pages: tuple[TextPage, ...] = ()
    text: str = ""
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class TableCell:
    """A cell with what it says; rows and columns count from 0, the box is in points."""

    row: int
    column: int
    text: str
    box: Box
    row_span: int = 1
    column_span: int = 1
    header: bool = False


@dataclass(frozen=True, slots=True)
class FoundTable:
    """A table, the page it stands on, and its cells with their text."""

    page_index: int
    rows: int
    columns: int
    box: Box
    cells: tuple[TableCell, ...]
    ruled: bool = False


@dataclass(frozen=True, slots=True)
class TablesOutput:
    """What table_extraction gives."""

    tables: tuple[FoundTable, ...]
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class DecisionsOutput:
    """What entity_extraction gives."""

    decisions: tuple[Decision, ...]


@dataclass(frozen=True, slots=True)
class ClassificationOutput:
    """What document_classification gives, likeliest first."""

    classifications: tuple[Classification, ...]


@dataclass(frozen=True, slots=True)
class SummaryOutput:
    """What summarization gives; ``format`` is paragraph or bullets."""

    summary: Summary
    format: str = "paragraph"


@dataclass(frozen=True, slots=True)
class RowOutput:
    """What database_connector wrote: the row, column by column, and where it lies."""

    connection: str
    table: str
    row: Mapping[str, Any]


TaskOutput: TypeAlias = (
    TextOutput
    | TablesOutput
    | DecisionsOutput
    | ClassificationOutput
    | SummaryOutput
    | RowOutput
    | ValueOutput
    | SectionsOutput
)


def output_to_json(output: TaskOutput) -> dict[str, Any]:
    """The JSON value of an output."""
    match output:
        case TextOutput():
            return {
                "kind": "text",
                "format": output.format,
                "page_count": output.page_count,
                "pages": [[page.page_index, page.text, page.method] for page in output.pages],
                "text": output.text,
                "truncated": output.truncated,
            }
        case TablesOutput():
            return {
                "kind": "tables",
                "tables": [_table_to_json(table) for table in output.tables],
                "truncated": output.truncated,
            }
        case DecisionsOutput():
            return {"kind": "decisions", "decisions": decisions_to_json(output.decisions)}
        case ClassificationOutput():
            return {
                "kind": "classifications",
                "classifications": [[item.category, item.confidence] for item in output.classifications],
            }
        case SummaryOutput():
            return {"kind": "summary", "format": output.format, **summary_to_json(output.summary)}
        case RowOutput():
            return {
                "kind": "row",
                "connection": output.connection,
                "table": output.table,
                "row": dict(output.row),
            }
        case ValueOutput():
            return value_output_to_json(output)
        case SectionsOutput():
            return sections_to_json(output)


def output_from_json(value: Mapping[str, Any]) -> TaskOutput:
    """What ``output_to_json`` made. Raises ValueError for anything else."""
    try:
        return _READERS[value["kind"]](value)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("not the JSON of a task's output") from error


def summary_to_json(summary: Summary) -> dict[str, Any]:
    """The JSON value of a summary."""
    return {
        "sentences": [evidence_to_json(item) for item in summary.sentences],
        "key_points": [evidence_to_json(item) for item in summary.key_points],
    }


def summary_from_json(value: Mapping[str, Any]) -> Summary:
    """What ``summary_to_json`` made."""

    def spans(name: str) -> tuple[Evidence, ...]:
        return tuple(evidence_from_json(item) for item in value[name])

    return Summary(spans("sentences"), spans("key_points"))


def _text_from_json(value: Mapping[str, Any]) -> TextOutput:
    return TextOutput(
        format=value["format"],
        page_count=value["page_count"],
        pages=tuple(TextPage(*page) for page in value["pages"]),
        text=value["text"],
        truncated=value["truncated"],
    )


def _table_to_json(table: FoundTable) -> dict[str, Any]:
    return {
        "page_index": table.page_index,
        "rows": table.rows,
        "columns": table.columns,
        "box": list(table.box),
        "ruled": table.ruled,
        "cells": [
            [cell.row, cell.column, cell.text, list(cell.box), cell.row_span, cell.column_span, cell.header]
            for cell in table.cells
        ],
    }


def _table_from_json(value: Mapping[str, Any]) -> FoundTable:
    return FoundTable(
        page_index=value["page_index"],
        rows=value["rows"],
        columns=value["columns"],
        box=Box(*value["box"]),
        cells=tuple(
            TableCell(row, column, text, Box(*box), row_span, column_span, header)
            for row, column, text, box, row_span, column_span, header in value["cells"]
        ),
        ruled=value["ruled"],
    )


_READERS: dict[str, Callable[[Mapping[str, Any]], TaskOutput]] = {
    "text": _text_from_json,
    "tables": lambda value: TablesOutput(tuple(map(_table_from_json, value["tables"])), value["truncated"]),
    "decisions": lambda value: DecisionsOutput(decisions_from_json(value["decisions"])),
    "classifications": lambda value: ClassificationOutput(
        tuple(Classification(*item) for item in value["classifications"])
    ),
    "summary": lambda value: SummaryOutput(summary_from_json(value), value["format"]),
    "row": lambda value: RowOutput(value["connection"], value["table"], value["row"]),
    "value": value_output_from_json,
    "sections": sections_from_json,
}
