"""Versions on the wire: whole numbers from 1, as strings, or ``latest``."""

import re

from evidoc.kernel.errors import VersionNotFound

LATEST = "latest"
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")


def version_of(text: str | None) -> int | None:
    """The number of a version; None for the latest. Raises VersionNotFound for what can be the name of none."""
    if text is None or text == LATEST:
        return None
    if not _NUMBER.fullmatch(text):
        raise VersionNotFound(f"The flow has no version {text[:50]!r}; versions are called 1, 2, 3, ..., or latest")
    return int(text)
