"""Webhooks: the log of their messages, sending one again, and the secret that signs them."""

from dataclasses import dataclass

from evidoc.flows.deliver import Delivering, new_signing_secret, signing_secret
from evidoc.kernel.principal import Principal, Scope
from evidoc.kernel.records import Delivery, DeliveryAttempt, DeliveryStatus, Listing
from evidoc.operations.permission import require
from evidoc.storing.store import Store


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """A message, and every try of it, first to last."""

    record: Delivery
    attempts: tuple[DeliveryAttempt, ...]


class WebhookOperations:
    """The verbs for the messages of webhooks. Each raises DeliveryNotFound where there is none."""

    def __init__(self, store: Store, delivering: Delivering) -> None:
        self._store = store
        self._delivering = delivering

    def list(
        self,
        who: Principal,
        limit: int = 50,
        offset: int = 0,
        run_id: str | None = None,
        status: DeliveryStatus | None = None,
    ) -> Listing[Delivery]:
        """Messages, newest first; of one run, or in one state, where that is given."""
        require(who, Scope.EXECUTIONS_READ)
        return self._store.deliveries.list(who.org_id, limit, offset, run_id, status)

    def get(self, who: Principal, delivery_id: str) -> DeliveryView:
        """A message with its log."""
        require(who, Scope.EXECUTIONS_READ)
        with self._store.database.read() as on:
            record = self._store.deliveries.get(who.org_id, delivery_id, on=on)
            return DeliveryView(record, self._store.deliveries.attempts(who.org_id, delivery_id, on=on))

    def replay(self, who: Principal, delivery_id: str) -> Delivery:
        """Send a message again, now and under its own id, whatever became of it; its schedule begins anew."""
        require(who, Scope.FLOWS_EXECUTE)
        record = self._store.deliveries.replay(who.org_id, delivery_id)
        self._delivering.submit(record)
        return record


class SigningSecretOperations:
    """The verbs for the secret that signs an organisation's messages: its operator's, over no contract."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def show(self, org_id: str) -> str:
        """The secret, made where there is none yet. Raises NotFound."""
        return signing_secret(self._store, org_id)

    def rotate(self, org_id: str) -> str:
        """A new secret, which signs every message from now on. Raises NotFound."""
        secret = new_signing_secret()
        self._store.signing_secrets.put(org_id, self._store.seal(secret.encode()))
        return secret
