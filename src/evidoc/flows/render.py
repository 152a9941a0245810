"""A reading as a task's output: pages of text, one text, Markdown, tables. Bounded, so that an output stays small."""

from collections.abc import Iterator

from evidoc.kernel.output import FoundTable, TableCell, TablesOutput, TextOutput, TextPage
from evidoc.kernel.reading import Page, Reading, Table

MOST_CHARACTERS = 2_000_000
"""How much text an output may hold; all of it is in the reading."""

MOST_CELLS = 100_000
"""How many table cells an output may hold."""


def text_output(reading: Reading, style: str) -> TextOutput:
    """The text as ``style`` says: json (page by page), text (pages parted by a form feed) or markdown."""
    pages, left, truncated = [], MOST_CHARACTERS, False
    for page in reading.pages:
        text = markdown(page) if style == "markdown" else page.text
        pages.append(TextPage(page.index, text[:left], page.method))
        truncated = len(text) > left
        left -= len(text)
        if left <= 0:
            truncated = truncated or len(pages) < len(reading.pages)
            break
    count = len(reading.pages)
    if style == "json":
        return TextOutput(style, count, pages=tuple(pages), truncated=truncated)
    joint = "\n\n" if style == "markdown" else "\f"
    return TextOutput(style, count, text=joint.join(page.text for page in pages), truncated=truncated)


def tables_output(reading: Reading, least_rows: int = 1, least_columns: int = 1) -> TablesOutput:
    """The tables that have at least so many rows and columns, in reading order."""
    found: list[FoundTable] = []
    left = MOST_CELLS
    for table in found_tables(reading):
        if table.rows < least_rows or table.columns < least_columns:
            continue
        left -= len(table.cells)
        if left < 0:
            return TablesOutput(tuple(found), truncated=True)
        found.append(table)
    return TablesOutput(tuple(found))


def found_tables(reading: Reading) -> Iterator[FoundTable]:
    """Every table with the text of its cells."""
    for page in reading.pages:
        for table in page.tables:
            yield FoundTable(
                page_index=page.index,
                rows=table.rows,
                columns=table.columns,
                box=table.box,
                cells=tuple(
                    TableCell(
                        cell.row,
                        cell.column,
                        page.cell_text(cell),
                        cell.box,
                        cell.row_span,
                        cell.column_span,
                        cell.header,
                    )
                    for cell in table.cells
                ),
                ruled=table.ruled,
            )


def markdown(page: Page) -> str:
    """A page's lines, with each table in place of the lines that stand in it."""
    parts: list[str] = []
    shown: set[int] = set()
    for line in page.lines:
        start, end = page.line_span(line)
        inside = _table_around(page, start)
        if inside is None:
            parts.append(page.text[start:end])
        elif inside not in shown:
            shown.add(inside)
            parts.append(f"\n{_pipes(page, page.tables[inside])}\n")
    return "\n".join(parts).strip("\n")


def _table_around(page: Page, character: int) -> int | None:
    for index, table in enumerate(page.tables):
        if any(start <= character < end for cell in table.cells for start, end in cell.spans):
            return index
    return None


def _pipes(page: Page, table: Table) -> str:
    grid = [[""] * table.columns for _ in range(table.rows)]
    for cell in table.cells:
        text = page.cell_text(cell).replace("\n", " ").replace("|", "\\|")
        grid[cell.row][cell.column] = text
    rows = [f"| {' | '.join(row)} |" for row in grid]
    return "\n".join([rows[0], f"|{' --- |' * table.columns}", *rows[1:]])
