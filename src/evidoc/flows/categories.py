"""The categories that a flow tells apart, as a definition writes them: names, or objects with name and description."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from evidoc.flows.options import Option, check_options, either, list_of, text
from evidoc.kernel.classification import Category
from evidoc.kernel.errors import Detail

MOST_CATEGORIES = 200

_NAME = text(200)
_CATEGORY = {"name": Option(_NAME, required=True), "description": Option(text(2000))}
_ONE = either(Mapping, lambda item, at: check_options(item, _CATEGORY, at), _NAME)


def check_categories(value: Any, path: str) -> Iterator[Detail]:
    """The faults of a list of categories."""
    faults = list(list_of(_ONE, MOST_CATEGORIES, 1)(value, path))
    yield from faults
    if not faults:
        names = [category.name for category in categories_of(value)]
        for index, name in enumerate(names):
            if name in names[:index]:
                yield Detail(f"{path}[{index}]", f"{name[:60]!r} is named twice")


def categories_of(given: Sequence[str | Mapping[str, Any]]) -> tuple[Category, ...]:
    """The categories of a valid list."""
    return tuple(
        Category(one) if isinstance(one, str) else Category(one["name"], one.get("description", "")) for one in given
    )
