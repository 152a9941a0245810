"""`evidoc settings`."""

import click

from evidoc.server.settings import load, shown, table


@click.command()
@click.option("--markdown", is_flag=True, help="As the table in docs/settings.md.")
def settings(markdown: bool) -> None:
    """List every setting: its environment variable, its value now, and what it is for.

    \b
    Examples:
      evidoc settings
      EVIDOC_MAX_PAGES=200 evidoc settings
    """
    if markdown:
        click.echo(as_markdown(), nl=False)
        return
    now = load()
    for row in table():
        click.echo(f"{click.style(row.variable, bold=True)} = {shown(now, row)}")
        click.echo(f"    {row.help}")


def as_markdown() -> str:
    """The table of settings as docs/settings.md holds it."""
    lines = ["| variable | default | what it is for |", "|---|---|---|"]
    lines += [f"| `{row.variable}` | {_code(row.default)} | {row.help} |" for row in table()]
    return "\n".join(lines) + "\n"


def _code(text: str) -> str:
    return f"`{text}`" if text else ""
