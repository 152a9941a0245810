"""From spans of a page to evidence and values, so that what a value quotes is always what its page says."""

from collections.abc import Sequence

from evidoc.kernel.finding import AttachmentSource, Evidence, Value
from evidoc.kernel.normalise import normalise
from evidoc.kernel.reading import Page, Span


def evidence_at(page: Page, start: int, end: int) -> Evidence:
    """The characters ``[start, end)`` of ``page`` as evidence. Raises ValueError where no word stands there."""
    return Evidence(page.index, start, end, page.text[start:end], page.box_of(start, end), page.method)


def value_at(
    page: Page,
    spans: Sequence[Span],
    rule: str,
    unit: str | None = None,
    source: AttachmentSource | None = None,
) -> Value:
    """The value that stands at ``spans`` (at least one, in reading order), normalised by ``rule``."""
    evidence = tuple(evidence_at(page, start, end) for start, end in spans)
    raw = "\n".join(piece.quote for piece in evidence)
    return Value(raw, normalise(rule, raw), rule, evidence, unit, source)
