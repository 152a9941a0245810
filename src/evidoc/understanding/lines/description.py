"""The description of an item: its first line, and the lines that it runs on to."""

import re
from collections.abc import Sequence
from itertools import pairwise

from evidoc.kernel.reading import Span
from evidoc.understanding.lines.grid import Grid
from evidoc.understanding.lines.layout import PlacedWord, runs, span_of

_SLACK = 1.15
_LINE_GAP = 1.6
"""Gap to the next line, in heights, up to which a description can run on."""

_LEAD_GAP = 0.7
"""The same for lines that lead in from above."""

_WORD_GAP = 0.45
_TEXT_GAP = 0.8
"""Gap between words of one text, in heights: beside numbers, and in a row without any."""

_BARE_NUMBER = re.compile(r"[\d.,]{1,3}|\d+[.,]\d\d")
_TIMES = re.compile(r"[xX×*@:.\-]$")

_WELL_FILLED = 0.6
_MOST_LINES = 12
_LONGEST_CODE = 20
_OPEN_ENDS = tuple("-,(/&–+")


def wrapped(
    grid: Grid, column: int, anchor: Sequence[int], above: Sequence[int], below: Sequence[int], right: float
) -> tuple[Span, ...]:
    """The spans of the description, one a printed line; () where there is none.

    It begins in the item's own row, or in the rows above where that has no text. It runs on where the line is so full
    that the next word would not have fitted left of ``right``, or where it breaks off (a hyphen or a comma ends it, a
    small letter follows).
    """
    own = _lines(grid, column, anchor)
    if own:
        lines = [*_led_in(_lines(grid, column, above), own[0], right), *own, *_lines(grid, column, below)]
    else:
        lines = _lines(grid, column, above) or _lines(grid, column, below)
    named_above = _lines(grid, column, above)
    if len(lines) == 1 and _is_code(lines[0]) and named_above and _follows(named_above[-1], lines[0], letters=False):
        lines = named_above[-1:]
    if len(lines) > 1 and _is_code(lines[0]) and not _is_code(lines[1]) and _follows(lines[0], lines[1]):
        lines = lines[1:]
    if not lines:
        return ()
    taken = [lines[0]]
    for before, line in pairwise(lines):
        if len(taken) >= _MOST_LINES or not _runs_on(before, line, right):
            break
        taken.append(line)
    return tuple(span_of(run) for line in taken for run in runs(line))


def _led_in(
    above: Sequence[tuple[PlacedWord, ...]], first: tuple[PlacedWord, ...], right: float
) -> list[tuple[PlacedWord, ...]]:
    """The lines right above that run on into ``first``: numbers may stand at the middle of their text."""
    taken: list[tuple[PlacedWord, ...]] = []
    for line in reversed(above):
        below = taken[0] if taken else first
        close = below[0].box.y0 - line[-1].box.y1 <= _LEAD_GAP * max(line[-1].box.height, 1.0)
        if not close or not _runs_on(line, below, right):
            break
        taken.insert(0, line)
    return taken


def _is_code(line: Sequence[PlacedWord]) -> bool:
    """Whether the line is one word of capitals and digits: an article number over the article's name."""
    text = line[0].text
    return (
        len(line) == 1 and any(mark.isdigit() for mark in text) and text == text.upper() and len(text) <= _LONGEST_CODE
    )


def _follows(line: Sequence[PlacedWord], below: Sequence[PlacedWord], *, letters: bool = True) -> bool:
    """Whether ``below`` stands right under ``line`` and (``letters``) says something in words."""
    near = below[0].box.y0 - line[0].box.y1 <= _LINE_GAP * max(line[0].box.height, 1.0)
    return near and (not letters or any(mark.isalpha() for word in below for mark in word.text))


def _lines(grid: Grid, column: int, rows: Sequence[int]) -> list[tuple[PlacedWord, ...]]:
    return [line for row in rows if (line := line_of(grid, column, row))]


def line_of(grid: Grid, column: int, row: int) -> tuple[PlacedWord, ...]:
    """The words of a column in one row, and those that run on from it into the next column without a gap."""
    words = _without_signs(grid.cells[row][column])
    if all(_BARE_NUMBER.fullmatch(word.text) for word in words):
        return ()
    if grid.groups is not None:
        return words
    following = [word for cell in grid.cells[row][column + 1 :] for word in cell]
    reach = _TEXT_GAP if not any(word.text[-1:].isdigit() for word in following) else _WORD_GAP
    taken = list(words)
    for word in following:
        gap = word.box.x0 - taken[-1].box.x1
        if gap > reach * max(word.box.height, 1.0) or not any(mark.isalpha() for mark in word.text):
            break
        taken.append(word)
    return tuple(taken)


def _without_signs(words: tuple[PlacedWord, ...]) -> tuple[PlacedWord, ...]:
    """The words without a lone multiplication sign or dash at either end."""
    while words and _TIMES.match(words[0].text):
        words = words[1:]
    while words and _TIMES.match(words[-1].text):
        words = words[:-1]
    return words


def _runs_on(before: Sequence[PlacedWord], line: Sequence[PlacedWord], right: float) -> bool:
    last, first = before[-1], line[0]
    height = max(last.box.height, 1.0)
    if first.box.y0 - last.box.y1 > _LINE_GAP * height:
        return False
    if last.text.endswith(_OPEN_ENDS) or first.text[:1] in "()&+":
        return True
    if first.text[:1].islower() and last.box.x1 - before[0].box.x0 >= _WELL_FILLED * (right - before[0].box.x0):
        return True
    needed = last.box.x1 + 0.3 * height + first.box.width * _SLACK
    return needed > right


def right_edge(grid: Grid, column: int) -> float:
    """How far right the column's text reaches."""
    lines = [line_of(grid, column, row) for row in range(len(grid.rows))]
    return max((line[-1].box.x1 for line in lines if line), default=0.0)
