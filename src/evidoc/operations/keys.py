"""API keys: made, shown once, listed, revoked, and recognised when a request brings one."""

import re
import secrets
import string
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from evidoc.kernel import clock
from evidoc.kernel.errors import (
    Detail,
    InvalidKey,
    InvalidRequest,
    KeyExpired,
    KeyRevoked,
    NotFound,
    StorageFull,
    Unavailable,
)
from evidoc.kernel.ids import new_id
from evidoc.kernel.principal import DEFAULT_ORG, Environment, Principal, Scope, side_of
from evidoc.kernel.records import KeyRecord
from evidoc.operations.organisations import known_organisation
from evidoc.storing.keys import TOUCH_EVERY
from evidoc.storing.store import Store

FRESH_SECONDS = 0.5
"""How long a key that was found good is believed without looking again: revoking it takes effect within that."""

_ALPHABET = string.ascii_letters + string.digits
_RANDOM_CHARACTERS = 48  # 285 bits, and 56 characters in all: the strictest known client wants 50
_SHOWN_RANDOM_CHARACTERS = 4
_FORM = re.compile(r"(?:(?:sk|dc)_(?:live|test)|evd)_[A-Za-z0-9]{1,120}")
_MOST_REMEMBERED = 4096


class KeyStyle(StrEnum):
    """How a key is spelled. Clients check the prefix; to Evidoc the spellings are the same."""

    SK = "sk"
    DC = "dc"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whoever asks. ``requests_per_minute`` is the organisation's own limit; None for the server's setting."""

    principal: Principal
    requests_per_minute: int | None


@dataclass(frozen=True, slots=True)
class _Seen:
    visitor: Visitor
    expires_at: datetime | None
    fresh_until: float


class KeyOperations:
    """The verbs for keys.

    A secret holds 285 random bits, so one round of SHA-256 hides it for good, and finding its hash in an index
    tells an attacker nothing about it through time.
    """

    def __init__(self, store: Store) -> None:
        self._keys = store.keys
        self._organisations = store.organisations
        self._seen: dict[str, _Seen] = {}
        self._used: dict[str, tuple[str, datetime]] = {}
        self._guarded = False

    def create(
        self,
        org_id: str,
        name: str,
        scopes: Iterable[Scope],
        expires_at: datetime | None = None,
        environment: Environment = Environment.LIVE,
        style: KeyStyle = KeyStyle.SK,
    ) -> tuple[KeyRecord, str]:
        """A new key and its secret, which is not kept and cannot be shown again.

        Raises InvalidRequest, and NotFound where there is no such organisation.
        """
        granted = frozenset(scopes)
        faults = []
        if not name.strip():
            faults.append(Detail("name", "must not be empty"))
        if not granted:
            faults.append(Detail("scopes", "must name at least one of " + ", ".join(Scope)))
        if expires_at is not None and expires_at <= clock.now():
            faults.append(Detail("expires_at", "must lie in the future"))
        if faults:
            raise InvalidRequest(details=faults)
        known_organisation(self._organisations, org_id)
        prefix = f"{style}_{environment}_"
        secret = prefix + "".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM_CHARACTERS))
        record = KeyRecord(
            key_id=new_id("key"),
            org_id=org_id,
            name=name.strip(),
            hint=secret[: len(prefix) + _SHOWN_RANDOM_CHARACTERS],
            scopes=granted,
            created_at=clock.now(),
            expires_at=expires_at,
            environment=environment,
        )
        self._keys.add(record, _hash(secret))
        return record, secret

    def list(self, org_id: str) -> tuple[KeyRecord, ...]:
        """All keys of the organisation, newest first, revoked and expired ones included. Raises NotFound."""
        known_organisation(self._organisations, org_id)
        return self._keys.list(org_id)

    def revoke(self, org_id: str, key_id: str) -> KeyRecord:
        """End a key for good, here at once and in other processes within FRESH_SECONDS. Raises NotFound."""
        revoked = self._keys.revoke(org_id, key_id)
        self._seen.clear()
        return revoked

    def find(self, org_id: str, said: str) -> KeyRecord:
        """The key with this id or hint, or the one with this name; what is revoked counts only where nothing else fits.

        Raises NotFound, and InvalidRequest where several keys fit.
        """
        known = self.list(org_id)
        fitting = [key for key in known if said == key.key_id]
        fitting = fitting or [key for key in known if said.removesuffix("...") == key.hint or said == key.name]
        fitting = [key for key in fitting if key.revoked_at is None] or fitting
        if not fitting:
            raise NotFound(f"There is no key {said!r}: give a key's id, its hint (as in sk_live_1a2B...) or its name")
        if len(fitting) > 1:
            ids = ", ".join(key.key_id for key in fitting)
            raise InvalidRequest(f"Several keys are called {said!r}: give the id of one of {ids}")
        return fitting[0]

    def authenticate(self, secret: str) -> Principal:
        """Who the secret speaks for, its use noted. Raises InvalidKey, KeyRevoked or KeyExpired."""
        visitor = self.recognise(secret)
        self.note_uses()
        return visitor.principal

    def recognise(self, secret: str) -> Visitor:
        """Who the secret speaks for, and its organisation's limit. Raises InvalidKey, KeyRevoked or KeyExpired."""
        if not _FORM.fullmatch(secret):
            raise InvalidKey()
        return self.remember(secret) or self._look(_hash(secret))

    def remember(self, secret: str) -> Visitor | None:
        """The same from memory alone, without waiting; None where a look is needed."""
        seen = self._seen.get(_hash(secret)) if _FORM.fullmatch(secret) else None
        if seen is None or seen.fresh_until <= time.monotonic():
            return None
        return None if seen.expires_at is not None and seen.expires_at <= clock.now() else seen.visitor

    @property
    def has_uses_to_note(self) -> bool:
        """Whether a key was used whose last use is noted a minute ago or more."""
        return bool(self._used)

    def note_uses(self) -> None:
        """Write down what keys were used. It may wait for other writers, so it is for after the answer."""
        while self._used:
            try:
                key_id, (org_id, at) = self._used.popitem()
                self._keys.touch(org_id, key_id, at)
            except (KeyError, StorageFull, Unavailable):
                return  # another thread took the last one, or nothing can be written; reading goes on

    def keyless(self) -> Visitor | None:
        """Whoever asks without a key, while none was ever made.

        A revoked key counts as made: revoking the last one must not open the server.
        """
        if self.any():
            return None
        limit = self._organisations.get(DEFAULT_ORG).requests_per_minute
        return Visitor(Principal(DEFAULT_ORG, frozenset({Scope.ADMIN})), limit)

    def any(self) -> bool:
        """Whether a key was ever made; keys are never removed, so what was true stays true."""
        self._guarded = self._guarded or self._keys.any()
        return self._guarded

    def _look(self, secret_hash: str) -> Visitor:
        began, now = time.monotonic(), clock.now()
        found = self._keys.by_hash(secret_hash)
        if found is None:
            raise InvalidKey()
        record, limit = found
        if record.revoked_at is not None:
            raise KeyRevoked()
        if record.expires_at is not None and record.expires_at <= now:
            raise KeyExpired()
        org_id = side_of(record.org_id, record.environment)
        visitor = Visitor(Principal(org_id, record.scopes, record.key_id, record.environment), limit)
        if len(self._seen) >= _MOST_REMEMBERED:
            self._seen.clear()
        self._seen[secret_hash] = _Seen(visitor, record.expires_at, began + FRESH_SECONDS)
        if record.last_used_at is None or now - record.last_used_at >= TOUCH_EVERY:
            self._used[record.key_id] = (record.org_id, now)
        return visitor


def _hash(secret: str) -> str:
    return sha256(secret.encode("ascii")).hexdigest()
