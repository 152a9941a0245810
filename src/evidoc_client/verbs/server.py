"""What is asked of a server as a whole: whether it answers, and the whole way from a document to its values."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from evidoc_client.answers import Document, Entities, Entity
from evidoc_client.call import Call, File, shape
from evidoc_client.errors import DocumentFailed, RunFailed
from evidoc_client.run_answers import Leaf, Run
from evidoc_client.steps import Steps, ask
from evidoc_client.verb import Verb
from evidoc_client.verbs.analysis import Wanted, entities_call
from evidoc_client.verbs.documents import PATIENCE, document_call, uploading
from evidoc_client.verbs.flows import FlowVerbs
from evidoc_client.verbs.waiting import ended, following

_FLOW = "document-extractor"


@dataclass(frozen=True, slots=True)
class Extraction:
    """What was found. ``values`` is normalised: by name, or, where a schema was given, what fits the schema.

    The evidence is in ``entities`` (fields) or in ``leaves``, by JSON Pointer into ``values`` (schema).
    """

    values: Any
    document_id: str | None
    missing: tuple[str, ...] = ()
    entities: tuple[Entity, ...] = ()
    leaves: Mapping[str, Leaf] = field(default_factory=dict)
    run: Run | None = None


@dataclass(frozen=True, slots=True)
class Health:
    """The server answers; ``version`` is its own."""

    status: str
    version: str = ""


class ServerVerbs:
    """health, and the whole way in one verb: extract."""

    @Verb
    def health(self) -> Call[Health]:
        """Whether the server is ready. Needs no key."""
        return Call("GET", "/health", shape(Health))

    @Verb
    def extract(
        self,
        file: File,
        *,
        fields: Sequence[Wanted] | None = None,
        schema: Mapping[str, Any] | None = None,
        filename: str | None = None,
        content_type: str | None = None,
        deadline: float = PATIENCE,
        on_progress: Callable[[Any], object] | None = None,
        idempotency_key: str | None = None,
    ) -> Steps[Extraction]:
        """Hands a document in, waits, and gives the values that are wanted, each with its evidence.

        ``fields`` names or describes them, ``schema`` is a JSON Schema that the values shall fit; without either, what
        is usual for the kind of document. Raises DocumentFailed, RunFailed, WaitTimeout.
        """
        if schema is not None and fields is not None:
            raise ValueError("Give fields or a schema, not both")
        if schema is not None:
            run = yield from FlowVerbs.run_and_wait.steps(
                None,
                _FLOW,
                file,
                variables={"schema": schema},
                filename=filename,
                content_type=content_type,
                idempotency_key=idempotency_key,
                include=("artifacts", "metrics"),
                deadline=deadline,
                on_progress=on_progress,
            )
            return _of_run(run)
        call = uploading(file, filename=filename, content_type=content_type, idempotency_key=idempotency_key)
        document = yield from ask(call)
        document = yield from ended(following(document_call(document.document_id), deadline), on_progress)
        if document.status == "failed":
            raise _failed(document)
        found = yield from ask(entities_call(document.document_id, fields or ()))
        return Extraction(_values(found), document.document_id, found.missing, found.entities)


def _of_run(run: Run) -> Extraction:
    if run.status != "completed":
        failure = run.error
        code, message = (failure.code, failure.message) if failure else (run.status, f"The run was {run.status}")
        raise RunFailed(code, message, run)
    missing = tuple(name for artifact in run.artifacts.values() for name in artifact.missing)
    return Extraction(run.output, run.document_id, missing, leaves=run.evidence, run=run)


def _failed(document: Document) -> DocumentFailed:
    failure = document.error
    if failure is None:
        return DocumentFailed("failed", "The document could not be processed", document)
    return DocumentFailed(failure.code, failure.message, document)


def _values(found: Entities) -> dict[str, Any]:
    """The likeliest value of each name; a table as its rows."""
    values: dict[str, Any] = {}
    for entity in found.entities:
        if entity.rows is not None:
            rows = [{column: cell.value_normalized for column, cell in row.items()} for row in entity.rows]
            values.setdefault(entity.type, rows)
        else:
            values.setdefault(entity.type, entity.value_normalized)
    return values
