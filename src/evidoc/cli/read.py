"""`evidoc read`."""

import json
from pathlib import Path

import click

from evidoc.contracts.clary.text_stream import page_json
from evidoc.server.desk import open_desk
from evidoc.server.settings import load


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="With the place of every word and line, and the tables.")
@click.option("--summary", is_flag=True, help="Its most telling sentences instead of all its text.")
@click.option("--password", help="The password of an encrypted document.")
def read(file: Path, as_json: bool, summary: bool, password: str | None) -> None:
    """Print what the document in FILE says, page by page (a form feed between pages).

    \b
    Examples:
      evidoc read contract.pdf | less
      evidoc read scan.png --json
      evidoc read report.docx --summary
    """
    with open_desk(load()) as desk:
        reading = desk.read(file, password)
        if summary:
            for sentence in desk.summarize(reading, 600).summary.sentences:
                click.echo(f"{' '.join(sentence.quote.split())}  (page {sentence.page_index + 1})")
            return
    for fault in reading.faults:
        click.echo(f"Note: {fault.message}", err=True)
    if as_json:
        pages = [page_json(page, layout=True, tables=True) for page in reading.pages]
        click.echo(json.dumps({"pages": pages}, indent=2, ensure_ascii=False))
    else:
        click.echo("\f".join(f"{page.text}\n" for page in reading.pages), nl=False)
