"""JSON from outside, held to what every part of the house can keep, show and send again."""

import json
import math
import re
from collections import Counter
from typing import Any, NamedTuple, NoReturn

from evidoc.kernel.errors import Detail, InvalidRequest

MAX_DEPTH = 64
"""How deep arrays and objects may nest: deep enough for any definition, shallow enough for every parser."""

_SURROGATE = re.compile("[\ud800-\udfff]")
_LONGEST_NAME = 200
"""Characters of a name that are told where something is wrong."""


def parse(data: bytes | str, field: str = "") -> Any:
    """The value of a JSON text. ``field`` names it in details.

    Raises InvalidRequest for anything that is not JSON in UTF-8, and for what JSON allows but no store,
    no driver and no other parser reliably takes: numbers beyond a double, NUL characters, lone
    surrogates, names given twice in one object, nesting deeper than MAX_DEPTH.
    """
    try:
        text = data.decode("utf-8") if isinstance(data, bytes) else data
        value = json.loads(text, parse_constant=_not_a_number, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        _refuse(field, f"is not valid JSON: {error.msg} (line {error.lineno}, column {error.colno})")
    except UnicodeDecodeError:
        _refuse(field, "is not valid JSON: it is not UTF-8")
    except RecursionError:
        _refuse(field, f"is nested deeper than {MAX_DEPTH} levels")
    except ValueError as error:
        _refuse(field, str(error) if isinstance(error, _Unkept) else "holds a number that is too large")
    _check(value, field)
    return value


class _Unkept(ValueError):
    """Something that JSON texts may hold and this house refuses."""


def _refuse(field: str, message: str) -> NoReturn:
    raise InvalidRequest(details=[Detail(field or "body", message)])


def _not_a_number(word: str) -> NoReturn:
    raise _Unkept(f"{word} is not a JSON number")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise _Unkept(f"gives the name {_shown(twice)} twice in one object")
    return found


def _check(value: Any, field: str) -> None:
    if (fault := _fault_of(value)) is not None:
        _refuse(field, fault)
    queue: list[tuple[Any, _Place | None, int]] = [(value, None, 0)] if isinstance(value, dict | list) else []
    while queue:
        around, place, depth = queue.pop()
        if around and depth >= MAX_DEPTH:
            _refuse(field, f"is nested deeper than {MAX_DEPTH} levels")
        for step, inner in around.items() if isinstance(around, dict) else enumerate(around):
            if isinstance(step, str) and (fault := _fault_of(step)) is not None:
                _refuse(_path(field, place), fault)
            if isinstance(inner, dict | list):
                queue.append((inner, _Place(place, step), depth + 1))
            elif (fault := _fault_of(inner)) is not None:
                _refuse(_path(field, _Place(place, step)), fault)


def _fault_of(item: Any) -> str | None:
    """What is wrong with a text or a number."""
    if isinstance(item, str):
        if "\0" in item:
            return "holds a NUL character"
        return None if item.isascii() or _SURROGATE.search(item) is None else "holds half of a surrogate pair"
    return "holds a number that is too large" if isinstance(item, float) and math.isinf(item) else None


class _Place(NamedTuple):
    """Where a value stands. It becomes a text only where something is wrong there: a long name stands in the path of
    everything below it, a hundred thousand times in one request."""

    around: "_Place | None"
    step: str | int


def _path(field: str, place: _Place | None) -> str:
    steps: list[str] = []
    while place is not None:
        steps.append(f"[{place.step}]" if isinstance(place.step, int) else f".{place.step[:_LONGEST_NAME]}")
        place = place.around
    path = field + "".join(reversed(steps))
    return path.removeprefix(".")


def _shown(name: str) -> str:
    return json.dumps(name[:40])
