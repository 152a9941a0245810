"""Text without a printed form comes in, pages on an even-spaced grid go out.

Every character takes a cell of 6 by 12 points (10 point Courier), so that a word has a box, and what
stands beside or below what is as true as on paper. See docs/decisions/0002.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from evidoc.kernel.reading import Box, Cell, Line, Method, Page, Span, Table, Word, Words, union

CHARACTER_WIDTH = 6.0
LINE_HEIGHT = 12.0
GLYPH_HEIGHT = 10.0
MARGIN = 36.0
MIN_PAGE_WIDTH, MIN_PAGE_HEIGHT = 595.0, 842.0

WRAP_AT = 100
CELL_WRAP_AT = 80
COLUMN_GAP = 3
LINES_A_PAGE = 120
ROWS_A_TABLE = 2000

_WORD = re.compile(r"\S+")
# What a font does not show, or what would turn the reading direction of all that follows.
_UNSHOWN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ud800-\udfff]"
)


def shown(text: str) -> str:
    """``text`` without the characters that no reader would see."""
    return _UNSHOWN.sub("", text)


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell of a table to be laid out; ``text`` may hold line feeds."""

    text: str
    column_span: int = 1
    row_span: int = 1
    header: bool = False


@dataclass
class _Sheet:
    """The page being filled."""

    pieces: list[str] = field(default_factory=list)
    length: int = 0
    words: list[Word] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    row: int = 0


class Typesetter:
    """Lays lines and tables out and emits each page as soon as it is full.

    ``lines_a_page`` ends a page of running text; tables go on until ROWS_A_TABLE.
    """

    def __init__(self, emit: Callable[[Page], None], method: Method, lines_a_page: int = LINES_A_PAGE) -> None:
        self._emit = emit
        self._method = method
        self._lines_a_page = lines_a_page
        self._sheet = _Sheet()
        self.page_index = 0

    def line(self, text: str, wrap_at: int = WRAP_AT) -> None:
        """One line, wrapped between words; runs of spaces inside it keep their width."""
        for piece in wrapped(shown(text).expandtabs(4), wrap_at):
            if self._sheet.row >= self._lines_a_page:
                self.page_break()
            self._place(piece, 0)
            self._end_line()

    def paragraph(self, text: str) -> None:
        """Running text: line feeds end lines, other white space is one space."""
        for line in text.split("\n"):
            self.line(" ".join(line.split()))

    def gap(self) -> None:
        """An empty row, as between paragraphs; the text itself gets no empty line."""
        if self._sheet.words:
            self._sheet.row += 1

    def table(self, rows: Sequence[Sequence[GridCell]]) -> None:
        """A table; a row may be shorter than the others. More than ROWS_A_TABLE rows go on over the next pages."""
        for start in range(0, len(rows), ROWS_A_TABLE):
            if self._sheet.row and self._sheet.row + len(rows) > self._lines_a_page:
                self.page_break()
            self._lay_table(rows[start : start + ROWS_A_TABLE])

    def page_break(self) -> None:
        """End the page, if anything stands on it."""
        sheet = self._sheet
        self._sheet = _Sheet()
        if not sheet.words:
            return
        outline = union([word.box for word in sheet.words])
        page = Page(
            index=self.page_index,
            text="".join(sheet.pieces),
            width=max(MIN_PAGE_WIDTH, outline.x1 + MARGIN),
            height=max(MIN_PAGE_HEIGHT, outline.y1 + MARGIN),
            method=self._method,
            words=Words.of(sheet.words),
            lines=tuple(sheet.lines),
            tables=tuple(sheet.tables),
            typeset=True,
        )
        self.page_index += 1
        self._emit(page)

    def finish(self) -> None:
        """Emit the last page. A document with no text at all gets one empty page."""
        self.page_break()
        if self.page_index == 0:
            self.page_index = 1
            empty = Words.of([])
            self._emit(Page(0, "", MIN_PAGE_WIDTH, MIN_PAGE_HEIGHT, self._method, empty, (), typeset=True))

    def _place(self, text: str, column: int) -> Span | None:
        """Put the words of ``text`` on the present row from ``column`` on; their span, if there are any."""
        sheet = self._sheet
        first = len(sheet.words)
        for match in _WORD.finditer(text):
            if sheet.words:
                starts_line = not sheet.lines or sheet.lines[-1].end_word == len(sheet.words)
                self._write("\n" if starts_line and sheet.lines else " ")
            x0 = MARGIN + (column + match.start()) * CHARACTER_WIDTH
            y0 = MARGIN + sheet.row * LINE_HEIGHT
            box = Box(x0, y0, x0 + len(match[0]) * CHARACTER_WIDTH, y0 + GLYPH_HEIGHT)
            sheet.words.append(Word(sheet.length, sheet.length + len(match[0]), box))
            self._write(match[0])
        if len(sheet.words) == first:
            return None
        return Span(sheet.words[first].start, sheet.words[-1].end)

    def _write(self, text: str) -> None:
        self._sheet.pieces.append(text)
        self._sheet.length += len(text)

    def _end_line(self) -> None:
        sheet = self._sheet
        first = sheet.lines[-1].end_word if sheet.lines else 0
        if len(sheet.words) > first:
            sheet.lines.append(Line(first, len(sheet.words)))
        sheet.row += 1

    def _lay_table(self, rows: Sequence[Sequence[GridCell]]) -> None:
        grid = _Grid.of(rows)
        top = self._sheet.row
        first_word = len(self._sheet.words)
        cells = []
        for row_index, placed in enumerate(grid.rows):
            row_top = self._sheet.row
            height = max((len(cell.lines) for cell in placed), default=0) or 1
            spans: dict[int, list[Span]] = {cell.column: [] for cell in placed}
            for line_index in range(height):
                for cell in placed:
                    if line_index < len(cell.lines):
                        span = self._place(cell.lines[line_index], grid.offsets[cell.column])
                        if span:
                            spans[cell.column].append(span)
                self._end_line()
            for cell in placed:
                end_column = min(cell.column + cell.source.column_span, grid.columns)
                box = grid.box(cell.column, end_column, row_top, row_top + height)
                cells.append(
                    Cell(
                        row=row_index,
                        column=cell.column,
                        box=box,
                        spans=tuple(spans[cell.column]),
                        row_span=min(cell.source.row_span, len(grid.rows) - row_index),
                        column_span=end_column - cell.column,
                        header=cell.source.header,
                    )
                )
        if len(self._sheet.words) > first_word:
            outline = grid.box(0, grid.columns, top, self._sheet.row)
            self._sheet.tables.append(Table(outline, len(grid.rows), grid.columns, tuple(cells), ruled=True))


@dataclass(frozen=True, slots=True)
class _PlacedCell:
    column: int
    source: GridCell
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Grid:
    """Cells with their columns (spans over rows and columns worked in) and where each column begins."""

    rows: tuple[tuple[_PlacedCell, ...], ...]
    columns: int
    offsets: tuple[int, ...]

    @classmethod
    def of(cls, rows: Sequence[Sequence[GridCell]]) -> "_Grid":
        taken: dict[int, int] = {}
        placed_rows: list[tuple[_PlacedCell, ...]] = []
        columns = 1
        for row in rows:
            placed: list[_PlacedCell] = []
            column = 0
            for cell in row:
                while taken.get(column, 0):
                    column += 1
                placed.append(_PlacedCell(column, cell, tuple(_cell_lines(cell.text))))
                for spanned in range(column, column + cell.column_span):
                    taken[spanned] = cell.row_span
                column += cell.column_span
            columns = max(columns, column)
            taken = {spanned: left - 1 for spanned, left in taken.items() if left > 1}
            placed_rows.append(tuple(placed))
        widths = _column_widths([cell for row_cells in placed_rows for cell in row_cells], columns)
        offsets = [0]
        for width in widths:
            offsets.append(offsets[-1] + width + COLUMN_GAP)
        return cls(tuple(placed_rows), columns, tuple(offsets))

    def box(self, first_column: int, end_column: int, top: int, bottom: int) -> Box:
        return Box(
            MARGIN + self.offsets[first_column] * CHARACTER_WIDTH,
            MARGIN + top * LINE_HEIGHT,
            MARGIN + (self.offsets[end_column] - COLUMN_GAP) * CHARACTER_WIDTH,
            MARGIN + bottom * LINE_HEIGHT,
        )


def _column_widths(cells: Sequence[_PlacedCell], columns: int) -> list[int]:
    """Characters a column needs; a cell over several columns widens the last of them where it does not fit."""
    widths = [1] * columns
    for cell in sorted(cells, key=lambda cell: cell.source.column_span):
        last = cell.column + cell.source.column_span - 1
        room = sum(widths[cell.column : last]) + COLUMN_GAP * (last - cell.column)
        widths[last] = max(widths[last], max(map(len, cell.lines), default=0) - room)
    return widths


def _cell_lines(text: str) -> list[str]:
    return [
        piece for line in shown(text).split("\n") for piece in wrapped(" ".join(line.split()), CELL_WRAP_AT) if piece
    ]


def wrapped(text: str, width: int) -> list[str]:
    """``text`` in lines of at most ``width`` characters, broken at spaces; only a longer word is cut itself.

    Not ``textwrap``: runs of spaces inside a line must keep their width, and it is quadratic on one huge word.
    """
    if len(text) <= width:
        return [text]
    lines: list[str] = []
    start = end = 0
    for match in _WORD.finditer(text):
        if match.end() - start > width and end > start:
            lines.append(text[start:end])
            start = match.start()
        while match.end() - start > width:
            lines.append(text[start : start + width])
            start += width
        end = match.end()
    if end > start:
        lines.append(text[start:end])
    return lines or [""]
