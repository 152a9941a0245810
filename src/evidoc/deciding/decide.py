"""Findings in, decisions out: which candidate is kept, which a person should look at, what is missing."""

from collections.abc import Sequence
from dataclasses import replace

from evidoc.deciding.agree import choose
from evidoc.deciding.calibrate import confidence
from evidoc.deciding.choice import Choice
from evidoc.kernel.decision import Decision, Verdict
from evidoc.kernel.finding import Candidate, Finding
from evidoc.kernel.ids import new_id

KEEP = 0.8
"""From this confidence on a value is kept without a person."""

REVIEW = 0.25
"""Below this confidence nothing is said: a wrong value costs more than a missing one."""


def decide(findings: Sequence[Finding]) -> tuple[Decision, ...]:
    """One decision for each finding, in order.

    The kept candidate is the best one after the checks across features, which need not be the one with the
    highest score. Reasons name the checks that spoke, ``weak_evidence`` and ``no_candidate`` why something is
    missing, ``unsure`` why a person should look.
    """
    return tuple(_decide(choice) for choice in choose(findings))


def _decide(choice: Choice) -> Decision:
    finding = choice.finding
    if choice.leader is None:
        return Decision(new_id("dec"), Verdict.MISSING, finding, (), tuple(choice.reasons) or ("no_candidate",))
    chosen = _every(finding) if finding.feature.many else (_leading(choice, choice.leader),)
    kept = tuple(candidate for candidate in chosen if candidate.confidence >= REVIEW)
    if not kept:
        return Decision(new_id("dec"), Verdict.MISSING, finding, (), (*choice.reasons, "weak_evidence"))
    if min(candidate.confidence for candidate in kept) >= KEEP:
        return Decision(new_id("dec"), Verdict.KEEP, finding, kept, tuple(choice.reasons))
    return Decision(new_id("dec"), Verdict.REVIEW, finding, kept, (*choice.reasons, "unsure"))


def _every(finding: Finding) -> tuple[Candidate, ...]:
    """All candidates of a feature that asks for many: each stands for itself, not against the others."""
    return tuple(
        replace(each, confidence=confidence(replace(finding, candidates=(each,)), each, 0))
        for each in finding.candidates
    )


def _leading(choice: Choice, leader: Candidate) -> Candidate:
    return replace(leader, confidence=confidence(choice.open(), choice.checked(leader), choice.support))
