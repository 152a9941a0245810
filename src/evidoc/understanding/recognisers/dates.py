"""Dates in the forms that people print, in eight languages, alone and as ranges.

03/04/2020 alone cannot be read. ``vote`` counts what a document's unambiguous dates say of their order; the
caller decides with that (and with what else it knows), and ``dates`` then reads by one order, in the rule's name.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from evidoc.kernel.finding import FeatureType
from evidoc.kernel.months import MONTHS, plain
from evidoc.kernel.normalise import normalise
from evidoc.kernel.reading import Span
from evidoc.understanding.recognisers.spot import Spot

_NUMERIC = re.compile(r"(?<![\w.,/])(\d{1,2}|\d{4})( ?[./-] ?)(\d{1,2})( ?[./-] ?)(\d{4}|\d{2})(?![\w%]|[./,]\d)")
_ISO_TIME = re.compile(r"(?<![\w.,/-])(\d{4})-(\d{2})-(\d{2})(?=T\d)")
_SPACED = re.compile(r"(?<![\w.,/-])(\d{1,2}) (\d{1,2}) ((?:19|20)\d{2})(?![\w.,/-])")
_EAST = re.compile(r"(?<!\d)(\d{4}) ?[年년] ?(\d{1,2}) ?[月월] ?(\d{1,2}) ?[日일]")
_COMPACT = re.compile(r"(?<![\w.,/-])(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?![\w.,/-])")
_WORD = re.compile(r"[^\W\d_]{3,12}")
_DAY_BEFORE = re.compile(
    r"(?<![\w,/])(\d{1,2})(?:st|nd|rd|th|er|º|ª|°|\.)?(?: day)?[ ./,-]{0,2}(?:of |de |d')?[ ]?$", re.IGNORECASE
)
_YEAR_BEFORE = re.compile(r"(?<![\w.,/])((?:19|20)\d{2})[ ./-]{1,2}$")
_YEAR_AFTER = re.compile(r"\.?[ ,./-]{0,2}(?:of |de |del )?['’]?(\d{4}|\d{2})(?![\w%:]|[.,]\d)")
_YEAR_BELOW = re.compile(r",?\n((?:19|20)\d{2})(?!\d)")
_DAY_AFTER = re.compile(r"\.?[ ./-]{0,2}(\d{1,2})(?:st|nd|rd|th)?(?![\d:])")
_YEAR_LAST = re.compile(r"[ ,./'’-]{1,3}(\d{4}|\d{2})(?![\w%:]|[.,]\d)")
_JOIN = re.compile(
    r"^[ \t]?(?:-|–|—|~|to|thru|through|until|till|bis|au|al|a|à|tot|t/m|do|até|ate|/|and)?[ \t]?$", re.IGNORECASE
)
_OPEN_START = re.compile(
    r"(?<![\w.,/-])(\d{1,2})([./])(?:(\d{1,2})\2?)?[ \t]?(?:-|–|—|to|bis|au|al|tot|t/m|do)[ \t]?$", re.IGNORECASE
)
_LOOK_BACK = 24
_LONGEST_JOIN = 12
_PIVOT_CENTURY = range(1900, 2101)


def vote(text: str) -> Counter[str]:
    """How many dates of ``text`` can only be read day first (dmy), only month first (mdy)."""
    votes: Counter[str] = Counter()
    for found in _NUMERIC.finditer(text):
        first, second = int(found[1]), int(found[3])
        if first > 31 or len(found[1]) == 4:
            continue
        if first > 12 >= second:
            votes["dmy"] += 1
        elif second > 12 >= first:
            votes["mdy"] += 1
    return votes


def dates(text: str, order: str) -> list[Spot]:
    """Every date, in text order, without overlaps; the two of a range know their place.

    ``text`` is a page's text with a tab at wide gaps; ``order`` (dmy, mdy, ymd) reads the ambiguous ones.
    """
    found = sorted([*_numeric(text, order), *_named(text)], key=lambda spot: (spot.start, -spot.end))
    kept: list[Spot] = []
    for spot in found:
        if not kept or spot.start >= kept[-1].end:
            kept.append(spot)
        elif spot.end - spot.start > kept[-1].end - kept[-1].start:
            kept[-1] = spot
    return _ranges(text, kept, order)


def _numeric(text: str, order: str) -> Iterator[Spot]:
    for found in _NUMERIC.finditer(text):
        if found[2].strip() != found[4].strip() or _in_longer_number(text, found):
            continue
        own = order if order != "ymd" or len(found[1]) == 4 else "dmy"
        if "." in found[2]:
            own = "dmy" if len(found[1]) < 4 else own
        quality = 0.95 if len(found[5]) == 4 or len(found[1]) == 4 else 0.85
        spot = _spot(found, own, quality) or _spot(found, "mdy" if own == "dmy" else "dmy", quality - 0.15)
        if spot is None and len(found[5]) == 2:
            spot = _spot(found, "ymd", quality - 0.3)
        if spot is not None:
            yield spot
    for pattern, quality in ((_ISO_TIME, 0.95), (_EAST, 1.0), (_SPACED, 0.5), (_COMPACT, 0.3)):
        for found in pattern.finditer(text):
            spot = _spot(found, "ymd" if pattern is not _SPACED else order, quality)
            if spot is not None:
                yield spot


def _in_longer_number(text: str, found: re.Match[str]) -> bool:
    """Whether 12-34-56 is a part of 7-12-34-56 or 12-34-56-7; a dash between two dates with strokes is a range."""
    if "-" not in found[2]:
        return False
    before, after = text[max(found.start() - 2, 0) : found.start()], text[found.end() : found.end() + 2]
    return (before[-1:] == "-" and before[:1].isalnum()) or (after[:1] == "-" and after[1:].isdigit())


def _spot(found: re.Match[str], order: str, quality: float) -> Spot | None:
    return _made(found.string, found.start(), found.end(), order, quality)


def _made(text: str, start: int, end: int, order: str, quality: float) -> Spot | None:
    rule = f"date:{order}"
    normalized = normalise(rule, text[start:end])
    if not normalized or int(normalized[:4]) not in _PIVOT_CENTURY:
        return None
    return Spot(FeatureType.DATE, (Span(start, end),), rule, normalized, quality)


def _named(text: str) -> Iterator[Spot]:
    for word in _WORD.finditer(text):
        if plain(word.group()) not in MONTHS:
            continue
        spot = _around(text, word.start(), word.end())
        if spot is not None:
            yield spot


def _around(text: str, start: int, end: int) -> Spot | None:
    """The date around a month's name: day before and year after, day and year after, or the year alone."""
    back = max(start - _LOOK_BACK, 0)
    before = text[back:start]
    year = _YEAR_BEFORE.search(before)
    if year is not None:
        day = _DAY_AFTER.match(text, end)
        if day is not None:
            return _made(text, back + year.start(1), day.end(), "dmy", 0.95)
    day = _DAY_BEFORE.search(before)
    if day is not None and 0 < int(day[1]) <= 31:
        after = _YEAR_AFTER.match(text, end) or _YEAR_BELOW.match(text, end)
        if after is not None:
            return _made(text, back + day.start(1), after.end(), "dmy", 1.0 if len(after[1]) == 4 else 0.85)
    day = _DAY_AFTER.match(text, end)
    if day is not None and 0 < int(day[1]) <= 31:
        after = _YEAR_LAST.match(text, day.end())
        if after is not None:
            return _made(text, start, after.end(), "mdy", 1.0 if len(after[1]) == 4 else 0.85)
    after = _YEAR_AFTER.match(text, end)
    if after is not None and len(after[1]) == 4:
        return _made(text, start, after.end(), "dmy", 0.35)
    return None


def _ranges(text: str, spots: list[Spot], order: str) -> list[Spot]:
    placed: list[Spot] = []
    for spot in spots:
        previous = placed[-1] if placed else None
        between = text[previous.end : spot.start] if previous is not None else None
        if (
            previous is not None
            and between is not None
            and not previous.place
            and len(between) <= _LONGEST_JOIN
            and between.strip(" ")
            and _JOIN.match(between)
            and previous.normalized <= spot.normalized
        ):
            placed[-1] = replace(previous, place="first")
            placed.append(replace(spot, place="second"))
            continue
        opening = _opening(text, spot, order) if previous is None or spot.start - previous.end > 0 else None
        if opening is not None:
            placed += [opening, replace(spot, place="second")]
        else:
            placed.append(spot)
    return placed


def _opening(text: str, spot: Spot, order: str) -> Spot | None:
    """The first day of "01.10. - 31.10.2018": it borrows the year (a second piece) from the second day."""
    back = max(spot.start - _LOOK_BACK, 0)
    found = _OPEN_START.search(text[back : spot.start])
    if found is None or found[3] is None:
        return None
    raw = text[spot.start : spot.end]
    year = re.search(r"(?:\d{4}|\d{2})$", raw)
    if year is None:
        return None
    own = "dmy" if found[2] == "." or order != "mdy" else "mdy"
    start, end = back + found.start(1), back + found.end(3)
    spans = (Span(start, end), Span(spot.start + year.start(), spot.end))
    normalized = normalise(f"date:{own}", "\n".join(text[a:b] for a, b in spans))
    if not normalized or normalized > spot.normalized:
        return None
    return Spot(FeatureType.DATE, spans, f"date:{own}", normalized, 0.8, place="first")
