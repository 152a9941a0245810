"""Columns of running text: read one after the other, where a table's are read across.

A gutter is a place that no piece of a run of lines crosses, with full lines of words on both its sides. Tables,
forms and receipts have gutters too, but short cells or numbers beside them; those lines stay whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Protocol, TypeVar

_FEWEST_LINES = 6
_FULL = 0.6
_FEWEST_LETTERS = 16
_SAME_START = 1.5


class Stretch(Protocol):
    """A piece of text on its line."""

    @property
    def begin(self) -> float:
        """Where it begins along the text."""

    @property
    def end(self) -> float:
        """Where it ends along the text."""

    @property
    def height(self) -> float:
        """From its top to its bottom, in the same unit."""

    @property
    def letters(self) -> int:
        """How many letters it has; digits and signs are none."""


S = TypeVar("S", bound=Stretch)


@dataclass(frozen=True)
class _Run:
    """Lines ``[first, end)`` that ``gutter`` parts."""

    first: int
    end: int
    gutter: float


def in_reading_order(lines: Sequence[list[S]]) -> list[list[S]]:
    """Lines from the top down, but those of running text in columns column by column."""
    run = max(_runs(lines), key=lambda run: run.end - run.first, default=None)
    if run is None:
        return list(lines)
    left = [part for line in lines[run.first : run.end] if (part := [s for s in line if s.end <= run.gutter])]
    right = [part for line in lines[run.first : run.end] if (part := [s for s in line if s.end > run.gutter])]
    above, below = in_reading_order(lines[: run.first]), in_reading_order(lines[run.end :])
    return [*above, *in_reading_order(left), *in_reading_order(right), *below]


def _runs(lines: Sequence[list[S]]) -> list[_Run]:
    return [
        run
        for gutter in _gutters(lines)
        for run in _uncrossed(lines, gutter)
        if _is_running_text(lines[run.first : run.end], gutter)
    ]


def _gutters(lines: Sequence[list[S]]) -> list[float]:
    """Just before each place at which many pieces begin."""
    starts = sorted((stretch.begin, stretch.height) for line in lines for stretch in line)
    gutters: list[float] = []
    at = 0
    while at < len(starts):
        begin, height = starts[at]
        end = at
        while end < len(starts) and starts[end][0] <= begin + _SAME_START * height:
            end += 1
        if end - at >= _FEWEST_LINES:
            gutters.append(begin - 0.2 * height)
        at = end
    return gutters


def _uncrossed(lines: Sequence[list[S]], gutter: float) -> list[_Run]:
    """The longest stretches of lines that have nothing across ``gutter``."""
    runs: list[_Run] = []
    first = 0
    for number in range(len(lines) + 1):
        crossed = number == len(lines) or any(s.begin < gutter < s.end for s in lines[number])
        if crossed:
            if number - first >= _FEWEST_LINES:
                runs.append(_Run(first, number, gutter))
            first = number + 1
    return runs


def _is_running_text(lines: Sequence[list[S]], gutter: float) -> bool:
    sides = (
        [part for line in lines if (part := [s for s in line if s.end <= gutter])],
        [part for line in lines if (part := [s for s in line if s.begin >= gutter])],
    )
    for parts in sides:
        if len(parts) < _FEWEST_LINES:
            return False
        begin, end = min(part[0].begin for part in parts), max(part[-1].end for part in parts)
        filled = median(sum(s.end - s.begin for s in part) for part in parts)
        letters = median(sum(s.letters for s in part) for part in parts)
        if filled < _FULL * (end - begin) or letters < _FEWEST_LETTERS:
            return False
    return True
