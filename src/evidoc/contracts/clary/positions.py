"""Boxes, evidence and tables as the Clary contract shows them."""

import hashlib
from collections.abc import Iterable, Sequence

from evidoc.contracts import boxes
from evidoc.contracts.clary import shapes
from evidoc.kernel.finding import Evidence
from evidoc.kernel.output import FoundTable
from evidoc.kernel.reading import Box, Cell, Page, Table, union


def around(box: Box) -> shapes.Position:
    """A box, rounded outwards."""
    return shapes.Position(**boxes.around(box))


def evidence_of(document_id: str, found: Iterable[Evidence]) -> list[shapes.Evidence]:
    """Evidence in the shape of the Klarefi page, and its box."""
    return [
        shapes.Evidence(
            evidence_id=_evidence_id(document_id, item),
            doc_id=document_id,
            page_index=item.page_index,
            location=shapes.Location(char_start=item.char_start, char_end=item.char_end),
            quote=item.quote,
            method=str(item.method),
            box=around(item.box),
        )
        for item in found
    ]


def first_place(found: Sequence[Evidence]) -> tuple[int, shapes.Position] | None:
    """The page (from 1) that evidence begins on, and the box around all of it on that page."""
    if not found:
        return None
    index = found[0].page_index
    return index + 1, around(union([item.box for item in found if item.page_index == index]))


def tables_of(page: Page) -> list[shapes.Table]:
    """The tables of a page."""
    return [_table_of(page, table) for table in page.tables]


def found_table(table: FoundTable) -> shapes.Table:
    """A table as analysis gives it."""
    cells = [
        shapes.TableCell(
            row=cell.row,
            column=cell.column,
            text=cell.text,
            position=around(cell.box),
            row_span=cell.row_span,
            column_span=cell.column_span,
            header=cell.header,
        )
        for cell in table.cells
    ]
    return _table(table.page_index, table, cells)


def _table_of(page: Page, table: Table) -> shapes.Table:
    return _table(page.index, table, [_cell_of(page, cell) for cell in table.cells])


def _cell_of(page: Page, cell: Cell) -> shapes.TableCell:
    return shapes.TableCell(
        row=cell.row,
        column=cell.column,
        text=page.cell_text(cell),
        position=around(cell.box),
        row_span=cell.row_span,
        column_span=cell.column_span,
        header=cell.header,
        spans=[shapes.Location(char_start=start, char_end=end) for start, end in cell.spans],
    )


def _table(page_index: int, table: Table | FoundTable, cells: list[shapes.TableCell]) -> shapes.Table:
    data = [[""] * table.columns for _ in range(table.rows)]
    for cell in cells:
        data[cell.row][cell.column] = cell.text
    return shapes.Table(
        page_number=page_index + 1,
        page_index=page_index,
        rows=table.rows,
        columns=table.columns,
        position=around(table.box),
        ruled=table.ruled,
        data=data,
        cells=cells,
    )


def _evidence_id(document_id: str, item: Evidence) -> str:
    place = f"{document_id}:{item.page_index}:{item.char_start}:{item.char_end}"
    return f"ev_{hashlib.sha256(place.encode()).hexdigest()[:16]}"
