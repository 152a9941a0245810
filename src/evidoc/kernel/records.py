"""What the house keeps of each noun, as storing gives it to the floors above."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

from evidoc.kernel.principal import Environment, Scope

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
    run_id: str | None = None
    """The run that it was handed in for; until that has ended, the document is processed by nobody else."""


class FlowStatus(StrEnum):
    """Whether a flow may be run and its triggers fire."""

    ACTIVE = "active"
    INACTIVE = "inactive"


@dataclass(frozen=True, slots=True)
class FlowRecord:
    """A flow as its owner defined it; ``definition`` is kept and shown as given.

    ``source`` is what ``definition`` was made from where that was written in another ``notation`` than our own
    ("tasks"). ``slug`` is its name in addresses, unique in its organisation.
    """

    flow_id: str
    org_id: str
    name: str
    description: str
    definition: Mapping[str, Any]
    status: FlowStatus
    created_at: datetime
    updated_at: datetime
    version: int = 1
    slug: str | None = None
    notation: str = "tasks"
    source: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class FlowVersion:
    """What a flow was at one version; it never changes."""

    flow_id: str
    org_id: str
    version: int
    definition: Mapping[str, Any]
    created_at: datetime
    notation: str = "tasks"
    source: Mapping[str, Any] | None = None


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
    """The life of one task of a run. SKIPPED: what it depends on failed, or it was not wanted."""

    PENDING = "pending"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Webhook:
    """Who wants to hear how a run ended. ``secret`` is sealed; None for the organisation's own.

    ``contract`` names the contract in whose shape the message is written.
    """

    url: str
    contract: str
    secret: bytes | None = None


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One execution of a flow on a document, with the definition that it runs.

    A run that a task of another run started has that run as ``parent_run_id`` and stands ``depth`` levels below the
    first. ``pages`` are the first and last page (from 0, both included) that it works on; None for all.
    ``credits_per_page`` is what it will cost, ``credits_used`` what it did cost.
    """

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
    metadata: Mapping[str, Any] = field(default_factory=dict)
    parent_run_id: str | None = None
    depth: int = 0
    pages: tuple[int, int] | None = None
    webhook: Webhook | None = None
    credits_per_page: int = 0
    credits_used: int | None = None
    page_count: int | None = None


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
    environment: Environment = Environment.LIVE


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation. ``requests_per_minute`` is None for the server's setting.

    ``credits`` is what it may still spend, ``held`` what runs under way may come to cost; both count only where
    ``credits_limited``.
    """

    org_id: str
    name: str
    created_at: datetime
    requests_per_minute: int | None = None
    credits_limited: bool = False
    credits: int = 0
    held: int = 0


class CreditKind(StrEnum):
    """Why credits moved.

    GRANT and CHARGE change the balance. USAGE tells what a run cost while its organisation had no limit; HOLD what
    a run under way may come to cost, and goes when the run ends.
    """

    GRANT = "grant"
    CHARGE = "charge"
    USAGE = "usage"
    HOLD = "hold"


@dataclass(frozen=True, slots=True)
class CreditEntry:
    """One line of an organisation's credits: ``amount`` is positive for a grant, negative for what a run cost."""

    entry_id: str
    org_id: str
    kind: CreditKind
    amount: int
    balance: int
    created_at: datetime
    run_id: str | None = None
    note: str | None = None


class DeliveryStatus(StrEnum):
    """The life of a webhook message. FAILED: its schedule of tries is used up, or the receiver said Gone."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message that is to reach a webhook; the same id on every try.

    ``attempts`` counts all tries, ``tries`` those since its schedule began, or began anew by a replay.
    """

    delivery_id: str
    org_id: str
    run_id: str
    event: str
    webhook: Webhook
    status: DeliveryStatus
    created_at: datetime
    attempts: int = 0
    tries: int = 0
    next_attempt_at: datetime | None = None
    delivered_at: datetime | None = None
    last_status: int | None = None
    last_error: str | None = None


@dataclass(frozen=True, slots=True)
class DeliveryAttempt:
    """One try: the receiver's HTTP status, or why there was none."""

    delivery_id: str
    number: int
    at: datetime
    status: int | None
    error: str | None
    duration_ms: int
