"""Made by ``python -m training.calibration``; see there for the recipe."""

from collections.abc import Mapping
from types import MappingProxyType

TABLE: Mapping[str, float] = MappingProxyType(
    {
        "intercept": -0.613,
        "family:address": -0.553,
        "family:amount": -0.561,
        "family:date": 0.564,
        "family:identifier": 0.445,
        "family:name": 0.105,
        "lead": 0.515,
        "ocr": 0.415,
        "odds": 0.303,
        "support": 0.208,
    }
)
"""Fact (see ``calibrate.facts``) to its weight in the log odds of being right."""
