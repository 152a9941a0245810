"""What a run found, as the columns of one row.

The normalised values of decisions that are kept or left for review are written, but identifiers as they are
printed: a hyphen in an invoice number belongs to it for everybody who looks the row up. The names of the columns to
look at are in ``review``, the probabilities in ``confidence``. A feature that is missing leaves NULL. Money
has a column for its currency beside it. Rows of line items and lists of values are JSON.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from evidoc.delivering.columns import IDENTITY, ColumnType, column_name
from evidoc.delivering.rows import RowColumn
from evidoc.flows.task import Work
from evidoc.kernel import clock
from evidoc.kernel.decision import Decision, Verdict
from evidoc.kernel.finding import Candidate, FeatureType, Value
from evidoc.kernel.output import ClassificationOutput, DecisionsOutput, SummaryOutput

_TYPES = {
    FeatureType.MONEY: ColumnType.NUMERIC,
    FeatureType.NUMBER: ColumnType.NUMERIC,
    FeatureType.PERCENT: ColumnType.NUMERIC,
    FeatureType.DATE: ColumnType.DATE,
}
_FORMS = {
    ColumnType.NUMERIC: re.compile(r"-?\d{1,28}(\.\d{1,10})?"),
    ColumnType.DATE: re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"),
}


@dataclass(slots=True)
class _Row:
    """A row as it is put together."""

    columns: dict[str, RowColumn] = field(default_factory=dict)
    confidence: dict[str, float] = field(default_factory=dict)
    review: list[str] = field(default_factory=list)

    def add(self, name: str, kind: ColumnType, value: str | None) -> str:
        column = column_name(name, {*self.columns, *IDENTITY})
        self.columns[column] = RowColumn(column, kind, value)
        return column


def row_columns(work: Work) -> list[RowColumn]:
    """The columns of the row that this task writes, those that every row has first."""
    decisions = _decisions(work)
    row = _Row()
    for name, source in _sources(work, decisions):
        if source in decisions:
            _add_decision(row, name, decisions[source])
        else:
            row.add(name, ColumnType.TEXT, _other(work, source))
    if not work.config.get("mapping") and not work.config.get("columns"):
        _add_outputs(row, work)
    identity = {
        "document_id": work.document.document_id,
        "execution_id": work.run.run_id,
        "task_id": work.task_id,
        "workflow_id": work.run.flow_id,
        "created_at": clock.to_wire(work.run.created_at),
        "confidence": json.dumps(row.confidence),
        "review": json.dumps(row.review),
    }
    return [*(RowColumn(name, ColumnType.TEXT, identity[name]) for name in IDENTITY), *row.columns.values()]


def _decisions(work: Work) -> Mapping[str, Decision]:
    """By feature name; where two tasks looked for the same feature, the later one counts."""
    return {
        decision.finding.feature.name: decision
        for output in work.before.values()
        if isinstance(output, DecisionsOutput)
        for decision in output.decisions
    }


def _sources(work: Work, decisions: Mapping[str, Decision]) -> Iterable[tuple[str, str]]:
    mapping = work.config.get("mapping", {})
    names = work.config.get("columns") or ([] if mapping else decisions)
    return [*((name, name) for name in names), *mapping.items()]


def _other(work: Work, source: str) -> str | None:
    room, _, name = source.partition(".")
    places = {"parameters": work.run.parameters, "metadata": work.document.metadata}
    if room in places and name:
        value = places[room].get(name)
    else:
        document = work.document
        facts = {"name": document.name, "content_type": document.content_type, "sha256": document.sha256}
        value = facts.get(source)
    return value if value is None or isinstance(value, str) else json.dumps(value)


def _add_outputs(row: _Row, work: Work) -> None:
    for output in work.before.values():
        if isinstance(output, ClassificationOutput) and output.classifications:
            best = output.classifications[0]
            row.confidence[row.add("document_type", ColumnType.TEXT, best.category)] = best.confidence
        elif isinstance(output, SummaryOutput):
            sentences = " ".join(piece.quote.replace("\n", " ") for piece in output.summary.sentences)
            row.add("summary", ColumnType.TEXT, sentences)


def _add_decision(row: _Row, name: str, decision: Decision) -> None:
    feature = decision.finding.feature
    found = () if decision.verdict is Verdict.MISSING else decision.selected
    several = feature.many or feature.type is FeatureType.TABLE
    kind = ColumnType.TEXT if several else _TYPES.get(feature.type, ColumnType.TEXT)
    value = _as_json(found) if several else next((_delivered(item.value) for item in found), None)
    fits = value is None or kind not in _FORMS or _FORMS[kind].fullmatch(value)
    column = row.add(name, kind, value if fits else None)
    if feature.type is FeatureType.MONEY and not several:
        row.add(f"{name}_currency", ColumnType.TEXT, next((item.value.unit for item in found), None))
    if found:
        row.confidence[column] = round(min(item.confidence for item in found), 4)
    if decision.verdict is Verdict.REVIEW or not fits:
        row.review.append(column)


def _as_json(found: Iterable[Candidate]) -> str | None:
    values = list(_items(found))
    return json.dumps(values, ensure_ascii=False) if values else None


def _items(found: Iterable[Candidate]) -> Iterator[str | dict[str, str]]:
    for candidate in found:
        if candidate.rows:
            yield from ({name: _delivered(cell) for name, cell in line.items()} for line in candidate.rows)
        else:
            yield _delivered(candidate.value)


def _delivered(value: Value) -> str:
    return " ".join(value.raw.split()) if value.rule == "identifier" else value.normalized
