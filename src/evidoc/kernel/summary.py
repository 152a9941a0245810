"""What a document says in short, in its own words."""

from dataclasses import dataclass

from evidoc.kernel.finding import Evidence


@dataclass(frozen=True, slots=True)
class Summary:
    """An extractive summary: every sentence and key point is a span of the document, in reading order."""

    sentences: tuple[Evidence, ...]
    key_points: tuple[Evidence, ...] = ()
