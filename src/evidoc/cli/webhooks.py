"""`evidoc webhooks`: the messages of a running server, and the secret that signs them."""

from itertools import islice
from pathlib import Path

import click

from evidoc.cli.opened import open_store
from evidoc.cli.options import data_option, server_options
from evidoc.cli.talk import talking
from evidoc.kernel.clock import to_wire
from evidoc.kernel.principal import DEFAULT_ORG
from evidoc.kernel.records import DeliveryStatus
from evidoc.operations.webhooks import SigningSecretOperations
from evidoc_client import Delivery


@click.group()
def webhooks() -> None:
    """Show what was sent to webhooks, send it again, and show the secret that signs it.

    A message that has not arrived is tried again on a schedule (EVIDOC_WEBHOOK_RETRY_SECONDS), always under the same
    id, until the receiver answers with a status from 200 to 299.
    """


@webhooks.command("list")
@click.option("--run", "run_id", help="Only messages about this run.")
@click.option("--status", type=click.Choice([status.value for status in DeliveryStatus]), help="Only these.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(min=1), help="How many at most.")
@server_options
def list_deliveries(run_id: str | None, status: str | None, limit: int, server: str, key: str | None) -> None:
    """List messages, newest first.

    \b
    Examples:
      evidoc webhooks list --status failed
      evidoc webhooks list --run exec_01K2ZT9Q6S8Y1D4M7N3B5C0R2V
    """
    with talking(server, key) as client:
        for item in islice(client.deliveries.list(run_id=run_id, status=status), limit):
            click.echo(_line(item))


@webhooks.command()
@click.argument("delivery_id")
@server_options
def show(delivery_id: str, server: str, key: str | None) -> None:
    """Show a message and every try of it."""
    with talking(server, key) as client:
        item = client.deliveries.get(delivery_id)
    click.echo(_line(item))
    for attempt in item.log:
        became = attempt.error or f"arrived ({attempt.status})"
        click.echo(f"  {attempt.number:3}  {to_wire(attempt.at)}  {attempt.duration_ms:6} ms  {became}")
    if item.status == DeliveryStatus.PENDING and item.next_attempt_at:
        click.echo(f"  next {to_wire(item.next_attempt_at)}")


@webhooks.command()
@click.argument("delivery_ids", nargs=-1, required=True, metavar="DELIVERY_ID...")
@server_options
def replay(delivery_ids: tuple[str, ...], server: str, key: str | None) -> None:
    """Send messages again, now and under their own ids, whatever became of them."""
    with talking(server, key) as client:
        for delivery_id in delivery_ids:
            click.echo(_line(client.deliveries.replay(delivery_id)))


@webhooks.command()
@click.option("--rotate", is_flag=True, help="Make a new one, which signs every message from now on.")
@click.option("--org", default=DEFAULT_ORG, show_default=True, help="The organisation whose messages it signs.")
@data_option
def secret(rotate: bool, org: str, data: Path | None) -> None:
    """Print the secret that signs messages of runs which bring none of their own."""
    with open_store(data) as store:
        operations = SigningSecretOperations(store)
        click.echo(operations.rotate(org) if rotate else operations.show(org))


def _line(item: Delivery) -> str:
    tries = f"{item.attempts} {'try' if item.attempts == 1 else 'tries'}"
    return f"{item.id}  {item.status:9}  {tries:8}  {item.event}  {item.run_id}  {item.url}"
