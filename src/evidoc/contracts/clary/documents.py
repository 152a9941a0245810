"""The routes of documents."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from evidoc.contracts import strict_json
from evidoc.contracts.clary import shapes
from evidoc.contracts.clary.refusals import refusals
from evidoc.contracts.clary.render import document, document_item, page_of, received
from evidoc.contracts.idempotency import PARAMETER, REPLAYED, idempotency_of
from evidoc.contracts.paging import Limit, Offset
from evidoc.contracts.request import Limits, Ops, StrictRoute, Who
from evidoc.contracts.upload import receive_upload
from evidoc.kernel.errors import Detail, InvalidRequest
from evidoc.kernel.principal import Scope
from evidoc.kernel.records import DocumentStatus
from evidoc.operations.permission import require

router = APIRouter(prefix="/v1/documents", tags=["Documents"], route_class=StrictRoute)

_LONGEST_NAME = 255

_UPLOAD_BODY: dict[str, Any] = {
    "parameters": [PARAMETER],
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary", "description": "The document"},
                        "name": {
                            "type": "string",
                            "maxLength": _LONGEST_NAME,
                            "description": "What to call it; the file's own name if absent",
                        },
                        "metadata": {
                            "type": "string",
                            "description": "A JSON object to keep with it",
                            "example": '{"department": "accounting"}',
                        },
                    },
                },
                "encoding": {"metadata": {"contentType": "text/plain"}},
            }
        },
    },
}


@router.post(
    "",
    status_code=201,
    response_model=shapes.Document,
    response_model_exclude_unset=True,
    responses=refusals(404, 413, 415, 422, 507),
    openapi_extra=_UPLOAD_BODY,
    summary="Upload a document",
)
async def upload_document(
    request: Request, response: Response, who: Who, operations: Ops, limits: Limits
) -> shapes.Document:
    """Keep a document and start processing it: reading, classifying, finding the values usual for its kind.

    Workflows whose `document_upload` trigger matches start as well. The answer comes at once, with the
    status `processing`, or `failed` where the file's own header says that it is too much to be opened. A request that
    is repeated with its `Idempotency-Key` gets the first answer again; 404 where the document was erased since.
    """
    require(who, Scope.WRITE)
    async with receive_upload(request, limits) as upload:
        name = _name(upload.fields.get("name"))
        metadata = _metadata(upload.fields.get("metadata"))
        idempotency = idempotency_of(request, "POST /v1/documents", upload.fields, upload.sha256, upload.filename)
        made = await run_in_threadpool(
            operations.documents.receive_once,
            who,
            idempotency,
            upload.path,
            upload.filename,
            upload.content_type,
            name,
            metadata,
        )
    if made.replayed:
        response.headers[REPLAYED] = "true"
    response.headers["Location"] = f"/v1/documents/{made.thing.document_id}"
    return received(made.thing)


@router.get(
    "",
    response_model=shapes.Page[shapes.DocumentItem],
    response_model_exclude_unset=True,
    responses=refusals(),
    summary="List documents",
)
def list_documents(
    who: Who,
    operations: Ops,
    limit: Limit = 10,
    offset: Offset = 0,
    status: DocumentStatus | None = None,
    content_type: Annotated[str | None, Query(max_length=255, examples=["application/pdf"])] = None,
) -> shapes.Page[shapes.DocumentItem]:
    """Documents, newest first."""
    return page_of(operations.documents.list(who, limit, offset, status, content_type), document_item)


@router.get(
    "/{document_id}",
    response_model=shapes.Document,
    response_model_exclude_unset=True,
    responses=refusals(404),
    summary="Get a document",
)
def get_document(document_id: str, who: Who, operations: Ops) -> shapes.Document:
    """A document, with `processing_results` once its status is `processed`, or `error` if it `failed`."""
    return document(operations.documents.get(who, document_id))


@router.get(
    "/{document_id}/content",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "The bytes as they were received",
            "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}},
        },
        **refusals(404),
    },
    summary="Get a document's content",
)
def get_document_content(document_id: str, who: Who, operations: Ops) -> StreamingResponse:
    """The original bytes with their content type. They are sent as an attachment, so that no browser runs them."""
    record, chunks = operations.documents.content(who, document_id)
    headers = {
        "Content-Length": str(record.size),
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(record.name, safe='')}",
    }
    return StreamingResponse(_started(chunks), media_type=record.content_type, headers=headers)


@router.delete("/{document_id}", responses=refusals(404), summary="Delete a document")
def delete_document(document_id: str, who: Who, operations: Ops) -> shapes.Done:
    """Erase a document and all that was made of it. Its key is destroyed, so no copy of its bytes can be read."""
    operations.documents.delete(who, document_id)
    return shapes.Done(success=True, message="Document deleted successfully")


def _name(name: str | None) -> str | None:
    if name is None or not name.strip():
        return None
    if len(name) > _LONGEST_NAME:
        raise InvalidRequest(details=[Detail("name", f"must not be longer than {_LONGEST_NAME} characters")])
    if any(character < " " for character in name):
        raise InvalidRequest(details=[Detail("name", "must not hold control characters")])
    return name.strip()


def _metadata(text: str | None) -> Mapping[str, Any]:
    if text is None or not text.strip():
        return {}
    value = strict_json.parse(text, "metadata")
    if not isinstance(value, dict):
        raise InvalidRequest(details=[Detail("metadata", "must be a JSON object")])
    return value


def _started(chunks: Iterator[bytes]) -> Iterator[bytes]:
    # The first chunk is taken here, so that bytes which cannot be given are an error and not a broken answer.
    first = next(chunks, b"")

    def rest() -> Iterator[bytes]:
        yield first
        yield from chunks

    return rest()
