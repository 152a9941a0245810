"""Where known rows stand: each row at one place of the page, its cells beside each other, its columns in line."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from statistics import median
from typing import NamedTuple

from evidoc.kernel.finding import FeatureType
from evidoc.understanding.locate import Locator, Occurrence

_WEIGHTS = {FeatureType.TEXT: 2.0, FeatureType.MONEY: 1.5}
_NEAR = (1.0, 0.7, 0.5, 0.35, 0.25)
"""What an occurrence counts, by how many lines it stands from its row."""

_FOLLOWS = 0.6
"""What a place gains by standing behind the row before."""

MOST_ROWS = 2_000
"""Rows that are looked for."""

_MOST_PLACES = 100
_ENOUGH = 1.5
"""The least that must stand together before a row is believed to be there."""


class KnownCell(NamedTuple):
    """A cell's value: its type, and its text with a decimal point in numbers."""

    kind: FeatureType
    text: str


class _Anchor(NamedTuple):
    page: int
    line: int


class _Places:
    """Every place of one value, by line."""

    def __init__(self, found: Sequence[Occurrence]) -> None:
        self.count = len(found)
        self._by_line: dict[_Anchor, list[Occurrence]] = {}
        for place in found:
            self._by_line.setdefault(_Anchor(place.page.index, place.line), []).append(place)

    def lines(self) -> Iterator[_Anchor]:
        """The lines where it stands, in document order."""
        return iter(self._by_line)

    def near(self, anchor: _Anchor) -> Iterator[tuple[float, Occurrence]]:
        """The places on the line and the few about it, with how near each is."""
        for distance in range(-len(_NEAR) + 1, len(_NEAR)):
            for place in self._by_line.get(_Anchor(anchor.page, anchor.line + distance), ()):
                yield _NEAR[abs(distance)], place


def locate_rows(locator: Locator, rows: Sequence[Mapping[str, KnownCell]]) -> tuple[Mapping[str, Occurrence], ...]:
    """For each row the cells that were found on a page, by column; empty where the row stands on none.

    Rows are expected in the order of the document and no place serves two rows. Where a value stands more than once
    near its row, the place in line with its column wins. Rows beyond MOST_ROWS are not looked for.
    """
    known: dict[KnownCell, _Places] = {}
    places: list[dict[str, _Places]] = []
    for row in rows[:MOST_ROWS]:
        for cell in row.values():
            if cell not in known:
                known[cell] = _Places(locator.occurrences(*cell))
        places.append({name: known[cell] for name, cell in row.items()})
    anchors: list[_Anchor | None] = []
    previous: _Anchor | None = None
    taken: set[_Anchor] = set()
    for row, found in zip(rows, places, strict=False):
        anchor = _anchor(row, found, previous, taken)
        anchors.append(anchor)
        if anchor:
            taken.add(anchor)
            previous = anchor
    first = _choose(places, anchors, {})
    chosen = _choose(places, anchors, _columns(first))
    return (*chosen, *({} for _ in rows[MOST_ROWS:]))


def _anchor(
    row: Mapping[str, KnownCell],
    found: Mapping[str, _Places],
    previous: _Anchor | None,
    taken: set[_Anchor],
) -> _Anchor | None:
    """The line that most speaks for; candidates are the lines of the row's two rarest values."""
    rarest = sorted((places for places in found.values() if places.count), key=lambda places: places.count)[:2]
    options = {line for places in rarest for line in islice(places.lines(), _MOST_PLACES)} - taken
    rated = [(_rate(option, row, found, previous), option) for option in options]
    if not rated:
        return None
    best = max(rated, key=lambda item: (item[0], [-part for part in item[1]]))
    return best[1] if best[0] >= _ENOUGH else None


def _rate(
    option: _Anchor,
    row: Mapping[str, KnownCell],
    found: Mapping[str, _Places],
    previous: _Anchor | None,
) -> float:
    score = 0.0
    for name, places in found.items():
        near = max((near + 0.1 * place.clean for near, place in places.near(option)), default=0.0)
        score += near * _WEIGHTS.get(row[name].kind, 1.0)
    if previous is not None and option > previous:
        score += _FOLLOWS
    return score


def _choose(
    places: Sequence[Mapping[str, _Places]],
    anchors: Sequence[_Anchor | None],
    columns: Mapping[str, float],
) -> list[dict[str, Occurrence]]:
    """The nearest free place of each cell; the rightmost column (the amount) chooses first."""
    used: set[tuple[int, int]] = set()
    rows: list[dict[str, Occurrence]] = []
    for found, anchor in zip(places, anchors, strict=True):
        row: dict[str, Occurrence] = {}
        for name in sorted(found, key=lambda name: (name == "position", name != "amount", found[name].count)):
            near = found[name].near(anchor) if anchor else ()
            free = [item for item in near if (item[1].page.index, item[1].spans[0].start) not in used]
            if free:
                best = min(
                    (_misfit(place, nearness, name, columns), number) for number, (nearness, place) in enumerate(free)
                )
                row[name] = free[best[1]][1]
                used.add((row[name].page.index, row[name].spans[0].start))
        rows.append(row)
    return rows


def _misfit(place: Occurrence, nearness: float, name: str, columns: Mapping[str, float]) -> tuple[float, float]:
    """Lines from the row, then points from the column; without columns yet, amounts are taken from the right."""
    edge = place.page.box_of(*place.spans[0]).x1
    lines = 1 - nearness - 0.2 * place.clean
    if name in columns:
        return lines + min(abs(edge - columns[name]) / 100, 1.0), 0.0
    return lines, -edge if name == "amount" else edge


def _columns(rows: Sequence[Mapping[str, Occurrence]]) -> dict[str, float]:
    """Where the right edge of each column usually is, points."""
    edges: dict[str, list[float]] = {}
    for row in rows:
        for name, place in row.items():
            edges.setdefault(name, []).append(place.page.box_of(*place.spans[0]).x1)
    return {name: median(values) for name, values in edges.items() if name != "description" and len(values) > 1}
