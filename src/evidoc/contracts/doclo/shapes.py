"""What the Doclo contract says over the wire. Responses carry more fields than its page shows, never fewer.

Times are RFC 3339 in UTC. Boxes are in points (1/72 inch) from the top left of the page as it is shown. Pages count
from 0 where a name ends in Index.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class Shape(BaseModel):
    """A response object. Fields that are not set are absent."""

    model_config = ConfigDict(protected_namespaces=(), alias_generator=to_camel, populate_by_name=True)


class ExecutionFault(Shape):
    """What went wrong with a request. ``details`` is an object: for fields, ``field`` and ``reason`` of the first
    fault, and all of them in ``errors``."""

    type: str = Field(examples=["validation_error"])
    code: str = Field(examples=["INVALID_INPUT"])
    message: str = Field(examples=["Document base64 data is required"])
    details: dict[str, Any]
    request_id: str = Field(validation_alias="request_id", serialization_alias="request_id")


class RefusedRequest(Shape):
    """The body of every error."""

    error: ExecutionFault


class FlowItem(Shape):
    """A flow in a list. ``slug`` is its name in addresses, where it has one."""

    id: str = Field(examples=["invoice-extractor"])
    name: str
    description: str
    version: str = Field(examples=["1"])
    created_at: str
    updated_at: str
    slug: str | None = None


class FlowList(Shape):
    """One page of the flows."""

    flows: list[FlowItem]
    total: int
    limit: int
    offset: int


class FlowSchemas(Shape):
    """JSON Schemas of what a flow takes (``input`` of a run's request) and of what it gives (``output``)."""

    input: dict[str, Any]
    output: dict[str, Any]


class FlowConfig(Shape):
    """What a document may be, and what a page of it will cost."""

    supported_formats: list[str]
    max_file_size_mb: int | float = Field(validation_alias="maxFileSizeMB", serialization_alias="maxFileSizeMB")
    max_pages: int
    estimated_credits_per_page: int


class FlowDetails(FlowItem):
    """A flow as it is at ``version``; ``versions`` are all that there are, newest first."""

    versions: list[str]
    schemas: FlowSchemas = Field(validation_alias="schema", serialization_alias="schema")
    config: FlowConfig


class FlowDefinition(Shape):
    """How a flow was defined, in the notation that it was given in."""

    flow_id: str
    version: str
    notation: str = Field(examples=["doclo-1.0.0"])
    definition: dict[str, Any]
    required_providers: list[str]
    referenced_assets: dict[str, list[str]]
    created_at: str
    updated_at: str


class PublishedFlow(FlowItem):
    """A flow that was published. ``warnings`` are what its author may want to know."""

    warnings: list["FlowNote"]


class FlowNote(Shape):
    """Something about a definition that is wrong (it cannot be published), or that its author should know."""

    type: str
    path: str
    message: str


class CheckedFlow(Shape):
    """What a definition is worth, without publishing it."""

    valid: bool
    errors: list[FlowNote]
    warnings: list[FlowNote]


Status = Literal["pending", "running", "completed", "failed", "cancelled"]


class Progress(Shape):
    """How far a run has come: the step that it is at or comes to next, and how much of the whole is done."""

    step: str | None
    percentage: Annotated[int, Field(ge=0, le=100)]


class Metrics(Shape):
    """What a run took. ``creditsUsed`` is what was charged; a failed run costs nothing."""

    duration_ms: int
    page_count: int | None
    credits_used: int


class ExecutionFailure(Shape):
    """Why a run failed, and at which step."""

    code: str = Field(examples=["INVALID_DOCUMENT"])
    message: str
    step: str | None = None


class ExecutionItem(Shape):
    """A run that was started, or a run in a list."""

    id: str = Field(examples=["exec_01K2ZT9Q6S8Y1D4M7N3B5C0R2V"])
    flow_id: str
    version: str
    status: Status
    created_at: str
    metadata: dict[str, Any]
    document_id: str
    completed_at: str | None = None
    cancelled_at: str | None = None
    error: ExecutionFailure | None = None


class Execution(ExecutionItem):
    """A run. ``progress`` is there until it has ended, ``output`` and ``metrics`` once it is completed."""

    progress: Progress | None = None
    output: Any = None
    metrics: Metrics | None = None
    artifacts: dict[str, Any] | None = Field(None, description="What each step gave, with its evidence (docs/api.md)")


class ExecutionList(Shape):
    """One page of the runs, newest first."""

    runs: list[ExecutionItem]
    total: int
    limit: int
    offset: int
