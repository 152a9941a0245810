"""Lines and reading order: which words stand on one printed line, and which line comes after which.

Words are joined to fragments (runs without a wide gap). Where two columns of prose stand side by side with
a gutter between them, the left is read before the right; everything else is read line by line across the
page, so that a label and its value, or the cells of a table's row, stay together. This is a recursive X-Y
cut (Nagy and Seth, 1984) that cuts vertically only between columns of running text.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from evidoc.reading.readers.pdf_words import PageWords

_WIDE_GAP = 0.9
"""Times the height of the text: a wider gap ends a fragment."""

_PROSE_CHARS = 18
"""Characters that a line of running text has at least, in the mean."""

_PROSE_LINES = 4
"""Lines that a column has at least."""

_PROSE_FILL = 0.55
"""Share of its column that the middle line of running text fills at least."""

_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")

_DEEPEST = 6
_MOST_GUTTERS = 8


@dataclass(slots=True)
class Fragment:
    """Words that follow each other closely on one line; coordinates are those of upright text."""

    words: list[int]
    x0: float
    y0: float
    x1: float
    y1: float
    chars: int
    middle: float = field(init=False)
    height: float = field(init=False)

    def __post_init__(self) -> None:
        self.middle = (self.y0 + self.y1) / 2
        self.height = self.y1 - self.y0


@dataclass(slots=True)
class PrintedLine:
    """Fragments on one line; ``middle`` and ``height`` are those of its longest one."""

    middle: float
    height: float
    bottom: float
    chars: int
    fragments: list[Fragment] = field(default_factory=list)

    def distance(self, fragment: Fragment) -> float | None:
        """How far off this line the fragment stands, or None where it is not on it."""
        own, other = self.height, fragment.height
        height = own if own < other else other
        apart = abs(self.middle - fragment.middle)
        if apart < 0.5 * height:
            return apart
        # Type of another size stands on the same base line, about a fifth of its height above the bottom.
        base = abs((self.bottom - 0.2 * own) - (fragment.y1 - 0.2 * other))
        return base if base < 0.25 * height else None

    def add(self, fragment: Fragment) -> None:
        """Put a fragment on this line."""
        self.fragments.append(fragment)
        if fragment.chars > self.chars:
            self.middle, self.height, self.bottom = fragment.middle, fragment.height, fragment.y1
            self.chars = fragment.chars


def order_lines(words: PageWords) -> list[list[int]]:
    """The words of each line by number, lines in reading order. Turned text follows the upright text."""
    directions = Counter(words.turns.tolist())
    lines: list[list[int]] = []
    for turn, _ in sorted(directions.items(), key=lambda item: (-item[1], item[0])):
        chosen = np.flatnonzero(words.turns == turn)
        fragments = _fragments(words.texts, _upright(words.boxes[chosen], turn), chosen.tolist())
        lines += [_words_of(line) for line in _read(fragments, _DEEPEST)]
    return [_leftwards(line, words.texts) for line in lines] if _any_leftward(words.texts) else lines


def _any_leftward(texts: Sequence[str]) -> bool:
    return any(map(_RIGHT_TO_LEFT.search, texts))


def _leftwards(line: list[int], texts: Sequence[str]) -> list[int]:
    """A line whose words mostly run to the left, in the order in which it is read; others as they are.

    Numbers and foreign words within it still run to the right (the rule of Unicode's bidirectional algorithm,
    applied to whole words).
    """
    leftward = [bool(_RIGHT_TO_LEFT.search(texts[number])) for number in line]
    lettered = sum(any(map(str.isalpha, texts[number])) for number in line)
    if 2 * sum(leftward) <= lettered:
        return line
    ordered: list[int] = []
    rightward: list[int] = []
    for number, runs_left in zip(reversed(line), reversed(leftward), strict=True):
        if runs_left:
            ordered += [*reversed(rightward), number]
            rightward = []
        else:
            rightward.append(number)
    return [*ordered, *reversed(rightward)]


def _upright(boxes: npt.NDArray[np.float32], turn: int) -> npt.NDArray[np.float32]:
    """Boxes turned back so that text which was turned by ``turn`` clockwise quarters runs to the right."""
    x0, y0, x1, y1 = boxes.T
    sides = ((x0, y0, x1, y1), (y0, -x1, y1, -x0), (-x1, -y1, -x0, -y0), (-y1, x0, -y0, x1))[turn]
    return np.stack(sides, axis=1)


def _fragments(texts: Sequence[str], boxes: npt.NDArray[np.float32], numbers: list[int]) -> list[Fragment]:
    """Runs of words that follow each other closely, in the order in which the file draws them."""
    if not numbers:
        return []
    lefts, tops, rights, bottoms = boxes.T
    height = bottoms - tops
    lower = np.minimum(height[1:], height[:-1])
    shared = np.minimum(bottoms[1:], bottoms[:-1]) - np.maximum(tops[1:], tops[:-1])
    gap = lefts[1:] - rights[:-1]
    joined = (shared > 0.5 * lower) & (gap < _WIDE_GAP * lower) & (gap > -0.5 * lower)
    joined &= np.maximum(height[1:], height[:-1]) < 2 * lower
    starts = [0, *(np.flatnonzero(~joined) + 1).tolist()]
    left, top = lefts[starts].tolist(), np.minimum.reduceat(tops, starts).tolist()
    right, bottom = np.maximum.reduceat(rights, starts).tolist(), np.maximum.reduceat(bottoms, starts).tolist()
    # Every word but the last of a fragment is followed by a space.
    reach = [0, *accumulate([len(texts[number]) + 1 for number in numbers])]
    ends = [*starts[1:], len(numbers)]
    return [
        Fragment(numbers[start:end], x0, y0, x1, y1, reach[end] - reach[start] - 1)
        for start, end, x0, y0, x1, y1 in zip(starts, ends, left, top, right, bottom, strict=True)
    ]


def _read(fragments: list[Fragment], depth: int) -> list[PrintedLine]:
    """The lines of a region in reading order."""
    parts = _columns(fragments) if depth else None
    if parts is None:
        return _lines(fragments)
    return [line for part in parts for line in _read(part, depth - 1)]


def _lines(fragments: Iterable[Fragment]) -> list[PrintedLine]:
    """Fragments put on lines, from the top down."""
    lines: list[PrintedLine] = []
    for fragment in sorted(fragments, key=lambda item: item.middle):
        best, nearest = None, float("inf")
        # Lines come from the top down: one that lies a whole line above all of this fragment ends the search.
        for line in lines[:-9:-1]:
            if line.bottom < fragment.y0 and line.middle < fragment.middle - line.height:
                break
            distance = line.distance(fragment)
            if distance is not None and distance < nearest:
                best, nearest = line, distance
        if best is None:
            best = PrintedLine(fragment.middle, fragment.height, fragment.y1, fragment.chars)
            lines.append(best)
        best.add(fragment)
    lines.sort(key=lambda line: line.middle)
    return lines


def _words_of(line: PrintedLine) -> list[int]:
    return [word for fragment in sorted(line.fragments, key=lambda item: item.x0) for word in fragment.words]


def _columns(fragments: list[Fragment]) -> list[list[Fragment]] | None:
    """The region cut at the first gutter that separates prose, as parts in reading order; None without one."""
    long = [fragment for fragment in fragments if fragment.chars >= _PROSE_CHARS]
    if len(long) < 2 * _PROSE_LINES:
        return None
    edges = Counter(round(fragment.x0 / 3) for fragment in long)
    near = {edge: edges[edge - 1] + edges[edge] + edges[edge + 1] for edge in edges}
    often = sorted((edge for edge in near if near[edge] >= _PROSE_LINES), key=lambda edge: -near[edge])
    candidates = sorted({3 * edge - 3 for edge in often[: 3 * _MOST_GUTTERS]})
    leftmost = min(fragment.x0 for fragment in fragments)
    for gutter in candidates:
        if gutter > leftmost + 36:
            parts = _cut_at(gutter, fragments)
            if parts is not None:
                return parts
    return None


def _cut_at(gutter: float, fragments: list[Fragment]) -> list[list[Fragment]] | None:
    """Cut every stretch of the region that a vertical at ``gutter`` divides into columns of prose."""
    parts: list[list[Fragment]] = [[]]
    stretch: list[Fragment] = []
    found = False

    def end_stretch() -> None:
        nonlocal found
        left = [item for item in stretch if item.x0 < gutter]
        right = [item for item in stretch if item.x0 >= gutter]
        if _side_by_side(left, right):
            found = True
            parts.extend((left, right, []))
        else:
            parts[-1].extend(stretch)
        stretch.clear()

    for fragment in sorted(fragments, key=lambda item: item.y0):
        if fragment.x0 < gutter and fragment.x1 > gutter + 1.5:
            end_stretch()
            parts[-1].append(fragment)
        else:
            stretch.append(fragment)
    end_stretch()
    return [part for part in parts if part] if found else None


def _side_by_side(left: list[Fragment], right: list[Fragment]) -> bool:
    """Whether both are columns of running text that stand beside each other."""
    if min(len(left), len(right)) < _PROSE_LINES:
        return False
    top = max(min(item.y0 for item in left), min(item.y0 for item in right))
    bottom = min(max(item.y1 for item in left), max(item.y1 for item in right))
    shorter = min(max(item.y1 for item in side) - min(item.y0 for item in side) for side in (left, right))
    return bottom - top > 0.4 * shorter and _is_prose(left) and _is_prose(right)


def _is_prose(side: list[Fragment]) -> bool:
    lines = _lines(side)
    if len(lines) < _PROSE_LINES:
        return False
    left, right = min(item.x0 for item in side), max(item.x1 for item in side)
    chars = [sum(item.chars for item in line.fragments) for line in lines]
    filled = sorted(sum(item.x1 - item.x0 for item in line.fragments) for line in lines)
    return sum(chars) / len(chars) >= _PROSE_CHARS and filled[len(filled) // 2] >= _PROSE_FILL * (right - left)
