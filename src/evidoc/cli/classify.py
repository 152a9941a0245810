"""`evidoc classify`."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from evidoc.cli.options import elsewhere_options
from evidoc.cli.talk import handed_in, talking
from evidoc.server.desk import open_desk
from evidoc.server.settings import load

_SHOWN = 3

Found = tuple[str, float]


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--categories", help="What to choose from, separated by commas. [default: the built-in kinds]")
@elsewhere_options
def classify(files: tuple[Path, ...], categories: str | None, server: str | None, key: str | None, keep: bool) -> None:
    """Tell which kind of document each of FILES is, likeliest first.

    \b
    Examples:
      evidoc classify inbox/*.pdf
      evidoc classify letter.pdf --categories complaint,order,application
      evidoc classify letter.pdf --server https://documents.example --key KEY
    """
    names = [name.strip() for name in categories.split(",") if name.strip()] if categories else None
    found = _here(files, names) if server is None else _there(server, key, keep, files, names)
    for file, kinds in found:
        likeliest = ", ".join(f"{kind} {confidence:.0%}" for kind, confidence in kinds[:_SHOWN]) or "unknown"
        click.echo(f"{file}: {likeliest}")


def _here(files: Sequence[Path], names: list[str] | None) -> Iterator[tuple[Path, list[Found]]]:
    with open_desk(load()) as desk:
        for file in files:
            found = desk.understander.classify(desk.read(file), names, multi_label=False, threshold=0.0)
            yield file, [(item.category, item.confidence) for item in found]


def _there(
    server: str, key: str | None, keep: bool, files: Sequence[Path], names: list[str] | None
) -> Iterator[tuple[Path, list[Found]]]:
    with talking(server, key) as client:
        for file in files:
            with handed_in(client, file, keep) as document:
                found = client.analysis.classify(document.document_id, names)
            yield file, [(item.category, item.confidence) for item in found.classifications]
