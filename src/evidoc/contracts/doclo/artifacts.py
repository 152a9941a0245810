"""What each step of a run gave, with where it stands in the document: the ``artifacts`` of a run."""

from collections.abc import Iterable
from typing import Any

from evidoc.contracts.boxes import around
from evidoc.flows.values import value_of
from evidoc.kernel.finding import Evidence, Value
from evidoc.kernel.output import SummaryOutput, TablesOutput, TaskOutput, TextOutput
from evidoc.kernel.value_output import Leaf


def artifact_of(output: TaskOutput) -> dict[str, Any]:
    """What one step gave: its ``value``, and what answers for it.

    ``evidence`` maps each scalar of the value that was read from the document, by JSON Pointer (RFC 6901), to how sure
    it is and where it stands.
    """
    if isinstance(output, TextOutput):
        return _text(output)
    whole = value_of(output)
    given: dict[str, Any] = {
        "value": whole.value,
        "evidence": {pointer: _answered(leaf) for pointer, leaf in whole.leaves.items()},
        "missing": list(whole.missing),
        "leftOut": [{"pointer": fault.field, "reason": fault.message} for fault in whole.left_out],
    }
    if isinstance(output, SummaryOutput):
        given["spans"] = _spans(output.summary.sentences)
    elif isinstance(output, TablesOutput):
        given["tables"] = [{"pageIndex": table.page_index, "box": around(table.box)} for table in output.tables]
        given["truncated"] = output.truncated
    return given


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


def _answered(leaf: Leaf) -> dict[str, Any]:
    """One scalar: how sure it is, as printed, and where it stands; the first place also in the object itself."""
    given: dict[str, Any] = {
        "verdict": leaf.verdict.value,
        "confidence": min(1.0, max(0.0, round(leaf.confidence, 4))),
        "reasons": list(leaf.reasons),
    }
    if leaf.value is None:
        return given
    spans = _spans(leaf.evidence)
    return given | _written(leaf.value) | (spans[0] if spans else {}) | {"spans": spans}


def _written(value: Value) -> dict[str, Any]:
    given: dict[str, Any] = {"valueRaw": value.raw, "valueNormalized": value.normalized, "rule": value.rule}
    if value.unit:
        given["unit"] = value.unit
    if value.source:
        source = value.source
        given["source"] = {"attachment": source.attachment, "path": source.path, "quote": source.quote}
    return given


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
