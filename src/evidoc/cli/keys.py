"""`evidoc keys`: API keys of a data folder."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click

from evidoc.cli.opened import open_store
from evidoc.cli.options import data_option
from evidoc.kernel import clock
from evidoc.kernel.clock import to_wire
from evidoc.kernel.principal import DEFAULT_ORG, Environment, Scope
from evidoc.kernel.records import KeyRecord
from evidoc.operations.keys import KeyOperations, KeyStyle

_SCOPES = [scope.value for scope in Scope]
_DAYS = {"d": 1, "w": 7}


class _Expiry(click.ParamType[datetime]):
    """When a key expires: after so many days or weeks, or at the end of a day, UTC."""

    name = "30d|2027-01-31"

    def convert(self, value: str | datetime, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The moment that is meant."""
        if isinstance(value, datetime):
            return value
        span = re.fullmatch(r"([0-9]{1,5})([dw])", value)
        if span:
            return clock.now() + timedelta(days=int(span[1]) * _DAYS[span[2]])
        try:
            day = date.fromisoformat(value)
            return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)
        except (ValueError, OverflowError):
            self.fail(f"{value!r} is neither like 30d or 8w nor a day like 2027-01-31", param, ctx)


@click.group()
def keys() -> None:
    """Make, list and revoke API keys.

    A key is shown once, when it is made; only its hash is kept. From the first key on, the server wants one
    with every request, and may listen on other addresses than this machine's own. A running server notices
    new keys at once and revoked ones within a second.
    """


@keys.command()
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice(_SCOPES),
    metavar="SCOPE",
    help="What the key may do; may be given several times: "
    + ", ".join(_SCOPES)
    + ". write includes read and all that name one thing, admin includes all. [default: write]",
)
@click.option("--org", default=DEFAULT_ORG, show_default=True, help="The organisation that the key acts for.")
@click.option(
    "--env",
    type=click.Choice([environment.value for environment in Environment]),
    default=Environment.LIVE.value,
    show_default=True,
    help="The side of the organisation: nothing of one is seen by the other, and test costs no credits.",
)
@click.option(
    "--style",
    type=click.Choice([style.value for style in KeyStyle]),
    default=KeyStyle.SK.value,
    show_default=True,
    help="How the key is spelled, sk_live_... or dc_live_...: some clients check. To this server both are the same.",
)
@click.option("--expires", type=_Expiry(), help="After so many days (30d) or weeks (8w), or at the end of a day, UTC.")
@data_option
def create(
    name: str,
    scopes: tuple[str, ...],
    org: str,
    env: str,
    style: str,
    expires: datetime | None,
    data: Path | None,
) -> None:
    """Make a key called NAME and print its secret.

    \b
    Examples:
      evidoc keys create laptop
      evidoc keys create dashboard --scope read --expires 90d --data /srv/evidoc
      evidoc keys create staging --env test --style dc --scope flows:execute --scope executions:read
      KEY=$(evidoc keys create ci)
    """
    wanted = frozenset(Scope(scope) for scope in scopes) or frozenset({Scope.WRITE})
    with _keys(data) as operations:
        record, secret = operations.create(org, name, wanted, expires, Environment(env), KeyStyle(style))
    until = f"; until {to_wire(record.expires_at)}" if record.expires_at else ""
    facts = f"{name}; {', '.join(sorted(wanted))}; {env} side of {org}{until}"
    click.echo(f"Made key {record.key_id} ({facts}). Its secret, shown this once:", err=True)
    click.echo(secret)


@keys.command("list")
@click.option("--org", default=DEFAULT_ORG, show_default=True, help="The organisation whose keys to list.")
@data_option
def list_keys(org: str, data: Path | None) -> None:
    """List keys: never their secrets."""
    with _keys(data) as operations:
        found, any_at_all = operations.list(org), operations.any()
    if not any_at_all:
        click.echo("There are no keys; the server answers this machine only.")
    elif not found:
        click.echo(f"{org} has no keys.")
    for record in found:
        used = f"last used {to_wire(record.last_used_at)}" if record.last_used_at else "never used"
        scopes = ",".join(sorted(record.scopes))
        facts = (record.key_id, f"{record.hint}...", record.environment, scopes, _state(record), used, record.name)
        click.echo("  ".join(facts))


@keys.command()
@click.argument("key")
@click.option("--org", default=DEFAULT_ORG, show_default=True, help="The organisation of the key.")
@data_option
def revoke(key: str, org: str, data: Path | None) -> None:
    """End a key for good. KEY is its id, its hint or its name, as evidoc keys list shows them."""
    with _keys(data) as operations:
        record = operations.revoke(org, operations.find(org, key).key_id)
    click.echo(f"Revoked {record.key_id} ({record.name})")


def _state(record: KeyRecord) -> str:
    if record.revoked_at:
        return f"revoked {to_wire(record.revoked_at)}"
    if record.expires_at is None:
        return "active"
    word = "expired" if record.expires_at <= clock.now() else "active until"
    return f"{word} {to_wire(record.expires_at)}"


@contextmanager
def _keys(data: Path | None) -> Iterator[KeyOperations]:
    with open_store(data) as store:
        yield KeyOperations(store)
