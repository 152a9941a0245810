"""Which contract owns which method and path, and in whose words an answer is given that no route gives.

One table, read from the top: the first line that fits decides. A path that ends in ``/`` stands for all below it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Contract(StrEnum):
    """A published contract that this server speaks."""

    CLARY = "clary"
    DOCLO = "doclo"


@dataclass(frozen=True, slots=True)
class Claim:
    """A path that belongs to a contract, for these methods; for every method where none is named."""

    path: str
    contract: Contract
    methods: tuple[str, ...] = ()

    def covers(self, method: str, path: str) -> bool:
        """Whether a request of this method to this path falls under the claim."""
        if self.methods and method not in self.methods:
            return False
        return path == self.path.rstrip("/") or (self.path.endswith("/") and path.startswith(self.path))


CLAIMS: Sequence[Claim] = (
    Claim("/api/v1/status", Contract.CLARY),
    Claim("/api/v1/flows/", Contract.DOCLO),
    Claim("/api/v1/runs/", Contract.DOCLO),
    Claim("/api/v1/webhooks/deliveries/", Contract.DOCLO),
    # Of those that share this prefix, only Doclo's clients read capitals; a path that nobody owns answers in them.
    Claim("/api/v1/", Contract.DOCLO),
    Claim("/", Contract.CLARY),
)
"""A contract that moves in under /api/v1 adds its lines above the shared prefix, with methods where paths are shared
(/api/v1/sessions is opened in one contract by POST and listed in another by GET)."""


def owner_of(method: str, path: str) -> Contract:
    """The contract in whose body a request is refused that no route answers."""
    return next(claim.contract for claim in CLAIMS if claim.covers(method.upper(), path))
