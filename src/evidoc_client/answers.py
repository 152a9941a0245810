"""What a server answers about documents and what stands in them.

Every object keeps the whole answer under ``raw``; fields that this version does not know are there. Positions are in
points (1/72 inch) from the top left of the page as it is shown. Confidences are from 0 to 1.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


def _raw() -> Any:
    return field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Location:
    """Characters [char_start, char_end) of a page's text, counted in Unicode code points."""

    char_start: int
    char_end: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a value stands: ``pages[page_index].text[char_start:char_end] == quote``. Pages count from 0."""

    page_index: int
    location: Location
    quote: str
    method: str
    box: Box | None = None
    evidence_id: str = ""
    doc_id: str = ""
    raw: Mapping[str, Any] = _raw()


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value stands that no page shows: in a file inside the document."""

    attachment: str
    path: str
    quote: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a row, as printed and as normalised."""

    value_raw: str
    value_normalized: str
    rule: str
    evidence: tuple[Evidence, ...] = ()
    unit: str | None = None
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Entity:
    """A value that was found. ``value`` is as printed; ``value_normalized`` follows from it by ``rule``.

    ``status`` is "keep", or "review" where a person should look. ``rows`` is for tables only. ``page`` counts from 1.
    """

    type: str
    value: Any
    value_raw: str
    value_normalized: str
    rule: str
    confidence: float
    status: str
    reasons: tuple[str, ...] = ()
    unit: str | None = None
    page: int | None = None
    position: Box | None = None
    evidence: tuple[Evidence, ...] = ()
    source: Source | None = None
    rows: tuple[Mapping[str, Cell], ...] | None = None
    raw: Mapping[str, Any] = _raw()


@dataclass(frozen=True, slots=True)
class Failure:
    """Why something failed. ``task_id`` (workflows) or ``step`` (flows) names where."""

    code: str
    message: str
    task_id: str | None = None
    step: str | None = None


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of document and how likely it is."""

    category: str
    confidence: float


@dataclass(frozen=True, slots=True)
class ProcessingResults:
    """What the server found by itself: all text, the values usual for the kind of document, its kind."""

    page_count: int
    text_content: str = field(repr=False)
    entities: tuple[Entity, ...] = ()
    classifications: tuple[Category, ...] = ()
    raw: Mapping[str, Any] = _raw()


@dataclass(frozen=True, slots=True)
class Document:
    """A document. ``status`` is "processing", "processed" or "failed"; ``size`` is in bytes."""

    document_id: str
    name: str
    content_type: str
    size: int
    status: str
    created_at: datetime
    updated_at: datetime
    sha256: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    page_count: int | None = None
    error: Failure | None = None
    processing_results: ProcessingResults | None = None
    raw: Mapping[str, Any] = _raw()

    @property
    def final(self) -> bool:
        """Whether its status will not change any more."""
        return self.status in ("processed", "failed")


@dataclass(frozen=True, slots=True)
class Entities:
    """What was found of what was asked for; ``missing`` names the rest."""

    document_id: str
    entities: tuple[Entity, ...]
    missing: tuple[str, ...] = ()
    raw: Mapping[str, Any] = _raw()

    def __getitem__(self, name: str) -> Entity:
        """The likeliest entity of that name. Raises KeyError."""
        for entity in self.entities:
            if entity.type == name:
                return entity
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class Classified:
    """The categories of a document, likeliest first."""

    document_id: str
    classifications: tuple[Category, ...]
    raw: Mapping[str, Any] = _raw()


@dataclass(frozen=True, slots=True)
class Summary:
    """A summary in the document's own sentences; ``evidence`` is where each stands."""

    document_id: str
    summary: str
    key_points: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    key_point_evidence: tuple[Evidence, ...] = ()
    raw: Mapping[str, Any] = _raw()


@dataclass(frozen=True, slots=True)
class Table:
    """A table; ``data`` is its text row by row, ``raw`` its cells with their places."""

    page_number: int
    page_index: int
    rows: int
    columns: int
    position: Box
    data: tuple[tuple[str, ...], ...]
    raw: Mapping[str, Any] = _raw()


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables of a document in reading order."""

    document_id: str
    tables: tuple[Table, ...]
    raw: Mapping[str, Any] = _raw()


@dataclass(frozen=True, slots=True)
class Page:
    """A page; ``text`` is its one canonical text, into which all evidence points."""

    page_index: int
    text: str = field(repr=False)
    width: float = 0.0
    height: float = 0.0
    rotation: int = 0
    method: str = ""
    quality: float = 0.0
    tables: tuple[Table, ...] = ()
    raw: Mapping[str, Any] = _raw()


@dataclass(frozen=True, slots=True)
class Text:
    """The text of a document, page by page; ``text`` is all of it, a form feed between pages."""

    document_id: str
    page_count: int
    pages: tuple[Page, ...]
    text: str = field(repr=False)
    raw: Mapping[str, Any] = _raw()
