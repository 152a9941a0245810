"""Decisions as JSON values: how they cross a process wall and how they are kept.

Everything that a decision selected comes back as it was. Of a finding's other candidates only the best few
are kept, so that a page full of dates does not become a page full of JSON.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from evidoc.kernel.decision import Decision, Verdict
from evidoc.kernel.finding import AttachmentSource, Candidate, Evidence, Feature, FeatureType, Finding, Value
from evidoc.kernel.reading import Box

KEPT_CANDIDATES = 5
"""How many candidates of a finding are kept, counted from the best."""


def decisions_to_json(decisions: Sequence[Decision]) -> list[dict[str, Any]]:
    """The JSON values of ``decisions``, in order."""
    return [decision_to_json(decision) for decision in decisions]


def decisions_from_json(values: Sequence[Mapping[str, Any]]) -> tuple[Decision, ...]:
    """What ``decisions_to_json`` made. Raises ValueError for anything else."""
    return tuple(decision_from_json(value) for value in values)


def decision_to_json(decision: Decision) -> dict[str, Any]:
    """The JSON value of one decision."""
    return {
        "decision_id": decision.decision_id,
        "verdict": decision.verdict.value,
        "feature": feature_to_json(decision.finding.feature),
        "candidates": [candidate_to_json(item) for item in decision.finding.candidates[:KEPT_CANDIDATES]],
        "selected": [candidate_to_json(item) for item in decision.selected],
        "reasons": list(decision.reasons),
    }


def decision_from_json(value: Mapping[str, Any]) -> Decision:
    """What ``decision_to_json`` made. Raises ValueError for anything else."""
    try:
        return Decision(
            decision_id=value["decision_id"],
            verdict=Verdict(value["verdict"]),
            finding=Finding(
                feature_from_json(value["feature"]),
                tuple(candidate_from_json(item) for item in value["candidates"]),
            ),
            selected=tuple(candidate_from_json(item) for item in value["selected"]),
            reasons=tuple(value["reasons"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("not the JSON of a decision") from error


def feature_to_json(feature: Feature) -> dict[str, Any]:
    """The JSON value of a feature."""
    return {
        "name": feature.name,
        "type": feature.type.value,
        "labels": list(feature.labels),
        "description": feature.description,
        "pattern": feature.pattern,
        "columns": list(feature.columns),
        "many": feature.many,
    }


def feature_from_json(value: Mapping[str, Any]) -> Feature:
    """What ``feature_to_json`` made."""
    return Feature(
        name=value["name"],
        type=FeatureType(value["type"]),
        labels=tuple(value["labels"]),
        description=value["description"],
        pattern=value["pattern"],
        columns=tuple(value["columns"]),
        many=value["many"],
    )


def candidate_to_json(candidate: Candidate) -> dict[str, Any]:
    """The JSON value of a candidate."""
    return {
        "candidate_id": candidate.candidate_id,
        "value": value_to_json(candidate.value),
        "score": candidate.score,
        "proposed_by": candidate.proposed_by,
        "confidence": candidate.confidence,
        "rows": [{column: value_to_json(cell) for column, cell in row.items()} for row in candidate.rows],
        "signals": dict(candidate.signals),
    }


def candidate_from_json(value: Mapping[str, Any]) -> Candidate:
    """What ``candidate_to_json`` made."""
    return Candidate(
        candidate_id=value["candidate_id"],
        value=value_from_json(value["value"]),
        score=value["score"],
        proposed_by=value["proposed_by"],
        confidence=value["confidence"],
        rows=tuple({column: value_from_json(cell) for column, cell in row.items()} for row in value["rows"]),
        signals=dict(value["signals"]),
    )


def value_to_json(value: Value) -> dict[str, Any]:
    """The JSON value of a value with its evidence."""
    source = value.source
    return {
        "raw": value.raw,
        "normalized": value.normalized,
        "rule": value.rule,
        "evidence": [evidence_to_json(item) for item in value.evidence],
        "unit": value.unit,
        "source": [source.attachment, source.path, source.quote] if source else None,
    }


def value_from_json(value: Mapping[str, Any]) -> Value:
    """What ``value_to_json`` made."""
    return Value(
        raw=value["raw"],
        normalized=value["normalized"],
        rule=value["rule"],
        evidence=tuple(evidence_from_json(item) for item in value["evidence"]),
        unit=value["unit"],
        source=AttachmentSource(*value["source"]) if value["source"] else None,
    )


def evidence_to_json(evidence: Evidence) -> list[Any]:
    """The JSON value of one piece of evidence: page_index, char_start, char_end, quote, [x0, y0, x1, y1], method."""
    return [
        evidence.page_index,
        evidence.char_start,
        evidence.char_end,
        evidence.quote,
        list(evidence.box),
        str(evidence.method),
    ]


def evidence_from_json(value: Sequence[Any]) -> Evidence:
    """What ``evidence_to_json`` made. Raises ValueError for anything else."""
    page_index, char_start, char_end, quote, box, method = value
    return Evidence(page_index, char_start, char_end, quote, Box(*box), method)
