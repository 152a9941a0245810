"""Which kind of document this is, and which kinds it may be."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Classification:
    """One category a document may belong to; ``confidence`` is a probability, 0 to 1."""

    category: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Category:
    """A kind that a caller tells apart: its name, and in other words what belongs to it."""

    name: str
    description: str = ""
