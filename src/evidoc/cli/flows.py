"""`evidoc flows`: those of a running server, built-in ones too."""

import json
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import click

from evidoc.cli.options import server_options
from evidoc.cli.talk import talking
from evidoc.cli.wanted import object_of
from evidoc_client import Client, Flow, FlowNote, FlowNotFound

_FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.group()
def flows() -> None:
    """List, show, check and publish flows of a running server.

    A flow is a file of the public format 1.0.0 (steps) or of our own (tasks), in JSON or YAML.
    """


@flows.command("list")
@server_options
def list_flows(server: str, key: str | None) -> None:
    """List one's own flows, newest first, then those that are built in."""
    with talking(server, key) as client:
        for item in client.flows.list():
            click.echo(f"{item.slug or item.id:32}  v{item.version:<4}  {item.name}")


@flows.command()
@click.argument("flow")
@click.option("--version", help="What it was at this version. [default: the latest]")
@click.option("--definition", is_flag=True, help="Print how it is defined, as it was given.")
@server_options
def show(flow: str, version: str | None, definition: bool, server: str, key: str | None) -> None:
    """Show a flow, by id or slug: its versions, what it takes and gives, what a page costs."""
    with talking(server, key) as client:
        if definition:
            _print(client.flows.definition(flow, version=version).definition)
        else:
            _print(client.flows.get(flow, version=version).raw)


@flows.command("check")
@_FILE
@server_options
def check_flow(file: Path, server: str, key: str | None) -> None:
    """Say what is wrong with the flow in FILE, and what its author may want to know. Nothing is kept."""
    definition = object_of(file)
    with talking(server, key) as client:
        checked = client.flows.validate(_inner(definition))
    _tell(checked.errors, "error")
    _tell(checked.warnings, "warning")
    click.echo("can be published" if checked.valid else "cannot be published")
    sys.exit(0 if checked.valid else 1)


@flows.command("import")
@_FILE
@click.option("--name", help="What to call it. [default: the name in FILE, or the file's own]")
@click.option("--description", help="What it does. [default: the one in FILE]")
@server_options
def import_flow(file: Path, name: str | None, description: str | None, server: str, key: str | None) -> None:
    """Publish the flow in FILE under a slug made of FILE's name; a flow that has it gets a new version.

    \b
    Example:
      evidoc flows import delivery-notes.json --name "Delivery notes"
      evidoc runs list --flow delivery-notes
    """
    slug = re.sub(r"[^a-z0-9]+", "-", file.stem.lower()).strip("-")[:64].strip("-")
    if not slug:
        raise click.UsageError(f"{file.name} gives no slug; use `evidoc flows publish SLUG FILE`")
    _publish(slug, file, name, description, server, key)


@flows.command()
@click.argument("slug")
@_FILE
@click.option("--name", help="What to call it. [default: the name in FILE, or the slug]")
@click.option("--description", help="What it does. [default: the one in FILE]")
@server_options
def publish(slug: str, file: Path, name: str | None, description: str | None, server: str, key: str | None) -> None:
    """Publish the flow in FILE as the next version of SLUG, or as a new flow.

    Versions never change: runs that name one go on with it, all others run the latest.
    """
    _publish(slug, file, name, description, server, key)


def _publish(slug: str, file: Path, name: str | None, description: str | None, server: str, key: str | None) -> None:
    given = object_of(file)
    with talking(server, key) as client:
        present = _present(client, slug)
        made = client.flows.publish(
            _inner(given),
            slug=slug,
            name=name or _said(given, "name") or (present.name if present else slug),
            description=description or _said(given, "description") or (present.description if present else ""),
        )
    _tell(made.warnings, "warning")
    click.echo(f"{made.slug or made.id} v{made.version}")


def _present(client: Client, slug: str) -> Flow | None:
    try:
        return client.flows.get(slug)
    except FlowNotFound:
        return None


def _inner(given: Mapping[str, Any]) -> Mapping[str, Any]:
    """The definition in a file, which may hold it beside a name and a description."""
    inner = given.get("definition")
    return inner if isinstance(inner, Mapping) else given


def _said(given: Mapping[str, Any], key: str) -> str | None:
    value = given.get(key)
    return value if isinstance(value, str) and value.strip() else None


def _tell(notes: Iterable[FlowNote], what: str) -> None:
    for note in notes:
        click.echo(f"{what} ({note.type}) {note.path or 'definition'}: {note.message}", err=True)


def _print(value: Any) -> None:
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))
