"""What is wanted from a document, and what could be the answer: features, values, candidates, findings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from evidoc.kernel.reading import Box


class FeatureType(StrEnum):
    """The kinds of value that recognisers know."""

    TEXT = "text"
    DATE = "date"
    MONEY = "money"
    NUMBER = "number"
    PERCENT = "percent"
    IDENTIFIER = "identifier"
    ORGANIZATION = "organization"
    PERSON = "person"
    ADDRESS = "address"
    EMAIL = "email"
    PHONE = "phone"
    URL = "url"
    IBAN = "iban"
    BIC = "bic"
    VAT_ID = "vat_id"
    CURRENCY = "currency"
    COUNTRY = "country"
    DURATION = "duration"
    BOOLEAN = "boolean"
    TABLE = "table"
    PATTERN = "pattern"


@dataclass(frozen=True, slots=True)
class Feature:
    """A thing wanted from a document.

    ``labels`` are what may be printed beside it. ``pattern`` (type PATTERN only) is the caller's regular
    expression. ``columns`` (type TABLE only) are the column names of a row. ``many`` asks for every value.
    """

    name: str
    type: FeatureType
    labels: tuple[str, ...] = ()
    description: str = ""
    pattern: str | None = None
    columns: tuple[str, ...] = ()
    many: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a value stands: ``pages[page_index].text[char_start:char_end] == quote`` always holds.

    ``box`` (points from the top left of the page as shown) covers the words of the span; ``method`` is the
    page's method of reading.
    """

    page_index: int
    char_start: int
    char_end: int
    quote: str
    box: Box
    method: str


@dataclass(frozen=True, slots=True)
class AttachmentSource:
    """Where a value stands in a file inside the document (an e-invoice's XML): file name, XPath, raw text."""

    attachment: str
    path: str
    quote: str


@dataclass(frozen=True, slots=True)
class Value:
    """A value as written, as normalised, and the named rule of ``kernel.normalise`` that leads from one to the other.

    ``raw`` is the evidence quotes joined by a line feed (or the attachment's text). ``unit`` is an ISO 4217
    code for money where the document says it. A value with no evidence was not found on a page; then
    ``source`` says where else it stands.
    """

    raw: str
    normalized: str
    rule: str
    evidence: tuple[Evidence, ...] = ()
    unit: str | None = None
    source: AttachmentSource | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A value that could be the answer, with who proposed it and how well it fits.

    ``score`` is comparable within one finding only, larger is better; ``confidence`` is a probability once
    deciding has calibrated it (0 before). ``rows`` holds the rows of a TABLE feature (column name to value);
    ``value`` is then the whole table's span. ``signals`` are the named facts the score was made from.
    """

    candidate_id: str
    value: Value
    score: float
    proposed_by: str
    confidence: float = 0.0
    rows: tuple[Mapping[str, Value], ...] = ()
    signals: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """The candidates of one feature, best first."""

    feature: Feature
    candidates: tuple[Candidate, ...]
