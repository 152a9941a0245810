"""What a server answers about workflows and flows, and about what they do. ``raw`` is the whole answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from evidoc_client.answers import Box, Entity, Failure, Source
from evidoc_client.decode import decode

ENDED = frozenset({"completed", "failed", "cancelled"})
"""The states that a run or an execution does not leave."""


def _raw() -> Any:
    return field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Workflow:
    """A workflow; ``definition`` and ``stats`` are absent in lists."""

    workflow_id: str
    name: str
    status: str
    version: int
    created_at: datetime
    updated_at: datetime
    description: str = ""
    definition: Mapping[str, Any] = field(default_factory=dict)
    stats: Mapping[str, Any] = field(default_factory=dict)
    raw: Mapping[str, Any] = _raw()


@dataclass(frozen=True, slots=True)
class Task:
    """Where one task of an execution stands; ``output`` depends on its type."""

    id: str
    type: str
    status: str
    attempts: int = 0
    duration_ms: int | None = None
    output: Mapping[str, Any] | None = field(default=None, repr=False)
    error: Failure | None = None


@dataclass(frozen=True, slots=True)
class Execution:
    """One execution of a workflow; ``tasks`` and ``result`` are absent in lists and before they are there."""

    execution_id: str
    workflow_id: str
    document_id: str
    status: str
    created_at: datetime
    updated_at: datetime
    duration_ms: int | None = None
    error: Failure | None = None
    tasks: tuple[Task, ...] = ()
    result: Mapping[str, Any] = field(default_factory=dict, repr=False)
    raw: Mapping[str, Any] = _raw()

    @property
    def final(self) -> bool:
        """Whether its status will not change any more."""
        return self.status in ENDED

    @property
    def entities(self) -> tuple[Entity, ...]:
        """The values that its tasks found, with their evidence."""
        return tuple(decode(Entity, item) for item in self.result.get("entities", ()))


@dataclass(frozen=True, slots=True)
class FlowNote:
    """Something about a definition, and where in it."""

    type: str
    path: str
    message: str


@dataclass(frozen=True, slots=True)
class Flow:
    """A flow. ``schema`` (JSON Schemas of input and output), ``config`` (what a document may be, what a page will cost)
    and ``versions`` are absent in lists; ``warnings`` are there when it was published.
    """

    id: str
    name: str
    version: str
    description: str = ""
    slug: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    versions: tuple[str, ...] = ()
    schema: Mapping[str, Any] = field(default_factory=dict, repr=False)
    config: Mapping[str, Any] = field(default_factory=dict, repr=False)
    warnings: tuple[FlowNote, ...] = ()
    raw: Mapping[str, Any] = _raw()


@dataclass(frozen=True, slots=True)
class FlowDefinition:
    """How a flow is defined; ``notation`` is "doclo-1.0.0" for the public format."""

    flow_id: str
    version: str
    notation: str
    definition: Mapping[str, Any]
    raw: Mapping[str, Any] = _raw()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: the step that is under way, and how much of all is done, 0 to 100."""

    step: str | None = None
    percentage: float = 0.0


@dataclass(frozen=True, slots=True)
class Metrics:
    """What a run took."""

    duration_ms: int | None = None
    page_count: int | None = None
    credits_used: float | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """Characters [char_start, char_end) of a page's text, and their box. Pages count from 0."""

    page_index: int
    char_start: int
    char_end: int
    quote: str
    box: Box | None = None
    method: str = ""


@dataclass(frozen=True, slots=True)
class Leaf:
    """How sure one scalar of an output is ("keep", "review" or "missing"), and where it stands."""

    verdict: str
    confidence: float
    reasons: tuple[str, ...] = ()
    value_raw: str | None = None
    value_normalized: str | None = None
    rule: str | None = None
    unit: str | None = None
    spans: tuple[Span, ...] = ()
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What the schema asks for and the document does not give, by JSON Pointer."""

    pointer: str
    reason: str


@dataclass(frozen=True, slots=True)
class Artifact:
    """What one step of a run gave. ``evidence`` answers for each scalar of ``value``, by JSON Pointer (RFC 6901)."""

    type: str
    value: Any = None
    evidence: Mapping[str, Leaf] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    raw: Mapping[str, Any] = _raw()


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a flow. ``status`` is "pending", "running", "completed", "failed" or "cancelled".

    ``output`` is what the flow gives; ``artifacts``, by step and only where included, what each step gave.
    """

    id: str
    flow_id: str
    status: str
    version: str = ""
    document_id: str | None = None
    created_at: datetime | None = None
    completed_at: datetime | None = None
    cancelled_at: datetime | None = None
    output: Any = field(default=None, repr=False)
    artifacts: Mapping[str, Artifact] = field(default_factory=dict, repr=False)
    metrics: Metrics | None = None
    progress: Progress | None = None
    error: Failure | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    raw: Mapping[str, Any] = _raw()

    @property
    def final(self) -> bool:
        """Whether its status will not change any more."""
        return self.status in ENDED

    @property
    def evidence(self) -> Mapping[str, Leaf]:
        """What answers for the values that any step gave, by JSON Pointer (only where artifacts are included)."""
        return {pointer: leaf for artifact in self.artifacts.values() for pointer, leaf in artifact.evidence.items()}


@dataclass(frozen=True, slots=True)
class CheckedFlow:
    """What a definition is worth: with ``errors`` it cannot be published."""

    valid: bool
    errors: tuple[FlowNote, ...] = ()
    warnings: tuple[FlowNote, ...] = ()
    raw: Mapping[str, Any] = _raw()


@dataclass(frozen=True, slots=True)
class Case:
    """What is known about one matter; ``features`` has decision, candidates and evidence by name."""

    case_id: str
    org_id: str = ""
    document_ids: tuple[str, ...] = ()
    features: Mapping[str, Any] = field(default_factory=dict, repr=False)
    raw: Mapping[str, Any] = _raw()


@dataclass(frozen=True, slots=True)
class CaseJob:
    """A document that was handed in for a case."""

    case_id: str
    doc_id: str
    job_id: str
    status: str
    idempotent_replay: bool = False
    raw: Mapping[str, Any] = _raw()


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """Something that happened to a case."""

    event_id: str
    event_type: str
    cursor: int
    created_at: datetime
    raw: Mapping[str, Any] = _raw()


@dataclass(frozen=True, slots=True)
class DeliveryAttempt:
    """One try: the receiver's HTTP status, or why there was none."""

    number: int
    at: datetime
    status: int | None = None
    error: str | None = None
    duration_ms: int = 0


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message to a webhook. ``status`` is "pending", "delivered" or "failed"; ``attempts`` is the number of tries.

    ``log``, every try, is absent in lists.
    """

    id: str
    run_id: str
    event: str
    url: str
    status: str
    attempts: int = 0
    created_at: datetime | None = None
    next_attempt_at: datetime | None = None
    delivered_at: datetime | None = None
    last_status: int | None = None
    last_error: str | None = None
    log: tuple[DeliveryAttempt, ...] = ()
    raw: Mapping[str, Any] = _raw()
