"""Flows, and starting runs of them."""

import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any

from evidoc_client.call import Attachment, Call, File, Json, JsonWithFile, at, key_of, query_of, shape
from evidoc_client.errors import ExecutionTimeout
from evidoc_client.run_answers import CheckedFlow, Flow, FlowDefinition, Run
from evidoc_client.steps import Steps, Stream, Tell, ask
from evidoc_client.verb import Many, Verb
from evidoc_client.verbs.documents import PATIENCE
from evidoc_client.verbs.paging import pages
from evidoc_client.verbs.runs import Include, run_call, standing
from evidoc_client.verbs.waiting import ended, following

_LONGEST_WAIT_MS = 60_000
_SLACK_SECONDS = 30.0


class FlowVerbs:
    """Flows: list, get, definition, run, run_and_wait, publish, validate."""

    @Many
    def list(self) -> Stream[Flow]:
        """All flows that there are, built-in ones too, page after page as they are asked for."""
        return pages("/api/v1/flows", Flow, {}, "flows")

    @Verb
    def get(self, flow: str, *, version: str | None = None) -> Call[Flow]:
        """A flow, by id or slug. Raises FlowNotFound, VersionNotFound."""
        return Call("GET", at("/api/v1/flows/{}", flow), shape(Flow), query=query_of(version=version))

    @Verb
    def definition(self, flow: str, *, version: str | None = None) -> Call[FlowDefinition]:
        """How a flow is defined, now or at a version."""
        path = at("/api/v1/flows/{}/definition", flow)
        return Call("GET", path, shape(FlowDefinition), query=query_of(version=version))

    @Verb
    def run(
        self,
        flow: str,
        file: File,
        *,
        variables: Mapping[str, Any] | None = None,
        version: str | None = None,
        filename: str | None = None,
        content_type: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        webhook_url: str | None = None,
        webhook_secret: str | None = None,
        idempotency_key: str | None = None,
    ) -> Call[Run]:
        """Starts a flow on a document; the answer comes at once. See ``runs.wait``."""
        asked = _asked(version, metadata, webhook_url, webhook_secret, idempotency_key)
        return _run_call(flow, Attachment(file, filename, content_type), variables, asked)

    @Verb
    def run_and_wait(
        self,
        flow: str,
        file: File,
        *,
        variables: Mapping[str, Any] | None = None,
        version: str | None = None,
        filename: str | None = None,
        content_type: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        webhook_url: str | None = None,
        webhook_secret: str | None = None,
        idempotency_key: str | None = None,
        include: tuple[Include, ...] = (),
        deadline: float = PATIENCE,
        on_progress: Callable[[Run], object] | None = None,
    ) -> Steps[Run]:
        """Starts a flow on a document and gives the run once it has ended, however it did.

        Without ``on_progress`` the server is asked to answer when the run has ended, which is the quickest; where that
        takes it too long, the run is followed. Raises WaitTimeout after ``deadline`` seconds; the run goes on.
        """
        until = time.monotonic() + deadline
        asked = _asked(version, metadata, webhook_url, webhook_secret, idempotency_key)
        if on_progress is None:
            asked |= {"wait": True, "timeout": max(1, min(_LONGEST_WAIT_MS, int(deadline * 1000)))}
        try:
            run = yield from ask(_run_call(flow, Attachment(file, filename, content_type), variables, asked))
        except ExecutionTimeout as refusal:
            if refusal.run_id is None:
                raise
            run_id = refusal.run_id
        else:
            run_id = run.id
            if run.final and not include:
                if on_progress is not None:
                    yield Tell(on_progress, run)
                return run
        states = following(run_call(run_id, include), max(0.0, until - time.monotonic()), standing)
        return (yield from ended(states, on_progress))

    @Verb
    def publish(
        self,
        definition: Mapping[str, Any],
        *,
        name: str,
        slug: str | None = None,
        description: str = "",
        idempotency_key: str | None = None,
    ) -> Call[Flow]:
        """A new flow, or, under a slug of one's own, the next version of that flow.

        ``definition`` is in the public format ({"version": "1.0.0", "steps": [...]}). Raises InvalidRequest.
        """
        body = {"name": name, "slug": slug, "description": description, "definition": definition}
        given = {field: value for field, value in body.items() if value is not None}
        return Call(
            "POST", "/api/v1/flows", shape(Flow), body=Json(given | {"idempotencyKey": key_of(idempotency_key)})
        )

    @Verb
    def validate(self, definition: Mapping[str, Any]) -> Call[CheckedFlow]:
        """What is wrong with a definition, and what its author should know. Nothing is kept."""
        return Call("POST", "/api/v1/flows/validate", shape(CheckedFlow), body=Json({"definition": definition}))


def _asked(
    version: str | None,
    metadata: Mapping[str, Any] | None,
    webhook_url: str | None,
    webhook_secret: str | None,
    idempotency_key: str | None,
) -> dict[str, Any]:
    return {
        "version": version,
        "metadata": metadata,
        "webhookUrl": webhook_url,
        "webhookSecret": webhook_secret,
        "idempotencyKey": key_of(idempotency_key),
    }


def _run_call(
    flow: str, attachment: Attachment, variables: Mapping[str, Any] | None, asked: Mapping[str, Any]
) -> Call[Run]:
    """The request that starts a run; the document is encoded as it is sent."""
    mark = secrets.token_hex(16)
    document = {"filename": attachment.filename, "mimeType": attachment.content_type}
    given = {"document": {**_given(document), "base64": mark}, **_given({"variables": variables})}
    seconds = asked["timeout"] / 1000 + _SLACK_SECONDS if "timeout" in asked else None
    return Call(
        "POST",
        at("/api/v1/flows/{}/run", flow),
        shape(Run),
        body=JsonWithFile({**_given(asked), "input": given}, mark, attachment),
        seconds=seconds,
    )


def _given(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
