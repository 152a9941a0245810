"""Numbers as they stand in cells: which characters, and what they say with a comma or a point as decimal mark."""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import NamedTuple

from evidoc.kernel.normalise import CURRENCIES, normalise
from evidoc.kernel.reading import Span

_NUMBER = re.compile(
    r"(?P<sign>[-−–+]\s?)?(?P<open>\()?"
    r"(?P<digits>(?<![*@xX×])\d{1,3}(?:[ \u00a0\u202f]\d{3}){1,5}(?:[.,]\d{1,4})?(?!\d)|\d+(?:[.,'’]\d+)*)"
    r"(?P<close>\))?(?P<after>\s?-(?![\w-]))?(?P<percent>\s?%)?"
)
_COMMA = re.compile(r"(?:\d+|\d{1,3}(?:[.'’\s]\d{3})+)(?:,\d+)?")
_POINT = re.compile(r"(?:\d+|\d{1,3}(?:[,'’\s]\d{3})+)(?:\.\d+)?")
_INDIAN = re.compile(r"\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d+)?")
_CENTS = re.compile(r"(?<![\d.,])\d[\d.,'’ ]{0,24}([.,])\d\d(?![\d]|[.,]\d)")
_GLUED_LEFT = re.compile(r"[\w./-]*$")
_GLUED_RIGHT = re.compile(r"[\w./:-]*")
_UNIT_CHARACTERS = 8
_LONGEST = 40


class Number(NamedTuple):
    """A number in a cell. ``point`` and ``comma`` are what it says with that decimal mark (None: impossible)."""

    span: Span
    text: str
    point: Decimal | None
    comma: Decimal | None
    percent: bool
    decimals: int

    def value(self, mark: str) -> tuple[Decimal, str]:
        """What it says and the mark that it is read with: ``mark`` where possible, else the other."""
        preferred, other = (self.comma, self.point) if mark == "comma" else (self.point, self.comma)
        if preferred is not None:
            return preferred, mark
        return (other if other is not None else Decimal(0)), ("point" if mark == "comma" else "comma")


def numbers_in(text: str, offset: int = 0) -> Iterator[Number]:
    """The numbers of ``text`` that are no part of a word, a date or a code; currencies and units may be glued on."""
    for found in _NUMBER.finditer(text):
        start, end = found.span("digits")
        if not _stands_alone(text, start, end):
            continue
        digits = found["digits"]
        if len(digits) > _LONGEST:
            continue
        signed_start, signed_end = start, end
        if found["sign"] and (found.start() == 0 or not text[found.start() - 1].isalnum()):
            signed_start = found.start()
        elif found["open"] and found["close"]:
            signed_start, signed_end = found.start("open"), found.end("close")
        elif found["after"]:
            signed_end = found.end("after")
        written = text[signed_start:signed_end]
        point = _say("point", digits, written)
        comma = _say("comma", digits, written)
        if point is None and comma is None:
            continue
        span = Span(offset + signed_start, offset + signed_end)
        yield Number(span, written, point, comma, bool(found["percent"]), _decimals(digits))


def decimal_mark(texts: Iterable[str]) -> str:
    """``comma`` or ``point``: what more of the amounts in ``texts`` are written with; ``point`` where none is."""
    marks = [found[1] for text in texts for found in _CENTS.finditer(text)]
    return "comma" if marks.count(",") > marks.count(".") else "point"


def _say(mark: str, digits: str, written: str) -> Decimal | None:
    pattern = _COMMA if mark == "comma" else _POINT
    if pattern.fullmatch(digits) or (mark == "point" and _INDIAN.fullmatch(digits)):
        return Decimal(normalise(f"decimal:{mark}", written))
    return None


def _decimals(digits: str) -> int:
    tail = re.search(r"[.,](\d+)$", digits)
    return len(tail[1]) if tail else 0


def _stands_alone(text: str, start: int, end: int) -> bool:
    left = _GLUED_LEFT.search(text[max(start - 12, 0) : start])
    before = left.group() if left else ""
    if before.lstrip("-−–") and before.lower().strip("-−–") not in CURRENCIES:
        return False
    right = _GLUED_RIGHT.match(text[end : end + 12])
    after = (right.group() if right else "").rstrip(".-:")
    if not after or after.lower() in CURRENCIES:
        return True
    return (after.isalpha() and len(after) <= _UNIT_CHARACTERS) or (after[0] == "/" and after[1:].isalpha())
