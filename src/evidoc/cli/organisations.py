"""`evidoc orgs`: the organisations of a data folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from evidoc.cli.opened import open_store
from evidoc.cli.options import data_option
from evidoc.kernel.clock import to_wire
from evidoc.kernel.records import Organisation
from evidoc.operations.organisations import OrganisationOperations


@click.group("orgs")
def organisations() -> None:
    """Make, list and limit organisations.

    Every key acts for one organisation, and sees nothing of any other. An organisation has two sides, live and
    test, that never meet; which one is meant depends on the key. org_default is there from the start.
    """


@organisations.command()
@click.argument("name")
@click.option("--id", "org_id", help="Its id, such as org_acme. [default: a new one]")
@data_option
def create(name: str, org_id: str | None, data: Path | None) -> None:
    """Make an organisation called NAME and print its id.

    \b
    Examples:
      evidoc orgs create "Acme Ltd" --id org_acme
      evidoc keys create production --org $(evidoc orgs create "Acme Ltd")
    """
    with _operations(data) as operations:
        made = operations.create(name, org_id)
    click.echo(f"Made organisation {made.org_id} ({made.name})", err=True)
    click.echo(made.org_id)


@organisations.command("list")
@data_option
def list_organisations(data: Path | None) -> None:
    """List all organisations."""
    with _operations(data) as operations:
        for found in operations.list():
            click.echo(f"{found.org_id}  {_limit(found)}  {_credits(found)}  {found.name}")


@organisations.command()
@click.argument("org")
@data_option
def show(org: str, data: Path | None) -> None:
    """Show the organisation with the id ORG."""
    with _operations(data) as operations:
        _show(operations.get(org))


@organisations.command()
@click.argument("org")
@click.argument("name")
@data_option
def rename(org: str, name: str, data: Path | None) -> None:
    """Call the organisation ORG by another NAME; its id stays."""
    with _operations(data) as operations:
        _show(operations.rename(org, name))


@organisations.command()
@click.argument("org")
@click.argument("requests", type=int, required=False)
@click.option("--default", "by_setting", is_flag=True, help="Go by the setting EVIDOC_REQUESTS_PER_MINUTE again.")
@data_option
def limit(org: str, requests: int | None, by_setting: bool, data: Path | None) -> None:
    """Let ORG make so many REQUESTS a minute, live and test apart. Running servers keep to it within a second.

    \b
    Examples:
      evidoc orgs limit org_acme 500
      evidoc orgs limit org_acme --default
    """
    if (requests is None) is not by_setting:
        raise click.UsageError("Give a number of requests a minute, or --default")
    with _operations(data) as operations:
        _show(operations.limit(org, requests))


def _show(found: Organisation) -> None:
    click.echo(f"{found.org_id}: {found.name}")
    click.echo(f"  made {to_wire(found.created_at)}")
    click.echo(f"  {_limit(found)}")
    click.echo(f"  {_credits(found)}")


def _limit(found: Organisation) -> str:
    if found.requests_per_minute is None:
        return "requests a minute: by the server's setting"
    return f"requests a minute: {found.requests_per_minute}"


def _credits(found: Organisation) -> str:
    return f"credits: {found.credits} (held {found.held})" if found.credits_limited else "credits: unlimited"


@contextmanager
def _operations(data: Path | None) -> Iterator[OrganisationOperations]:
    with open_store(data) as store:
        yield OrganisationOperations(store)
