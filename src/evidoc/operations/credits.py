"""Credits, as the operator sees and changes them. Runs hold and spend them in their own transactions."""

from dataclasses import dataclass

from evidoc.kernel.errors import Detail, InvalidRequest
from evidoc.kernel.records import CreditEntry, Listing, Organisation
from evidoc.operations.organisations import known_organisation
from evidoc.storing.store import Store

_MOST = 10**15


@dataclass(frozen=True, slots=True)
class Balance:
    """Where an organisation stands. ``available`` is what a new run may take; None without a limit."""

    limited: bool
    credits: int
    held: int

    @property
    def available(self) -> int | None:
        """What a new run may take; None where there is no limit."""
        return max(self.credits - self.held, 0) if self.limited else None


class CreditOperations:
    """The verbs for credits. They are the operator's: no key can call them."""

    def __init__(self, store: Store) -> None:
        self._credits = store.credits
        self._organisations = store.organisations

    def show(self, org_id: str) -> Balance:
        """What the organisation has. Raises NotFound."""
        return _balance(known_organisation(self._organisations, org_id))

    def grant(self, org_id: str, amount: int, note: str | None = None) -> CreditEntry:
        """Add credits, or take them back where ``amount`` is negative. Raises InvalidRequest, NotFound."""
        if amount == 0 or abs(amount) > _MOST:
            raise InvalidRequest(details=[Detail("amount", f"must not be 0, and lie within {_MOST} of it")])
        known_organisation(self._organisations, org_id)
        return self._credits.grant(org_id, amount, note)

    def set_limited(self, org_id: str, limited: bool) -> Balance:
        """Let the organisation spend what it has and no more, or without limit. Raises NotFound."""
        known_organisation(self._organisations, org_id)
        self._credits.set_limited(org_id, limited)
        return self.show(org_id)

    def entries(self, org_id: str, limit: int, offset: int = 0) -> Listing[CreditEntry]:
        """A page of grants, charges and usage, newest first. Raises NotFound."""
        known_organisation(self._organisations, org_id)
        return self._credits.entries(org_id, limit, offset)


def _balance(account: Organisation) -> Balance:
    return Balance(account.credits_limited, account.credits, account.held)
