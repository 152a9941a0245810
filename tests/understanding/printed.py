"""Pages as a typewriter prints them: what tests of understanding read."""

import re

from evidoc.kernel.finding import Candidate, Value
from evidoc.kernel.normalise import normalise
from evidoc.kernel.reading import Box, Line, Method, Page, Reading, Word, Words

CHARACTER_WIDTH = 6.0
LINE_HEIGHT = 12.0


def printed_page(layout: str, index: int = 0) -> Page:
    """A page whose words stand where ``layout`` has them; runs of spaces part columns, and are one in the text."""
    text = ""
    words: list[Word] = []
    lines: list[Line] = []
    for row, printed in enumerate(layout.split("\n")):
        found = list(re.finditer(r"\S+", printed))
        if not found:
            continue
        first = len(words)
        for number, word in enumerate(found):
            text += " " if number else ("\n" if text else "")
            top = row * LINE_HEIGHT
            box = Box(word.start() * CHARACTER_WIDTH, top + 1, word.end() * CHARACTER_WIDTH, top + 10)
            words.append(Word(len(text), len(text) + len(word.group()), box))
            text += word.group()
        lines.append(Line(first, len(words)))
    return Page(index, text, 612.0, 792.0, Method.BORN_DIGITAL, Words.of(words), tuple(lines))


def printed(*layouts: str) -> Reading:
    """A reading of such pages."""
    return Reading(tuple(printed_page(layout, index) for index, layout in enumerate(layouts)))


def assert_evidence_holds(reading: Reading, candidate: Candidate) -> None:
    """The invariant, for the value and every cell: quotes are what the pages say, and rules lead to the values."""
    for value in (candidate.value, *(cell for row in candidate.rows for cell in row.values())):
        _assert_value_holds(reading, value)


def _assert_value_holds(reading: Reading, value: Value) -> None:
    assert value.evidence or value.source
    assert value.raw == ("\n".join(piece.quote for piece in value.evidence) if value.evidence else value.raw)
    assert value.normalized == normalise(value.rule, value.raw)
    for piece in value.evidence:
        page = reading.pages[piece.page_index]
        assert page.text[piece.char_start : piece.char_end] == piece.quote
        assert piece.box == page.box_of(piece.char_start, piece.char_end)
        assert piece.method == page.method
