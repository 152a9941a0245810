"""Paths through an e-invoice: steps of local names, so that one table serves every version of a namespace.

A path is steps joined by ``/``; a step is local names joined by ``|`` (whichever the version uses), ``*`` for any
one element, with an optional condition ``[@attribute=value]`` or ``[Child/Grandchild=value]``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from evidoc.understanding.einvoice.hostile_xml import local_name

_STEP = re.compile(r"(?P<names>[^\[\]/]+)(?:\[(?P<key>@?[\w/]+)=(?P<value>[^\]]*)\])?(?:/|$)")


@dataclass(frozen=True, slots=True)
class Place:
    """An element and where it stands: a path of local names, numbered where brothers share a name."""

    element: Element
    path: str

    @property
    def text(self) -> str:
        """The element's own text, without the white space around it."""
        return (self.element.text or "").strip()


def select(start: Place, path: str) -> Iterator[Place]:
    """The places that ``path`` leads to from ``start``, in document order within each step."""
    places = [start]
    for step in _STEP.finditer(path):
        names = frozenset(step["names"].split("|"))
        places = [
            child
            for place in places
            for child in _children(place)
            if ("*" in names or local_name(child.element) in names) and _holds(child, step["key"], step["value"])
        ]
    yield from places


def first(start: Place, path: str) -> Place | None:
    """The first place with text of its own or, failing that, None."""
    return next((place for place in select(start, path) if place.text), None)


def _children(place: Place) -> Iterator[Place]:
    counts: dict[str, int] = {}
    totals: dict[str, int] = {}
    for element in place.element:
        totals[element.tag] = totals.get(element.tag, 0) + 1
    for element in place.element:
        counts[element.tag] = counts.get(element.tag, 0) + 1
        number = f"[{counts[element.tag]}]" if totals[element.tag] > 1 else ""
        yield Place(element, f"{place.path}/{local_name(element)}{number}")


def _holds(place: Place, key: str | None, value: str) -> bool:
    if key is None:
        return True
    if key.startswith("@"):
        return place.element.get(key[1:]) == value
    return any(found.text == value for found in select(place, key))
