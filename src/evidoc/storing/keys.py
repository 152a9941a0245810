"""API keys: what may be shown of them, found by the hash of their secret. The secret itself is never kept."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, insert, or_, select, update

from evidoc.kernel import clock
from evidoc.kernel.errors import NotFound
from evidoc.kernel.principal import Environment, Scope
from evidoc.kernel.records import KeyRecord
from evidoc.storing.database import Database, Transaction
from evidoc.storing.schema import keys, organisations

TOUCH_EVERY = timedelta(minutes=1)
"""How exact ``last_used_at`` is; so a busy key does not cost a write a request."""


class Keys:
    """Rows of API keys."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, record: KeyRecord, secret_hash: str, on: Transaction | None = None) -> None:
        """Keep a new key with the hash of its secret."""
        with self._database.write(on) as transaction:
            transaction.execute(
                insert(keys).values(
                    key_id=record.key_id,
                    org_id=record.org_id,
                    name=record.name,
                    hint=record.hint,
                    secret_hash=secret_hash,
                    scopes=sorted(record.scopes),
                    created_at=record.created_at,
                    expires_at=record.expires_at,
                    revoked_at=record.revoked_at,
                    last_used_at=record.last_used_at,
                    environment=record.environment,
                )
            )

    def by_hash(self, secret_hash: str) -> tuple[KeyRecord, int | None] | None:
        """The key whose secret has this hash, revoked and expired ones included.

        With it comes how many requests a minute its organisation may make; None for the server's setting.
        """
        with self._database.read() as transaction:
            row = transaction.execute(_BY_HASH, {"this_hash": secret_hash}).first()
        return None if row is None else (_record(row), row.requests_per_minute)

    def list(self, org_id: str) -> tuple[KeyRecord, ...]:
        """All keys of the organisation, newest first."""
        with self._database.read() as transaction:
            rows = transaction.execute(
                select(keys).where(keys.c.org_id == org_id).order_by(keys.c.created_at.desc(), keys.c.key_id.desc())
            )
            return tuple(_record(row) for row in rows)

    def revoke(self, org_id: str, key_id: str) -> KeyRecord:
        """End a key for good; ending it again changes nothing. Raises NotFound."""
        this = (keys.c.org_id == org_id, keys.c.key_id == key_id)
        with self._database.write() as transaction:
            transaction.execute(update(keys).where(*this, keys.c.revoked_at.is_(None)).values(revoked_at=clock.now()))
            row = transaction.execute(select(keys).where(*this)).first()
        if row is None:
            raise NotFound("Key not found")
        return _record(row)

    def touch(self, org_id: str, key_id: str, used_at: datetime) -> None:
        """Note that a key was used, at most once a minute."""
        stale = or_(keys.c.last_used_at.is_(None), keys.c.last_used_at <= used_at - TOUCH_EVERY)
        with self._database.write() as transaction:
            transaction.execute(
                update(keys).where(keys.c.org_id == org_id, keys.c.key_id == key_id, stale).values(last_used_at=used_at)
            )

    def any(self) -> bool:
        """Whether a key was ever made, here or for any organisation."""
        with self._database.read() as transaction:
            return transaction.execute(_ANY).first() is not None


# Built once: a request asks them before all else.
_BY_HASH = (
    select(keys, organisations.c.requests_per_minute)
    .outerjoin(organisations, organisations.c.org_id == keys.c.org_id)
    .where(keys.c.secret_hash == bindparam("this_hash"))
)
_ANY = select(keys.c.key_id).limit(1)


def _record(row: Row[Any]) -> KeyRecord:
    return KeyRecord(
        key_id=row.key_id,
        org_id=row.org_id,
        name=row.name,
        hint=row.hint,
        scopes=frozenset(Scope(scope) for scope in row.scopes),
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        last_used_at=row.last_used_at,
        environment=Environment(row.environment),
    )
