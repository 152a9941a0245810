"""What a document says: pages with one text each, and where its words, lines and tables stand.

Coordinates are points (1/72 inch) from the top left of the page as it is shown, rotation applied. Offsets
are code points within a page's text, end exclusive. Words are kept in columns (arrays), not objects: a
3,000-page document has millions of them.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple, overload


class Method(StrEnum):
    """How a page's text was come by."""

    BORN_DIGITAL = "born_digital_text"
    OCR = "ocr"
    MIXED = "born_digital_text_and_ocr"
    MARKUP = "markup"
    PLAIN = "plain_text"
    SHEET = "sheet"


class Box(NamedTuple):
    """A rectangle in points, top left origin; ``x0 <= x1`` and ``y0 <= y1``."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        """Points from left to right."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """Points from top to bottom."""
        return self.y1 - self.y0

    def covers(self, other: "Box", tolerance: float = 0.0) -> bool:
        """Whether ``other`` lies within this box, give or take ``tolerance`` points."""
        return (
            self.x0 <= other.x0 + tolerance
            and self.y0 <= other.y0 + tolerance
            and self.x1 >= other.x1 - tolerance
            and self.y1 >= other.y1 - tolerance
        )


def union(boxes: Sequence[Box]) -> Box:
    """The smallest box around ``boxes``, of which there must be at least one."""
    return Box(
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )


class Word(NamedTuple):
    """A run of characters without white space: its span in the page's text, and its box."""

    start: int
    end: int
    box: Box


class Words(Sequence[Word]):
    """The words of a page in text order, held as columns.

    ``starts`` and ``ends`` are arrays of typecode "I", ``boxes`` is an array of typecode "f" with four
    numbers a word.
    """

    __slots__ = ("boxes", "ends", "starts")

    def __init__(self, starts: "array[int]", ends: "array[int]", boxes: "array[float]") -> None:
        self.starts = starts
        self.ends = ends
        self.boxes = boxes

    @classmethod
    def of(cls, words: Sequence[Word]) -> "Words":
        """Columns from single words, which must be in text order and must not overlap."""
        return cls(
            array("I", [word.start for word in words]),
            array("I", [word.end for word in words]),
            array("f", [number for word in words for number in word.box]),
        )

    def __len__(self) -> int:
        return len(self.starts)

    @overload
    def __getitem__(self, index: int) -> Word: ...
    @overload
    def __getitem__(self, index: slice) -> list[Word]: ...
    def __getitem__(self, index: int | slice) -> Word | list[Word]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        if index < 0:
            index += len(self)
        return Word(self.starts[index], self.ends[index], self.box(index))

    def __iter__(self) -> Iterator[Word]:
        boxes = iter(self.boxes)
        corners = zip(boxes, boxes, boxes, boxes, strict=True)
        for start, end, corner in zip(self.starts, self.ends, corners, strict=True):
            yield Word(start, end, Box(*corner))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Words):
            return NotImplemented
        return (self.starts, self.ends, self.boxes) == (other.starts, other.ends, other.boxes)

    __hash__ = None  # type: ignore[assignment]

    def box(self, index: int) -> Box:
        """The box of word ``index``, without making the word."""
        return Box(*self.boxes[4 * index : 4 * index + 4])

    def touching(self, start: int, end: int) -> range:
        """The indexes of the words that share at least one character with ``[start, end)``."""
        return range(bisect_right(self.ends, start), bisect_left(self.starts, end))


class Line(NamedTuple):
    """A printed line: the words ``[first_word, end_word)`` of its page."""

    first_word: int
    end_word: int


class Span(NamedTuple):
    """Characters ``[start, end)`` of one page's text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Cell:
    """A table cell; its content is the text of its spans (one a printed line), joined by a line feed."""

    row: int
    column: int
    box: Box
    spans: tuple[Span, ...] = ()
    row_span: int = 1
    column_span: int = 1
    header: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table on one page. ``ruled`` tells whether drawn lines gave its cells. Rows and columns count from 0."""

    box: Box
    rows: int
    columns: int
    cells: tuple[Cell, ...]
    ruled: bool


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that could not be read, though the rest could: a stable code and a sentence for people."""

    code: str
    message: str
    page_index: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page as it is shown.

    ``text`` is its one canonical text: the words in reading order, one space between words of a line and a
    line feed between lines. ``quality`` is 0 to 1: how much of what is shown the text is believed to give.
    ``dpi`` is set where the page came from pixels. ``typeset`` marks a page that has no printed form of its
    own (markup, sheets, plain text): its boxes are where Evidoc's own even-spaced rendering puts the words.
    """

    index: int
    text: str
    width: float
    height: float
    method: Method
    words: Words
    lines: tuple[Line, ...]
    tables: tuple[Table, ...] = ()
    rotation: int = 0
    quality: float = 1.0
    dpi: float | None = None
    typeset: bool = False
    faults: tuple[Fault, ...] = ()

    def box_of(self, start: int, end: int) -> Box:
        """The box around all words that ``[start, end)`` touches. Raises ValueError where it touches none."""
        touched = self.words.touching(start, end)
        if not touched:
            raise ValueError(f"no word on page {self.index} between {start} and {end}")
        return union([self.words.box(index) for index in touched])

    def line_span(self, line: Line) -> Span:
        """The characters of a line."""
        return Span(self.words.starts[line.first_word], self.words.ends[line.end_word - 1])

    def cell_text(self, cell: Cell) -> str:
        """What a cell says."""
        return "\n".join(self.text[start:end] for start, end in cell.spans)


@dataclass(frozen=True, slots=True)
class FormField:
    """A filled-in form field; its value stands in the page's text at the span, where it is shown at all."""

    name: str
    value: str
    page_index: int | None = None
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file inside the document. ``data`` is kept only for XML that Evidoc reads itself; else it is empty."""

    name: str
    content_type: str
    size: int
    data: bytes = b""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a document says. ``pages`` may decode each page only when it is asked for."""

    pages: Sequence[Page]
    attachments: tuple[Attachment, ...] = ()
    form_fields: tuple[FormField, ...] = ()
    faults: tuple[Fault, ...] = ()
    properties: dict[str, str] = field(default_factory=dict)
