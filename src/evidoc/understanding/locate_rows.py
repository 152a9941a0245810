"""Where known rows stand: each row at one place of the page, its cells beside each other, its columns in line."""

from collections.abc import Mapping, Sequence
from statistics import median
from typing import NamedTuple

from evidoc.kernel.finding import FeatureType
from evidoc.understanding.locate import Locator, Occurrence

_WEIGHTS = {FeatureType.TEXT: 2.0, FeatureType.MONEY: 1.5}
_NEAR = (1.0, 0.7, 0.5, 0.35, 0.25)
"""What an occurrence counts, by how many lines it stands from its row."""

_FOLLOWS = 0.6
"""What a place gains by standing behind the row before."""

_MOST_PLACES = 60
_ENOUGH = 1.5
"""The least that must stand together before a row is believed to be there."""


class KnownCell(NamedTuple):
    """A cell's value: its type, and its text with a decimal point in numbers."""

    kind: FeatureType
    text: str


class _Anchor(NamedTuple):
    page: int
    line: int


def locate_rows(locator: Locator, rows: Sequence[Mapping[str, KnownCell]]) -> tuple[Mapping[str, Occurrence], ...]:
    """For each row the cells that were found on a page, by column; empty where the row stands on none.

    Rows are expected in the order of the document and no place serves two rows. Where a value stands more than once
    near its row, the place in line with its column wins.
    """
    places = [{name: locator.occurrences(*cell)[:_MOST_PLACES] for name, cell in row.items()} for row in rows]
    anchors: list[_Anchor | None] = []
    previous: _Anchor | None = None
    taken: set[_Anchor] = set()
    for row, found in zip(rows, places, strict=True):
        anchor = _anchor(row, found, previous, taken)
        anchors.append(anchor)
        if anchor:
            taken.add(anchor)
            previous = anchor
    first = _choose(places, anchors, {})
    return tuple(_choose(places, anchors, _columns(first)))


def _anchor(
    row: Mapping[str, KnownCell],
    found: Mapping[str, Sequence[Occurrence]],
    previous: _Anchor | None,
    taken: set[_Anchor],
) -> _Anchor | None:
    options = {_Anchor(place.page.index, place.line) for places in found.values() for place in places} - taken
    rated = [(_rate(option, row, found, previous), option) for option in options]
    if not rated:
        return None
    best = max(rated, key=lambda item: (item[0], [-part for part in item[1]]))
    return best[1] if best[0] >= _ENOUGH else None


def _rate(
    option: _Anchor,
    row: Mapping[str, KnownCell],
    found: Mapping[str, Sequence[Occurrence]],
    previous: _Anchor | None,
) -> float:
    score = 0.0
    for name, places in found.items():
        near = max((_nearness(place, option) + 0.1 * place.clean for place in places), default=0.0)
        score += near * _WEIGHTS.get(row[name].kind, 1.0)
    if previous is not None and option > previous:
        score += _FOLLOWS
    return score


def _nearness(place: Occurrence, anchor: _Anchor) -> float:
    if place.page.index != anchor.page:
        return 0.0
    distance = abs(place.line - anchor.line)
    return _NEAR[distance] if distance < len(_NEAR) else 0.0


def _choose(
    places: Sequence[Mapping[str, Sequence[Occurrence]]],
    anchors: Sequence[_Anchor | None],
    columns: Mapping[str, float],
) -> list[dict[str, Occurrence]]:
    """The nearest free place of each cell; the rightmost column (the amount) chooses first."""
    used: set[tuple[int, int]] = set()
    rows: list[dict[str, Occurrence]] = []
    for found, anchor in zip(places, anchors, strict=True):
        row: dict[str, Occurrence] = {}
        for name in sorted(found, key=lambda name: (name == "position", name != "amount", len(found[name]))):
            free = [
                place
                for place in found[name]
                if anchor and _nearness(place, anchor) and (place.page.index, place.spans[0].start) not in used
            ]
            if not free or anchor is None:
                continue
            best = min(free, key=lambda place: _misfit(place, name, anchor, columns))
            row[name] = best
            used.add((best.page.index, best.spans[0].start))
        rows.append(row)
    return rows


def _misfit(place: Occurrence, name: str, anchor: _Anchor, columns: Mapping[str, float]) -> tuple[float, float]:
    """Lines from the row, then points from the column; without columns yet, amounts are taken from the right."""
    edge = place.page.box_of(*place.spans[0]).x1
    lines = 1 - _nearness(place, anchor) - 0.2 * place.clean
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
