"""Candidates for features that carry the caller's own regular expression: every match."""

from collections.abc import Iterable, Sequence

from evidoc.kernel.finding import Candidate, Feature
from evidoc.kernel.reading import Reading
from evidoc.understanding.evidence import value_at
from evidoc.understanding.pattern import matches

_NAME = "pattern"
_SCORE = 0.99
_LATER = 1e-6
"""What each further match scores less, so that matches rank in document order."""


class PatternExtractor:
    """Matches ``Feature.pattern`` on each page as it is written, line feeds included."""

    def propose(self, reading: Reading, features: Sequence[Feature]) -> Iterable[tuple[Feature, Candidate]]:
        """Every match of every pattern.

        Raises InvalidRequest (field ``NAME.pattern``) where a pattern is none or takes too long: that is the
        caller's fault, not the document's.
        """
        for feature in features:
            if feature.pattern is None:
                continue
            found = matches(reading.pages, feature.pattern, f"{feature.name}.pattern")
            for number, (page, span) in enumerate(found):
                value = value_at(page, [span], "text")
                yield feature, Candidate("", value, _SCORE - number * _LATER, _NAME, signals={_NAME: 1.0})
