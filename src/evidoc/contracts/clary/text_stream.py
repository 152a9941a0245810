"""A whole reading as JSON, written page by page: a long document never stands in memory as one answer."""

import json
from collections.abc import Iterator
from typing import Any

from evidoc.contracts.clary.positions import tables_of
from evidoc.contracts.clary.render import PAGE_BREAK
from evidoc.kernel.reading import Page, Reading


def text_stream(document_id: str, reading: Reading, layout: bool, tables: bool) -> Iterator[bytes]:
    """The answer of extract-text, in pieces."""
    yield f'{{"document_id":{_json(document_id)},"page_count":{len(reading.pages)},"pages":['.encode()
    for index, page in enumerate(reading.pages):
        comma = "," if index else ""
        yield (comma + _json(page_json(page, layout, tables))).encode()
    yield b'],"text":"'
    for index, page in enumerate(reading.pages):
        text = page.text if index == 0 else PAGE_BREAK + page.text
        yield _json(text)[1:-1].encode()
    yield b'"}'


def page_json(page: Page, layout: bool, tables: bool) -> dict[str, Any]:
    """One page, with its lines and words, and its tables, where they are wanted."""
    given: dict[str, Any] = {
        "page_number": page.index + 1,
        "page_index": page.index,
        "text": page.text,
        "width": round(page.width, 3),
        "height": round(page.height, 3),
        "rotation": page.rotation,
        "method": str(page.method),
        "quality": round(page.quality, 4),
        "typeset": page.typeset,
    }
    if layout:
        given["layout"] = {
            "width": given["width"],
            "height": given["height"],
            "elements": list(_elements(page)),
        }
    if tables:
        given["tables"] = [table.model_dump(exclude_unset=True) for table in tables_of(page)]
    return given


def _elements(page: Page) -> Iterator[dict[str, Any]]:
    for line in page.lines:
        start, end = page.line_span(line)
        yield _element("line", page, start, end, page.box_of(start, end))
    for start, end, box in page.words:
        yield _element("word", page, start, end, box)


def _element(kind: str, page: Page, start: int, end: int, box: tuple[float, float, float, float]) -> dict[str, Any]:
    x, y = round(box[0], 3), round(box[1], 3)
    return {
        "type": kind,
        "text": page.text[start:end],
        "x": x,
        "y": y,
        "width": round(box[2] - x, 3),
        "height": round(box[3] - y, 3),
        "char_start": start,
        "char_end": end,
    }


def _json(value: Any) -> str:
    # ASCII only: whatever characters a document holds, the answer is JSON that every parser takes.
    return json.dumps(value, separators=(",", ":"))
