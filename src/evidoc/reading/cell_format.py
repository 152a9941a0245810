"""A cell's value and its number format come in, what the sheet shows goes out.

Covers the formats that business sheets use: decimals, grouping, percent, currency signs, dates and times.
A date is shown in the ISO form, whatever the format's order, because a stored date has none.
"""

import re
from datetime import date, datetime, time, timedelta

_LITERAL = re.compile(r'"([^"]*)"|\[\$([^\]-]*)[^\]]*\]|\\(.)|([€$£¥])')
_CORE = re.compile(r"[#0?][#0?,]*(?:\.([0#?]+))?")


def shown_value(value: object, number_format: str) -> str:
    """What a cell with ``value`` shows; an empty string for an empty cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    if isinstance(value, int | float):
        return _shown_number(value, number_format)
    return str(value).strip()


def _shown_number(value: float, number_format: str) -> str:
    sections = number_format.split(";")
    pattern = sections[1] if value < 0 and len(sections) > 1 and sections[1] else sections[0]
    core = _CORE.search(_LITERAL.sub("", pattern))
    if pattern in ("", "General", "@") or core is None or "E+" in pattern:
        return _plain(value)
    percent = "%" in pattern
    amount = value * 100 if percent else value
    decimals = len(core[1]) if core[1] else 0
    grouping = "," if "," in core[0] else ""
    digits = f"{abs(amount):{grouping}.{decimals}f}" + ("%" if percent else "")
    if core[1] and "#" in core[1]:
        digits = digits.rstrip("0").rstrip(".") if "." in digits else digits
    before, after = _literals(pattern)
    sign = "-" if amount < 0 and pattern is sections[0] else ""
    if "(" in pattern and value < 0:
        return f"({before}{digits}{after})"
    return f"{sign}{before}{digits}{after}".strip()


def _plain(value: float) -> str:
    if isinstance(value, int) or (value.is_integer() and abs(value) < 1e15):
        return str(int(value))
    return f"{value:.15g}"


def _literals(pattern: str) -> tuple[str, str]:
    """The currency signs and quoted words before and after the digits."""
    middle = next((match.start() for match in re.finditer(r"[#0?]", pattern)), len(pattern))
    before = after = ""
    for match in _LITERAL.finditer(pattern):
        text = next((group for group in match.groups() if group), "")
        if text.strip() in ("", "-", "(", ")", "_"):
            continue
        if match.start() < middle:
            before += text
        else:
            after += text if text.startswith(" ") else f" {text.strip()}"
    return before, after
