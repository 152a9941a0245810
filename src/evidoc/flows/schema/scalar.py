"""A value from a page as a scalar that a schema allows: a number, a string in the form that fits, an allowed value."""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any

from evidoc.flows.schema.fit import Judge
from evidoc.flows.schema.shape import ScalarShape
from evidoc.kernel.finding import Value
from evidoc.kernel.months import plain as unaccented

_NUMBER = re.compile(r"-?\d{1,40}(\.\d{1,40})?")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_WORD = re.compile(r"[^\W_]+")
_NUMERIC_RULES = ("decimal", "money")
_DENIALS = frozenset("not no none non without nicht kein keine ohne pas sans sin geen niet nessun senza".split())
_NEAR = 0.85
_CLEARLY = 0.1

NOTHING: Any = object()
"""No scalar: null is one."""


class Scalars:
    """Makes scalars of one shape."""

    def __init__(self, shape: ScalarShape) -> None:
        self._shape = shape
        self._judge = Judge(shape.schema)

    def scalar(self, value: Value) -> Any:
        """The scalar that ``value`` stands for, or ``NOTHING`` where it stands for none that fits."""
        forms = self._forms(value)
        if self._shape.allowed is not None:
            near = _nearest(self._shape.allowed, list(forms), value)
            forms = iter(() if near is NOTHING else (near,))
        return next((form for form in forms if self._judge.fits(form)), NOTHING)

    def _forms(self, value: Value) -> Iterator[Any]:
        """What the value may be written as, the likeliest first."""
        kinds = self._shape.types
        if value.rule == "boolean" and "boolean" in kinds and value.normalized in ("true", "false"):
            yield value.normalized == "true"
        number = _number(value) if kinds & {"number", "integer"} else None
        counted = value.rule.startswith(_NUMERIC_RULES)
        if number is not None and (counted or "string" not in kinds):
            yield number
        if "string" in kinds:
            yield from self._strings(value)
            if number is not None:
                yield number

    def _strings(self, value: Value) -> Iterator[str]:
        printed = " ".join(value.raw.split())
        if self._shape.format == "date-time":
            # Documents seldom tell the hour: the day stands for its first moment, in no particular zone.
            if _DATE.fullmatch(value.normalized):
                yield f"{value.normalized}T00:00:00Z"
        elif value.rule == "identifier":
            yield from (printed, value.normalized)
        else:
            yield from (value.normalized, printed)
            if value.rule == "url":
                yield f"https://{value.normalized}"


def _number(value: Value) -> int | float | None:
    """The number as JSON writes it: no digits that are not on the page, and none lost."""
    if not _NUMBER.fullmatch(value.normalized):
        return None
    exact = Decimal(value.normalized)
    if exact == exact.to_integral_value():
        return int(exact)
    near = float(exact)
    return near if Decimal(repr(near)) == exact else None


def _nearest(allowed: Sequence[Any], forms: Sequence[Any], value: Value) -> Any:
    """The one allowed value that is meant: the same, the same in other spelling, the only one whose words are said."""
    for form in forms:
        for one in allowed:
            if one == form and isinstance(one, bool) == isinstance(form, bool):
                return one
    names = {one: _words(one) for one in allowed if isinstance(one, str) and _words(one)}
    texts = [_words(text) for text in dict.fromkeys((value.normalized, value.raw)) if _words(text)]
    for text in texts:
        same = [one for one, words in names.items() if "".join(words) == "".join(text)]
        if len(same) == 1:
            return same[0]
    for text in texts:
        said = [one for one, words in names.items() if set(words) <= set(text) and not _denied(words, text)]
        longest = max((len(names[one]) for one in said), default=0)
        said = [one for one in said if len(names[one]) == longest]
        if len(said) == 1:
            return said[0]
    return _alike(names, texts[0]) if texts else NOTHING


def _denied(words: Sequence[str], text: Sequence[str]) -> bool:
    return bool(_DENIALS & set(text) - set(words))


def _alike(names: Mapping[str, tuple[str, ...]], text: Sequence[str]) -> Any:
    """The allowed value spelt almost so, where no other comes near: "Recieved" for "received"."""
    near = sorted(
        ((SequenceMatcher(None, "".join(words), "".join(text)).ratio(), one) for one, words in names.items()),
        reverse=True,
    )
    if not near or near[0][0] < _NEAR or (len(near) > 1 and near[0][0] - near[1][0] < _CLEARLY):
        return NOTHING
    return near[0][1]


def _words(text: object) -> tuple[str, ...]:
    return tuple(_WORD.findall(unaccented(str(text))))
