"""JSON from outside, held to what every part of the house can keep, show and send again."""

import json
from typing import Any, NoReturn

from evidoc.kernel.errors import Detail, InvalidRequest

MAX_DEPTH = 64
"""How deep arrays and objects may nest: deep enough for any definition, shallow enough for every parser."""


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
        _refuse(field, f"not valid JSON: {error.msg} (line {error.lineno}, column {error.colno})")
    except UnicodeDecodeError:
        _refuse(field, "not valid JSON: not UTF-8")
    except RecursionError:
        _refuse(field, f"nested deeper than {MAX_DEPTH} levels")
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
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _Unkept(f"gives the name {_shown(twice)} twice in one object")
    return found


def _check(value: Any, field: str) -> None:
    queue: list[tuple[Any, str, int]] = [(value, field, 0)]
    while queue:
        item, path, depth = queue.pop()
        if depth > MAX_DEPTH:
            _refuse(field, f"nested deeper than {MAX_DEPTH} levels")
        if isinstance(item, str):
            _check_text(item, path)
        elif isinstance(item, float) and item in (float("inf"), float("-inf")):
            _refuse(path, "holds a number that is too large")
        elif isinstance(item, dict):
            for name, inner in item.items():
                _check_text(name, path)
                queue.append((inner, f"{path}.{name}" if path else name, depth + 1))
        elif isinstance(item, list):
            queue.extend((inner, f"{path}[{index}]", depth + 1) for index, inner in enumerate(item))


def _check_text(text: str, path: str) -> None:
    if "\0" in text:
        _refuse(path, "holds a NUL character")
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        _refuse(path, "holds half of a surrogate pair")


def _shown(name: str) -> str:
    return json.dumps(name[:40])
