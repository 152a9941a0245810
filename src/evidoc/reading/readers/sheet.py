"""Sheets: XLSX workbooks (one page or more a sheet) and CSV files in any encoding and with any delimiter."""

import csv
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO, StringIO
from xml.etree.ElementTree import ParseError

import openpyxl
from defusedxml import DefusedXmlException
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from evidoc.kernel.errors import DocumentDamaged, DocumentTooComplex
from evidoc.kernel.reading import Method, Reading
from evidoc.reading.cell_format import shown_value
from evidoc.reading.encoding import decode_text
from evidoc.reading.reader import Emit, Source
from evidoc.reading.typeset import ROWS_A_TABLE, GridCell, Typesetter
from evidoc.reading.zip_parts import ZipParts

_DELIMITERS = ",;\t|"
_MAX_COLUMNS = 500
_MAX_CELLS = 2_000_000
_EMPTY_ROWS_APART = 1


class SheetReader:
    """Reads XLSX: the values as the workbook last computed and shows them."""

    def read(self, source: Source, emit: Emit) -> Reading:
        """Emit the typeset pages, each sheet on pages of its own, headed by its name where there are several."""
        data = bytes(source.data)
        _check_unpacked_size(data, source.limits.unpacked_bytes)
        try:
            workbook = openpyxl.load_workbook(BytesIO(data), read_only=True, data_only=True)
        except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, TypeError, ParseError) as error:
            if isinstance(error.__cause__ or error, DefusedXmlException):  # openpyxl tells some in its own words
                raise DocumentDamaged("The workbook declares XML entities, which workbooks never do") from error
            raise DocumentDamaged("The workbook cannot be opened") from error
        typesetter = Typesetter(emit, Method.SHEET, lines_a_page=ROWS_A_TABLE)
        try:
            for sheet in workbook.worksheets:
                if sheet.sheet_state != "visible":
                    continue
                if len(workbook.worksheets) > 1:
                    typesetter.line(sheet.title)
                for block in _blocks(_sheet_rows(sheet)):
                    _lay_block(block, typesetter)
                typesetter.page_break()
        except (zipfile.BadZipFile, KeyError, ValueError, TypeError, ParseError, EOFError) as error:
            raise DocumentDamaged("A sheet of the workbook cannot be read") from error
        finally:
            workbook.close()
        typesetter.finish()
        return Reading(pages=())


class CsvReader:
    """Reads CSV; the delimiter is the one that splits the first lines most evenly."""

    def read(self, source: Source, emit: Emit) -> Reading:
        """Emit the typeset pages, one table that goes on over them."""
        text, encoding = decode_text(bytes(source.data))
        delimiter = delimiter_of(text)
        csv.field_size_limit(1_000_000)
        typesetter = Typesetter(emit, Method.SHEET, lines_a_page=ROWS_A_TABLE)
        try:
            rows = [
                [cell.strip() for cell in row[:_MAX_COLUMNS]] for row in csv.reader(StringIO(text), delimiter=delimiter)
            ]
        except csv.Error as error:
            raise DocumentDamaged(f"The CSV cannot be read: {error}") from error
        for block in _blocks(rows):
            _lay_block(block, typesetter)
        typesetter.finish()
        return Reading(pages=(), properties={"encoding": encoding, "delimiter": delimiter})


def delimiter_of(text: str) -> str:
    """The delimiter under which most of the first lines have the same, largest number of fields.

    Where none parts even half of them alike, each line is one field: a unit separator, which does not occur.
    """
    sample = "\n".join(text[:65536].splitlines()[:50])

    def evenness(delimiter: str) -> tuple[float, int]:
        counts = [len(row) for row in csv.reader(StringIO(sample), delimiter=delimiter) if row]
        if not counts or max(counts) == 1:
            return (0.0, 0)
        usual = max(set(counts), key=counts.count)
        return (counts.count(usual) / len(counts) if usual > 1 else 0.0, usual)

    best = max(_DELIMITERS, key=evenness)
    return best if evenness(best)[0] >= 0.5 else "\x1f"


def _check_unpacked_size(data: bytes, limit: int) -> None:
    """Unpack each part once, counting, so that openpyxl never meets a bomb."""
    parts = ZipParts(BytesIO(data), limit)
    total = 0
    for name in parts.names():
        if name.endswith((".xml", ".rels")):
            total += len(parts.data(name))
            if total > limit:
                raise DocumentTooComplex(f"The workbook unpacks to more than {limit} bytes")


def _sheet_rows(sheet: ReadOnlyWorksheet) -> Iterator[list[str]]:
    sheet.reset_dimensions()  # what the file claims may be a million empty rows
    cells = 0
    for row in sheet.iter_rows():  # type: ignore[misc]
        cells += sum(cell.value is not None for cell in row)
        if cells > _MAX_CELLS:
            raise DocumentTooComplex(f"The workbook has more than {_MAX_CELLS} cells")
        yield ["" if cell.value is None else shown_value(cell.value, cell.number_format) for cell in row[:_MAX_COLUMNS]]


def _blocks(rows: Iterable[Sequence[str]]) -> Iterator[list[Sequence[str]]]:
    """Runs of rows; more than one empty row between two of them parts two tables."""
    block: list[Sequence[str]] = []
    empty = 0
    for row in rows:
        if not any(cell for cell in row):
            empty += 1
            continue
        if block and empty > _EMPTY_ROWS_APART:
            yield block
            block = []
        empty = 0
        block.append(row)
    if block:
        yield block


def _lay_block(rows: Sequence[Sequence[str]], typesetter: Typesetter) -> None:
    """A block as a table, without its empty columns; a block of one column is running lines."""
    used = [any(len(row) > column and row[column] for row in rows) for column in range(max(map(len, rows)))]
    columns = [column for column, is_used in enumerate(used) if is_used]
    trimmed = [[row[column] if column < len(row) else "" for column in columns] for row in rows]
    if len(columns) == 1:
        for (text,) in trimmed:
            typesetter.paragraph(text)
        return
    has_header = _is_header(trimmed)
    typesetter.table(
        [[GridCell(text, header=has_header and index == 0) for text in row] for index, row in enumerate(trimmed)]
    )
    typesetter.gap()


def _is_header(rows: Sequence[Sequence[str]]) -> bool:
    """A first row full of words over rows that hold figures, or over more rows at all."""
    first = rows[0]
    return len(rows) > 1 and all(first) and not any(any(c.isdigit() for c in cell[:1]) for cell in first)
