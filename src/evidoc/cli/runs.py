"""`evidoc runs`: those of a running server."""

import json
import sys
from itertools import islice

import click
from rich.console import Console
from rich.text import Text

from evidoc.cli.options import server_options
from evidoc.cli.show import console_for_people, show_leaves
from evidoc.cli.talk import raw_evidence, talking
from evidoc_client import Run

_STATES = ("pending", "running", "completed", "failed", "cancelled")


@click.group()
def runs() -> None:
    """List, show, wait for and cancel runs of a running server, whichever way they were started."""


@runs.command("list")
@click.option("--flow", help="Only runs of this flow, by id or slug.")
@click.option("--status", type=click.Choice(_STATES), help="Only these.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(min=1), help="How many at most.")
@server_options
def list_runs(flow: str | None, status: str | None, limit: int, server: str, key: str | None) -> None:
    """List runs, newest first."""
    with talking(server, key) as client:
        for item in islice(client.runs.list(flow=flow, status=status), limit):
            begun = item.created_at.isoformat(timespec="seconds") if item.created_at else ""
            click.echo(f"{item.id}  {item.status:9}  {begun}  {item.flow_id}")


@runs.command()
@click.argument("run_id")
@click.option("--json", "as_json", is_flag=True, help="Print all that there is, as JSON.")
@server_options
def show(run_id: str, as_json: bool, server: str, key: str | None) -> None:
    """Show a run: where it stands, what it found, and where each value stands."""
    with talking(server, key) as client:
        run = client.runs.get(run_id, include=("artifacts", "metrics"))
    tell_run(run, as_json)


@runs.command()
@click.argument("run_id")
@click.option("--timeout", default=600.0, show_default=True, help="How many seconds to wait.")
@click.option("--json", "as_json", is_flag=True, help="Print all that there is, as JSON.")
@server_options
def wait(run_id: str, timeout: float, as_json: bool, server: str, key: str | None) -> None:
    """Wait until a run has ended, then show it. Exits with 1 if it failed or was cancelled."""
    console = Console(stderr=True, highlight=False)

    def tell(state: Run) -> None:
        if state.progress is not None:
            console.print(Text(f"{state.progress.percentage:3.0f} %  {state.progress.step or state.status}"))

    with talking(server, key) as client:
        run = client.runs.wait(run_id, include=("artifacts", "metrics"), deadline=timeout, on_progress=tell)
    tell_run(run, as_json)
    sys.exit(0 if run.status == "completed" else 1)


@runs.command()
@click.argument("run_ids", nargs=-1, required=True, metavar="RUN_ID...")
@server_options
def cancel(run_ids: tuple[str, ...], server: str, key: str | None) -> None:
    """Stop runs, and all that they started."""
    with talking(server, key) as client:
        for run_id in run_ids:
            click.echo(f"{run_id}  {client.runs.cancel(run_id).status}")


def tell_run(run: Run, as_json: bool = False) -> None:
    """A run for a person, or all of it as JSON."""
    if as_json:
        click.echo(json.dumps(run.raw, indent=2, ensure_ascii=False))
        return
    console = console_for_people()
    console.print(Text.assemble((run.id, "bold"), f"  {run.flow_id} version {run.version}  {run.status}"))
    if run.progress is not None:
        console.print(Text(f"{run.progress.percentage:.0f} %  {run.progress.step or ''}"))
    if run.error is not None:
        step = f" (step {run.error.step})" if run.error.step else ""
        console.print(Text(f"{run.error.code}: {run.error.message}{step}", style="red"))
    if run.status != "completed":
        return
    evidence = raw_evidence(run)
    # A step that puts values together misses what its sources missed.
    missing = dict.fromkeys(name for item in run.artifacts.values() for name in item.missing if name not in evidence)
    if evidence or missing:
        show_leaves(console, evidence, missing)
    else:
        console.print(Text(json.dumps(run.output, indent=2, ensure_ascii=False)))
    if run.metrics is not None:
        took, pages, credits_used = run.metrics.duration_ms, run.metrics.page_count, run.metrics.credits_used
        told = (f"{took} ms" if took is not None else "", f"pages {pages}" if pages else "", f"credits {credits_used}")
        console.print(Text(", ".join(part for part in told if part), style="dim"))
