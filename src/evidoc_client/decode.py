"""From JSON to the classes of ``answers``: unknown fields are left alone, so that a newer server breaks nobody."""

import re
import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from evidoc_client.errors import BadAnswer

T = TypeVar("T")


def decode(shape: type[T], value: Any) -> T:
    """``value`` as ``shape``. A field is looked for in snake_case and in camelCase.

    A field called ``raw`` gets the whole object as it came. Raises BadAnswer where a field is missing.
    """
    return cast(T, _object(shape, value, shape.__name__))


def _object(shape: type, value: Any, at: str) -> Any:
    if not isinstance(value, Mapping):
        raise BadAnswer(f"The server's answer is not one of Evidoc's: {at} is no object")
    given: dict[str, Any] = {}
    for name, kind, camel, required in _plan(shape):
        if name == "raw":
            given[name] = value
        elif name in value:
            given[name] = _value(kind, value[name], f"{at}.{name}")
        elif camel in value:
            given[name] = _value(kind, value[camel], f"{at}.{camel}")
        elif required:
            raise BadAnswer(f"The server's answer is not one of Evidoc's: {at} has no {name}")
    return shape(**given)


@cache
def _plan(shape: type) -> tuple[tuple[str, Any, str, bool], ...]:
    hints = get_type_hints(shape)
    return tuple(
        (
            item.name,
            hints[item.name],
            re.sub("_([a-z])", lambda found: found[1].upper(), item.name),
            item.default is MISSING and item.default_factory is MISSING,
        )
        for item in fields(cast(Any, shape))
    )


def _value(kind: Any, value: Any, at: str) -> Any:
    if kind is Any or value is None:
        return value
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return _value(_fitting(arguments, value), value, at)
    if origin is tuple:
        if not isinstance(value, list):
            raise BadAnswer(f"The server's answer is not one of Evidoc's: {at} is no list")
        return tuple(_value(arguments[0], item, f"{at}[{index}]") for index, item in enumerate(value))
    if origin in (Mapping, dict) and isinstance(value, Mapping):
        return {name: _value(arguments[1], item, f"{at}.{name}") for name, item in value.items()}
    if kind is datetime:
        try:
            return datetime.fromisoformat(value)
        except (TypeError, ValueError):
            raise BadAnswer(f"The server's answer is not one of Evidoc's: {at} is no time") from None
    if is_dataclass(kind):
        return _object(cast(type, kind), value, at)
    return value


def _fitting(kinds: tuple[Any, ...], value: Any) -> Any:
    """Which of a union's kinds a value is: the first for a list that takes a list, else the first that is no list."""
    listed = isinstance(value, list)
    wanted = [kind for kind in kinds if kind is not types.NoneType and (get_origin(kind) is tuple) == listed]
    return wanted[0] if wanted else Any
