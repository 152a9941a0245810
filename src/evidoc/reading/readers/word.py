"""DOCX: the text of the body in order, tables with merged cells, headers, footers, notes and text boxes.

Element names are matched without their namespaces, because transitional and strict documents differ in
those only. Deleted text is left out, inserted text is kept, field codes are left out, their results kept.
"""

import re
from collections.abc import Iterable, Iterator
from io import BytesIO

from lxml import etree

from evidoc.kernel.errors import DocumentDamaged
from evidoc.kernel.reading import Method, Reading
from evidoc.reading.reader import Emit, Source
from evidoc.reading.typeset import GridCell, Typesetter
from evidoc.reading.zip_parts import ZipParts

_SKIPPED = frozenset({"del", "moveFrom", "instrText", "delText", "Fallback", "rPr", "pPr", "sectPr", "tblPr", "tcPr"})
_PAGE_BREAK = "\f"
_MAX_SPAN = 64


class WordReader:
    """Reads DOCX, transitional and strict."""

    def read(self, source: Source, emit: Emit) -> Reading:
        """Emit the typeset pages. Raises DocumentDamaged where there is no document part."""
        parts = ZipParts(BytesIO(source.data), source.limits.unpacked_bytes)
        main = _main_part(parts)
        root = parts.tree(main)
        if root is None:
            raise DocumentDamaged("The package holds no Word document")
        typesetter = Typesetter(emit, Method.MARKUP)
        folder = main.rpartition("/")[0]
        for name in _parts_called(parts, folder, "header"):
            _lay_blocks(_children(parts, name), typesetter)
        body = next((child for child in root if _name(child) == "body"), root)
        _lay_blocks(body, typesetter)
        for kind in ("footnotes", "endnotes", "footer"):
            for name in _parts_called(parts, folder, kind):
                _lay_blocks(_children(parts, name), typesetter)
        typesetter.finish()
        return Reading(pages=())


def _main_part(parts: ZipParts) -> str:
    relations = parts.tree("_rels/.rels")
    if relations is not None:
        for relation in relations:
            if relation.get("Type", "").endswith("/officeDocument"):
                return relation.get("Target", "").lstrip("/")
    return "word/document.xml"


def _parts_called(parts: ZipParts, folder: str, kind: str) -> list[str]:
    pattern = re.compile(rf"{re.escape(folder)}/{kind}\d*\.xml")
    return sorted(name for name in parts.names() if pattern.fullmatch(name))


def _children(parts: ZipParts, name: str) -> "Iterable[etree._Element]":
    root = parts.tree(name)
    return () if root is None else root


def _name(element: "etree._Element") -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _attribute(element: "etree._Element", name: str) -> str | None:
    return next((str(value) for key, value in element.attrib.items() if str(key).rpartition("}")[2] == name), None)


def _lay_blocks(elements: "Iterable[etree._Element]", typesetter: Typesetter) -> None:
    for element in elements:
        name = _name(element)
        if name == "p":
            _lay_paragraph(element, typesetter)
        elif name == "tbl":
            typesetter.gap()
            typesetter.table(list(_rows(element)))
            typesetter.gap()
        elif name not in _SKIPPED:
            _lay_blocks(element, typesetter)


def _lay_paragraph(paragraph: "etree._Element", typesetter: Typesetter) -> None:
    boxes: list[etree._Element] = []
    text = "".join(_text(paragraph, boxes))
    for index, piece in enumerate(text.split(_PAGE_BREAK)):
        if index:
            typesetter.page_break()
        for line in piece.split("\n"):
            if line.strip():
                typesetter.line(line.strip())
    for box in boxes:
        _lay_blocks(box, typesetter)


def _text(element: "etree._Element", boxes: "list[etree._Element]") -> Iterator[str]:
    """The text under ``element``; text boxes are put into ``boxes``, to be laid out on their own."""
    for child in element:
        name = _name(child)
        if name == "t":
            yield child.text or ""
        elif name == "tab":
            yield "    "
        elif name in ("br", "cr"):
            yield _PAGE_BREAK if _attribute(child, "type") == "page" else "\n"
        elif name == "lastRenderedPageBreak":
            yield _PAGE_BREAK
        elif name == "noBreakHyphen":
            yield "-"
        elif name == "txbxContent":
            boxes.append(child)
        elif name not in _SKIPPED:
            yield from _text(child, boxes)


def _rows(table: "etree._Element") -> Iterator[list[GridCell]]:
    rows = [_row_cells(row) for row in _descend(table, "tr")]
    for index, row in enumerate(rows):
        cells = []
        for column, span, merge, text, header in row:
            if merge == "continue":
                continue
            row_span = 1
            if merge == "restart":
                for below in rows[index + 1 :]:
                    if not any(c == column and m == "continue" for c, _, m, _, _ in below):
                        break
                    row_span += 1
            cells.append(GridCell(text, span, row_span, header))
        yield cells


def _row_cells(row: "etree._Element") -> list[tuple[int, int, str, str, bool]]:
    """Each cell of a row as (grid column, columns spanned, vertical merge or "", text, is header)."""
    properties = next((child for child in row if _name(child) == "trPr"), ())
    header = any(_name(item) == "tblHeader" for item in properties)
    cells = []
    column = 0
    for cell in _descend(row, "tc"):
        span, merge = 1, ""
        for item in next((child for child in cell if _name(child) == "tcPr"), ()):
            if _name(item) == "gridSpan":
                value = _attribute(item, "val") or "1"
                span = min(max(int(value), 1), _MAX_SPAN) if value.isdigit() and len(value) < 6 else 1
            elif _name(item) == "vMerge":
                merge = _attribute(item, "val") or "continue"
        cells.append((column, span, merge, _cell_text(cell), header))
        column += span
    return cells


def _descend(element: "etree._Element", wanted: str) -> "Iterator[etree._Element]":
    """The nearest descendants of that name: through content controls, not into nested tables."""
    for child in element:
        name = _name(child)
        if name == wanted:
            yield child
        elif name not in _SKIPPED and name not in ("tr", "tc", "p"):
            yield from _descend(child, wanted)


def _cell_text(cell: "etree._Element") -> str:
    lines = []
    for paragraph in cell.iter("{*}p"):
        boxes: list[etree._Element] = []
        lines.append("".join(_text(paragraph, boxes)).replace(_PAGE_BREAK, " ").strip())
    return "\n".join(line for line in lines if line)
