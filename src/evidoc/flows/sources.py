"""Where a task that works on values takes them from: the names of tasks that it depends on. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from evidoc.flows.options import list_of, text
from evidoc.kernel.errors import Detail

INPUT = "$input"
"""Stands for what the run was given: by the task that started it, else the document's facts and the variables."""

MOST_SOURCES = 100


def check_source(value: Any, path: str) -> Iterator[Detail]:
    """The faults of one source: a task's id, or ``$input``."""
    return text(64)(value, path)


def check_sources(value: Any, path: str) -> Iterator[Detail]:
    """The faults of a list of sources."""
    return list_of(text(64), MOST_SOURCES)(value, path)


def sources_in(config: Any, path: str) -> Iterator[tuple[str, str]]:
    """Every task that a config names as its source, with the path of the field that names it."""
    if not isinstance(config, Mapping):
        return
    for key, named in config.items():
        at = f"{path}.{key}"
        if key in ("mapping", "fields") and isinstance(named, Mapping):
            yield from sources_in(named, at)
            for field, one in named.items():
                yield from sources_in(one, f"{at}.{field}")
        elif key == "members" and isinstance(named, Mapping):
            yield from ((f"{at}.{name}", one) for name, one in named.items() if isinstance(one, str) and one != INPUT)
        elif key == "from" and isinstance(named, str) and named != INPUT:
            yield at, named
        elif key == "from" and isinstance(named, list):
            yield from (
                (f"{at}[{place}]", one) for place, one in enumerate(named) if isinstance(one, str) and one != INPUT
            )
