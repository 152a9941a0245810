"""API keys: made, shown once, listed, revoked, and recognised when a request brings one."""

import secrets
import string
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from evidoc.kernel import clock
from evidoc.kernel.errors import Detail, InvalidRequest, NotFound, StorageFull, Unauthorized, Unavailable
from evidoc.kernel.ids import new_id
from evidoc.kernel.principal import Principal, Scope
from evidoc.kernel.records import KeyRecord
from evidoc.storing.keys import TOUCH_EVERY
from evidoc.storing.store import Store

PREFIX = "evd_"
_ALPHABET = string.ascii_letters + string.digits
_RANDOM_CHARACTERS = 43  # 256 bits
_HINT_CHARACTERS = 8


class KeyOperations:
    """The verbs for keys.

    A secret holds 256 random bits, so one round of SHA-256 hides it for good, and finding its hash in an index
    tells an attacker nothing about it through time.
    """

    def __init__(self, store: Store) -> None:
        self._keys = store.keys

    def create(
        self, org_id: str, name: str, scopes: Iterable[Scope], expires_at: datetime | None = None
    ) -> tuple[KeyRecord, str]:
        """A new key and its secret, which is not kept and cannot be shown again. Raises InvalidRequest."""
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
        secret = PREFIX + "".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM_CHARACTERS))
        record = KeyRecord(
            key_id=new_id("key"),
            org_id=org_id,
            name=name.strip(),
            hint=secret[:_HINT_CHARACTERS],
            scopes=granted,
            created_at=clock.now(),
            expires_at=expires_at,
        )
        self._keys.add(record, _hash(secret))
        return record, secret

    def list(self, org_id: str) -> tuple[KeyRecord, ...]:
        """All keys of the organisation, newest first, revoked and expired ones included."""
        return self._keys.list(org_id)

    def revoke(self, org_id: str, key_id: str) -> KeyRecord:
        """End a key at once and for good. Raises NotFound."""
        return self._keys.revoke(org_id, key_id)

    def find(self, org_id: str, said: str) -> KeyRecord:
        """The key with this id or hint, or the one with this name; what is revoked counts only where nothing else fits.

        Raises NotFound, and InvalidRequest where several keys fit.
        """
        known = self.list(org_id)
        fitting = [key for key in known if said == key.key_id]
        fitting = fitting or [key for key in known if said.removesuffix("...") == key.hint or said == key.name]
        fitting = [key for key in fitting if key.revoked_at is None] or fitting
        if not fitting:
            raise NotFound(f"There is no key {said!r}: give a key's id, its hint (as in evd_1a2B...) or its name")
        if len(fitting) > 1:
            ids = ", ".join(key.key_id for key in fitting)
            raise InvalidRequest(f"Several keys are called {said!r}: give the id of one of {ids}")
        return fitting[0]

    def authenticate(self, secret: str) -> Principal:
        """Who the secret speaks for. Raises Unauthorized, with one message for every reason."""
        record = self._keys.by_hash(_hash(secret))
        now = clock.now()
        if record is None or record.revoked_at is not None:
            raise Unauthorized()
        if record.expires_at is not None and record.expires_at <= now:
            raise Unauthorized()
        self._note_use(record, now)
        return Principal(record.org_id, record.scopes, record.key_id)

    def any(self) -> bool:
        """Whether a key was ever made. A revoked one counts: revoking the last key must not open the server."""
        return self._keys.any()

    def _note_use(self, record: KeyRecord, now: datetime) -> None:
        if record.last_used_at is not None and now - record.last_used_at < TOUCH_EVERY:
            return
        try:
            self._keys.touch(record.org_id, record.key_id, now)
        except (StorageFull, Unavailable):
            return  # reading must go on where nothing can be written


def _hash(secret: str) -> str:
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
