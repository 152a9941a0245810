"""How a flow names another: by its id or slug, with ``@`` and a version where it is not the present one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from evidoc.kernel.errors import Detail

DEEPEST = 10
"""How many runs may stand above a run that a task of another started."""

PATTERN = re.compile(r"([A-Za-z0-9][A-Za-z0-9_-]{0,63})(?:@([1-9][0-9]{0,8}))?")


@dataclass(frozen=True, slots=True)
class Reference:
    """A flow by its id or slug, at ``version`` (None: as it is when the run begins)."""

    flow: str
    version: int | None = None


def parse_reference(text: str) -> Reference | None:
    """The reference that ``text`` is, such as ``invoice-extractor`` or ``invoice-extractor@3``; None if it is none."""
    found = PATTERN.fullmatch(text)
    return None if found is None else Reference(found[1], int(found[2]) if found[2] else None)


def check_flow(value: Any, path: str) -> Iterator[Detail]:
    """The faults of a reference to a flow."""
    if not isinstance(value, str) or parse_reference(value) is None:
        yield Detail(path, "must be the id or slug of a flow, perhaps with a version, such as invoice-extractor@2")
