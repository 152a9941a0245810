"""Which kind of document this is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Classification:
    """One category a document may belong to; ``confidence`` is a probability, 0 to 1."""

    category: str
    confidence: float
