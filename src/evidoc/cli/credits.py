"""`evidoc credits`: what organisations may spend and have spent."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from evidoc.cli.opened import open_store
from evidoc.cli.options import data_option
from evidoc.kernel.clock import to_wire
from evidoc.operations.credits import Balance, CreditOperations


@click.group()
def credits() -> None:  # noqa: A001 - the name of the command
    """Show, grant and limit credits.

    A run costs credits by its pages and by what its flow does. Organisations have no limit until they are given
    one; what they use is noted all the same. Test keys cost nothing.
    """


@credits.command()
@click.argument("org")
@data_option
def show(org: str, data: Path | None) -> None:
    """Show what the organisation ORG has."""
    with _operations(data) as operations:
        _show(org, operations.show(org))


@credits.command(context_settings={"ignore_unknown_options": True})
@click.argument("org")
@click.argument("amount", type=int)
@click.option("--note", help="Why, for the list of entries.")
@data_option
def grant(org: str, amount: int, note: str | None, data: Path | None) -> None:
    """Give ORG this AMOUNT of credits; a negative one takes back.

    \b
    Examples:
      evidoc credits grant org_acme 5000 --note "March"
      evidoc credits grant org_acme -200
    """
    with _operations(data) as operations:
        operations.grant(org, amount, note)
        _show(org, operations.show(org))


@credits.command()
@click.argument("org")
@data_option
def limit(org: str, data: Path | None) -> None:
    """Let ORG spend what it has been granted and no more."""
    with _operations(data) as operations:
        _show(org, operations.set_limited(org, limited=True))


@credits.command()
@click.argument("org")
@data_option
def unlimited(org: str, data: Path | None) -> None:
    """Let ORG spend without limit, as it may from the start."""
    with _operations(data) as operations:
        _show(org, operations.set_limited(org, limited=False))


@credits.command()
@click.argument("org")
@click.option("--limit", "most", type=click.IntRange(1, 10_000), default=50, show_default=True, help="How many.")
@click.option("--offset", type=click.IntRange(0), default=0, help="How many to skip.")
@data_option
def entries(org: str, most: int, offset: int, data: Path | None) -> None:
    """List what ORG was granted and what its runs cost, newest first.

    usage is what a run cost while there was no limit; it leaves the balance as it is.
    """
    with _operations(data) as operations:
        found = operations.entries(org, most, offset)
    if not found.items:
        click.echo("There are no entries.")
    for entry in found.items:
        what = " ".join(part for part in (entry.run_id, entry.note) if part)
        click.echo(f"{to_wire(entry.created_at)}  {entry.kind:<6} {entry.amount:>+8}  balance {entry.balance}  {what}")


def _show(org: str, balance: Balance) -> None:
    if balance.limited:
        click.echo(f"{org}: {balance.credits} credits, {balance.held} of them held by runs under way")
    else:
        click.echo(f"{org}: unlimited (granted and left: {balance.credits})")


@contextmanager
def _operations(data: Path | None) -> Iterator[CreditOperations]:
    with open_store(data) as store:
        yield CreditOperations(store)
