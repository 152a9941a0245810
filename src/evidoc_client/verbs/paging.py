"""Lists, page after page as they are asked for."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, TypeVar, cast

from evidoc_client.call import Call
from evidoc_client.decode import decode
from evidoc_client.errors import BadAnswer
from evidoc_client.steps import Item, Stream, ask

T = TypeVar("T")

PAGE = 100
"""How many are asked for at once: the most that a server gives."""


def pages(path: str, kind: type[T], query: Mapping[str, str | int], items: str = "data") -> Stream[T]:
    """Everything in a list, newest first; ``items`` names where the page's items are.

    What is added to the list meanwhile moves it; what was given already is not given again.
    """
    offset, given, identity = 0, set[str](), fields(cast(Any, kind))[0].name
    while True:
        page: Mapping[str, Any] = yield from ask(
            Call("GET", path, lambda reply: reply.json(), query={**query, "limit": PAGE, "offset": offset})
        )
        found, following = _items(page, items), _following(page, items)
        for item in found:
            thing = decode(kind, item)
            if getattr(thing, identity) not in given:
                given.add(getattr(thing, identity))
                yield Item(thing)
        if not found or following is None:
            return
        offset = following


def _items(page: Any, items: str) -> list[Mapping[str, Any]]:
    found = page.get(items) if isinstance(page, dict) else None
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise BadAnswer(f"The server's answer is not one of Evidoc's: it has no list {items}")
    return found


def _following(page: Mapping[str, Any], items: str) -> int | None:
    """Where the next page begins; told in ``pagination``, or beside the items."""
    told = page.get("pagination", page)
    if "next_offset" in told:
        return int(told["next_offset"])
    reached = int(told.get("offset", 0)) + len(page[items])
    return reached if "pagination" not in page and reached < int(told.get("total", 0)) else None
