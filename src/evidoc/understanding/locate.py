"""Where a known value stands: from what it is to the characters on the pages that say so.

For values that come from elsewhere (an e-invoice's XML, a model's answer). A number is found in whatever notation
the page uses (583.17, 583,17, EUR 583,17), a date in whatever form, a text however it is spaced, broken over
lines or capitalised. What is found is normalised by a named rule from what the page says, and equals the known
value; nothing is ever pointed at that does not.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from evidoc.kernel.finding import AttachmentSource, FeatureType, Value
from evidoc.kernel.reading import Page, Span
from evidoc.understanding.evidence import value_at
from evidoc.understanding.page_index import Mark, PageIndex
from evidoc.understanding.tokens import key_of

MOST_PAGES = 400
"""Pages searched; what stands further back in a longer document is not located."""

_SAME_LINE = 3.0
_LINE_ABOVE = 1.5
_CLEAN = 0.5


class Occurrence(NamedTuple):
    """One place where a value stands: a page and spans on it (several where it is broken over lines)."""

    page: Page
    spans: tuple[Span, ...]
    rule: str
    line: int
    clean: bool

    def value(self, unit: str | None = None, source: AttachmentSource | None = None) -> Value:
        """The value as the page writes it."""
        return value_at(self.page, self.spans, self.rule, unit, source)


class Locator:
    """Finds known values in a document; indexes each page once, so that many values cost little more than one."""

    def __init__(self, pages: Iterable[Page]) -> None:
        self._indexes = [index for _, index in zip(range(MOST_PAGES), map(PageIndex, pages), strict=False)]

    def occurrences(self, kind: FeatureType, text: str) -> list[Occurrence]:
        """Every place where the value stands, in document order.

        ``text`` writes numbers with a decimal point and dates year first; everything else as it is.
        """
        return [
            Occurrence(index.page, mark.spans, mark.rule, mark.line, mark.clean)
            for index in self._indexes
            for mark in _marks(index, kind, text)
        ]

    def best(self, kind: FeatureType, text: str, labels: Sequence[str] = ()) -> Occurrence | None:
        """The likeliest place: beside or under one of ``labels``, standing by itself, and else the first one.

        Amounts without a label are taken from where they stand last: totals stand under what they add up.
        None where the value stands nowhere, or only where it cannot be told from others (a single digit
        without its label).
        """
        found = self.occurrences(kind, text)
        if not found:
            return None
        keys = [key for key in map(key_of, labels) if key]
        last_first = kind is FeatureType.MONEY
        rated = [
            (self._labelled(place, keys) + _CLEAN * place.clean, -number if not last_first else number, place)
            for number, place in enumerate(found)
        ]
        score, _, place = max(rated, key=lambda item: item[:2])
        if _is_common(text) and score < _LINE_ABOVE and len(found) > 1:
            return None
        return place

    def _labelled(self, place: Occurrence, keys: Sequence[tuple[str, ...]]) -> float:
        if not keys:
            return 0.0
        page = place.page
        start = place.spans[0].start
        index = next(index for index in self._indexes if index.page is page)
        line_start = index.line_spans[place.line].start
        before = key_of(page.text[line_start:start])
        near = max((_holds(before, key) for key in keys), default=0.0)
        if near:
            return _SAME_LINE + near
        above = key_of(index.text_above(place.line, place.spans[0]))
        near = max((_holds(above, key) for key in keys), default=0.0)
        return _LINE_ABOVE + near if near else 0.0


def _marks(index: PageIndex, kind: FeatureType, text: str) -> Iterator[Mark]:
    match kind:
        case FeatureType.MONEY | FeatureType.NUMBER | FeatureType.PERCENT:
            yield from index.numbers(text, money=kind is FeatureType.MONEY)
        case FeatureType.DATE:
            yield from index.dates(text)
        case FeatureType.IDENTIFIER | FeatureType.IBAN | FeatureType.BIC | FeatureType.VAT_ID | FeatureType.PHONE:
            yield from index.identifiers(text, _RULES.get(kind, "identifier"))
        case FeatureType.CURRENCY:
            yield from index.currencies(text)
        case _:
            yield from index.texts(text, _RULES.get(kind, "text"))


_RULES = {
    FeatureType.IBAN: "iban",
    FeatureType.BIC: "bic",
    FeatureType.VAT_ID: "vat_id",
    FeatureType.PHONE: "phone",
    FeatureType.EMAIL: "email",
    FeatureType.URL: "url",
    FeatureType.ADDRESS: "address",
}


def _holds(words: tuple[str, ...], label: tuple[str, ...]) -> float:
    """How near to the end of ``words`` the label stands: 1 at the very end, 0 where it does not stand there."""
    size = len(label)
    for end in range(len(words), size - 1, -1):
        if words[end - size : end] == label:
            return 1.0 / (1 + len(words) - end)
    return 0.0


def _is_common(text: str) -> bool:
    return sum(mark.isalnum() for mark in text) <= 2
