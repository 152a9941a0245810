"""`evidoc run`."""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.text import Text

from evidoc.cli.options import server_options
from evidoc.cli.runs import tell_run
from evidoc.cli.show import console_for_people, show_entities
from evidoc.cli.talk import talking
from evidoc.cli.wanted import object_of
from evidoc_client import Client, Execution, Run

_WORKFLOW_PREFIX = "wf_"


@click.command()
@click.argument("flow")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--version", help="The version of the flow. [default: the latest]")
@click.option(
    "--variables",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A YAML or JSON file with an object: what the flow takes besides the document.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the runs as JSON.")
@server_options
def run(
    flow: str,
    files: tuple[Path, ...],
    version: str | None,
    variables: Path | None,
    as_json: bool,
    server: str,
    key: str | None,
) -> None:
    """Upload FILES to a running server, run FLOW on each, wait, and show what was found.

    FLOW is a flow, by id or slug, or a workflow, by id. A workflow that also starts by itself when a document is
    uploaded runs twice. Exits with 1 if any run failed.

    \b
    Examples:
      evidoc run invoice-extractor scans/*.pdf
      evidoc run document-extractor letter.pdf --variables variables.yaml
      evidoc run wf_01K2ZT9Q6S8Y1D4M7N3B5C0R2V scans/*.pdf
    """
    given = None if variables is None else object_of(variables)
    with talking(server, key) as client:
        if flow.startswith(_WORKFLOW_PREFIX) and version is None and given is None:
            good = _run_workflow(client, flow, files, as_json)
        else:
            good = _run_flow(client, flow, files, version, given, as_json)
    sys.exit(0 if good else 1)


def _run_flow(
    client: Client,
    flow: str,
    files: Sequence[Path],
    version: str | None,
    variables: Mapping[str, Any] | None,
    as_json: bool,
) -> bool:
    started = [(file, client.flows.run(flow, file, version=version, variables=variables)) for file in files]
    ended = [(file, client.runs.wait(run.id, include=("artifacts", "metrics"))) for file, run in started]
    if as_json:
        click.echo(json.dumps([{"file": str(file), **run.raw} for file, run in ended], indent=2, ensure_ascii=False))
    else:
        for file, run in ended:
            click.echo(click.style(str(file), bold=True))
            tell_run(run)
    return all(run.status == "completed" for _, run in ended)


def _run_workflow(client: Client, workflow_id: str, files: Sequence[Path], as_json: bool) -> bool:
    # Said before anything is uploaded in vain.
    client.workflows.get(workflow_id)
    started = []
    for file in files:
        document = client.documents.upload(file)
        started.append((file, client.workflows.execute(workflow_id, document.document_id).execution_id))
    ended = [(file, client.workflows.wait(workflow_id, execution_id)) for file, execution_id in started]
    if as_json:
        executions = [{"file": str(file), **execution.raw} for file, execution in ended]
        click.echo(json.dumps(executions, indent=2, ensure_ascii=False))
    else:
        console = console_for_people()
        for file, execution in ended:
            _show(console, client, file, execution)
    return all(execution.status == "completed" for _, execution in ended)


def _show(console: Console, client: Client, file: Path, execution: Execution) -> None:
    console.print(Text.assemble((str(file), "bold"), f"  {execution.execution_id} {execution.status}"))
    if execution.error:
        console.print(Text(execution.error.message, style="red"))
    elif "entities" in execution.result:
        show_entities(console, execution.result["entities"], execution.result.get("missing", ()))
    elif execution.status == "completed":
        run: Run = client.runs.get(execution.execution_id, include=("artifacts",))
        tell_run(run)
