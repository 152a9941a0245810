"""`evidoc classify`."""

from pathlib import Path

import click

from evidoc.server.desk import open_desk
from evidoc.server.settings import load


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--categories", help="What to choose from, separated by commas. [default: the built-in kinds]")
def classify(files: tuple[Path, ...], categories: str | None) -> None:
    """Tell which kind of document each of FILES is, likeliest first.

    \b
    Examples:
      evidoc classify inbox/*.pdf
      evidoc classify letter.pdf --categories complaint,order,application
    """
    names = [name.strip() for name in categories.split(",") if name.strip()] if categories else None
    with open_desk(load()) as desk:
        for file in files:
            found = desk.understander.classify(desk.read(file), names, multi_label=False, threshold=0.0)
            likeliest = ", ".join(f"{item.category} {item.confidence:.0%}" for item in found[:3]) or "unknown"
            click.echo(f"{file}: {likeliest}")
