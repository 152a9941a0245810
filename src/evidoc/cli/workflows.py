"""`evidoc workflows`: those of a running server."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from evidoc.cli.options import server_options
from evidoc.cli.talk import talking
from evidoc.cli.wanted import object_of


@click.group()
def workflows() -> None:
    """List, show and create workflows of a running server."""


@workflows.command("list")
@server_options
def list_workflows(server: str, key: str | None) -> None:
    """List workflows, newest first."""
    with talking(server, key) as client:
        for item in client.workflows.list():
            click.echo(f"{item.workflow_id}  {item.status:8}  {item.name}")


@workflows.command()
@click.argument("workflow_id")
@server_options
def show(workflow_id: str, server: str, key: str | None) -> None:
    """Show a workflow with its definition and how its executions ended."""
    with talking(server, key) as client:
        click.echo(json.dumps(client.workflows.get(workflow_id).raw, indent=2, ensure_ascii=False))


@workflows.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--name", help="What to call it. [default: the name in FILE, or the file's own]")
@server_options
def create(file: Path, name: str | None, server: str, key: str | None) -> None:
    """Create a workflow from FILE (YAML or JSON): a definition, or an object with name, description, definition.

    \b
    Example:
      evidoc workflows create invoices.yaml --name "Invoice Processing"
    """
    given = object_of(file)
    about: Mapping[str, Any] = given if "definition" in given else {"definition": given}
    called = name or about.get("name", file.stem)
    with talking(server, key) as client:
        made = client.workflows.create(called, about["definition"], description=about.get("description", ""))
    click.echo(made.workflow_id)
