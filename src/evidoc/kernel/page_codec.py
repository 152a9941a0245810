"""Pages and what surrounds them, as bytes: how a reading crosses a process wall and how it is kept.

A page is one JSON header, its text in UTF-8, then the three word columns as little-endian arrays, each
part preceded by its length. No pickle: the bytes may come from a process that opened a hostile document.
"""

import json
import struct
import sys
from array import array
from base64 import b64decode, b64encode
from typing import Any

from evidoc.kernel.reading import (
    Attachment,
    Box,
    Cell,
    Fault,
    FormField,
    Line,
    Method,
    Page,
    Reading,
    Span,
    Table,
    Words,
)

_LENGTHS = struct.Struct("<5I")


def encode_page(page: Page) -> bytes:
    """The bytes of one page."""
    header = {
        "index": page.index,
        "width": page.width,
        "height": page.height,
        "method": page.method,
        "lines": [number for line in page.lines for number in line],
        "tables": [_table_to_json(table) for table in page.tables],
        "rotation": page.rotation,
        "quality": page.quality,
        "dpi": page.dpi,
        "typeset": page.typeset,
        "faults": [_fault_to_json(fault) for fault in page.faults],
    }
    parts = (
        json.dumps(header, separators=(",", ":")).encode(),
        page.text.encode("utf-8", "surrogatepass"),
        _little_endian(page.words.starts),
        _little_endian(page.words.ends),
        _little_endian(page.words.boxes),
    )
    return b"".join((_LENGTHS.pack(*map(len, parts)), *parts))


def decode_page(data: bytes) -> Page:
    """The page that ``encode_page`` wrote. Raises ValueError for anything else."""
    try:
        lengths = _LENGTHS.unpack_from(data)
        if _LENGTHS.size + sum(lengths) != len(data):
            raise ValueError("page bytes have the wrong length")
        parts, offset = [], _LENGTHS.size
        for length in lengths:
            parts.append(data[offset : offset + length])
            offset += length
        header = json.loads(parts[0])
        words = Words(
            _from_little_endian("I", parts[2]),
            _from_little_endian("I", parts[3]),
            _from_little_endian("f", parts[4]),
        )
        if len(words.starts) != len(words.ends) or 4 * len(words.starts) != len(words.boxes):
            raise ValueError("word columns differ in length")
        numbers = iter(header["lines"])
        return Page(
            index=header["index"],
            text=parts[1].decode("utf-8", "surrogatepass"),
            width=header["width"],
            height=header["height"],
            method=Method(header["method"]),
            words=words,
            lines=tuple(Line(first, end) for first, end in zip(numbers, numbers, strict=True)),
            tables=tuple(_table_from_json(table) for table in header["tables"]),
            rotation=header["rotation"],
            quality=header["quality"],
            dpi=header["dpi"],
            typeset=header["typeset"],
            faults=tuple(Fault(*fault) for fault in header["faults"]),
        )
    except (struct.error, KeyError, TypeError, UnicodeDecodeError) as error:
        raise ValueError("not the bytes of a page") from error


def encode_frame(reading: Reading) -> bytes:
    """All of a reading but its pages."""
    return json.dumps(
        {
            "attachments": [
                [item.name, item.content_type, item.size, b64encode(item.data).decode()] for item in reading.attachments
            ],
            "form_fields": [[item.name, item.value, item.page_index, item.span] for item in reading.form_fields],
            "faults": [_fault_to_json(fault) for fault in reading.faults],
            "properties": reading.properties,
        },
        separators=(",", ":"),
    ).encode("utf-8", "surrogatepass")


def decode_frame(data: bytes) -> Reading:
    """What ``encode_frame`` wrote, with no pages yet. Raises ValueError for anything else."""
    try:
        frame = json.loads(data)
        return Reading(
            pages=(),
            attachments=tuple(
                Attachment(name, content_type, size, b64decode(content))
                for name, content_type, size, content in frame["attachments"]
            ),
            form_fields=tuple(
                FormField(name, value, page_index, Span(*span) if span else None)
                for name, value, page_index, span in frame["form_fields"]
            ),
            faults=tuple(Fault(*fault) for fault in frame["faults"]),
            properties=frame["properties"],
        )
    except (KeyError, TypeError) as error:
        raise ValueError("not the frame of a reading") from error


def _fault_to_json(fault: Fault) -> list[Any]:
    return [fault.code, fault.message, fault.page_index]


def _table_to_json(table: Table) -> dict[str, Any]:
    return {
        "box": table.box,
        "rows": table.rows,
        "columns": table.columns,
        "ruled": table.ruled,
        "cells": [
            [cell.row, cell.column, cell.box, cell.spans, cell.row_span, cell.column_span, int(cell.header)]
            for cell in table.cells
        ],
    }


def _table_from_json(table: dict[str, Any]) -> Table:
    return Table(
        box=Box(*table["box"]),
        rows=table["rows"],
        columns=table["columns"],
        ruled=table["ruled"],
        cells=tuple(
            Cell(row, column, Box(*box), tuple(Span(*span) for span in spans), row_span, column_span, bool(header))
            for row, column, box, spans, row_span, column_span, header in table["cells"]
        ),
    )


def _little_endian(column: "array[int] | array[float]") -> bytes:
    if sys.byteorder == "big":
        column = column[:]
        column.byteswap()
    return column.tobytes()


def _from_little_endian(typecode: str, data: bytes) -> "array[Any]":
    column: array[Any] = array(typecode)
    column.frombytes(data)
    if sys.byteorder == "big":
        column.byteswap()
    return column
