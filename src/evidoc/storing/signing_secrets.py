"""The secret with which an organisation's webhooks are signed unless a run brings its own. Kept sealed."""

from collections.abc import Callable

from sqlalchemy import select, update

from evidoc.kernel.errors import NotFound
from evidoc.kernel.principal import account_of
from evidoc.storing.database import Database, Transaction
from evidoc.storing.schema import organisations


class SigningSecrets:
    """One sealed secret an organisation, the same for both of its sides."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, org_id: str, make: Callable[[], bytes], on: Transaction | None = None) -> bytes:
        """The organisation's secret, sealed; ``make`` gives it where there is none yet. Raises NotFound."""
        mine = organisations.c.org_id == account_of(org_id)
        with self._database.read(on) as transaction:
            row = transaction.execute(select(organisations.c.signing_secret).where(mine)).first()
        if row is None:
            raise NotFound("Organisation not found")
        if row.signing_secret is not None:
            return bytes(row.signing_secret)
        with self._database.write(on) as transaction:
            unset = organisations.c.signing_secret.is_(None)
            transaction.execute(update(organisations).where(mine, unset).values(signing_secret=make()))
            # Another process may have been first; whoever was, its secret counts.
            return bytes(transaction.execute(select(organisations.c.signing_secret).where(mine)).scalar_one())

    def put(self, org_id: str, sealed: bytes, on: Transaction | None = None) -> None:
        """Give the organisation another secret, from now on. Raises NotFound."""
        mine = organisations.c.org_id == account_of(org_id)
        with self._database.write(on) as transaction:
            if not transaction.execute(update(organisations).where(mine).values(signing_secret=sealed)).rowcount:
                raise NotFound("Organisation not found")
