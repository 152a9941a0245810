"""Who is asking. Every operation takes one, and every query carries its organisation."""

from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    """What a key may do. A contract maps its own scope words onto these."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Principal:
    """The organisation that a request acts for, and what it may do there.

    ``key_id`` is None for the keyless principal of a server without keys on loopback.
    """

    org_id: str
    scopes: frozenset[Scope]
    key_id: str | None = None

    def may(self, scope: Scope) -> bool:
        """Whether this principal holds ``scope``; admin holds all, write holds read."""
        if Scope.ADMIN in self.scopes or scope in self.scopes:
            return True
        return scope is Scope.READ and Scope.WRITE in self.scopes


DEFAULT_ORG = "org_default"
"""The organisation that exists from the first start on, and that keyless loopback requests act for."""
