"""What each step of a run gave, with where it stands in the document: the ``artifacts`` of a run."""

from collections.abc import Iterable
from typing import Any, assert_never

from evidoc.contracts.boxes import around
from evidoc.contracts.doclo.outputs import value_of
from evidoc.kernel.decision import Verdict
from evidoc.kernel.finding import Evidence, Value
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
from evidoc.kernel.value_output import Leaf


def artifact_of(output: TaskOutput) -> dict[str, Any]:
    """What one step gave: ``value`` as in the run's output, and what answers for it.

    ``evidence`` maps each scalar of the value, by JSON Pointer (RFC 6901), to how sure it is and where it stands.
    """
    match output:
        case TextOutput():
            return _text(output)
        case ValueOutput():
            return {
                "value": output.value,
                "evidence": {pointer: _leaf(leaf) for pointer, leaf in output.leaves.items()},
                "missing": list(output.missing),
                "leftOut": [{"pointer": fault.field, "reason": fault.message} for fault in output.left_out],
            }
        case DecisionsOutput():
            return {"value": value_of(output), "evidence": _decided(output), "missing": _missing(output)}
        case SummaryOutput():
            return {"value": value_of(output), "spans": _spans(output.summary.sentences)}
        case TablesOutput():
            tables = [{"pageIndex": table.page_index, "box": around(table.box)} for table in output.tables]
            return {"value": value_of(output), "tables": tables, "truncated": output.truncated}
        case ClassificationOutput() | SectionsOutput() | RowOutput():
            return {"value": value_of(output)}
        case _:
            assert_never(output)


def _text(output: TextOutput) -> dict[str, Any]:
    given: dict[str, Any] = {
        "format": output.format,
        "pageCount": output.page_count,
        "truncated": output.truncated,
    }
    if output.format == "json":
        given["pages"] = [
            {"pageIndex": page.page_index, "text": page.text, "method": str(page.method)} for page in output.pages
        ]
    else:
        given["text"] = output.text
    return given


def _leaf(leaf: Leaf) -> dict[str, Any]:
    return _answered(leaf.verdict, leaf.confidence, leaf.reasons, leaf.value)


def _decided(output: DecisionsOutput) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for decision in output.decisions:
        feature = decision.finding.feature
        kept = () if decision.verdict is Verdict.MISSING else decision.selected
        lines = [(candidate, row) for candidate in kept for row in candidate.rows]
        for index, (candidate, row) in enumerate(lines):
            for name, cell in row.items():
                pointer = _pointer(feature.name, index, name)
                found[pointer] = _answered(decision.verdict, candidate.confidence, decision.reasons, cell)
        for index, candidate in enumerate(kept if not lines else ()):
            pointer = _pointer(feature.name, index) if feature.many else _pointer(feature.name)
            found[pointer] = _answered(decision.verdict, candidate.confidence, decision.reasons, candidate.value)
    return found


def _missing(output: DecisionsOutput) -> list[str]:
    return [
        _pointer(item.finding.feature.name)
        for item in output.decisions
        if item.verdict is Verdict.MISSING or not item.selected
    ]


def _pointer(*parts: str | int) -> str:
    """A JSON Pointer."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def _answered(verdict: Verdict, confidence: float, reasons: Iterable[str], value: Value | None) -> dict[str, Any]:
    """One scalar: how sure it is, as printed, and where it stands; the first place also in the object itself."""
    given: dict[str, Any] = {
        "verdict": verdict.value,
        "confidence": min(1.0, max(0.0, round(confidence, 4))),
        "reasons": list(reasons),
    }
    if value is None:
        return given
    given |= {"valueRaw": value.raw, "valueNormalized": value.normalized, "rule": value.rule}
    if value.unit:
        given["unit"] = value.unit
    if value.source:
        source = value.source
        given["source"] = {"attachment": source.attachment, "path": source.path, "quote": source.quote}
    spans = _spans(value.evidence)
    return given | (spans[0] if spans else {}) | {"spans": spans}


def _spans(evidence: Iterable[Evidence]) -> list[dict[str, Any]]:
    return [
        {
            "pageIndex": item.page_index,
            "charStart": item.char_start,
            "charEnd": item.char_end,
            "quote": item.quote,
            "box": around(item.box),
            "method": str(item.method),
        }
        for item in evidence
    ]
