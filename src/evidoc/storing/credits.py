"""What organisations may spend and have spent: grants, what open runs hold, and what ended runs cost.

An organisation without a limit holds nothing and is never refused; what its runs cost is noted beside its balance.
A test side is never charged, refused or noted. With a limit, ``credits - held`` is what a new run may still take:
the row of the organisation is locked while it is looked at and changed, so no two runs take the same credit.
Whoever changes runs in the same transaction has locked them before, or two could wait for each other.
The balance is the sum of all grants and charges; ``held`` is the sum of all holds.
"""

from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, or_, select, update

from evidoc.kernel import clock
from evidoc.kernel.errors import InsufficientCredits, NotFound
from evidoc.kernel.ids import new_id
from evidoc.kernel.principal import account_of
from evidoc.kernel.records import CreditEntry, CreditKind, Listing
from evidoc.storing.database import Database, Transaction
from evidoc.storing.listing import newest_first
from evidoc.storing.schema import credit_entries, organisations

_COSTS = (CreditKind.CHARGE, CreditKind.USAGE)

# Built once: every run asks them, and building a statement costs more than running it.
_ACCOUNT = select(organisations).where(organisations.c.org_id == bindparam("this_org"))
_LOCKED_ACCOUNT = _ACCOUNT.with_for_update()
_COST = (
    select(credit_entries.c.entry_id)
    .where(
        credit_entries.c.org_id == bindparam("this_org"),
        credit_entries.c.run_id == bindparam("this_run"),
        or_(*(credit_entries.c.kind == kind for kind in _COSTS)),
    )
    .limit(1)
)
_ENTRY = insert(credit_entries)


class Credits:
    """The credits of every organisation. ``org_id`` may be either side of one; the test side costs nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def hold(self, org_id: str, run_id: str, amount: int, on: Transaction | None = None) -> None:
        """Set aside ``amount`` credits for a run, in place of what it held before.

        Call it when the run is committed, and again where its price becomes better known. Raises
        InsufficientCredits, and then changes nothing.
        """
        if _is_free(org_id):
            return
        with self._database.write(on) as transaction:
            account = transaction.execute(_ACCOUNT, {"this_org": org_id}).first()
            if account is None or not account.credits_limited:
                return  # and nothing is locked: runs of an organisation without a limit do not wait for each other
            account = _lock(transaction, org_id)
            assert account is not None, "organisations are never removed"
            before = _held_by(transaction, org_id, run_id)
            available = account.credits - account.held + before
            if amount > before and amount > available:
                raise InsufficientCredits(
                    f"This needs {amount} credits, and {max(available, 0)} are available",
                    facts={"needed": amount, "available": max(available, 0)},
                )
            _drop_hold(transaction, org_id, run_id)
            held = account.held - before + amount
            transaction.execute(_account(org_id).values(held=held))
            if amount:
                _note(transaction, org_id, CreditKind.HOLD, -amount, account.credits - held, run_id)

    def settle(self, org_id: str, run_id: str, charge: int, on: Transaction | None = None) -> None:
        """Release what a run held and charge what it cost, 0 for a failed one; settling it again changes nothing.

        A run that was let in is charged in full, even where it turned out dearer than what it held: the balance may
        fall below zero, and the next run is refused.
        """
        if _is_free(org_id):
            return
        if charge < 0:
            raise ValueError("a run cannot cost less than nothing")
        with self._database.write(on) as transaction:
            account = transaction.execute(_ACCOUNT, {"this_org": org_id}).first()
            if account is None:
                return
            if account.credits_limited or (account.held and _held_by(transaction, org_id, run_id)):
                _settle_limited(transaction, org_id, run_id, charge)
            elif charge and not _cost_is_noted(transaction, org_id, run_id):
                _note(transaction, org_id, CreditKind.USAGE, -charge, account.credits, run_id)

    def grant(self, org_id: str, amount: int, note: str | None = None, on: Transaction | None = None) -> CreditEntry:
        """Add ``amount`` credits, or take them back where it is negative. Raises NotFound."""
        with self._database.write(on) as transaction:
            account = _lock(transaction, account_of(org_id))
            if account is None:
                raise NotFound("Organisation not found")
            balance = account.credits + amount
            transaction.execute(_account(account.org_id).values(credits=balance))
            return _note(transaction, account.org_id, CreditKind.GRANT, amount, balance, None, note)

    def set_limited(self, org_id: str, limited: bool, on: Transaction | None = None) -> None:
        """Let the organisation spend what it has and no more, or without limit. Raises NotFound."""
        with self._database.write(on) as transaction:
            if not transaction.execute(_account(account_of(org_id)).values(credits_limited=limited)).rowcount:
                raise NotFound("Organisation not found")

    def entries(self, org_id: str, limit: int, offset: int = 0, on: Transaction | None = None) -> Listing[CreditEntry]:
        """A page of grants, charges and usage, newest first; what is only held is not listed."""
        conditions = [credit_entries.c.org_id == account_of(org_id), credit_entries.c.kind != CreditKind.HOLD]
        with self._database.read(on) as transaction:
            return newest_first(transaction, credit_entries, conditions, limit, offset, _entry)


def _is_free(org_id: str) -> bool:
    return account_of(org_id) != org_id


def _settle_limited(transaction: Transaction, org_id: str, run_id: str, charge: int) -> None:
    account = _lock(transaction, org_id)
    assert account is not None, "organisations are never removed"
    # Only what is seen under the lock counts: another may just have settled this run.
    if _cost_is_noted(transaction, org_id, run_id):
        return
    held = _held_by(transaction, org_id, run_id)
    kind = CreditKind.CHARGE if account.credits_limited else CreditKind.USAGE
    balance = account.credits - (charge if account.credits_limited else 0)
    _drop_hold(transaction, org_id, run_id)
    transaction.execute(_account(org_id).values(held=account.held - held, credits=balance))
    if charge:
        _note(transaction, org_id, kind, -charge, balance, run_id)


def _lock(transaction: Transaction, org_id: str) -> Row[Any] | None:
    # SQLite knows no row locks and needs none: its writers take turns.
    return transaction.execute(_LOCKED_ACCOUNT, {"this_org": org_id}).first()


def _account(org_id: str) -> Any:
    return update(organisations).where(organisations.c.org_id == org_id)


def _of_run(org_id: str, run_id: str, *kinds: CreditKind) -> Any:
    return (
        (credit_entries.c.org_id == org_id)
        & (credit_entries.c.run_id == run_id)
        & credit_entries.c.kind.in_([kind.value for kind in kinds])
    )


def _held_by(transaction: Transaction, org_id: str, run_id: str) -> int:
    amount = transaction.execute(
        select(credit_entries.c.amount).where(_of_run(org_id, run_id, CreditKind.HOLD))
    ).scalar()
    return -(amount or 0)


def _drop_hold(transaction: Transaction, org_id: str, run_id: str) -> None:
    transaction.execute(delete(credit_entries).where(_of_run(org_id, run_id, CreditKind.HOLD)))


def _cost_is_noted(transaction: Transaction, org_id: str, run_id: str) -> bool:
    return transaction.execute(_COST, {"this_org": org_id, "this_run": run_id}).first() is not None


def _note(
    transaction: Transaction,
    org_id: str,
    kind: CreditKind,
    amount: int,
    balance: int,
    run_id: str | None,
    note: str | None = None,
) -> CreditEntry:
    entry = CreditEntry(new_id("cred"), org_id, kind, amount, balance, clock.now(), run_id, note)
    transaction.execute(
        _ENTRY,
        {
            "entry_id": entry.entry_id,
            "org_id": entry.org_id,
            "kind": entry.kind,
            "amount": entry.amount,
            "balance": entry.balance,
            "run_id": entry.run_id,
            "note": entry.note,
            "created_at": entry.created_at,
        },
    )
    return entry


def _entry(row: Row[Any]) -> CreditEntry:
    return CreditEntry(
        entry_id=row.entry_id,
        org_id=row.org_id,
        kind=CreditKind(row.kind),
        amount=row.amount,
        balance=row.balance,
        created_at=row.created_at,
        run_id=row.run_id,
        note=row.note,
    )
