"""What a task's config may hold: a table of options, each with its check.

A check takes a value and the path of its field and yields one ``Detail`` per fault, so that a definition is
refused once with everything that is wrong with it.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, TypeAlias

from evidoc.kernel.errors import Detail

Check: TypeAlias = Callable[[Any, str], Iterator[Detail]]


@dataclass(frozen=True, slots=True)
class Option:
    """One key of a config: how its value is checked, and whether it must be there."""

    check: Check
    required: bool = False


def check_options(values: Any, options: Mapping[str, Option], path: str) -> Iterator[Detail]:
    """The faults of an object that may hold ``options`` and nothing else."""
    if not isinstance(values, Mapping):
        yield Detail(path, f"must be an object, not {json_type(values)}")
        return
    for name in values:
        if name not in options:
            yield Detail(f"{path}.{name}", unknown_member(name, options))
    for name, option in options.items():
        if name in values:
            yield from option.check(values[name], f"{path}.{name}")
        elif option.required:
            yield Detail(f"{path}.{name}", "is required")


def unknown(name: object, known: Collection[str]) -> str:
    """The sentence that refuses a value and says what is known instead."""
    return f"{str(name)[:60]!r} {unknown_member(name, known)}"


def unknown_member(name: object, known: Collection[str]) -> str:
    """The sentence that refuses a member of an object, which its field names, and says what is known instead."""
    close = get_close_matches(str(name), known, 1)
    hint = f"; did you mean {close[0]!r}?" if close else ""
    return f"is not known here; known are {', '.join(sorted(known)) or 'none'}{hint}"


def json_type(value: object) -> str:
    """The JSON word for what ``value`` is."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "a string"
    return "an object" if isinstance(value, Mapping) else "a list"


def one_of(*choices: str) -> Check:
    """One of these strings."""

    def check(value: Any, path: str) -> Iterator[Detail]:
        if not isinstance(value, str) or value not in choices:
            yield Detail(path, f"must be one of {', '.join(choices)}")

    return check


def text(longest: int = 200) -> Check:
    """A string that is not blank."""

    def check(value: Any, path: str) -> Iterator[Detail]:
        if not isinstance(value, str) or not value.strip():
            yield Detail(path, "must be a string that is not blank")
        elif len(value) > longest:
            yield Detail(path, f"must not be longer than {longest} characters")

    return check


def boolean(value: Any, path: str) -> Iterator[Detail]:
    """True or false."""
    if not isinstance(value, bool):
        yield Detail(path, f"must be true or false, not {json_type(value)}")


def number(least: float, most: float) -> Check:
    """A number between bounds, both included."""

    def check(value: Any, path: str) -> Iterator[Detail]:
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
            yield Detail(path, f"must be a number from {least:g} to {most:g}")

    return check


def whole_number(least: int, most: int) -> Check:
    """A whole number between bounds, both included."""

    def check(value: Any, path: str) -> Iterator[Detail]:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            yield Detail(path, f"must be a whole number from {least} to {most}")

    return check


def list_of(item: Check, most: int = 200, least: int = 0) -> Check:
    """A list of such items."""

    def check(value: Any, path: str) -> Iterator[Detail]:
        if not isinstance(value, list):
            yield Detail(path, f"must be a list, not {json_type(value)}")
        elif not least <= len(value) <= most:
            yield Detail(path, f"must hold {least} to {most} items, not {len(value)}")
        else:
            for index, one in enumerate(value):
                yield from item(one, f"{path}[{index}]")

    return check


def mapping_of(item: Check, most: int = 200) -> Check:
    """An object whose values are such items; its keys are free."""

    def check(value: Any, path: str) -> Iterator[Detail]:
        if not isinstance(value, Mapping):
            yield Detail(path, f"must be an object, not {json_type(value)}")
        elif len(value) > most:
            yield Detail(path, f"must hold at most {most} keys, not {len(value)}")
        else:
            for key, one in value.items():
                yield from item(one, f"{path}.{key}")

    return check


def record(options: Mapping[str, Option]) -> Check:
    """An object with these options."""

    def check(value: Any, path: str) -> Iterator[Detail]:
        yield from check_options(value, options, path)

    return check


def either(of_type: type, this: Check, otherwise: Check) -> Check:
    """``this`` for values of ``of_type``, ``otherwise`` for all others."""

    def check(value: Any, path: str) -> Iterator[Detail]:
        yield from (this if isinstance(value, of_type) else otherwise)(value, path)

    return check


def scalar(value: Any, path: str) -> Iterator[Detail]:
    """A string, number, boolean or null."""
    if isinstance(value, Mapping | list):
        yield Detail(path, f"must be a single value, not {json_type(value)}")
