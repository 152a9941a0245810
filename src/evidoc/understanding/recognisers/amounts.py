"""Money, numbers and percentages, with either decimal mark, signs and currencies.

``1.234`` alone cannot be read. ``vote`` counts what a document's unambiguous numbers say of the decimal mark;
``amounts`` reads the rest by the mark that the caller decided on, and says so in the rule's name.
"""

import re
from collections import Counter

from evidoc.kernel.finding import FeatureType
from evidoc.kernel.normalise import CURRENCIES, normalise
from evidoc.kernel.reading import Span
from evidoc.understanding.recognisers.spot import Spot

_CURRENCY = "|".join(
    re.escape(mark) if not mark.isalpha() else rf"(?<![^\W\d_]){mark}(?![^\W\d_])"
    for mark in sorted(CURRENCIES, key=lambda mark: -len(mark))
    if mark not in ("try", "ft", "all")
)
_NUMBER = re.compile(
    rf"""(?<![\w.,/:#])(?<!\d[-'’])
    (?P<open>\()?[ ]?(?P<sign>[-−–+][ ]?)?
    (?:(?P<before>{_CURRENCY})[ ]?)?(?P<sign2>[-−–][ ]?)?
    (?P<number>
        \d{{1,3}}(?:(?P<group>[.,'’ \u00a0\u202f])\d{{3}}(?!\d))(?:(?P=group)\d{{3}}(?!\d)){{0,4}}
            (?:[.,]\d{{1,4}}(?!\d))?
      | \d{{1,2}}(?:,\d{{2}}){{1,4}},\d{{3}}(?!\d)(?:\.\d{{1,2}}(?!\d))?
      | \d{{1,15}}(?:[.,]\d{{1,4}}(?!\d))?
      | [.,]\d{{2}}(?!\d)
    )
    (?P<late>[-−](?![\w-]))?
    (?(before)|(?:(?P<glued>{_CURRENCY})(?!\d)|[ ](?P<after>{_CURRENCY})(?![ ]?\d))?)
    (?P<close>[ ]?\))?
    (?P<percent>[ ]?(?:%|(?:percent|prozent|pct)\b))?
    (?![.,/:°][\w]|[\d]|\#)""",
    re.IGNORECASE | re.VERBOSE,
)
_DECIMALS = re.compile(r"[.,](\d{1,4})$")
_LONG_FOR_AN_AMOUNT = 7
_GLUED = re.compile(r"[^\W\d_]")
CURRENCY_MARK = re.compile(_CURRENCY, re.IGNORECASE)


def vote(text: str) -> Counter[str]:
    """How many numbers of ``text`` can only be read with a point, only with a comma, as decimal mark."""
    votes: Counter[str] = Counter()
    for found in _NUMBER.finditer(text):
        mark = _sure_mark(found["number"])
        if mark:
            votes[mark] += 1
    return votes


def _sure_mark(number: str) -> str | None:
    points, commas = number.count("."), number.count(",")
    if points and commas:
        return "point" if number.rfind(".") > number.rfind(",") else "comma"
    if points + commas > 1:
        return "comma" if points else "point"
    decimals = _DECIMALS.search(number)
    if decimals and len(decimals[1]) in (1, 2):
        return "point" if points else "comma"
    return None


def amounts(text: str, mark: str) -> list[Spot]:
    """Every number in text order: each as NUMBER or PERCENT, and as MONEY too unless it is a percentage.

    ``text`` is a page's text with a tab at wide gaps; ``mark`` (point, comma) reads the ambiguous ones.
    """
    spots: list[Spot] = []
    for found in _NUMBER.finditer(text):
        number = found["number"]
        decimals = _DECIMALS.search(number)
        cents = decimals is not None and len(decimals[1]) == 2
        if _GLUED.match(text, found.end()) and not (cents or found["after"] or found["glued"]):
            continue
        own = _sure_mark(number) or _likely_mark(number, mark)
        if _is_code(number, found["group"]) or _is_glued_code(found):
            continue
        start, end = _bounds(found)
        raw = text[start:end]
        span = (Span(start, end),)
        if found["percent"]:
            rule = f"decimal:{own}"
            spots.append(Spot(FeatureType.PERCENT, span, rule, normalise(rule, raw), 1.0))
            continue
        currency = found["before"] or found["glued"] or found["after"]
        grouped = bool(found["group"])
        quality = 1.0 if currency and cents else 0.9 if cents else 0.85 if currency else 0.6 if grouped else 0.3
        rule = f"money:{own}"
        unit = CURRENCIES.get(currency.lower()) if currency else None
        spots.append(Spot(FeatureType.MONEY, span, rule, normalise(rule, raw), quality, unit))
        rule = f"decimal:{own}"
        plain_quality = 0.5 if currency else 0.9
        spots.append(Spot(FeatureType.NUMBER, span, rule, normalise(rule, raw), plain_quality))
    return spots


def _is_code(number: str, group: str | None) -> bool:
    """Whether the marks are those of a numbering (00.123.456.7), not of an amount."""
    if not group:
        return False
    tail = _DECIMALS.search(number)
    return number.startswith("0") or (tail is not None and number[tail.start()] == group and len(tail[1]) != 3)


def _is_glued_code(found: re.Match[str]) -> bool:
    """Whether letters and a long number in one piece are a number that somebody assigned (KR20240011), no amount."""
    before, number = found["before"], found["number"]
    glued = bool(before) and before.isalpha() and found.end("before") == found.start("number")
    return glued and number.isdigit() and len(number) >= _LONG_FOR_AN_AMOUNT


def _bounds(found: re.Match[str]) -> tuple[int, int]:
    """Signs, currency and number; parentheses only where both stand there."""
    start, end = found.start(), found.end()
    if found["percent"] is None:
        end = max(found.end(name) for name in ("number", "late", "glued", "after"))
    if found["open"] and found["close"]:
        return start, found.end("close")
    names = ["sign", "before", "sign2", "number"]
    if found["sign"] and found.string[max(found.start("sign") - 2, 0) : found.start("sign")].rstrip(" ")[-1:].isalnum():
        names.remove("sign")  # a dash between two things, not a minus
    return min(found.start(name) for name in names if found.start(name) >= 0), end


def _likely_mark(number: str, mark: str) -> str:
    """``12,345`` groups and ``1,2345`` does not, whatever the document's mark; ``9.000`` is read by it."""
    decimals = _DECIMALS.search(number)
    if decimals is None or len(decimals[1]) == 3:
        return mark
    return "point" if "." in number else "comma"
