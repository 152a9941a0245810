"""Decisions as the Clary contract's entities."""

from collections.abc import Iterable
from typing import Any

from evidoc.contracts.clary import shapes
from evidoc.contracts.clary.positions import evidence_of, first_place
from evidoc.kernel.decision import Decision, Verdict
from evidoc.kernel.finding import Candidate, Value
from evidoc.kernel.value_output import ValueOutput


def entities_of(document_id: str, decisions: Iterable[Decision]) -> list[shapes.Entity]:
    """One entity for every value that was kept, or kept for review."""
    return [
        _entity(document_id, decision, candidate)
        for decision in decisions
        if decision.verdict is not Verdict.MISSING
        for candidate in decision.selected
    ]


def missing_of(decisions: Iterable[Decision]) -> list[str]:
    """The names of what was wanted and not found."""
    return [item.finding.feature.name for item in decisions if item.verdict is Verdict.MISSING or not item.selected]


def entities_of_leaves(document_id: str, output: ValueOutput) -> list[shapes.Entity]:
    """One entity for every scalar of a value by a schema that was read from the document, called by its path."""
    return [
        shapes.Entity(
            type=path_of(pointer),
            value=leaf.value.raw,
            confidence=_bounded(leaf.confidence),
            status="keep" if leaf.verdict is Verdict.KEEP else "review",
            reasons=list(leaf.reasons),
            **_placed(leaf.value),
            **_written(document_id, leaf.value),
        )
        for pointer, leaf in output.leaves.items()
        if leaf.value is not None and leaf.verdict is not Verdict.MISSING
    ]


def path_of(pointer: str) -> str:
    """A JSON Pointer as fields of requests are called: ``/lines/0/amount`` is ``lines[0].amount``."""
    path = ""
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        path += f"[{name}]" if name.isdecimal() else f".{name}" if path else name
    return path


def _entity(document_id: str, decision: Decision, candidate: Candidate) -> shapes.Entity:
    value = candidate.value
    given: dict[str, Any] = {
        "type": decision.finding.feature.name,
        "value": value.raw,
        "confidence": _bounded(candidate.confidence),
        "status": "keep" if decision.verdict is Verdict.KEEP else "review",
        "reasons": list(decision.reasons),
        **_placed(value),
        **_written(document_id, value),
    }
    if candidate.rows:
        given["value"] = [{column: cell.raw for column, cell in row.items()} for row in candidate.rows]
        given["rows"] = [
            {column: shapes.CellValue(**_written(document_id, cell)) for column, cell in row.items()}
            for row in candidate.rows
        ]
    return shapes.Entity(**given)


def _bounded(confidence: float) -> float:
    return min(1.0, max(0.0, round(confidence, 4)))


def _placed(value: Value) -> dict[str, Any]:
    place = first_place(value.evidence)
    return {"page": place[0], "position": place[1]} if place else {}


def _written(document_id: str, value: Value) -> dict[str, Any]:
    given: dict[str, Any] = {
        "value_raw": value.raw,
        "value_normalized": value.normalized,
        "rule": value.rule,
        "evidence": evidence_of(document_id, value.evidence),
    }
    if value.unit:
        given["unit"] = value.unit
    if value.source:
        source = value.source
        given["source"] = shapes.AttachmentSource(attachment=source.attachment, path=source.path, quote=source.quote)
    return given
