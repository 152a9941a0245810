"""What a caller may keep beside a document or a run: facts, which every list of them shows."""

import json
from collections.abc import Mapping
from typing import Any

from evidoc.kernel.errors import Detail, InvalidRequest

MOST_BYTES = 64 * 1024
"""As JSON: a list shows a hundred of them at once."""


def check_metadata(metadata: Mapping[str, Any] | None) -> None:
    """Raises InvalidRequest where it is too large."""
    size = len(json.dumps(metadata or {}, ensure_ascii=False).encode())
    if size > MOST_BYTES:
        raise InvalidRequest(
            details=[Detail("metadata", f"must not be larger than {MOST_BYTES} bytes; this is {size}")]
        )
