"""The routes of analysis. Each waits until the document is processed, on threads that nothing else uses.

A document that takes longer than the operations wait is a 503 `document_processing` with Retry-After.
"""

from collections.abc import Callable
from typing import TypeVar, cast

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Request
from starlette.responses import StreamingResponse

from evidoc.contracts.clary import asked, shapes
from evidoc.contracts.clary.entities import entities_of, missing_of
from evidoc.contracts.clary.outputs import classifications_of, summary_of
from evidoc.contracts.clary.positions import found_table
from evidoc.contracts.clary.refusals import refusals
from evidoc.contracts.clary.text_stream import text_stream
from evidoc.contracts.request import Ops, StrictRoute, Who
from evidoc.kernel.output import ClassificationOutput

T = TypeVar("T")

router = APIRouter(prefix="/v1/analysis", tags=["Analysis"], route_class=StrictRoute)

_REFUSALS = refusals(404, 413, 415, 422, 507)


@router.post(
    "/extract-text",
    response_class=StreamingResponse,
    responses={200: {"model": shapes.ExtractedText, "description": "The text"}, **_REFUSALS},
    summary="Extract text",
)
async def extract_text(body: asked.ExtractText, request: Request, who: Who, operations: Ops) -> StreamingResponse:
    """The text of a document, page by page, with where each line and word stands, and the tables.

    `pages[i].text` is the canonical text: every piece of evidence, in every answer, is a span of it.
    """
    reading = await _waiting(request, lambda: operations.analysis.text(who, body.document_id))
    stream = text_stream(body.document_id, reading, body.options.include_layout, body.options.include_tables)
    return StreamingResponse(stream, media_type="application/json")


@router.post("/extract-entities", response_model_exclude_unset=True, responses=_REFUSALS, summary="Extract entities")
async def extract_entities(
    body: asked.ExtractEntities, request: Request, who: Who, operations: Ops
) -> shapes.ExtractedEntities:
    """Find values: by name alone, by a description, or by a regular expression, each with its evidence."""
    wanted = [
        item if isinstance(item, str) else item.model_dump(exclude_none=True, mode="json") for item in body.entities
    ]
    custom = [item.model_dump(exclude_none=True) for item in body.custom_entities]
    decisions = await _waiting(request, lambda: operations.analysis.entities(who, body.document_id, wanted, custom))
    return shapes.ExtractedEntities(
        document_id=body.document_id,
        entities=entities_of(body.document_id, decisions),
        missing=missing_of(decisions),
    )


@router.post("/classify", response_model_exclude_unset=True, responses=_REFUSALS, summary="Classify a document")
async def classify(body: asked.Classify, request: Request, who: Who, operations: Ops) -> shapes.Classified:
    """Which of the given categories a document belongs to, likeliest first."""
    options = body.options
    found = await _waiting(
        request,
        lambda: operations.analysis.classify(
            who, body.document_id, body.categories, options.multi_label, options.confidence_threshold
        ),
    )
    return shapes.Classified(
        document_id=body.document_id, classifications=classifications_of(ClassificationOutput(found))
    )


@router.post("/summarize", response_model_exclude_unset=True, responses=_REFUSALS, summary="Summarize a document")
async def summarize(body: asked.Summarize, request: Request, who: Who, operations: Ops) -> shapes.Summarized:
    """A summary made of the document's own sentences, each with where it stands."""
    options = body.options
    found = await _waiting(
        request,
        lambda: operations.analysis.summarize(who, body.document_id, options.max_length, options.format, options.focus),
    )
    return summary_of(body.document_id, found)


@router.post("/extract-tables", response_model_exclude_unset=True, responses=_REFUSALS, summary="Extract tables")
async def extract_tables(
    body: asked.ExtractTables, request: Request, who: Who, operations: Ops
) -> shapes.ExtractedTables:
    """The tables of a document with their cells."""
    found = await _waiting(request, lambda: operations.analysis.tables(who, body.document_id))
    return shapes.ExtractedTables(document_id=body.document_id, tables=[found_table(table) for table in found])


async def _waiting(request: Request, answer: Callable[[], T]) -> T:
    threads = cast(CapacityLimiter, request.app.state.analysis_threads)
    return await to_thread.run_sync(answer, limiter=threads)
