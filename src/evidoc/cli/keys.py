"""`evidoc keys`: API keys of a data folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from evidoc.cli.options import data_option
from evidoc.kernel.clock import to_wire
from evidoc.kernel.principal import DEFAULT_ORG, Scope
from evidoc.operations.keys import KeyOperations
from evidoc.server.settings import load
from evidoc.storing.store import Store

_SCOPES = [scope.value for scope in Scope]


@click.group()
def keys() -> None:
    """Make, list and revoke API keys.

    A key is shown once, when it is made; only its hash is kept. From the first key on, the server wants one
    with every request, and may listen on other addresses than this machine's own. A running server notices
    new and revoked keys at once.
    """


@keys.command()
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice(_SCOPES),
    help="What the key may do; may be given several times. write includes read, admin includes all. [default: write]",
)
@click.option("--org", default=DEFAULT_ORG, show_default=True, help="The organisation that the key acts for.")
@data_option
def create(name: str, scopes: tuple[str, ...], org: str, data: Path | None) -> None:
    """Make a key called NAME and print its secret.

    \b
    Examples:
      evidoc keys create laptop
      evidoc keys create dashboard --scope read --data /srv/evidoc
      KEY=$(evidoc keys create ci)
    """
    wanted = frozenset(Scope(scope) for scope in scopes) or frozenset({Scope.WRITE})
    with _keys(data) as operations:
        record, secret = operations.create(org, name, wanted)
    click.echo(
        f"Made key {record.key_id} ({name}; {', '.join(sorted(wanted))}). Its secret, shown this once:", err=True
    )
    click.echo(secret)


@keys.command("list")
@click.option("--org", default=DEFAULT_ORG, show_default=True, help="The organisation whose keys to list.")
@data_option
def list_keys(org: str, data: Path | None) -> None:
    """List keys: never their secrets."""
    with _keys(data) as operations:
        found = operations.list(org)
    if not found:
        click.echo("There are no keys; the server answers this machine only.")
    for record in found:
        state = f"revoked {to_wire(record.revoked_at)}" if record.revoked_at else "active"
        used = f"last used {to_wire(record.last_used_at)}" if record.last_used_at else "never used"
        scopes = ",".join(sorted(record.scopes))
        click.echo(f"{record.key_id}  {record.hint}...  {scopes}  {state}  {used}  {record.name}")


@keys.command()
@click.argument("key")
@click.option("--org", default=DEFAULT_ORG, show_default=True, help="The organisation of the key.")
@data_option
def revoke(key: str, org: str, data: Path | None) -> None:
    """End a key for good. KEY is its id, its hint or its name, as evidoc keys list shows them."""
    with _keys(data) as operations:
        record = operations.revoke(org, operations.find(org, key).key_id)
    click.echo(f"Revoked {record.key_id} ({record.name})")


@contextmanager
def _keys(data: Path | None) -> Iterator[KeyOperations]:
    settings = load(data=data)
    store = Store.open(settings.data, settings.database_url or None, settings.master_key or None, exclusive=False)
    try:
        yield KeyOperations(store)
    finally:
        store.close()
