"""How answers are scored: as ``evidoc eval`` scores the documents of its users."""

from evidoc.cli.scoring import (
    DATE,
    IDENTIFIER,
    MONEY,
    NAME,
    Answer,
    calibration_error,
    coverage_at,
    interval,
    normal,
    share,
)

__all__ = [
    "DATE",
    "IDENTIFIER",
    "MONEY",
    "NAME",
    "Answer",
    "calibration_error",
    "coverage_at",
    "interval",
    "normal",
    "share",
]
