"""What the tasks of an execution gave, as the Clary contract shows it."""

from collections.abc import Iterable
from typing import Any, assert_never

from evidoc.contracts.clary import shapes
from evidoc.contracts.clary.entities import entities_of, missing_of
from evidoc.contracts.clary.positions import evidence_of, found_table
from evidoc.kernel.finding import Evidence
from evidoc.kernel.output import (
    ClassificationOutput,
    DecisionsOutput,
    RowOutput,
    SectionsOutput,
    SummaryOutput,
    TablesOutput,
    TaskOutput,
    TextOutput,
    ValueOutput,
)
from evidoc.kernel.value_output import leaf_to_json, sections_to_json


def output_of(document_id: str, output: TaskOutput) -> dict[str, Any]:
    """The output of one task, by its kind."""
    match output:
        case TextOutput():
            return _text(output)
        case TablesOutput():
            return {"tables": [_plain(found_table(table)) for table in output.tables], "truncated": output.truncated}
        case DecisionsOutput():
            return {
                "entities": [_plain(entity) for entity in entities_of(document_id, output.decisions)],
                "missing": missing_of(output.decisions),
            }
        case ClassificationOutput():
            return {"classifications": [_plain(item) for item in classifications_of(output)]}
        case SummaryOutput():
            return _plain(summary_of(document_id, output))
        case RowOutput():
            return {"connection": output.connection, "table": output.table, "row": dict(output.row)}
        case ValueOutput():
            return {"value": output.value, "leaves": {at: leaf_to_json(leaf) for at, leaf in output.leaves.items()}}
        case SectionsOutput():
            return sections_to_json(output)
        case _:
            assert_never(output)


def result_of(outputs: Iterable[tuple[TaskOutput, dict[str, Any]]]) -> dict[str, Any]:
    """What all tasks of an execution found, gathered by kind; rows are those that were written.

    ``outputs`` come with what ``output_of`` made of each, which may be many megabytes.
    """
    result: dict[str, Any] = {}
    for output, given in outputs:
        match output:
            case TextOutput():
                result["page_count"] = output.page_count
            case RowOutput():
                result.setdefault("rows", []).append(given)
            case SummaryOutput():
                result.update(summary=given["summary"], key_points=given["key_points"], evidence=given["evidence"])
            case _:
                for name, found in given.items():
                    if isinstance(found, list):
                        result.setdefault(name, []).extend(found)
    return result


def classifications_of(output: ClassificationOutput) -> list[shapes.ClassifiedAs]:
    """Categories, likeliest first."""
    return [
        shapes.ClassifiedAs(category=item.category, confidence=round(item.confidence, 4))
        for item in output.classifications
    ]


def summary_of(document_id: str, output: SummaryOutput) -> shapes.Summarized:
    """A summary as text, with where its sentences stand."""
    sentences = [_one_line(item) for item in output.summary.sentences]
    bullets = output.format == "bullets"
    return shapes.Summarized(
        document_id=document_id,
        summary="\n".join(f"- {sentence}" for sentence in sentences) if bullets else " ".join(sentences),
        key_points=[_one_line(item) for item in output.summary.key_points],
        evidence=evidence_of(document_id, output.summary.sentences),
        key_point_evidence=evidence_of(document_id, output.summary.key_points),
    )


def _text(output: TextOutput) -> dict[str, Any]:
    given: dict[str, Any] = {
        "format": output.format,
        "page_count": output.page_count,
        "truncated": output.truncated,
    }
    if output.format == "json":
        given["pages"] = [
            {
                "page_number": page.page_index + 1,
                "page_index": page.page_index,
                "text": page.text,
                "method": str(page.method),
            }
            for page in output.pages
        ]
    else:
        given["text"] = output.text
    return given


def _one_line(item: Evidence) -> str:
    return " ".join(item.quote.split())


def _plain(shape: shapes.Shape) -> dict[str, Any]:
    return shape.model_dump(exclude_unset=True)
