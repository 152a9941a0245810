"""From recognised pieces to printed lines in reading order, on a page that may hang askew.

Pieces are compared along the axis in which the text runs, never by their y alone: a scan that is turned by
one degree moves the right end of a line by more than a line's height.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evidoc.reading.ocr.columns import in_reading_order
from evidoc.reading.ocr.words import Piece

_SAME_LINE = 0.4
"""How far apart, in heights of the smaller piece, the middles of two pieces of one line may be."""

_MAY_OVERLAP = 0.3
"""The share of the shorter piece that may lie above or below its neighbour on the same line."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A piece seen along the text axis: where it begins and ends, the middle there, and its height."""

    piece: Piece
    begin: float
    end: float
    begin_middle: float
    end_middle: float
    height: float

    @property
    def letters(self) -> int:
        return sum(character.isalpha() for word in self.piece.words for character in word)


def skew(pieces: Sequence[Piece]) -> float:
    """The angle of the text in radians, clockwise positive: the median over level pieces, long ones counting more."""
    both_edges = [piece.corners[1] - piece.corners[0] + piece.corners[2] - piece.corners[3] for piece in pieces]
    vectors = np.array([vector for vector in both_edges if abs(vector[1]) < abs(vector[0])])
    if not len(vectors):
        return 0.0
    angles = np.arctan2(vectors[:, 1], vectors[:, 0])
    weights = np.hypot(vectors[:, 0], vectors[:, 1]) ** 2
    order = np.argsort(angles)
    middle = np.searchsorted(np.cumsum(weights[order]), weights.sum() / 2)
    return float(angles[order][min(middle, len(order) - 1)])


def into_lines(pieces: Sequence[Piece], angle: float) -> list[list[Piece]]:
    """Pieces that stand on one printed line, left to right; lines from the top down, column by column."""
    axis = np.array([np.cos(angle), np.sin(angle)])
    places = sorted((_place(piece, axis) for piece in pieces), key=lambda place: place.begin)
    lines: list[list[_Place]] = []
    for place in places:
        best = min(lines, key=lambda line: _distance(line[-1], place), default=None)
        if best is not None and _distance(best[-1], place) <= _SAME_LINE:
            best.append(place)
        else:
            lines.append([place])
    lines.sort(key=_middle)
    return [[place.piece for place in line] for line in in_reading_order(lines)]


def _place(piece: Piece, axis: NDArray[np.float64]) -> _Place:
    normal = np.array([-axis[1], axis[0]])
    begin, end = piece.corners[[0, 3]].mean(axis=0), piece.corners[[1, 2]].mean(axis=0)
    return _Place(
        piece,
        float(begin @ axis),
        float(end @ axis),
        float(begin @ normal),
        float(end @ normal),
        max(piece.height, 1.0),
    )


def _distance(left: _Place, right: _Place) -> float:
    """How far ``right`` is from carrying on the line of ``left``, in heights of the smaller."""
    overlap = left.end - right.begin
    if overlap > _MAY_OVERLAP * min(left.end - left.begin, right.end - right.begin):
        return float("inf")
    return abs(right.begin_middle - left.end_middle) / min(left.height, right.height)


def _middle(line: list[_Place]) -> float:
    weights = [place.end - place.begin for place in line]
    middles = [(place.begin_middle + place.end_middle) / 2 for place in line]
    return float(np.average(middles, weights=[max(weight, 1e-3) for weight in weights]))
