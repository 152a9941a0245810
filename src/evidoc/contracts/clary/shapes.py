"""What the Clary contract says over the wire. Responses carry more fields than its pages show, never fewer.

Times are RFC 3339 in UTC. Positions and boxes are in points (1/72 inch) from the top left of the page as it
is shown. Pages count from 1 (``page``, ``page_number``), page indexes from 0 (``page_index``).
"""

from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

T = TypeVar("T")

Confidence = Annotated[float, Field(ge=0, le=1, description="How likely it is right, 0 to 1")]


class Shape(BaseModel):
    """A response object. Fields that are not set are absent."""

    model_config = ConfigDict(protected_namespaces=())


class FieldFault(Shape):
    """One fault in a request."""

    field: str = Field(examples=["definition.tasks[0].type"])
    message: str


class ErrorInfo(Shape):
    """What went wrong. ``request_id`` is also in the header X-Request-Id and in the server's log."""

    type: str = Field(examples=["validation_error"])
    code: str = Field(examples=["invalid_request"])
    message: str = Field(examples=["The request was invalid"])
    details: list[FieldFault]
    request_id: str


class ErrorBody(Shape):
    """The body of every error."""

    error: ErrorInfo


class Failure(Shape):
    """Why a document, task or execution failed."""

    code: str
    message: str
    task_id: str | None = None


class Pagination(Shape):
    """``next_offset`` and ``prev_offset`` are absent where there is no such page."""

    total: int
    limit: int
    offset: int
    next_offset: int | None = None
    prev_offset: int | None = None


class Page(Shape, Generic[T]):
    """One page of a list, newest first."""

    data: list[T]
    pagination: Pagination


class Done(Shape):
    """Something was done."""

    success: bool
    message: str


class Health(Shape):
    """The server answers."""

    status: Literal["healthy"]
    version: str


class ServerStatus(Shape):
    """The server answers, and what it is set to take."""

    status: Literal["healthy"]
    version: str
    uptime_seconds: int
    limits: dict[str, int]


class Position(Shape):
    """A rectangle on a page, in points from its top left."""

    x: float
    y: float
    width: float
    height: float


class Location(Shape):
    """Characters [char_start, char_end) of a page's text, counted in Unicode code points."""

    char_start: int
    char_end: int


class Evidence(Shape):
    """Where a value stands: ``pages[page_index].text[char_start:char_end] == quote`` in extract-text's answer."""

    evidence_id: str = Field(examples=["ev_4f0c2a9d6b1e8370"])
    doc_id: str
    page_index: int
    location: Location
    quote: str
    method: str = Field(examples=["born_digital_text"])
    box: Position


class AttachmentSource(Shape):
    """Where a value stands that no page shows: in a file inside the document."""

    attachment: str
    path: str
    quote: str


class CellValue(Shape):
    """One cell of a line item, as printed and as normalised."""

    value_raw: str
    value_normalized: str
    rule: str
    unit: str | None = None
    evidence: list[Evidence]
    source: AttachmentSource | None = None


class Entity(Shape):
    """A value that was found. ``value`` is as printed; for a table it is the list of its rows, as printed.

    ``value_normalized`` follows from ``value_raw`` by ``rule`` (docs/rules.md). ``status`` is ``keep``, or
    ``review`` where a person should look. ``rows`` (tables only) gives each cell with its own evidence.
    """

    type: str = Field(examples=["total_amount"])
    value: str | list[dict[str, str]]
    value_raw: str
    value_normalized: str
    rule: str = Field(examples=["decimal:point"])
    unit: str | None = Field(None, examples=["EUR"])
    confidence: Confidence
    status: Literal["keep", "review"]
    reasons: list[str]
    page: int | None = Field(None, ge=1)
    position: Position | None = None
    evidence: list[Evidence]
    source: AttachmentSource | None = None
    rows: list[dict[str, CellValue]] | None = None


class ClassifiedAs(Shape):
    """A category and how likely it is."""

    category: str
    confidence: Confidence


class Note(Shape):
    """Something that could not be done, though the rest could."""

    code: str
    message: str
    page_index: int | None = None


class ProcessingResults(Shape):
    """What processing found. ``text_content`` is all pages' text, a form feed between pages.

    ``notes`` say what could not be read or done.
    """

    page_count: int
    text_content: str
    entities: list[Entity]
    classifications: list[ClassifiedAs]
    notes: list[Note]


DocumentState = Literal["processing", "processed", "failed"]


class DocumentItem(Shape):
    """A document in a list."""

    document_id: str = Field(examples=["doc_01K2ZT9Q6S8Y1D4M7N3B5C0R2V"])
    name: str
    content_type: str
    size: int = Field(description="Bytes")
    created_at: str
    updated_at: str
    status: DocumentState
    sha256: str
    metadata: dict[str, Any]
    page_count: int | None = None
    error: Failure | None = None


class Document(DocumentItem):
    """A document; ``processing_results`` is there once its status is processed."""

    processing_results: ProcessingResults | None = None


class TableCell(Shape):
    """A cell; rows and columns count from 0. ``spans`` are its characters in the page's text, line by line."""

    row: int
    column: int
    text: str
    position: Position
    row_span: int
    column_span: int
    header: bool
    spans: list[Location] | None = None


class Table(Shape):
    """A table. ``data`` is its text, row by row; a cell that spans others stands at its top left."""

    page_number: int
    page_index: int
    rows: int
    columns: int
    position: Position
    ruled: bool
    data: list[list[str]]
    cells: list[TableCell]


class LayoutElement(Shape):
    """A printed line or a word, and its characters in the page's text."""

    type: Literal["line", "word"]
    text: str
    x: float
    y: float
    width: float
    height: float
    char_start: int
    char_end: int


class Layout(Shape):
    """The size of a page in points, and what stands where."""

    width: float
    height: float
    elements: list[LayoutElement]


class TextPage(Shape):
    """A page. ``text`` is its one canonical text; all evidence points into it."""

    page_number: int
    page_index: int
    text: str
    width: float
    height: float
    rotation: int
    method: str
    quality: float
    typeset: bool
    layout: Layout | None = None
    tables: list[Table] | None = None


class ExtractedText(Shape):
    """``text`` is all pages' text, a form feed between pages."""

    document_id: str
    page_count: int
    pages: list[TextPage]
    text: str


class ExtractedEntities(Shape):
    """``missing`` names what was asked for and not found."""

    document_id: str
    entities: list[Entity]
    missing: list[str]


class Classified(Shape):
    """The categories of a document, likeliest first."""

    document_id: str
    classifications: list[ClassifiedAs]


class Summarized(Shape):
    """A summary in the document's own words: every sentence and key point is a span of it."""

    document_id: str
    summary: str
    key_points: list[str]
    evidence: list[Evidence] = Field(description="Where each sentence of the summary stands")
    key_point_evidence: list[Evidence] = Field(description="Where each key point stands")


class ExtractedTables(Shape):
    """The tables of a document in reading order."""

    document_id: str
    tables: list[Table]


WorkflowState = Literal["active", "inactive"]


class WorkflowItem(Shape):
    """A workflow in a list."""

    workflow_id: str = Field(examples=["wf_01K2ZT9Q6S8Y1D4M7N3B5C0R2V"])
    name: str
    description: str
    created_at: str
    updated_at: str
    status: WorkflowState
    version: int


class Workflow(WorkflowItem):
    """A workflow with its definition, as it was given."""

    definition: dict[str, Any]


class WorkflowStats(Shape):
    """How a workflow's executions ended; the average is over those that ended, 0 before the first."""

    executions_total: int
    executions_successful: int
    executions_failed: int
    average_duration_ms: int


class WorkflowWithStats(Workflow):
    """A workflow with its definition and how its executions ended."""

    stats: WorkflowStats


ExecutionState = Literal["running", "completed", "failed", "cancelled"]


class ExecutionItem(Shape):
    """An execution, without its tasks."""

    execution_id: str = Field(examples=["exec_01K2ZT9Q6S8Y1D4M7N3B5C0R2V"])
    workflow_id: str
    document_id: str
    status: ExecutionState
    created_at: str
    updated_at: str
    duration_ms: int | None = None
    error: Failure | None = None


class TaskOfExecution(Shape):
    """Where one task stands. ``output`` depends on the type of task (docs/api.md)."""

    id: str
    type: str
    status: Literal["pending", "running", "completed", "failed", "skipped"]
    attempts: int
    started_at: str | None = None
    completed_at: str | None = None
    duration_ms: int | None = None
    output: dict[str, Any] | None = None
    error: Failure | None = None


class Execution(ExecutionItem):
    """An execution with its tasks; ``result`` gathers what the tasks found, once it is completed."""

    parameters: dict[str, Any]
    tasks: list[TaskOfExecution]
    result: dict[str, Any] | None = None
