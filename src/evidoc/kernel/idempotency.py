"""Doing a creating request once, however often it is sent: what names it, and what its repeat is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Idempotency:
    """What makes a request the same as an earlier one of its organisation.

    ``route`` names the method and path as the contract publishes it, ``key`` is the caller's own,
    ``fingerprint`` a hash (hexadecimal) of all that the request asks for: the same key with another fingerprint
    is another request, and refused.
    """

    route: str
    key: str
    fingerprint: str


class Replayed(Exception):
    """This request was made before. ``resource_id`` names what it made, ``answer`` is its first answer, if kept.

    No refusal: an operation that claims a key catches it and tells of what was made then.
    """

    def __init__(self, resource_id: str, answer: Mapping[str, Any] | None) -> None:
        super().__init__(resource_id)
        self.resource_id = resource_id
        self.answer = answer
