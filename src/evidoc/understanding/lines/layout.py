"""A page as rows of words, however its text runs: what stands at one height, from left to right."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from evidoc.kernel.reading import Box, Page, Span, union

_SAME_ROW = 0.5
"""Share of the lower height by which a word must overlap its row."""

_TOO_TALL = 3.0
"""Words taller than this many usual heights are text that runs upwards, or a stamp."""


class PlacedWord(NamedTuple):
    """A word with its number on the page (words with following numbers follow each other in the text)."""

    number: int
    start: int
    end: int
    box: Box
    text: str


class Row(NamedTuple):
    """Words at one height, from left to right."""

    words: tuple[PlacedWord, ...]
    box: Box

    @property
    def text(self) -> str:
        """What stands there, columns and all."""
        return " ".join(word.text for word in self.words)

    @property
    def middle(self) -> float:
        """Vertical middle, points from the top."""
        return (self.box.y0 + self.box.y1) / 2

    @property
    def height(self) -> float:
        """Points; at least 1."""
        return max(self.box.height, 1.0)


def rows_of(page: Page) -> list[Row]:
    """The rows of ``page``, from the top down."""
    words = [
        PlacedWord(number, word.start, word.end, word.box, page.text[word.start : word.end])
        for number, word in enumerate(page.words)
    ]
    if not words:
        return []
    heights = sorted(word.box.height for word in words)
    usual = max(heights[len(heights) // 2], 1.0)
    upright = [word for word in words if word.box.height <= _TOO_TALL * usual]
    upright.sort(key=lambda word: (word.box.y0 + word.box.y1, word.box.x0))
    rows: list[list[PlacedWord]] = []
    band = Box(0, 0, 0, 0)
    for word in upright:
        overlap = min(band.y1, word.box.y1) - max(band.y0, word.box.y0)
        if rows and overlap >= _SAME_ROW * min(band.height, max(word.box.height, 0.5)) and overlap > 0:
            rows[-1].append(word)
        else:
            rows.append([word])
            band = word.box
    return [_row(words) for words in rows]


def _row(words: Sequence[PlacedWord]) -> Row:
    ordered = tuple(sorted(words, key=lambda word: word.box.x0))
    return Row(ordered, union([word.box for word in ordered]))


def runs(words: Sequence[PlacedWord]) -> Iterator[tuple[PlacedWord, ...]]:
    """``words`` parted where the text does not go on from one to the next."""
    run: list[PlacedWord] = []
    for word in words:
        if run and word.number != run[-1].number + 1:
            yield tuple(run)
            run = []
        run.append(word)
    if run:
        yield tuple(run)


def span_of(run: Sequence[PlacedWord]) -> Span:
    """The characters of words that follow each other."""
    return Span(run[0].start, run[-1].end)
