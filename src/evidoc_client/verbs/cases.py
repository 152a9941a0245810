"""Cases, in the shapes that the Klarefi contract publishes. The server serves them in a later release."""

from typing import Any

from evidoc_client.call import Call, Json, at, key_of, shape
from evidoc_client.decode import decode
from evidoc_client.errors import BadAnswer
from evidoc_client.run_answers import Case, CaseEvent, CaseJob
from evidoc_client.steps import Item, Stream, ask
from evidoc_client.verb import Many, Verb


class CaseVerbs:
    """Cases: process, get, events. The server of this release does not serve them yet: it answers NotFound."""

    @Verb
    def process(
        self,
        document_url: str,
        case_type_id: str,
        *,
        external_case_id: str | None = None,
        external_applicant_id: str | None = None,
        external_customer_id: str | None = None,
        trace_id: str | None = None,
        idempotency_key: str | None = None,
    ) -> Call[CaseJob]:
        """Hands in a document that the server fetches from a public address. Served in a later release."""
        body = {
            "document_url": document_url,
            "case_type_id": case_type_id,
            "idempotency_key": key_of(idempotency_key),
            "external_case_id": external_case_id,
            "external_applicant_id": external_applicant_id,
            "external_customer_id": external_customer_id,
            "trace_id": trace_id,
        }
        given = {name: value for name, value in body.items() if value is not None}
        return Call("POST", "/api/v1/process", shape(CaseJob), body=Json(given))

    @Verb
    def get(self, case_id: str) -> Call[Case]:
        """What is known about a case. Served in a later release."""
        return Call("GET", at("/api/v1/cases/{}", case_id), shape(Case))

    @Many
    def events(self, case_id: str, *, after_cursor: int = 0) -> Stream[CaseEvent]:
        """What happened to a case after that cursor, oldest first, until now. Served in a later release."""
        path, cursor = at("/api/v1/cases/{}/events", case_id), after_cursor
        while True:
            page: Any = yield from ask(Call("GET", path, lambda reply: reply.json(), query={"after_cursor": cursor}))
            if not isinstance(page, dict) or not isinstance(page.get("events"), list):
                raise BadAnswer("The server's answer is not one of Evidoc's: it has no list events")
            for event in page["events"]:
                yield Item(decode(CaseEvent, event))
            reached = page.get("next_cursor")
            if not page["events"] or not isinstance(reached, int) or reached <= cursor:
                return
            cursor = reached
