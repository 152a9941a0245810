"""`evidoc workflows`: those of a running server."""

import json
from pathlib import Path

import click

from evidoc.cli.api import Api
from evidoc.cli.options import server_options
from evidoc.cli.wanted import object_of


@click.group()
def workflows() -> None:
    """List, show and create workflows of a running server."""


@workflows.command("list")
@server_options
def list_workflows(url: str, key: str | None) -> None:
    """List workflows, newest first."""
    api, offset = Api(url, key), 0
    while True:
        page = api.get(f"/v1/workflows?limit=100&offset={offset}")
        for item in page["data"]:
            click.echo(f"{item['workflow_id']}  {item['status']:8}  {item['name']}")
        if "next_offset" not in page["pagination"]:
            return
        offset = page["pagination"]["next_offset"]


@workflows.command()
@click.argument("workflow_id")
@server_options
def show(workflow_id: str, url: str, key: str | None) -> None:
    """Show a workflow with its definition and how its executions ended."""
    click.echo(json.dumps(Api(url, key).get(f"/v1/workflows/{workflow_id}"), indent=2, ensure_ascii=False))


@workflows.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--name", help="What to call it. [default: the name in FILE, or the file's own]")
@server_options
def create(file: Path, name: str | None, url: str, key: str | None) -> None:
    """Create a workflow from FILE (YAML or JSON): a definition, or an object with name, description, definition.

    \b
    Example:
      evidoc workflows create invoices.yaml --name "Invoice Processing"
    """
    given = object_of(file)
    body = given if "definition" in given else {"definition": given}
    body = {"name": file.stem, **body, **({"name": name} if name else {})}
    click.echo(Api(url, key).post("/v1/workflows", body)["workflow_id"])
