"""What the tasks of an execution gave, as the Clary contract shows it."""

from collections.abc import Iterable
from typing import Any, assert_never

from evidoc.contracts.clary import shapes
from evidoc.contracts.clary.entities import entities_of, entities_of_leaves, missing_of, path_of
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
from evidoc.kernel.value_output import Section


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
            return {
                "value": output.value,
                "entities": [_plain(entity) for entity in entities_of_leaves(document_id, output)],
                "missing": [path_of(pointer) for pointer in output.missing],
            }
        case SectionsOutput():
            return {"sections": [_section(section) for section in output.sections]}
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
            case ValueOutput():
                # What puts values together comes after what it takes them from.
                result.update(given)
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


def _section(section: Section) -> dict[str, Any]:
    return {
        "category": section.category,
        "first_page": section.first_page + 1,
        "last_page": section.last_page + 1,
        "confidence": round(section.confidence, 4),
    }


def _one_line(item: Evidence) -> str:
    return " ".join(item.quote.split())


def _plain(shape: shapes.Shape) -> dict[str, Any]:
    return shape.model_dump(exclude_unset=True)
