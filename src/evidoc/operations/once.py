"""Creating once: a request that carries a caller's key creates at most one thing, however often it is sent."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from evidoc.kernel.idempotency import Idempotency, Replayed
from evidoc.storing.database import Transaction
from evidoc.storing.store import Store

T = TypeVar("T")

Answer = Callable[[T], Mapping[str, Any]]
"""Makes the answer to a creating request from what it created: ids, states and the caller's own words, no content."""


@dataclass(frozen=True, slots=True)
class Made(Generic[T]):
    """What a creating request made, now or (``replayed``) when it was first sent.

    ``answer`` is the first answer, where one was kept; without one the contract tells of the thing as it is now.
    """

    thing: T
    replayed: bool = False
    answer: Mapping[str, Any] | None = None


class Once:
    """Lets requests of one key come one after the other within this process; the database does so between processes.

    Without it a hundred repeats that arrive together would each take the file in before they are told apart.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._guard = threading.Lock()
        self._turns: dict[tuple[str, Idempotency], _Turn] = {}

    def make(self, org_id: str, given: Idempotency | None, make: Callable[[], T], again: Callable[[str], T]) -> Made[T]:
        """What ``make`` creates, or ``again(id)`` where this request was made before.

        ``make`` claims the key in its own transaction (see ``claim``). Raises IdempotencyMismatch.
        """
        if given is None:
            return Made(make())
        try:
            with self._turn(org_id, given):
                self._store.idempotency.find(org_id, given)
                return Made(make())
        except Replayed as before:
            return Made(again(before.resource_id), replayed=True, answer=before.answer)

    def claim(
        self, org_id: str, given: Idempotency | None, thing_id: str, thing: T, answer: Answer[T] | None, on: Transaction
    ) -> None:
        """Take the key for what this transaction creates. Raises Replayed, or IdempotencyMismatch."""
        if given is not None:
            self._store.idempotency.claim(org_id, given, thing_id, on, answer(thing) if answer else None)

    @contextmanager
    def _turn(self, org_id: str, given: Idempotency) -> Iterator[None]:
        name = (org_id, given)
        with self._guard:
            turn = self._turns.setdefault(name, _Turn())
            turn.wanted += 1
        try:
            with turn.lock:
                yield
        finally:
            with self._guard:
                turn.wanted -= 1
                if not turn.wanted:
                    del self._turns[name]


class _Turn:
    """One key's queue: a lock and how many hold or want it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.wanted = 0
