"""A page's text without what printing adds (spacing, capitals, line breaks), and the way back to the page."""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache

from evidoc.kernel.reading import Box, Page, Span, union

_ALIKE = {**dict.fromkeys("‘’‚‛´`′", "'"), **dict.fromkeys('“”„‟″«»"', '"'), **dict.fromkeys("‐‑‒–—−", "-")}
_BREAKABLE = re.compile(r"[^\s-]*-+(?!\s)|\S+")
_MOST_LINES = 12
_MOST_FOUND = 200
_LONGEST_BROKEN = 2_000
_MOST_WORDS = 150
_SHORTEST_START = 3
_LONG_ENOUGH_TO_SPREAD = 8


@lru_cache(maxsize=8192)
def fold(mark: str) -> str:
    """A character as texts are compared: compatibility form, casefolded, quotes and dashes of one kind."""
    return _ALIKE.get(mark) or unicodedata.normalize("NFKC", mark).casefold()


def squeeze(text: str, *, bare: bool = False) -> str:
    """``text`` folded and without white space; ``bare``: letters and digits only."""
    return "".join(fold(mark) for mark in text if (mark.isalnum() if bare else not mark.isspace()))


class Squeezed:
    """One page squeezed: looking up a text is then one substring search."""

    def __init__(self, page: Page, *, bare: bool) -> None:
        self._page = page
        marks: list[str] = []
        places: list[int] = []
        for place, mark in enumerate(page.text):
            if mark.isalnum() if bare else not mark.isspace():
                folded = fold(mark)
                marks.append(folded)
                places.extend([place] * len(folded))
        self._text = "".join(marks)
        self._places = places

    def find_bare(self, text: str) -> Iterator[Span]:
        """Places of the letters and digits of ``text``; only a long one may stand in several words."""
        wanted = squeeze(text, bare=True)
        spread = len(wanted) >= _LONG_ENOUGH_TO_SPREAD or any(mark.isspace() for mark in text.strip())
        for start, end in self._matches(wanted):
            span = Span(self._places[start], self._places[end - 1] + 1)
            said = self._page.text[span.start : span.end]
            if "\n" not in said and (spread or " " not in said):
                yield span

    def find(self, text: str) -> Iterator[tuple[Span, ...]]:
        """Places of ``text``, each as one span a printed line.

        First where it stands in one piece; else where its first words stand in one line and the rest in the lines
        below, in the same column, other columns' words in between.
        """
        wanted = squeeze(text)
        found = False
        for start, end in self._matches(wanted):
            found = True
            yield self._by_line(self._places[start], self._places[end - 1] + 1)
        if not found:
            yield from self._in_column(text)

    def _matches(self, wanted: str) -> Iterator[tuple[int, int]]:
        """Squeezed offsets of ``wanted`` where it begins and ends with a word."""
        if not wanted:
            return
        start, count = self._text.find(wanted), 0
        while start >= 0 and count < _MOST_FOUND:
            end = start + len(wanted)
            if self._is_start(start) and self._is_end(end):
                count += 1
                yield start, end
            start = self._text.find(wanted, start + 1)

    def _is_start(self, offset: int) -> bool:
        place = self._places[offset]
        if offset and self._places[offset - 1] == place:
            return False
        page = self._page.text
        return place == 0 or not (page[place - 1].isalnum() and page[place].isalnum())

    def _is_end(self, offset: int) -> bool:
        last = self._places[offset - 1]
        if offset < len(self._places) and self._places[offset] == last:
            return False
        page = self._page.text
        return last + 1 == len(page) or not (page[last + 1].isalnum() and page[last].isalnum())

    def _by_line(self, start: int, end: int) -> tuple[Span, ...]:
        spans, at = [], start
        for line in self._page.text[start:end].split("\n"):
            if line.strip():
                spans.append(Span(at, at + len(line)))
            at += len(line) + 1
        return tuple(spans)

    def _in_column(self, text: str) -> Iterator[tuple[Span, ...]]:
        """Places where whole words of ``text`` stand in one line and go on below, where the first ones began."""
        words = [squeeze(word) for word in _BREAKABLE.findall(text[:_LONGEST_BROKEN])]
        if len(text) > _LONGEST_BROKEN or len(words) > _MOST_WORDS:
            return
        count = 0
        for size in range(self._longest_head(words), 0, -1):
            head = "".join(words[:size])
            if len(head) < _SHORTEST_START:
                return
            for start, end in self._matches(head):
                span = Span(self._places[start], self._places[end - 1] + 1)
                if "\n" in self._page.text[span.start : span.end]:
                    continue
                rest = self._go_on(words[size:], [span], 1)
                if rest is not None:
                    count += 1
                    yield rest
            if count:
                return

    def _longest_head(self, words: list[str]) -> int:
        """How many words, from the first on and less than all, stand anywhere in one piece."""
        for size in range(1, len(words)):
            if "".join(words[:size]) not in self._text:
                return size - 1
        return len(words) - 1

    def _go_on(self, words: list[str], spans: list[Span], depth: int) -> tuple[Span, ...] | None:
        if not words:
            return tuple(spans)
        if depth > _MOST_LINES:
            return None
        column = union([self._page.box_of(*span) for span in spans])
        height = self._page.box_of(*spans[-1]).height
        for line in self._lines_below(spans[-1], height):
            for size in range(len(words), 0, -1):
                span = self._in_line("".join(words[:size]), line, column, height)
                if span is not None:
                    return self._go_on(words[size:], [*spans, span], depth + 1)
        return None

    def _lines_below(self, span: Span, height: float) -> Iterator[Span]:
        """The next lines, down to two and a half line heights."""
        page = self._page
        bottom = page.box_of(*span).y1
        first = bisect_left(page.lines, span.end, key=lambda line: page.words.starts[line.first_word])
        for line in page.lines[first : first + 6]:
            top = page.words.box(line.first_word).y0
            if bottom - 0.6 * height <= top <= bottom + 1.5 * height:
                yield page.line_span(line)

    def _in_line(self, wanted: str, line: Span, column: Box, height: float) -> Span | None:
        """Where ``wanted`` begins in ``line`` within the column, up to an indent."""
        low, high = bisect_left(self._places, line.start), bisect_left(self._places, line.end)
        start = self._text.find(wanted, low, high)
        while start >= 0:
            end = start + len(wanted)
            span = Span(self._places[start], self._places[end - 1] + 1)
            box = self._page.box_of(*span)
            if self._is_start(start) and self._is_end(end) and abs(box.x0 - column.x0) <= 2 * height:
                return span
            start = self._text.find(wanted, start + 1, high)
        return None
