"""A value of a known kind where it stands on a page."""

from dataclasses import dataclass

from evidoc.kernel.finding import FeatureType
from evidoc.kernel.reading import Span


@dataclass(frozen=True, slots=True)
class Spot:
    """A recognised value.

    ``spans`` are its pieces in the page's text, joined by a line feed for the raw value; ``rule`` is the rule of
    ``kernel.normalise`` that gives ``normalized``. ``quality`` (0 to 1) is how surely this is such a value:
    a checksum held, a currency was printed. ``place`` is "first" or "second" in a range, else empty.
    """

    type: FeatureType
    spans: tuple[Span, ...]
    rule: str
    normalized: str
    quality: float
    unit: str | None = None
    place: str = ""

    @property
    def start(self) -> int:
        """First character of the first piece."""
        return self.spans[0].start

    @property
    def end(self) -> int:
        """End of the first piece."""
        return self.spans[0].end
