"""What the steps of a run gave, as values alone: the ``output`` of a run."""

from collections.abc import Mapping
from typing import Any, assert_never

from evidoc.kernel.decision import Decision, Verdict
from evidoc.kernel.finding import Candidate, FeatureType
from evidoc.kernel.output import (
    ClassificationOutput,
    DecisionsOutput,
    FoundTable,
    RowOutput,
    SectionsOutput,
    SummaryOutput,
    TablesOutput,
    TaskOutput,
    TextOutput,
    ValueOutput,
)
from evidoc.operations.runs import RunView


def output_of_run(view: RunView) -> Any:
    """The output of a completed run.

    What its last step gave, if that is a value by a schema, and by step where several steps end the flow. A flow that
    was defined as tasks gives an object instead: every value by the name of what was asked for, as normalised, and
    under the task's id what else its last tasks gave.
    """
    last = dict(view.result)
    found = [output for _, output in view.tasks if isinstance(output, DecisionsOutput)]
    if not found:
        return _value(next(iter(last.values()))) if len(last) == 1 else {name: _value(last[name]) for name in last}
    others = {name: _value(output) for name, output in last.items() if not isinstance(output, DecisionsOutput)}
    values = [_decided(output) for output in found]
    return {name: value for part in (others, *values) for name, value in part.items()}


def value_of(output: TaskOutput) -> Any:
    """The value of one step."""
    return _value(output)


def _value(output: TaskOutput) -> Any:
    match output:
        case ValueOutput():
            return output.value
        case DecisionsOutput():
            return _decided(output)
        case SectionsOutput():
            return [
                {
                    "category": section.category,
                    "firstPageIndex": section.first_page,
                    "lastPageIndex": section.last_page,
                    "confidence": round(section.confidence, 4),
                }
                for section in output.sections
            ]
        case ClassificationOutput():
            return _categories(output)
        case TextOutput():
            return {"text": output.text or "\f".join(page.text for page in output.pages)}
        case TablesOutput():
            return {"tables": [_rows(table) for table in output.tables]}
        case SummaryOutput():
            return {
                "summary": " ".join(" ".join(item.quote.split()) for item in output.summary.sentences),
                "keyPoints": [" ".join(item.quote.split()) for item in output.summary.key_points],
            }
        case RowOutput():
            return {"connection": output.connection, "table": output.table, "row": dict(output.row)}
        case _:
            assert_never(output)


def _categories(output: ClassificationOutput) -> dict[str, Any]:
    kinds = [{"category": item.category, "confidence": round(item.confidence, 4)} for item in output.classifications]
    return {"category": kinds[0]["category"] if kinds else None, "categories": kinds}


def _rows(table: FoundTable) -> list[list[str]]:
    rows = [[""] * table.columns for _ in range(table.rows)]
    for cell in table.cells:
        rows[cell.row][cell.column] = cell.text
    return rows


def _decided(output: DecisionsOutput) -> dict[str, Any]:
    return {decision.finding.feature.name: _decision(decision) for decision in output.decisions}


def _decision(decision: Decision) -> Any:
    feature = decision.finding.feature
    kept = () if decision.verdict is Verdict.MISSING else decision.selected
    if feature.type is FeatureType.TABLE:
        return [_cells(row) for candidate in kept for row in candidate.rows]
    if feature.many:
        return [_normalised(candidate) for candidate in kept]
    return next((_normalised(candidate) for candidate in kept), None)


def _cells(row: Mapping[str, Any]) -> dict[str, str]:
    return {name: cell.normalized for name, cell in row.items()}


def _normalised(candidate: Candidate) -> str:
    return candidate.value.normalized
