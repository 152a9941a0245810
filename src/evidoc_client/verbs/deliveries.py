"""Messages to webhooks."""

from evidoc_client.call import Call, at, query_of, shape
from evidoc_client.run_answers import Delivery
from evidoc_client.steps import Stream
from evidoc_client.verb import Many, Verb
from evidoc_client.verbs.paging import pages

_PATH = "/api/v1/webhooks/deliveries"


class DeliveryVerbs:
    """Messages to webhooks: list, get, replay."""

    @Many
    def list(self, *, run_id: str | None = None, status: str | None = None) -> Stream[Delivery]:
        """All messages, newest first, page after page as they are asked for."""
        return pages(_PATH, Delivery, query_of(runId=run_id, status=status), "deliveries")

    @Verb
    def get(self, delivery_id: str) -> Call[Delivery]:
        """A message and what became of each try. Raises DeliveryNotFound."""
        return Call("GET", at(_PATH + "/{}", delivery_id), shape(Delivery))

    @Verb
    def replay(self, delivery_id: str) -> Call[Delivery]:
        """Sends a message again, under the same id. It is not asked for twice where the answer is lost."""
        return Call("POST", at(_PATH + "/{}/replay", delivery_id), shape(Delivery), repeatable=False)
