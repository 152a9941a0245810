"""When to ask again, in the header that every contract uses for it."""

import math

from evidoc.kernel.errors import EvidocError

_SECONDS = 5
"""After what time to ask again where the error itself does not know."""


def retry_after(error: EvidocError) -> dict[str, str]:
    """The header ``Retry-After``, in whole seconds, of what may be asked again later: 429 and 503."""
    if error.status not in (429, 503):
        return {}
    return {"Retry-After": str(max(1, math.ceil(error.facts.get("retry_after", _SECONDS))))}
