"""`evidoc run`."""

import json
import sys
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from evidoc.cli.options import server_options
from evidoc.cli.show import console_for_people, show_entities
from evidoc.cli.talk import talking
from evidoc_client import Execution


@click.command()
@click.argument("workflow_id")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the executions as JSON.")
@server_options
def run(workflow_id: str, files: tuple[Path, ...], as_json: bool, server: str, key: str | None) -> None:
    """Upload FILES to a running server, run WORKFLOW_ID on each, wait, and show what was found.

    A workflow that also starts by itself when a document is uploaded runs twice. Exits with 1 if any run failed.

    \b
    Example:
      evidoc run wf_01K2ZT9Q6S8Y1D4M7N3B5C0R2V scans/*.pdf
    """
    with talking(server, key) as client:
        # Said before anything is uploaded in vain.
        client.workflows.get(workflow_id)
        started = []
        for file in files:
            document = client.documents.upload(file)
            started.append((file, client.workflows.execute(workflow_id, document.document_id).execution_id))
        ended = [(file, client.workflows.wait(workflow_id, execution_id)) for file, execution_id in started]
    if as_json:
        click.echo(json.dumps([{"file": str(file), **execution.raw} for file, execution in ended], indent=2))
    else:
        console = console_for_people()
        for file, execution in ended:
            _show(console, file, execution)
    sys.exit(0 if all(execution.status == "completed" for _, execution in ended) else 1)


def _show(console: Console, file: Path, execution: Execution) -> None:
    console.print(Text.assemble((str(file), "bold"), f"  {execution.execution_id} {execution.status}"))
    if execution.status == "completed":
        show_entities(console, execution.result.get("entities", ()), execution.result.get("missing", ()))
    elif execution.error:
        console.print(Text(execution.error.message, style="red"))
