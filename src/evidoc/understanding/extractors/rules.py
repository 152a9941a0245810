"""Candidates by rules: what stands beside a label."""

import re
from collections.abc import Iterable, Sequence

from evidoc.kernel.finding import Candidate, Evidence, Feature, Value
from evidoc.kernel.normalise import normalise
from evidoc.kernel.reading import Page, Reading


class RulesExtractor:
    """Proposes the rest of the line after a label."""

    def propose(self, reading: Reading, features: Sequence[Feature]) -> Iterable[tuple[Feature, Candidate]]:
        """See the promise."""
        for page in reading.pages:
            for feature in features:
                for label in feature.labels:
                    pattern = re.compile(re.escape(label) + r"[: ]*([^\n]{1,80})", re.IGNORECASE)
                    for found in pattern.finditer(page.text):
                        if found.group(1).strip():
                            yield feature, self._candidate(page, found.start(1), found.end(1))

    def _candidate(self, page: Page, start: int, end: int) -> Candidate:
        quote = page.text[start:end]
        evidence = Evidence(page.index, start, end, quote, page.box_of(start, end), page.method)
        return Candidate("", Value(quote, normalise("text", quote), "text", (evidence,)), 0.5, "rules")
