"""`evidoc extract`: the main job, here without a server or on one."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import track

from evidoc.cli.options import elsewhere_options
from evidoc.cli.read import refuse_password
from evidoc.cli.results import FORMATS, Result
from evidoc.cli.talk import handed_in, talking
from evidoc.cli.wanted import Wanted, json_schema_of, wanted_of
from evidoc.contracts.clary.entities import entities_of, missing_of
from evidoc.contracts.doclo.artifacts import artifact_of
from evidoc.flows.schema.ask import ask_for_value
from evidoc.flows.schema.check import plain_schema
from evidoc.kernel.errors import EvidocError, InvalidRequest, Unavailable
from evidoc.kernel.reading import Reading
from evidoc.server.desk import Desk, open_desk
from evidoc.server.settings import load
from evidoc_client import (
    Artifact,
    Client,
    DocumentFailed,
    DocumentUnreadable,
    RequestTooLarge,
    RunFailed,
    UnsupportedDocument,
)

Asked = Wanted | Mapping[str, Any] | None
"""Names and descriptions; or a JSON Schema; or what is usual for the kind of document."""


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--fields", help="What to find, by name, separated by commas. [default: what is usual for the document]")
@click.option(
    "--schema",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A YAML or JSON file: a list that describes what to find (name, type, labels, description, pattern, columns), "
    "or a JSON Schema that the values shall fit.",
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
    shape = json_schema_of(schema)
    if shape is not None and fields is not None:
        raise click.UsageError("A JSON Schema says what to find; leave --fields out")
    wanted = shape if shape is not None else wanted_of(fields, schema)
    if server is None:
        with open_desk(load()) as desk:
            results = [_extract_here(desk, file, wanted, password) for file in _with_progress(files)]
    else:
        refuse_password(password)
        with talking(server, key) as client:
            results = [_extract_there(client, file, wanted, keep) for file in _with_progress(files)]
    text = FORMATS[style](results)
    if out is not None:
        out.write_text(text, encoding="utf-8")
    else:
        click.echo(text, nl=False)
    failed = [result for result in results if "error" in result]
    for result in failed:
        click.echo(f"{result['file']}: {result['error']['message']}", err=True)
    sys.exit(1 if failed else 0)


def _extract_here(desk: Desk, file: Path, wanted: Asked, password: str | None) -> Result:
    try:
        reading = desk.read(file, password)
        if isinstance(wanted, Mapping):
            return {"file": str(file), "pages": len(reading.pages), **_fitting(desk, reading, wanted)}
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


def _fitting(desk: Desk, reading: Reading, schema: Mapping[str, Any]) -> Result:
    found = artifact_of(ask_for_value(desk.understander, reading, plain_schema(schema)))
    return {name: found[name] for name in ("value", "evidence", "missing")}


def _extract_there(client: Client, file: Path, wanted: Asked, keep: bool) -> Result:
    if not file.is_file():
        return {"file": str(file), "error": {"code": "not_found", "message": f"There is no file {file}"}}
    try:
        if isinstance(wanted, Mapping):
            return {"file": str(file), **_fitting_there(client, file, wanted, keep)}
        with handed_in(client, file, keep) as document:
            found = client.analysis.entities(document.document_id, wanted or ())
    except (DocumentFailed, RunFailed, DocumentUnreadable, UnsupportedDocument, RequestTooLarge) as error:
        return {"file": str(file), "error": {"code": error.code, "message": error.message}}
    return {
        "file": str(file),
        "pages": document.page_count or 0,
        "entities": [entity.raw for entity in found.entities],
        "missing": list(found.missing),
    }


def _fitting_there(client: Client, file: Path, schema: Mapping[str, Any], keep: bool) -> Result:
    document_id = None
    try:
        found = client.extract(file, schema=schema)
        document_id, run = found.document_id, found.run
    except RunFailed as error:
        document_id = error.run.document_id
        raise
    finally:
        if document_id is not None and not keep:
            client.documents.delete(document_id)
    pages = run.metrics.page_count if run and run.metrics else None
    evidence = {at: leaf for item in (run.artifacts.values() if run else ()) for at, leaf in _raw_evidence(item)}
    return {"pages": pages or 0, "value": found.values, "evidence": evidence, "missing": list(found.missing)}


def _raw_evidence(artifact: Artifact) -> Iterable[tuple[str, Any]]:
    evidence: Mapping[str, Any] = artifact.raw.get("evidence", {})
    return evidence.items()


def _with_progress(files: Sequence[Path]) -> Iterable[Path]:
    console = Console(stderr=True)
    if len(files) < 2 or not console.is_terminal:
        return files
    return track(files, "Reading", console=console, transient=True)
