"""Which candidate is kept, or why none is."""

from dataclasses import dataclass
from enum import StrEnum

from evidoc.kernel.finding import Candidate, Finding


class Verdict(StrEnum):
    """What deciding made of a finding."""

    KEEP = "keep"
    REVIEW = "review"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome for one feature.

    ``selected`` are the kept candidates (one, unless the feature asks for many; none when missing), with
    calibrated confidence. ``reasons`` name the checks that spoke for or against, e.g. ``lines_sum_to_total``.
    """

    decision_id: str
    verdict: Verdict
    finding: Finding
    selected: tuple[Candidate, ...]
    reasons: tuple[str, ...] = ()
