"""Made by ``python -m training.calibration``; see there for the recipe."""

from collections.abc import Mapping
from types import MappingProxyType

TABLE: Mapping[str, float] = MappingProxyType(
    {
        "intercept": -0.257,
        "family:address": -0.651,
        "family:amount": -0.36,
        "family:date": 0.489,
        "family:identifier": 0.489,
        "family:name": 0.033,
        "lead": 0.494,
        "ocr": 0.299,
        "odds": 0.255,
        "support": 0.074,
    }
)
"""Fact (see ``calibrate.facts``) to its weight in the log odds of being right."""
