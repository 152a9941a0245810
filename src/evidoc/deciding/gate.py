"""The gate: nothing is stored or sent whose evidence does not hold."""

from collections.abc import Iterable, Sequence

from evidoc.kernel.decision import Decision
from evidoc.kernel.errors import InternalError
from evidoc.kernel.finding import Candidate, Value
from evidoc.kernel.normalise import normalise
from evidoc.kernel.reading import Box, Page, Reading

_TOLERANCE = 0.51
"""Points by which a box may fall short of its words: boxes are kept in single precision and may be rounded."""


def check(reading: Reading, decisions: Sequence[Decision]) -> None:
    """Raises InternalError, naming the feature, unless every candidate of every decision keeps the invariant.

    ``pages[page_index].text[char_start:char_end] == quote``, the box covers the words of the span, ``raw`` is the
    quotes joined by a line feed (or the attachment's text), and ``normalized`` follows from ``raw`` by the rule.
    """
    for decision in decisions:
        for candidate in (*decision.selected, *decision.finding.candidates):
            check_values(reading, ((decision.finding.feature.name, value) for value in _values(candidate)))


def check_values(reading: Reading, values: Iterable[tuple[str, Value]]) -> None:
    """The same of single values, each with the name by which it is told. Raises InternalError."""
    for name, value in values:
        fault = _fault(reading, value)
        if fault:
            raise InternalError(f"evidence of {name!r}: {fault}")


def _values(candidate: Candidate) -> Iterable[Value]:
    yield candidate.value
    for row in candidate.rows:
        yield from row.values()


def _fault(reading: Reading, value: Value) -> str | None:
    if normalise(value.rule, value.raw) != value.normalized:
        return f"the normalised value does not follow by {value.rule}"
    if not value.evidence:
        return None if value.source is not None else "neither evidence nor a source"
    if value.source is None and value.raw != "\n".join(piece.quote for piece in value.evidence):
        return "the raw value is not its quotes"
    for piece in value.evidence:
        if not 0 <= piece.page_index < len(reading.pages):
            return "no such page"
        page = reading.pages[piece.page_index]
        if not 0 <= piece.char_start < piece.char_end <= len(page.text):
            return "the span is not on the page"
        if page.text[piece.char_start : piece.char_end] != piece.quote:
            return "the quote is not what stands there"
        if not _covered(page, piece.char_start, piece.char_end, piece.box):
            return "the box does not cover the words"
    return None


def _covered(page: Page, start: int, end: int, box: Box) -> bool:
    words = page.words.touching(start, end)
    return bool(words) and all(box.covers(page.words.box(index), _TOLERANCE) for index in words)
