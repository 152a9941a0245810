"""Decisions as the Clary contract's entities."""

from collections.abc import Iterable
from typing import Any

from evidoc.contracts.clary import shapes
from evidoc.contracts.clary.positions import evidence_of, first_place
from evidoc.kernel.decision import Decision, Verdict
from evidoc.kernel.finding import Candidate, Value


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


def _entity(document_id: str, decision: Decision, candidate: Candidate) -> shapes.Entity:
    value = candidate.value
    given: dict[str, Any] = {
        "type": decision.finding.feature.name,
        "value": value.raw,
        "confidence": min(1.0, max(0.0, round(candidate.confidence, 4))),
        "status": "keep" if decision.verdict is Verdict.KEEP else "review",
        "reasons": list(decision.reasons),
        **_written(document_id, value),
    }
    place = first_place(value.evidence)
    if place:
        given["page"], given["position"] = place
    if candidate.rows:
        given["value"] = [{column: cell.raw for column, cell in row.items()} for row in candidate.rows]
        given["rows"] = [
            {column: shapes.CellValue(**_written(document_id, cell)) for column, cell in row.items()}
            for row in candidate.rows
        ]
    return shapes.Entity(**given)


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
