"""A page comes in, its sentences go out as spans, with what no sentence should hold left aside.

A sentence ends at a full stop, question or exclamation mark (or their counterparts) before white space and a
new start, and wherever the layout ends it: at a larger gap between lines, at a table, before a bullet.
"""

import re
from collections.abc import Iterator

from evidoc.kernel.reading import Line, Page, Span

_END = re.compile(r"[.!?。！？]+[\"'”’»)\]]*(?=\s+[\"'“‘«(\[]?[A-ZÀ-ÖØ-ÞА-Я0-9]|\s*$)|[。！？]+")  # fmt: skip
_ABBREVIATION = re.compile(
    r"(?:\b(?:[A-Za-z]|No|Nr|St|Mr|Mrs|Ms|Dr|Prof|Inc|Ltd|Co|Corp|vs|etc|approx|Art|Abs|Sec|Fig|Tel|bzw|ca|art|pp|p)"
    r"|\b[a-z]\.[a-z]|(?:^|\s)\d{1,2}(?:\.\d{1,2})*)$"
)
_BULLET = re.compile(r"^\s*(?:[•▪●‣◦*–—-]|\(?[a-z0-9]{1,3}[.)])\s", re.IGNORECASE)
_GAP = 0.9


def sentences(page: Page) -> Iterator[Span]:
    """The sentences of ``page`` in reading order; table rows are not among them."""
    for block in _blocks(page):
        yield from _split(page.text, block)


def lines(page: Page) -> Iterator[Span]:
    """Every printed line, for documents that are not made of sentences."""
    for line in page.lines:
        yield page.line_span(line)


def _blocks(page: Page) -> Iterator[Span]:
    """Runs of lines that belong together."""
    start: int | None = None
    end = 0
    previous: Line | None = None
    in_table = sorted(span for table in page.tables for cell in table.cells for span in cell.spans)
    tabled = {position for position, _ in in_table}
    for line in page.lines:
        span = page.line_span(line)
        if span.start in tabled:
            if start is not None:
                yield Span(start, end)
            start, previous = None, None
            continue
        if start is not None and previous is not None and _parted(page, previous, line):
            yield Span(start, end)
            start = None
        if start is None:
            start = span.start
        end, previous = span.end, line
    if start is not None:
        yield Span(start, end)


def _parted(page: Page, above: Line, below: Line) -> bool:
    upper = page.words.box(above.first_word)
    lower = page.words.box(below.first_word)
    height = max(min(upper.height, lower.height), 1.0)
    if lower.y0 - upper.y1 > _GAP * height or lower.y0 < upper.y0 - height:
        return True
    if max(upper.height, lower.height) > 1.4 * height:
        return True
    start, end = page.line_span(below)
    return bool(_BULLET.match(page.text[start:end]))


def _split(text: str, block: Span) -> Iterator[Span]:
    start = block.start
    for match in _END.finditer(text, block.start, block.end):
        if _ABBREVIATION.search(text[max(start, match.start() - 12) : match.start()]):
            continue
        yield from _trimmed(text, start, match.end())
        start = match.end()
    yield from _trimmed(text, start, block.end)


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    piece = text[start:end]
    left, right = len(piece) - len(piece.lstrip()), len(piece.rstrip())
    if left < right:
        yield Span(start + left, start + right)
