"""What a page says, by value: its numbers, dates, and its text without spacing, each with where it stands."""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import NamedTuple

from evidoc.kernel.months import MONTHS, plain
from evidoc.kernel.normalise import CURRENCIES, normalise
from evidoc.kernel.reading import Page, Span
from evidoc.understanding.squeezed import Squeezed

_DIGITS = re.compile(r"\d+(?:[.,'’]\d+)*")
_SPACED = re.compile(r"\d{1,3}(?:[ \u00a0\u202f]\d{3}){1,5}(?:[.,]\d+)?")
_COMMA = re.compile(r"(?:\d+|\d{1,3}(?:[.'’\s]\d{3})+)(?:,\d+)?")
_POINT = re.compile(r"(?:\d+|\d{1,3}(?:[,'’\s]\d{3})+)(?:\.\d+)?")
_MINUS_BEFORE = re.compile(r"[-−–]\s?$")
_MINUS_AFTER = re.compile(r"\s?-(?![\w-])")
_CENTS = re.compile(r"\d([.,])\d\d(?!\d|[.,]\d)")
_NUMERIC_DATE = re.compile(r"(?<![\d./-])(?:\d{1,4}[./-]\s?\d{1,2}[./-]\s?\d{2,4}|\d{8})(?!\d)")
_DAY_FIRST = re.compile(
    r"(?<!\d)\d{1,4}(?:st|nd|rd|th|er|º|ª)?[.,]?[\s/-](?:de\s)?([^\W\d_]{3,12})[.,]?[\s/-](?:de\s|del\s)?\d{2,4}(?!\d)",
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(r"([^\W\d_]{3,12})[.,]?\s\d{1,2}(?:st|nd|rd|th)?,?\s\d{4}(?!\d)", re.IGNORECASE)
_ORDERS = ("date:dmy", "date:ymd", "date:mdy")
_CURRENCY = re.compile(r"[A-Za-z]{2,7}\$?\.?|[^\w\s.,:;/()'\"-]\$?")
_MOST_NUMBERS = 60_000
_LONGEST_NUMBER = 40


class Mark(NamedTuple):
    """One place: spans (one a printed line), the rule that normalises it, its first line, whether it stands alone."""

    spans: tuple[Span, ...]
    rule: str
    line: int
    clean: bool


class PageIndex:
    """Looks values up on one page. Everything is worked out on first use and kept."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.line_spans = [page.line_span(line) for line in page.lines]
        self._starts = [span.start for span in self.line_spans]

    def line_at(self, offset: int) -> int:
        """The number of the line that holds the character at ``offset``."""
        return max(bisect_right(self._starts, offset) - 1, 0)

    def text_above(self, line: int, span: Span) -> str:
        """What stands in the two lines above, over the characters of ``span`` (and a little to the left)."""
        page = self.page
        box = page.box_of(*span)
        found = []
        for number in range(max(line - 2, 0), line):
            first, end = page.lines[number]
            for index in range(first, end):
                word = page.words[index]
                if word.box.x1 > box.x0 - 3 * box.height and word.box.x0 < box.x1 + box.height:
                    found.append(page.text[word.start : word.end])
        return " ".join(found)

    def numbers(self, text: str, *, money: bool) -> Iterator[Mark]:
        """Where the number ``text`` (decimal point) stands, in whatever notation."""
        kind = "money" if money else "decimal"
        try:
            wanted = Decimal(normalise("decimal:point", text) or text)
        except InvalidOperation:
            return
        for span, mark, clean in self._numbers.get(wanted, ()):
            yield Mark((span,), f"{kind}:{mark}", self.line_at(span.start), clean)

    def dates(self, text: str) -> Iterator[Mark]:
        """Where the date ``text`` (year first) stands, in whatever form."""
        wanted = normalise("date:ymd", text)
        for span, rule in self._dates.get(wanted, ()) if wanted else ():
            yield Mark((span,), rule, self.line_at(span.start), clean=True)

    def texts(self, text: str, rule: str = "text") -> Iterator[Mark]:
        """Where ``text`` stands, however spaced, capitalised and broken over lines (of its column)."""
        for spans in self._squeezed.find(text):
            yield Mark(spans, rule, self.line_at(spans[0].start), clean=True)

    def identifiers(self, text: str, rule: str = "identifier") -> Iterator[Mark]:
        """Where the letters and digits of ``text`` stand in this order, whatever stands between them."""
        for span in self._bare.find_bare(text):
            yield Mark((span,), rule, self.line_at(span.start), clean=True)

    def currencies(self, code: str) -> Iterator[Mark]:
        """Where the currency stands, as a code or a sign."""
        for found in _CURRENCY.finditer(self.page.text):
            if CURRENCIES.get(found.group().lower()) == code.upper() and not _glued(self.page.text, found.span()):
                yield Mark((Span(*found.span()),), "currency", self.line_at(found.start()), clean=True)

    @cached_property
    def _squeezed(self) -> Squeezed:
        return Squeezed(self.page, bare=False)

    @cached_property
    def _bare(self) -> Squeezed:
        return Squeezed(self.page, bare=True)

    @cached_property
    def decimal_mark(self) -> str:
        """``comma`` or ``point``: the one that more of the page's amounts are written with."""
        cents = [found.group(1) for found in _CENTS.finditer(self.page.text)]
        return "comma" if cents.count(",") > cents.count(".") else "point"

    @cached_property
    def _numbers(self) -> dict[Decimal, list[tuple[Span, str, bool]]]:
        text = self.page.text
        found: dict[Decimal, list[tuple[Span, str, bool]]] = defaultdict(list)
        for pattern in (_DIGITS, _SPACED):
            for count, match in enumerate(pattern.finditer(text)):
                if count > _MOST_NUMBERS:
                    break
                if len(match.group()) > _LONGEST_NUMBER:
                    continue
                for span in _signed(text, match.start(), match.end()):
                    for mark, number in self._read(span, match.group()):
                        found[number].append((span, mark, _stands_alone(text, span)))
        for places in found.values():
            places.sort(key=lambda place: (not place[2], place[0]))
        return found

    def _read(self, span: Span, digits: str) -> Iterator[tuple[str, Decimal]]:
        """The notations that the digits can be in and what they then say, each number once."""
        marks = ("comma", "point") if self.decimal_mark == "comma" else ("point", "comma")
        seen = set()
        for mark in marks:
            if (_COMMA if mark == "comma" else _POINT).fullmatch(digits):
                number = Decimal(normalise(f"decimal:{mark}", self.page.text[span.start : span.end]))
                if number not in seen:
                    seen.add(number)
                    yield mark, number

    @cached_property
    def _dates(self) -> dict[str, list[tuple[Span, str]]]:
        found: dict[str, list[tuple[Span, str]]] = defaultdict(list)
        for span in _date_spans(self.page.text):
            for rule in _ORDERS:
                day = normalise(rule, self.page.text[span.start : span.end])
                if day and all(place[0] != span for place in found[day]):
                    found[day].append((span, rule))
        return found


def _date_spans(text: str) -> Iterator[Span]:
    """Where something stands that has the form of a date."""
    for match in _NUMERIC_DATE.finditer(text):
        if not _glued(text, match.span()):
            yield Span(*match.span())
    for pattern in (_DAY_FIRST, _MONTH_FIRST):
        found = pattern.search(text)
        while found:
            is_date = plain(found.group(1)) in MONTHS and not _glued(text, found.span())
            if is_date:
                yield Span(*found.span())
            found = pattern.search(text, found.end() if is_date else found.start(1) + 1)


def _signed(text: str, start: int, end: int) -> Iterator[Span]:
    """The number with the sign that belongs to it; where that may be a dash of another kind, also without."""
    before = _MINUS_BEFORE.search(text, max(start - 2, 0), start)
    if before and (before.start() == 0 or not text[before.start() - 1].isalnum()):
        yield Span(before.start(), end)
        if before.end() - before.start() == 1:
            return
    after = _MINUS_AFTER.match(text, end)
    if after and not before:
        yield Span(start, after.end())
    elif text[start - 1 : start] == "(" and text[end : end + 1] == ")":
        yield Span(start - 1, end + 1)
    else:
        yield Span(start, end)


def _stands_alone(text: str, span: Span) -> bool:
    """Whether no letter or digit is glued to the number, a currency or unit excepted."""
    before = re.search(r"[\w.,/-]*$", text[max(span.start - 8, 0) : span.start])
    after = re.match(r"[^\W\d_]*(?:[\d./-]\w*)?", text[span.end : span.end + 8])
    left = before.group() if before else ""
    right = after.group() if after else ""
    return (not left or left.lower() in CURRENCIES) and (not right or right.isalpha())


def _glued(text: str, span: tuple[int, int]) -> bool:
    start, end = span
    before, after = text[start - 1 : start] if start else "", text[end : end + 1]
    return (before.isalnum() and text[start].isalnum()) or (after.isalnum() and text[end - 1].isalnum())
