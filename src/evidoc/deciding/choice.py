"""The candidate that leads for one finding while the checks speak."""

import math
from dataclasses import dataclass, field, replace

from evidoc.kernel.finding import Candidate, Finding

_BESIDE = ("row", "column", "both")


@dataclass(slots=True)
class Choice:
    """The candidate that leads for one finding, with what the checks said for and against it.

    ``claimed`` are the ids of candidates that another feature has a better claim to; ``shifts`` what the checks add
    to the log odds of candidates, by id.
    """

    finding: Finding
    leader: Candidate | None
    support: int = 0
    reasons: list[str] = field(default_factory=list)
    claimed: frozenset[str] = frozenset()
    shifts: dict[str, float] = field(default_factory=dict)

    def checked(self, candidate: Candidate) -> Candidate:
        """The candidate with the score that the checks leave it."""
        shift = self.shifts.get(candidate.candidate_id, 0.0)
        return replace(candidate, score=1.0 / (1.0 + math.exp(-odds(candidate) - shift))) if shift else candidate

    def open(self) -> Finding:
        """The finding without what is claimed, with scores as the checks leave them."""
        rest = (each for each in self.finding.candidates if each.candidate_id not in self.claimed)
        return replace(self.finding, candidates=tuple(self.checked(each) for each in rest))


def odds(candidate: Candidate) -> float:
    """The score as log odds, bounded."""
    score = min(max(candidate.score, 1e-4), 1 - 1e-4)
    return math.log(score / (1 - score))


def beside(candidate: Candidate) -> float | None:
    """How strongly the feature's own labels point at the candidate, 0 to 1; None where nobody looked for labels."""
    known = [candidate.signals[name] for name in _BESIDE if name in candidate.signals]
    return max(known, default=None)
