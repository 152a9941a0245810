"""Findings in, decisions out: which candidate is kept, which a person should look at, what is missing."""

from collections.abc import Sequence
from dataclasses import replace

from evidoc.kernel.decision import Decision, Verdict
from evidoc.kernel.finding import Candidate, Finding
from evidoc.kernel.ids import new_id

KEEP = 0.8
"""From this confidence on a value is kept without a person."""

REVIEW = 0.2
"""Below this confidence nothing is said: a wrong value costs more than a missing one."""


def decide(findings: Sequence[Finding]) -> tuple[Decision, ...]:
    """One decision for each finding, in order."""
    return tuple(_decide(finding) for finding in findings)


def _decide(finding: Finding) -> Decision:
    likely = [_rated(candidate) for candidate in finding.candidates]
    chosen = tuple(candidate for candidate in likely if candidate.confidence >= REVIEW)
    if not finding.feature.many:
        chosen = chosen[:1]
    if not chosen:
        reasons = ("no_candidate",) if not finding.candidates else ("weak_evidence",)
        return Decision(new_id("dec"), Verdict.MISSING, finding, (), reasons)
    verdict = Verdict.KEEP if min(candidate.confidence for candidate in chosen) >= KEEP else Verdict.REVIEW
    return Decision(new_id("dec"), verdict, finding, chosen)


def _rated(candidate: Candidate) -> Candidate:
    return replace(candidate, confidence=candidate.score)
