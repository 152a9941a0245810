"""Drawn lines: what a reader hands over, and the few straight edges that they come down to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

SNAP = 2.0
"""Points: lines that lie closer together than this are one line drawn twice (or a thin rectangle)."""

JOIN = 1.0
"""Points: pieces of one line that are closer than this, end to end, are one piece."""

DASH = 9.0
"""Points: pieces shorter than this are dashes, which are one line across gaps of DASH_GAP."""

DASH_GAP = 4.0

SHORTEST = 3.0
"""Points: anything shorter is a dot, a dash or part of a glyph."""

MOST_EDGES = 1000
"""Edges kept of each direction, the longest first: a drawing with more is a picture, not a table."""


class Ruling(NamedTuple):
    """A horizontal or vertical line as drawn, in points from the top left of the page as it is shown.

    The edges of stroked rectangles, and thin filled rectangles, are rulings too. ``x0 <= x1``, ``y0 <= y1``.
    """

    x0: float
    y0: float
    x1: float
    y1: float


class Edge(NamedTuple):
    """A straight line: ``at`` is its y where it is horizontal, its x where it is vertical."""

    at: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Edges:
    """The edges of a page (or of one table), each direction sorted by where they lie."""

    horizontal: tuple[Edge, ...]
    vertical: tuple[Edge, ...]


def straighten(rulings: Sequence[Ruling]) -> Edges:
    """Snap and join drawn lines. Slanted ones and specks are left out."""
    horizontal: list[Edge] = []
    vertical: list[Edge] = []
    for x0, y0, x1, y1 in rulings:
        wide, high = x1 - x0, y1 - y0
        if wide >= SHORTEST and high <= SNAP:
            horizontal.append(Edge((y0 + y1) / 2, x0, x1))
        elif high >= SHORTEST and wide <= SNAP:
            vertical.append(Edge((x0 + x1) / 2, y0, y1))
    return Edges(_joined(horizontal), _joined(vertical))


def _joined(edges: list[Edge]) -> tuple[Edge, ...]:
    """Collinear edges as one, the longest MOST_EDGES of them."""
    pieces = [piece for group in _collinear(sorted(edges)) for piece in _pieces(group)]
    if len(pieces) > MOST_EDGES:
        pieces = sorted(pieces, key=lambda edge: edge.start - edge.end)[:MOST_EDGES]
    return tuple(sorted(pieces))


def _collinear(edges: list[Edge]) -> Iterator[list[Edge]]:
    """Edges in groups that lie within SNAP of the group's first."""
    group: list[Edge] = []
    for edge in edges:
        if group and edge.at - group[0].at > SNAP:
            yield group
            group = []
        group.append(edge)
    if group:
        yield group


def _pieces(group: list[Edge]) -> Iterator[Edge]:
    """The edges of one group, joined where they meet end to end. Their place is the longest one's."""
    at = max(group, key=lambda edge: edge.end - edge.start).at
    start, end = None, 0.0
    for edge in sorted(group, key=lambda edge: edge.start):
        if start is None:
            start, end = edge.start, edge.end
        elif edge.start <= end + (DASH_GAP if edge.end - edge.start < DASH else JOIN):
            end = max(end, edge.end)
        else:
            yield Edge(at, start, end)
            start, end = edge.start, edge.end
    if start is not None:
        yield Edge(at, start, end)
