"""Who is asking. Every operation takes one, and every query carries its organisation."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Environment(StrEnum):
    """Live work, or tests that never meet it: no document, flow, run or credit of one is seen by the other."""

    LIVE = "live"
    TEST = "test"


class Scope(StrEnum):
    """What a key may do: three coarse words, each of which holds finer ones, and the finer ones by themselves."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"
    FLOWS_READ = "flows:read"
    FLOWS_EXECUTE = "flows:execute"
    EXECUTIONS_READ = "executions:read"
    EXECUTIONS_CANCEL = "executions:cancel"
    CASES_READ = "cases:read"
    CASES_PROCESS = "cases:process"
    INTAKE_SESSIONS_CREATE = "intake:sessions:create"
    PRIVACY_ERASE = "privacy:erase"
    WEBHOOKS_TEST = "webhooks:test"
    WEBHOOKS_ACKNOWLEDGE = "webhooks:acknowledge"


_HELD_BY: Mapping[Scope, Scope] = {
    Scope.FLOWS_READ: Scope.READ,
    Scope.FLOWS_EXECUTE: Scope.WRITE,
    Scope.EXECUTIONS_READ: Scope.READ,
    Scope.EXECUTIONS_CANCEL: Scope.WRITE,
    Scope.CASES_READ: Scope.READ,
    Scope.CASES_PROCESS: Scope.WRITE,
    Scope.INTAKE_SESSIONS_CREATE: Scope.WRITE,
    Scope.PRIVACY_ERASE: Scope.WRITE,
    Scope.WEBHOOKS_TEST: Scope.WRITE,
    Scope.WEBHOOKS_ACKNOWLEDGE: Scope.WRITE,
    Scope.READ: Scope.WRITE,
    Scope.WRITE: Scope.ADMIN,
}
"""Each scope and the coarser one that holds it."""


@dataclass(frozen=True, slots=True)
class Principal:
    """The organisation that a request acts for, and what it may do there.

    ``org_id`` is the organisation's side in ``environment`` (see ``side_of``), so that every query keeps live and
    test apart. ``key_id`` is None for the keyless principal of a server without keys on loopback.
    """

    org_id: str
    scopes: frozenset[Scope]
    key_id: str | None = None
    environment: Environment = Environment.LIVE

    def may(self, scope: Scope) -> bool:
        """Whether this principal holds ``scope``, by itself or through a coarser one."""
        wanted: Scope | None = scope
        while wanted is not None:
            if wanted in self.scopes:
                return True
            wanted = _HELD_BY.get(wanted)
        return False


DEFAULT_ORG = "org_default"
"""The organisation that exists from the first start on, and that keyless loopback requests act for."""

BUILTIN_ORG = "org_evidoc"
"""Whose flows every organisation may see and run, and nobody may change: those that ship with Evidoc."""

_TEST_SIDE = ".test"


def side_of(account: str, environment: Environment) -> str:
    """The org_id under which an organisation keeps what belongs to one environment."""
    return account + _TEST_SIDE if environment is Environment.TEST else account


def account_of(org_id: str) -> str:
    """The organisation of an org_id, whichever side it is: settings, keys and credits are the organisation's."""
    return org_id.removesuffix(_TEST_SIDE)
