"""How large that may be which a caller keeps beside a document or a run."""

import json
from collections.abc import Mapping
from typing import Any

from evidoc.kernel.errors import Detail, InvalidRequest

MOST_METADATA = 64 * 1024
"""Bytes, as JSON: a list shows a hundred of them at once."""

MOST_VARIABLES = 256 * 1024
"""The same of a run's variables: each run that it starts may keep them, too."""


def check_metadata(metadata: Mapping[str, Any] | None) -> None:
    """Raises InvalidRequest where it is too large."""
    _check("metadata", metadata, MOST_METADATA)


def check_size_of_variables(variables: Mapping[str, Any] | None) -> None:
    """Raises InvalidRequest where they are too large."""
    _check("variables", variables, MOST_VARIABLES)


def _check(field: str, value: Mapping[str, Any] | None, most: int) -> None:
    size = len(json.dumps(value or {}, ensure_ascii=False).encode())
    if size > most:
        raise InvalidRequest(details=[Detail(field, f"must not be larger than {most} bytes; this is {size}")])
