"""What the house keeps of each noun, as storing gives it to the floors above."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

from evidoc.kernel.principal import Scope

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Listing(Generic[T]):
    """One page of a list: ``total`` counts all that match, ``items`` are those from ``offset`` on."""

    items: tuple[T, ...]
    total: int
    limit: int
    offset: int


@dataclass(frozen=True, slots=True)
class Failure:
    """Why something ended badly, for people and programs; ``task_id`` where a task of a run is at fault."""

    code: str
    message: str
    task_id: str | None = None


class DocumentStatus(StrEnum):
    """How far a document has come."""

    PROCESSING = "processing"
    PROCESSED = "processed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """A received document. ``content_type`` is what the bytes are, not what was claimed."""

    document_id: str
    org_id: str
    name: str
    content_type: str
    size: int
    sha256: str
    status: DocumentStatus
    created_at: datetime
    updated_at: datetime
    metadata: Mapping[str, Any] = field(default_factory=dict)
    page_count: int | None = None
    failure: Failure | None = None


class FlowStatus(StrEnum):
    """Whether a flow may be run and its triggers fire."""

    ACTIVE = "active"
    INACTIVE = "inactive"


@dataclass(frozen=True, slots=True)
class FlowRecord:
    """A flow as its owner defined it; ``definition`` is kept and shown as given."""

    flow_id: str
    org_id: str
    name: str
    description: str
    definition: Mapping[str, Any]
    status: FlowStatus
    created_at: datetime
    updated_at: datetime
    version: int = 1


@dataclass(frozen=True, slots=True)
class FlowStats:
    """How a flow's runs ended so far; the average is over finished runs, None before the first."""

    total: int
    successful: int
    failed: int
    average_duration_ms: int | None


class RunStatus(StrEnum):
    """The life of a run. The last three are final."""

    PENDING = "pending"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class TaskStatus(StrEnum):
    """The life of one task of a run. SKIPPED: a task that it depends on failed."""

    PENDING = "pending"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One execution of a flow on a document, with the definition that it runs."""

    run_id: str
    org_id: str
    flow_id: str
    document_id: str
    status: RunStatus
    definition: Mapping[str, Any]
    created_at: datetime
    updated_at: datetime
    parameters: Mapping[str, Any] = field(default_factory=dict)
    flow_version: int = 1
    started_at: datetime | None = None
    finished_at: datetime | None = None
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class TaskRecord:
    """Where one task of a run stands. Its output is content: it lies in the document's own encrypted store."""

    run_id: str
    task_id: str
    task_type: str
    status: TaskStatus
    attempts: int = 0
    started_at: datetime | None = None
    finished_at: datetime | None = None
    failure: Failure | None = None
    has_output: bool = False


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """An API key as it may be shown: ``hint`` is its first characters; the secret itself is only hashed."""

    key_id: str
    org_id: str
    name: str
    hint: str
    scopes: frozenset[Scope]
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None
