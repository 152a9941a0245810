"""What stands on a page, as table finding sees it: pieces of text, and the levels that they stand on.

A piece is a run of words with no more than ordinary spaces between them; a level holds the pieces that stand
at one height. Distances across are counted in characters of average width, so that no font size is assumed.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain

import numpy as np
import numpy.typing as npt

from evidoc.kernel.reading import Page

Corners = tuple[float, float, float, float]
"""A box, as x0, y0, x1, y1; a page has thousands, and a plain tuple is made in no time."""

WIDE_GAP = 1.5
"""Characters: a gap wider than this parts two pieces. Spaces between words are 0.5 to 1 wide."""

MOST_OF_LEVEL = 120
"""Pieces at one height; no table has as many columns, and comparing levels costs the square of it."""

SIGN = re.compile(r"[$€£¥]|[A-Z]{2}\$")
_LEADER = re.compile(r"[.·…_]{4,}|[.…]{2,}")
_LEADERS = frozenset(".·…_")
_FIGURES = re.compile(r"\d")
_LETTERS = re.compile(r"[^\W\d_]")
_FOUR_LETTERS = re.compile(r"[^\W\d_](?:[\W\d_]*[^\W\d_]){3}")
_BLANKS = frozenset({"-", "–", "—", "−", "..", "...", "…", "*", "x", "X", "n/a", "N/A", "NA", "n.a.", "na"})


@dataclass(slots=True)
class Piece:
    """Words ``words`` (indexes into the page's words, left to right) and the box around them.

    ``middle`` is the height that it stands at.
    """

    words: list[int]
    x0: float
    y0: float
    x1: float
    y1: float
    text: str
    middle: float = field(init=False)
    figures: bool = field(init=False)

    def __post_init__(self) -> None:
        self.middle = (self.y0 + self.y1) / 2
        self.figures = looks_like_figures(self.text)

    @property
    def letters(self) -> int:
        """How many letters it has."""
        return len(_LETTERS.findall(self.text))


@dataclass(slots=True)
class Level:
    """Pieces at one height, from left to right; ``middle`` is the height that most of them stand at."""

    pieces: list[Piece]
    x0: float = field(init=False)
    x1: float = field(init=False)
    y0: float = field(init=False)
    y1: float = field(init=False)
    middle: float = field(init=False)

    def __post_init__(self) -> None:
        self.pieces.sort(key=lambda piece: piece.x0)
        self.x0, self.x1 = self.pieces[0].x0, max(piece.x1 for piece in self.pieces)
        self.y0, self.y1 = min(piece.y0 for piece in self.pieces), max(piece.y1 for piece in self.pieces)
        middles = sorted([piece.middle for piece in self.pieces])
        half = len(middles) // 2
        self.middle = (middles[half] + middles[~half]) / 2


@dataclass(frozen=True, slots=True)
class Ink:
    """The pieces of a page, the usual width of a character and of a space, the usual height of a piece; all words."""

    pieces: tuple[Piece, ...]
    character: float
    space: float
    height: float
    boxes: Sequence[Corners]
    words: Sequence[str]


def looks_like_figures(text: str) -> bool:
    """Whether a text is a number, amount, date, percentage, or stands for a missing one."""
    if not _FIGURES.search(text):
        return text in _BLANKS
    if _FOUR_LETTERS.search(text):
        return False
    return len(_LETTERS.findall(text)) <= len(_FIGURES.findall(text))


def ink_of(page: Page) -> Ink:
    """The pieces of ``page``. A currency sign belongs to the amount after it; dot leaders are blank space."""
    corners = np.frombuffer(page.words.boxes, np.float32).reshape(-1, 4).astype(np.float64)
    said = [page.text[start:end] for start, end in zip(page.words.starts, page.words.ends, strict=True)]
    wide = float((corners[:, 2] - corners[:, 0]).sum())
    character = max(wide / max(1, sum(map(len, said))), 0.5)
    numbers = iter(corners.ravel().tolist())
    boxes = list(zip(numbers, numbers, numbers, numbers, strict=True))
    words, line_of = _words_by_line(page, said)
    if not words:
        return Ink((), character, 0.4 * character, 1.0, boxes, said)
    placed = corners[words]
    joined = _joined(placed, line_of, words, said, character)
    gaps = (placed[1:, 0] - placed[:-1, 2])[joined]
    gap = float(np.partition(gaps, len(gaps) // 4)[len(gaps) // 4]) if len(gaps) else 0.0
    starts = np.concatenate(([0], np.flatnonzero(~joined) + 1))
    pieces = _pieces(placed, starts, words, said)
    height = float(np.median([piece.y1 - piece.y0 for piece in pieces]))
    space = min(max(gap, 0.4 * character), character)
    return Ink(tuple(pieces), character, space, max(height, 1.0), boxes, said)


def _words_by_line(page: Page, said: Sequence[str]) -> tuple[list[int], npt.NDArray[np.intp]]:
    """The words of all lines but dot leaders, and the line that each stands on."""
    words = list(chain.from_iterable(range(first, end) for first, end in page.lines))
    line_of = np.repeat(np.arange(len(page.lines)), [end - first for first, end in page.lines])
    leaders = [
        place for place, word in enumerate(words) if said[word][:1] in _LEADERS and _LEADER.fullmatch(said[word])
    ]
    if leaders:
        line_of = np.delete(line_of, leaders)
        for place in reversed(leaders):
            del words[place]
    return words, line_of


def _joined(
    placed: npt.NDArray[np.float64],
    line_of: npt.NDArray[np.intp],
    words: Sequence[int],
    said: Sequence[str],
    wide: float,
) -> npt.NDArray[np.bool_]:
    """Whether each word but the first belongs to the piece of the word before it; ``wide`` is a character's width."""
    left, right = placed[:-1], placed[1:]
    gap = right[:, 0] - left[:, 2]
    shared = np.minimum(left[:, 3], right[:, 3]) - np.maximum(left[:, 1], right[:, 1])
    lower = np.minimum(left[:, 3] - left[:, 1], right[:, 3] - right[:, 1])
    size = np.maximum(wide, 0.4 * lower)
    beside = (line_of[1:] == line_of[:-1]) & (gap >= -wide) & (shared > 0)
    joined: npt.NDArray[np.bool_] = beside & (gap <= WIDE_GAP * size)
    for place in np.flatnonzero(beside & ~joined & (gap < 10 * size)).tolist():
        joined[place] = SIGN.fullmatch(said[words[place]]) is not None
    return joined


def _pieces(
    placed: npt.NDArray[np.float64], starts: npt.NDArray[np.intp], words: list[int], said: Sequence[str]
) -> list[Piece]:
    """The runs of ``words`` that begin at ``starts``, as pieces."""
    bounds = [*starts.tolist(), len(words)]
    sides = (
        placed[starts, 0].tolist(),
        np.minimum.reduceat(placed[:, 1], starts).tolist(),
        np.maximum.reduceat(placed[:, 2], starts).tolist(),
        np.maximum.reduceat(placed[:, 3], starts).tolist(),
    )
    pieces = []
    for first, end, x0, y0, x1, y1 in zip(bounds, bounds[1:], *sides, strict=False):
        run = words[first:end]
        pieces.append(Piece(run, x0, y0, x1, y1, " ".join([said[word] for word in run])))
    return pieces


def levels_of(pieces: Iterable[Piece]) -> list[Level]:
    """Pieces by the height that they stand at, from the top down; heights with too many for a table left out."""
    groups: list[list[Piece]] = []
    top = bottom = middle = 0.0
    for piece in sorted(pieces, key=lambda piece: piece.y0 + piece.y1):
        if groups and piece.middle - middle < 0.4 * min(piece.y1 - piece.y0, bottom - top):
            groups[-1].append(piece)
            top, bottom = min(top, piece.y0), max(bottom, piece.y1)
        else:
            groups.append([piece])
            top, bottom, middle = piece.y0, piece.y1, piece.middle
    return [Level(group) for group in groups if len(group) <= MOST_OF_LEVEL]
