"""From a score to a probability: how often a value with such a score, lead and support was right.

A logistic map of a few facts, fitted by ``training/calibration.py`` (its table is
``deciding/calibration_table.py``): the score as log odds, the lead over the best candidate with another value, what
the checks across features said, whether the page was read by OCR, and the family of the feature's type.
An identifier that no label of the feature points at is not an answer: pages are full of numbers.
"""

import math
from collections.abc import Mapping
from types import MappingProxyType

from evidoc.deciding.calibration_table import TABLE
from evidoc.deciding.choice import beside, odds
from evidoc.kernel.finding import Candidate, FeatureType, Finding
from evidoc.kernel.reading import Method

RULES = "rules"
_MOST_ODDS, _MOST_LEAD, _MOST_SUPPORT = 6.0, 5.0, 2
_LEAST_BESIDE = 0.1
_BARE = 0.2
"""The most that is said of an identifier without a label: on the DEV data none of those was right."""

_PRINTED = frozenset({Method.BORN_DIGITAL, Method.MARKUP, Method.PLAIN, Method.SHEET})
_FAMILIES: Mapping[FeatureType, str] = MappingProxyType(
    {
        FeatureType.MONEY: "amount",
        FeatureType.NUMBER: "amount",
        FeatureType.PERCENT: "amount",
        FeatureType.DATE: "date",
        FeatureType.IDENTIFIER: "identifier",
        FeatureType.ORGANIZATION: "name",
        FeatureType.PERSON: "name",
        FeatureType.TEXT: "name",
        FeatureType.ADDRESS: "address",
    }
)


def facts(finding: Finding, candidate: Candidate, support: int) -> dict[str, float]:
    """What the map looks at, by name; ``family:X`` is 1 for the family of the feature's type."""
    rivals = [odds(each) for each in finding.candidates if each.value.normalized != candidate.value.normalized]
    lead = odds(candidate) - max(rivals, default=-_MOST_ODDS)
    ocr = bool(candidate.value.evidence) and candidate.value.evidence[0].method not in _PRINTED
    return {
        "odds": min(max(odds(candidate), -_MOST_ODDS), _MOST_ODDS),
        "lead": min(max(lead, -_MOST_LEAD), _MOST_LEAD),
        "support": float(min(max(support, -_MOST_SUPPORT), _MOST_SUPPORT)),
        "ocr": float(ocr),
        f"family:{_FAMILIES.get(finding.feature.type, 'other')}": 1.0,
    }


def confidence(finding: Finding, candidate: Candidate, support: int) -> float:
    """The probability that ``candidate`` is right.

    What was not proposed by the rules (read from an attachment, matched by the caller's own pattern) brings its
    probability as its score.
    """
    if RULES not in candidate.proposed_by.split("+") or candidate.value.source is not None:
        return round(min(max(candidate.score, 0.0), 1.0), 4)
    total = TABLE["intercept"] + sum(
        TABLE.get(name, 0.0) * value for name, value in facts(finding, candidate, support).items()
    )
    likely = 1.0 / (1.0 + math.exp(-total))
    return round(min(likely, _BARE) if _is_bare_identifier(finding, candidate) else likely, 4)


def _is_bare_identifier(finding: Finding, candidate: Candidate) -> bool:
    pointed_at = beside(candidate)
    return finding.feature.type is FeatureType.IDENTIFIER and pointed_at is not None and pointed_at < _LEAST_BESIDE
