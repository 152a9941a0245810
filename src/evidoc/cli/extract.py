"""`evidoc extract`: the main job, here without a server or on one."""

import csv
import io
import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import track
from rich.text import Text

from evidoc.cli.options import elsewhere_options
from evidoc.cli.read import refuse_password
from evidoc.cli.show import show_entities
from evidoc.cli.talk import handed_in, talking
from evidoc.cli.wanted import Wanted, wanted_of
from evidoc.contracts.clary.entities import entities_of, missing_of
from evidoc.kernel.errors import EvidocError, InvalidRequest, Unavailable
from evidoc.server.desk import Desk, open_desk
from evidoc.server.settings import load
from evidoc_client import (
    Client,
    DocumentFailed,
    DocumentUnreadable,
    RequestTooLarge,
    UnsupportedDocument,
)

Result = Mapping[str, Any]


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--fields", help="What to find, by name, separated by commas. [default: what is usual for the document]")
@click.option(
    "--schema",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A YAML or JSON file that describes what to find: name, type, labels, description, pattern, columns.",
)
@click.option(
    "--format", "style", type=click.Choice(["table", "json", "csv"]), default="table", help="[default: table]"
)
@click.option("--json", "style", flag_value="json", help="The same as --format json.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file instead.")
@click.option("--password", help="The password of an encrypted document.")
@elsewhere_options
def extract(
    files: tuple[Path, ...],
    fields: str | None,
    schema: Path | None,
    style: str,
    out: Path | None,
    password: str | None,
    server: str | None,
    key: str | None,
    keep: bool,
) -> None:
    """Find values in FILES, each with its confidence, page, quote and box. Nothing is kept, nothing leaves the machine.

    With --server, that server does it instead. Exits with 1 if any file could not be read; the others are still shown.

    \b
    Examples:
      evidoc extract invoice.pdf
      evidoc extract invoice.pdf --fields invoice_number,total_amount,line_items
      evidoc extract *.pdf --schema features.yaml --format csv --out values.csv
      evidoc extract invoice.pdf --server https://documents.example --key KEY
    """
    wanted = wanted_of(fields, schema)
    if server is None:
        with open_desk(load()) as desk:
            results = [_extract_here(desk, file, wanted, password) for file in _with_progress(files)]
    else:
        refuse_password(password)
        with talking(server, key) as client:
            results = [_extract_there(client, file, wanted, keep) for file in _with_progress(files)]
    text = _FORMATS[style](results)
    if out is not None:
        out.write_text(text, encoding="utf-8")
    else:
        click.echo(text, nl=False)
    failed = [result for result in results if "error" in result]
    for result in failed:
        click.echo(f"{result['file']}: {result['error']['message']}", err=True)
    sys.exit(1 if failed else 0)


def _extract_here(desk: Desk, file: Path, wanted: Wanted | None, password: str | None) -> Result:
    try:
        reading = desk.read(file, password)
        if wanted is None:
            understood = desk.understand(reading)
            decisions = understood.decisions
        else:
            decisions = desk.find(reading, wanted)
    except (InvalidRequest, Unavailable):
        raise
    except EvidocError as error:
        return {"file": str(file), "error": {"code": error.code, "message": error.message}}
    return {
        "file": str(file),
        "pages": len(reading.pages),
        "entities": [item.model_dump(exclude_unset=True) for item in entities_of(file.name, decisions)],
        "missing": missing_of(decisions),
    }


def _extract_there(client: Client, file: Path, wanted: Wanted | None, keep: bool) -> Result:
    if not file.is_file():
        return {"file": str(file), "error": {"code": "not_found", "message": f"There is no file {file}"}}
    try:
        with handed_in(client, file, keep) as document:
            found = client.analysis.entities(document.document_id, wanted or ())
    except (DocumentFailed, DocumentUnreadable, UnsupportedDocument, RequestTooLarge) as error:
        return {"file": str(file), "error": {"code": error.code, "message": error.message}}
    return {
        "file": str(file),
        "pages": document.page_count or 0,
        "entities": [entity.raw for entity in found.entities],
        "missing": list(found.missing),
    }


def _with_progress(files: Sequence[Path]) -> Iterable[Path]:
    console = Console(stderr=True)
    if len(files) < 2 or not console.is_terminal:
        return files
    return track(files, "Reading", console=console, transient=True)


def _as_table(results: Sequence[Result]) -> str:
    buffer = io.StringIO()
    console = Console(file=buffer, force_terminal=sys.stdout.isatty(), width=None if sys.stdout.isatty() else 160)
    for index, result in enumerate(item for item in results if "error" not in item):
        if index:
            console.print()
        pages = "1 page" if result["pages"] == 1 else f"{result['pages']} pages"
        console.print(Text.assemble((result["file"], "bold"), f"  ({pages})"), soft_wrap=True)
        if result["entities"] or result["missing"]:
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
        for entity in result.get("entities", ()):
            sure = (entity["confidence"], entity["status"])
            if "rows" not in entity:
                writer.writerow((result["file"], entity["type"], *_cells(entity, sure)))
                continue
            for number, row in enumerate(entity["rows"], 1):
                for column, cell in row.items():
                    writer.writerow((result["file"], f"{entity['type']}[{number}].{column}", *_cells(cell, sure)))
    return buffer.getvalue()


def _cells(value: Mapping[str, Any], sure: tuple[float, str]) -> tuple[Any, ...]:
    place: tuple[Any, ...] = ("",) * 5
    if value["evidence"]:
        first = value["evidence"][0]
        place = (first["page_index"] + 1, *(first["box"][side] for side in ("x", "y", "width", "height")))
    return (value["value_normalized"], value["value_raw"], value.get("unit", ""), *sure, *place)


_FORMATS: Mapping[str, Callable[[Sequence[Result]], str]] = {"table": _as_table, "json": _as_json, "csv": _as_csv}
