"""What was found in several files, for people, programs and spreadsheets.

A result is an object: ``file``, ``pages``, and ``entities`` and ``missing``, or, where a JSON Schema was given,
``value``, ``evidence`` (by JSON Pointer) and ``missing``, or ``error``.
"""

import csv
import io
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from evidoc.cli.show import show_entities, show_leaves

Result = Mapping[str, Any]


def _as_table(results: Sequence[Result]) -> str:
    buffer = io.StringIO()
    console = Console(file=buffer, force_terminal=sys.stdout.isatty(), width=None if sys.stdout.isatty() else 160)
    for index, result in enumerate(item for item in results if "error" not in item):
        if index:
            console.print()
        pages = "1 page" if result["pages"] == 1 else f"{result['pages']} pages"
        console.print(Text.assemble((result["file"], "bold"), f"  ({pages})"), soft_wrap=True)
        if "evidence" in result:
            show_leaves(console, result["evidence"], result["missing"])
        elif result["entities"] or result["missing"]:
            show_entities(console, result["entities"], result["missing"])
        else:
            console.print("Nothing is looked for in this kind of document; name what you want with --fields")
    return buffer.getvalue()


def _as_json(results: Sequence[Result]) -> str:
    return json.dumps(results, indent=2, ensure_ascii=False) + "\n"


def _as_csv(results: Sequence[Result]) -> str:
    """One line a value, so that no evidence is lost; a cell of a table of rows is a value too."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(
        ("file", "field", "value", "value_raw", "unit", "confidence", "status", "page", "x", "y", "width", "height")
    )
    for result in results:
        for pointer, leaf in result.get("evidence", {}).items():
            writer.writerow((result["file"], pointer, *_cells_of(leaf)))
        for entity in result.get("entities", ()):
            sure = (entity["confidence"], entity["status"])
            if "rows" not in entity:
                writer.writerow((result["file"], entity["type"], *_cells(entity, sure)))
                continue
            for number, row in enumerate(entity["rows"], 1):
                for column, cell in row.items():
                    writer.writerow((result["file"], f"{entity['type']}[{number}].{column}", *_cells(cell, sure)))
    return buffer.getvalue()


def _cells_of(leaf: Mapping[str, Any]) -> tuple[Any, ...]:
    place: tuple[Any, ...] = ("",) * 5
    if leaf.get("spans"):
        first = leaf["spans"][0]
        place = (first["pageIndex"] + 1, *(first["box"][side] for side in ("x", "y", "width", "height")))
    written = (leaf.get("valueNormalized", ""), leaf.get("valueRaw", ""), leaf.get("unit", ""))
    return (*written, leaf["confidence"], leaf["verdict"], *place)


def _cells(value: Mapping[str, Any], sure: tuple[float, str]) -> tuple[Any, ...]:
    place: tuple[Any, ...] = ("",) * 5
    if value["evidence"]:
        first = value["evidence"][0]
        place = (first["page_index"] + 1, *(first["box"][side] for side in ("x", "y", "width", "height")))
    return (value["value_normalized"], value["value_raw"], value.get("unit", ""), *sure, *place)


FORMATS: Mapping[str, Callable[[Sequence[Result]], str]] = {"table": _as_table, "json": _as_json, "csv": _as_csv}
