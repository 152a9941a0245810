"""What stands on a page, as table finding sees it: pieces of text, and the levels that they stand on.

A piece is a run of words with no more than ordinary spaces between them; a level holds the pieces that stand
at one height. Distances across are counted in characters of average width, so that no font size is assumed.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median

from evidoc.kernel.reading import Box, Page

WIDE_GAP = 1.5
"""Characters: a gap wider than this parts two pieces. Spaces between words are 0.5 to 1 wide."""

SIGN = re.compile(r"[$€£¥]|[A-Z]{2}\$")
_LEADER = re.compile(r"[.·…_]{4,}|[.…]{2,}")
_LEADERS = frozenset(".·…_")
_FIGURES = re.compile(r"\d")
_LETTERS = re.compile(r"[^\W\d_]")
_BLANKS = frozenset({"-", "–", "—", "−", "..", "...", "…", "*", "x", "X", "n/a", "N/A", "NA", "n.a.", "na"})


@dataclass(slots=True)
class Piece:
    """Words ``words`` (indexes into the page's words, left to right) and the box around them."""

    words: list[int]
    x0: float
    y0: float
    x1: float
    y1: float
    text: str
    figures: bool = field(init=False)

    def __post_init__(self) -> None:
        self.figures = looks_like_figures(self.text)

    @property
    def middle(self) -> float:
        """The height that the piece stands at."""
        return (self.y0 + self.y1) / 2

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
        self.middle = median([piece.middle for piece in self.pieces])


@dataclass(frozen=True, slots=True)
class Ink:
    """The pieces of a page, the usual width of a character and of a space, the usual height of a piece; all words."""

    pieces: tuple[Piece, ...]
    character: float
    space: float
    height: float
    boxes: Sequence[Box]
    words: Sequence[str]


def looks_like_figures(text: str) -> bool:
    """Whether a text is a number, amount, date, percentage, or stands for a missing one."""
    figures = len(_FIGURES.findall(text))
    if not figures:
        return text in _BLANKS
    return len(_LETTERS.findall(text)) <= min(3, figures)


def ink_of(page: Page) -> Ink:
    """The pieces of ``page``. A currency sign belongs to the amount after it; dot leaders are blank space."""
    numbers = iter(page.words.boxes)
    boxes = [Box(*corners) for corners in zip(numbers, numbers, numbers, numbers, strict=True)]
    said = [page.text[start:end] for start, end in zip(page.words.starts, page.words.ends, strict=True)]
    wide = sum(box[2] - box[0] for box in boxes)
    character = max(wide / max(1, sum(map(len, said))), 0.5)
    pieces: list[Piece] = []
    gaps: list[float] = []
    for first, end in page.lines:
        run: list[int] = []
        for word in range(first, end):
            if said[word][:1] in _LEADERS and _LEADER.fullmatch(said[word]):
                continue
            if run and _apart(boxes[run[-1]], boxes[word], said[run[-1]], character):
                pieces.append(_piece(said, boxes, run))
                run = []
            elif run:
                gaps.append(boxes[word][0] - boxes[run[-1]][2])
            run.append(word)
        if run:
            pieces.append(_piece(said, boxes, run))
    height = median(piece.y1 - piece.y0 for piece in pieces) if pieces else 1.0
    gaps.sort()
    space = min(max(gaps[len(gaps) // 4] if gaps else 0.0, 0.4 * character), character)
    return Ink(tuple(pieces), character, space, max(height, 1.0), boxes, said)


def _apart(left: Box, right: Box, said: str, character: float) -> bool:
    """Whether two neighbours of a printed line belong to different pieces."""
    gap = right[0] - left[2]
    if gap < -character or min(left[3], right[3]) <= max(left[1], right[1]):
        return True
    size = max(character, 0.4 * min(left[3] - left[1], right[3] - right[1]))
    if gap <= WIDE_GAP * size:
        return False
    return not (SIGN.fullmatch(said) and gap < 10 * size)


def _piece(said: Sequence[str], boxes: Sequence[Box], words: list[int]) -> Piece:
    text = " ".join(said[word] for word in words)
    return Piece(
        words,
        boxes[words[0]][0],
        min(boxes[word][1] for word in words),
        max(boxes[word][2] for word in words),
        max(boxes[word][3] for word in words),
        text,
    )


def levels_of(pieces: Iterable[Piece]) -> list[Level]:
    """Pieces by the height that they stand at, from the top down."""
    groups: list[list[Piece]] = []
    top = bottom = middle = 0.0
    for piece in sorted(pieces, key=lambda piece: piece.y0 + piece.y1):
        if groups and piece.middle - middle < 0.4 * min(piece.y1 - piece.y0, bottom - top):
            groups[-1].append(piece)
            top, bottom = min(top, piece.y0), max(bottom, piece.y1)
        else:
            groups.append([piece])
            top, bottom, middle = piece.y0, piece.y1, piece.middle
    return [Level(group) for group in groups]
