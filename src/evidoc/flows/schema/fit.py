"""Whether a value fits a schema, and what to leave out of one so that it does.

The jsonschema library judges, with three words judged here: ``pattern`` within a time limit, ``multipleOf`` in
decimals (1.15 is a multiple of 0.01), and the formats that matter for documents.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import Any

import regex
from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from jsonschema.validators import extend
from referencing import Registry

from evidoc.flows.schema.check import LISTS_OF_SCHEMAS, NAMED_SCHEMAS, ONE_SCHEMA
from evidoc.kernel.errors import Detail

Step = str | int

_PATTERN_SECONDS = 0.1
_MOST_ERRORS = 1000
_MOST_ROUNDS = 100
_MOST_TOLD = 50
_LONGEST_MESSAGE = 200
_MISSED = "is required and was not found"
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")
_DURATION = re.compile(r"P(?!$)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?")


def _format_checker() -> FormatChecker:
    checker = FormatChecker(formats=())
    checks = {"date": _is_date, "date-time": _is_moment, "email": _is_email, "uri": _is_uri, "duration": _is_duration}
    for name, check in {**checks, "idn-email": _is_email, "iri": _is_uri}.items():
        checker.checkers = {**checker.checkers, name: (check, ())}
    return checker


def _is_date(value: object) -> bool:
    if not isinstance(value, str):
        return True
    try:
        return _DATE.fullmatch(value) is not None and bool(date.fromisoformat(value))
    except ValueError:
        return False


def _is_moment(value: object) -> bool:
    if not isinstance(value, str):
        return True
    try:
        return value[10:11] in ("T", "t") and datetime.fromisoformat(value.upper()).tzinfo is not None
    except ValueError:
        return False


def _is_email(value: object) -> bool:
    return not isinstance(value, str) or _EMAIL.fullmatch(value) is not None


def _is_uri(value: object) -> bool:
    return not isinstance(value, str) or _URI.fullmatch(value) is not None


def _is_duration(value: object) -> bool:
    return not isinstance(value, str) or _DURATION.fullmatch(value) is not None


def _pattern(_validator: Any, pattern: str, instance: Any, _schema: Any) -> Iterator[ValidationError]:
    if isinstance(instance, str) and not matches(pattern, instance):
        yield ValidationError(f"does not match {pattern[:_LONGEST_MESSAGE]!r}")


def _multiple_of(_validator: Any, step: float, instance: Any, _schema: Any) -> Iterator[ValidationError]:
    if isinstance(instance, bool) or not isinstance(instance, int | float):
        return
    try:
        fits = Decimal(str(instance)) % Decimal(str(step)) == 0
    except InvalidOperation:
        fits = False
    if not fits:
        yield ValidationError(f"is not a multiple of {step}")


_Validator: Any = extend(  # type: ignore[no-untyped-call]
    Draft202012Validator, {"pattern": _pattern, "multipleOf": _multiple_of}
)


def matches(pattern: str, text: str) -> bool:
    """Whether ``pattern`` is found in ``text``; one that takes too long is not."""
    try:
        return regex.search(pattern, text, timeout=_PATTERN_SECONDS) is not None
    except (TimeoutError, MemoryError, RecursionError, regex.error):
        return False


class Judge:
    """Judges values by a schema without references."""

    def __init__(self, schema: Any) -> None:
        self._validator = _Validator(schema, format_checker=_format_checker(), registry=Registry())

    def fits(self, value: Any) -> bool:
        """Whether ``value`` fits."""
        return next(self._validator.iter_errors(value), None) is None

    def errors(self, value: Any) -> list[ValidationError]:
        """What keeps ``value`` from fitting, the first thousand."""
        return list(islice(self._validator.iter_errors(value), _MOST_ERRORS))


def loosened(schema: Any) -> Any:
    """What a schema says without the words that may take long to judge, or that say what a value is not."""
    if not isinstance(schema, Mapping):
        return schema
    loose: dict[str, Any] = {}
    for key, value in schema.items():
        if key in _HARD_WORDS:
            continue
        if key in ONE_SCHEMA:
            loose[key] = loosened(value)
        elif key in LISTS_OF_SCHEMAS:
            word = "anyOf" if key == "oneOf" and "anyOf" not in schema else key
            if word != "oneOf":
                loose[word] = [loosened(one) for one in value]
        elif key in NAMED_SCHEMAS:
            loose[key] = {name: loosened(one) for name, one in value.items()}
        else:
            loose[key] = value
    return loose


_HARD_WORDS = frozenset(
    "pattern patternProperties not if then else contains minContains maxContains dependentSchemas unevaluatedItems "
    "unevaluatedProperties propertyNames uniqueItems".split()
)


@dataclass(slots=True)
class Found:
    """A scalar of a value with whatever is known of it."""

    value: Any
    leaf: Any


@dataclass(slots=True)
class Fitted:
    """A tree of objects, lists and ``Found`` that fits, or as it was found where it cannot be made to fit.

    ``unfit`` says why it cannot, each by its JSON Pointer; ``left_out`` what was taken away so that it does.
    """

    tree: Any
    left_out: list[Detail] = field(default_factory=list)
    unfit: list[Detail] = field(default_factory=list)


def plain(tree: Any) -> Any:
    """The JSON value of a tree."""
    match tree:
        case Found():
            return tree.value
        case dict():
            return {name: plain(one) for name, one in tree.items()}
        case list():
            return [plain(one) for one in tree]
    return tree


def fitted(tree: Any, judge: Judge) -> Fitted:
    """``tree`` without what does not fit. What was found and is left out is told."""
    kept = _copy(tree)
    told: dict[str, list[tuple[str, str]]] = {}
    for _ in range(_MOST_ROUNDS):
        errors = judge.errors(plain(kept))
        if not errors:
            return Fitted(kept, _details((at, why[0][1]) for at, why in told.items()))
        places: dict[tuple[Step, ...], list[ValidationError]] = {}
        for error in sorted(errors, key=_place, reverse=True):
            places.setdefault(tuple(error.absolute_path), []).append(error)
        deepest = [path for path in places if not any(_within(other, path) for other in places)]
        if deepest == [()]:
            return Fitted(tree, unfit=_details(_reasons(_told(errors), told)))
        for path in deepest:
            if path:
                told.setdefault(pointer(path), list(_told(places[path])))
                _take_out(kept, path)
    return Fitted(tree, unfit=_details(_told(judge.errors(plain(kept)))))


def _reasons(
    faults: Iterable[tuple[str, str]], told: Mapping[str, Sequence[tuple[str, str]]]
) -> Iterator[tuple[str, str]]:
    """The faults; in place of what was taken out and is missed then, why it was taken out."""
    for at, message in faults:
        if at in told and message == _MISSED:
            yield from _reasons(told[at], {one: why for one, why in told.items() if one != at})
        else:
            yield at, message


def pointer(path: Iterable[Step]) -> str:
    """The JSON Pointer of a place."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in path)


def _place(error: ValidationError) -> list[tuple[bool, int, str]]:
    """An order in which what lies in something comes after it, and later items of a list after earlier ones."""
    return [(isinstance(step, int), step if isinstance(step, int) else 0, str(step)) for step in error.absolute_path]


def _within(place: Sequence[Step], path: Sequence[Step]) -> bool:
    return len(place) > len(path) and tuple(place[: len(path)]) == tuple(path)


def _take_out(tree: Any, path: Sequence[Step]) -> None:
    around = tree
    for step in path[:-1]:
        around = around[step]
    del around[path[-1]]


def _told(errors: Iterable[ValidationError]) -> Iterator[tuple[str, str]]:
    for error in errors:
        path = list(error.absolute_path)
        names = error.validator_value
        if error.validator == "required" and isinstance(error.instance, Mapping) and isinstance(names, list):
            for name in names:
                if name not in error.instance:
                    yield pointer([*path, name]), _MISSED
        else:
            yield pointer(path), error.message


def _details(told: Iterable[tuple[str, str]]) -> list[Detail]:
    return [
        Detail(at, message if len(message) <= _LONGEST_MESSAGE else f"{message[:_LONGEST_MESSAGE]}...")
        for at, message in islice(dict(told).items(), _MOST_TOLD)
    ]


def _copy(tree: Any) -> Any:
    match tree:
        case dict():
            return {name: _copy(one) for name, one in tree.items()}
        case list():
            return [_copy(one) for one in tree]
    return tree
