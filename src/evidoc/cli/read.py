"""`evidoc read`."""

import json
from pathlib import Path

import click

from evidoc.cli.options import elsewhere_options
from evidoc.cli.talk import handed_in, refuse_password, talking
from evidoc.contracts.clary.text_stream import page_json
from evidoc.server.desk import open_desk
from evidoc.server.settings import load

_SUMMARY_LENGTH = 600


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="With the place of every word and line, and the tables.")
@click.option("--summary", is_flag=True, help="Its most telling sentences instead of all its text.")
@click.option("--password", help="The password of an encrypted document.")
@elsewhere_options
def read(
    file: Path,
    as_json: bool,
    summary: bool,
    password: str | None,
    server: str | None,
    key: str | None,
    keep: bool,
) -> None:
    """Print what the document in FILE says, page by page (a form feed between pages).

    \b
    Examples:
      evidoc read contract.pdf | less
      evidoc read scan.png --json
      evidoc read report.docx --summary
      evidoc read scan.png --server https://documents.example --key KEY
    """
    if server is None:
        _read_here(file, as_json, summary, password)
        return
    refuse_password(password)
    with talking(server, key) as client, handed_in(client, file, keep) as document:
        if summary:
            told = client.analysis.summarize(document.document_id, max_length=_SUMMARY_LENGTH)
            for sentence in told.evidence:
                _say_sentence(sentence.quote, sentence.page_index)
            return
        pages = client.analysis.text(document.document_id, layout=as_json, tables=as_json).pages
    if as_json:
        click.echo(json.dumps({"pages": [page.raw for page in pages]}, indent=2, ensure_ascii=False))
    else:
        click.echo("\f".join(f"{page.text}\n" for page in pages), nl=False)


def _read_here(file: Path, as_json: bool, summary: bool, password: str | None) -> None:
    with open_desk(load()) as desk:
        reading = desk.read(file, password)
        if summary:
            for sentence in desk.summarize(reading, _SUMMARY_LENGTH).summary.sentences:
                _say_sentence(sentence.quote, sentence.page_index)
            return
    for fault in reading.faults:
        click.echo(f"Note: {fault.message}", err=True)
    if as_json:
        pages = [page_json(page, layout=True, tables=True) for page in reading.pages]
        click.echo(json.dumps({"pages": pages}, indent=2, ensure_ascii=False))
    else:
        click.echo("\f".join(f"{page.text}\n" for page in reading.pages), nl=False)


def _say_sentence(quote: str, page_index: int) -> None:
    click.echo(f"{' '.join(quote.split())}  (page {page_index + 1})")
