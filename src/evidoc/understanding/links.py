"""Which labels a value stands beside: on its row to the left, or above it in its column."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from evidoc.kernel.finding import FeatureType
from evidoc.understanding.labels import Occurrence, exactness
from evidoc.understanding.page_view import PageView, Segment
from evidoc.understanding.recognisers.spot import Spot

_REACH_UP = 60
_MOST_PASSED = 45
_MOST_LINKS = 4
_NEAR_ROWS = 1.6
_CLOSE_ROWS = 3.2
_FILLED_RIGHT, _FILLED_BELOW = 0.35, 0.2
_LABEL_LENGTH = 40
_REACH_HEADING = 14
_HEADING_INDENT = 6
_NAMES = frozenset({FeatureType.ORGANIZATION, FeatureType.PERSON, FeatureType.TEXT})
_NUMBERS = frozenset({FeatureType.IDENTIFIER})
_SUB_LABELS: Mapping[tuple[str, ...], frozenset[FeatureType]] = {
    **dict.fromkeys(
        [(word,) for word in ("name", "nom", "nombre", "naam", "nome", "nazwa", "firma", "company", "firmenname")]
        + [("company", "name"), ("full", "name")],
        _NAMES,
    ),
    ("#",): _NUMBERS,
    ("id",): _NUMBERS,
    **dict.fromkeys(
        [("anschrift",), ("adresse",), ("address",), ("direccion",), ("adres",), ("indirizzo",)],
        frozenset({FeatureType.ADDRESS}),
    ),
    **dict.fromkeys([("date",), ("datum",), ("fecha",), ("data",), ("vom",)], frozenset({FeatureType.DATE})),
}
"""Labels that say what kind of thing stands there but not whose: a heading says that."""


class Link(NamedTuple):
    """A label beside a value. ``near`` is 0 to 1; ``passed`` counts what stands between; ``exact`` as for the label.

    ``occurrence`` is None for a label that nothing knows (words before a colon): it is still a label.
    """

    occurrence: Occurrence | None
    near: float
    exact: float
    passed: int
    inline: bool = False


class Links(NamedTuple):
    """The labels of a value, nearest first: on its row, and in its column."""

    row: list[Link]
    column: list[Link]


class Linker:
    """Finds the links of values on one page."""

    def __init__(self, view: PageView, labels: Mapping[int, list[Occurrence]]) -> None:
        self._view = view
        self._labels = labels
        self._beside: dict[int, list[Link]] = {}
        self._above: dict[int, list[Link]] = {}
        self._headings: dict[int, Occurrence | None] = {}

    def links(self, spot: Spot) -> Links:
        """The labels beside ``spot``. Those of the segment's neighbours are found once for each segment."""
        segment = self._view.segment_at(spot.start)
        inline = self._inline(spot, segment)
        if segment.number not in self._beside:
            self._beside[segment.number] = self._row(segment)
            self._above[segment.number] = self._column(segment)
        kept = inline + [
            link._replace(near=link.near * (0.7 if inline else 1.0)) for link in self._beside[segment.number]
        ]
        row = self._with_section(spot, kept)
        begins = spot.start - segment.start <= 2
        above = self._above[segment.number]
        return Links(row, above if begins else [link._replace(near=link.near * 0.8) for link in above])

    def _with_section(self, spot: Spot, row: list[Link]) -> list[Link]:
        """Puts the heading first where the label only says "Name:" or "No.:", as in a block headed "Supplier"."""
        first = row[0].occurrence if row else None
        if first is None or first.within or spot.type not in _SUB_LABELS.get(first.key, ()):
            return row
        heading = self.heading(self._view.segments[first.segment])
        if heading is None:
            return row
        return [Link(heading, 0.95 * row[0].near * row[0].exact, heading.exactness, 0), *row]

    def stands_under(self, label: Occurrence, wish: int, kind: FeatureType) -> bool:
        """Whether ``label`` only says what kind of thing follows, and the heading over it is the wish's label."""
        if kind not in _SUB_LABELS.get(label.key, ()) or label.before or label.after > 1:
            return False
        heading = self.heading(self._view.segments[label.segment])
        return heading is not None and wish in heading.owners

    def heading(self, segment: Segment) -> Occurrence | None:
        """The bare label of somebody or something that stands left of, or as a title above, ``segment``."""
        if segment.number not in self._headings:
            self._headings[segment.number] = self._find_heading(segment)
        return self._headings[segment.number]

    def _find_heading(self, segment: Segment) -> Occurrence | None:
        for other in self._view.left_of(segment)[:1]:
            for label in self._labels.get(other.number, ()):
                if _is_heading(label):
                    return label
        height = self._view.usual_height
        for other in self._view.above(segment, _REACH_HEADING):
            if (
                segment.box.x0 - other.box.x0 < -0.5 * height
                or segment.box.x0 - other.box.x0 > _HEADING_INDENT * height
            ):
                continue
            for label in self._labels.get(other.number, ()):
                if _is_heading(label) and label.key not in _SUB_LABELS:
                    return label
        return None

    def _inline(self, spot: Spot, segment: Segment) -> list[Link]:
        tokens = self._view.tokens[segment.number]
        links: list[Link] = []
        for label in _whole_first(self._labels.get(segment.number, ())):
            if label.end > spot.start:
                continue
            between = sum(label.end <= token.start and token.end <= spot.start for token in tokens)
            counted = min(label.after, between) if label.colon else between
            exact = exactness(len(label.key), label.before, counted)
            later = between - counted
            links.append(Link(label, 1.0 / (1.0 + 0.25 * later), exact, 0, inline=True))
        if not links:
            prefix = self._view.page.text[segment.start : spot.start].rstrip()
            if prefix.endswith(":") and any(mark.isalpha() for mark in prefix[-_LABEL_LENGTH:]):
                links.append(Link(None, 1.0, 1.0, 0, inline=True))
        return links[:_MOST_LINKS]

    def _row(self, segment: Segment) -> list[Link]:
        links: list[Link] = []
        passed = 0
        width = max(self._view.page.width, 1.0)
        for other in self._view.left_of(segment):
            if not any(mark.isalnum() for mark in self._view.text_of(other)):
                continue
            labels = self._labels.get(other.number, ())
            gap = max(segment.box.x0 - other.box.x1, 0.0) / width
            near = max(1.0 - 0.35 * gap - 0.12 * passed, 0.1)
            text = self._view.text_of(other).rstrip()
            for label in _whole_first(labels):
                reach = near * (_FILLED_RIGHT if label.filled else 1.0)
                links.append(Link(label, reach, label.exactness, passed))
            if text.endswith(":") and not labels:
                links.append(Link(None, near, 1.0, passed))
            if (labels and any(not label.filled for label in labels)) or text.endswith(":"):
                break
            passed += 1
        return links[:_MOST_LINKS]

    def _column(self, segment: Segment) -> list[Link]:
        links: list[Link] = []
        height = self._view.usual_height
        for passed, other in enumerate(self._view.above(segment, _REACH_UP)):
            labels = self._labels.get(other.number, ())
            far = max(segment.box.y0 - other.box.y1, 0.0) / height
            near = 1.0 if far <= _NEAR_ROWS else 0.85 if far <= _CLOSE_ROWS else 0.6
            if passed:
                near = min(0.75, near + 0.15) - min(0.01 * passed, 0.3)
            near *= _alignment(segment, other, height)
            links.extend(
                Link(label, near * (_FILLED_BELOW if label.filled else 1.0), label.exactness, passed)
                for label in _whole_first(labels)
            )
            if not labels and self._view.text_of(other).rstrip().endswith(":"):
                links.append(Link(None, near, 1.0, passed))
            if len(links) >= _MOST_LINKS or any(not label.filled for label in labels) or passed >= _MOST_PASSED:
                break
        return links[:_MOST_LINKS]


def _whole_first(labels: Sequence[Occurrence]) -> list[Occurrence]:
    """The last label first; those that are only parts of longer ones after all others."""
    return sorted(labels, key=lambda label: (bool(label.within), -label.start))


def _is_heading(label: Occurrence) -> bool:
    return label.before == 0 and label.after <= 1 and not label.filled and not label.within


def _alignment(segment: Segment, label: Segment, height: float) -> float:
    """1 where an edge or the middles are in line, down to 0.6."""
    one, other = segment.box, label.box
    off = min(abs(one.x0 - other.x0), abs(one.x1 - other.x1), abs((one.x0 + one.x1) - (other.x0 + other.x1)) / 2)
    return max(1.0 - 0.05 * max(off / height - 0.5, 0.0), 0.6)
