"""`evidoc extract`: the main job, here without a server or on one."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.progress import track

from evidoc.cli.options import elsewhere_options
from evidoc.cli.results import FORMATS, Result
from evidoc.cli.wanted import Asked, json_schema_of, wanted_of
from evidoc.contracts.clary.entities import entities_of, missing_of
from evidoc.kernel.errors import EvidocError, InvalidRequest, Unavailable
from evidoc.server.desk import Desk, open_desk
from evidoc.server.settings import load


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
    results = _here(files, wanted, password) if server is None else _there(server, key, keep, files, wanted, password)
    text = FORMATS[style](results)
    if out is not None:
        out.write_text(text, encoding="utf-8")
    else:
        click.echo(text, nl=False)
    failed = [result for result in results if "error" in result]
    for result in failed:
        click.echo(f"{result['file']}: {result['error']['message']}", err=True)
    sys.exit(1 if failed else 0)


def _here(files: Sequence[Path], wanted: Asked, password: str | None) -> list[Result]:
    with open_desk(load()) as desk:
        return [_extract_here(desk, file, wanted, password) for file in _with_progress(files)]


def _there(
    server: str, key: str | None, keep: bool, files: Sequence[Path], wanted: Asked, password: str | None
) -> list[Result]:
    # Loaded when it is needed: most files are read here, and begin sooner without it.
    from evidoc.cli.extract_there import extract_there
    from evidoc.cli.talk import refuse_password, talking

    refuse_password(password)
    with talking(server, key) as client:
        return [extract_there(client, file, wanted, keep) for file in _with_progress(files)]


def _extract_here(desk: Desk, file: Path, wanted: Asked, password: str | None) -> Result:
    try:
        reading = desk.read(file, password)
        if isinstance(wanted, Mapping):
            # Loaded when it is needed: it takes longer than a page.
            from evidoc.cli.fitting import fitting

            return {"file": str(file), "pages": len(reading.pages), **fitting(desk, reading, wanted)}
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


def _with_progress(files: Sequence[Path]) -> Iterable[Path]:
    console = Console(stderr=True)
    if len(files) < 2 or not console.is_terminal:
        return files
    return track(files, "Reading", console=console, transient=True)
