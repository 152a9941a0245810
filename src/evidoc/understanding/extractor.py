"""The promise of everything that proposes values for features: rules, embedded XML, patterns, a model."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from evidoc.kernel.finding import Candidate, Feature
from evidoc.kernel.reading import Reading


class Extractor(Protocol):
    """Proposes candidates for some or all of the features asked for; passes over those it knows nothing of.

    A candidate's ``score`` is between 0 and 1 and means, as well as its keeper can tell, how likely it is to be
    the answer; so candidates of different keepers can be ranked together. Something read exactly from
    structured data (an e-invoice's XML) scores 0.99 and more. ``candidate_id`` may be empty: ``find`` names them.
    A keeper never raises for what a document contains.
    """

    def propose(self, reading: Reading, features: Sequence[Feature]) -> Iterable[tuple[Feature, Candidate]]:
        """Candidates, in any order; duplicates of another keeper's candidates are merged by ``find``."""
        ...
