"""`evidoc demo`: the main job, once, on the sample invoice, over HTTP as any client would do it."""

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from evidoc.cli.sample_invoice import sample_invoice
from evidoc.cli.show import console_for_people, show_entities
from evidoc.cli.talk import talking
from evidoc.contracts.clary.definition import EXAMPLE
from evidoc_client import Client, Execution

_START_SECONDS = 60.0
_RUN_SECONDS = 60.0

_FLOW = "invoice-extractor"
_SHOWN_OF_OUTPUT = ("invoiceNumber", "dueDate", "totalAmount", "currency")

_NAME = "Invoice Processing"
_DESCRIPTION = "Extract information from invoices"


@click.command()
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Keep what the server writes in this folder, which must not exist yet. [default: a temporary folder]",
)
def demo(data: Path | None) -> None:
    """Start a server, upload a sample invoice, let the workflow of the contract's page run, show what it found."""
    began = time.monotonic()
    console = console_for_people()
    with _folder(data) as folder:
        invoice = folder / "sample-invoice.pdf"
        invoice.write_bytes(sample_invoice())
        _say(console, f"Wrote a sample invoice: {invoice}")
        with _server(folder / "data", console) as url, talking(url, None) as client:
            _walk(console, client, invoice)
            _show_row(console, folder / "data" / "default_database.sqlite")
            _run_flow(console, client, invoice)
        _say_how_to_go_on(console, invoice if data else None, time.monotonic() - began)


def _walk(console: Console, client: Client, invoice: Path) -> None:
    workflow = client.workflows.create(_NAME, EXAMPLE, description=_DESCRIPTION)
    tasks = " → ".join(task["type"] for task in workflow.definition["tasks"])
    _say(console, f"Created workflow {workflow.workflow_id}: {tasks}")
    uploaded = time.monotonic()
    document = client.documents.upload(invoice, content_type="application/pdf")
    _say(console, f"Uploaded it as {document.document_id}; the upload starts the workflow")
    execution_id = next(client.workflows.executions(workflow.workflow_id)).execution_id
    told: set[str] = set()

    def tell(state: Execution) -> None:
        for task in state.tasks:
            if task.status in ("completed", "failed") and task.id not in told:
                told.add(task.id)
                _say(console, f"  {task.id}: {task.status} in {task.duration_ms or 0} ms")

    execution = client.workflows.wait(workflow.workflow_id, execution_id, deadline=_RUN_SECONDS, on_state=tell)
    if execution.status != "completed":
        reason = execution.error.message if execution.error else ""
        raise click.ClickException(f"The execution {execution.status}: {reason}")
    _say(console, f"Execution {execution_id} completed {time.monotonic() - uploaded:.2f} s after the upload began")
    console.print()
    show_entities(console, execution.result["entities"], execution.result["missing"])


def _run_flow(console: Console, client: Client, invoice: Path) -> None:
    """A built-in flow, asked for and waited for in one request."""
    began = time.monotonic()
    run = client.flows.run_and_wait(_FLOW, invoice, include=("artifacts", "metrics"), deadline=_RUN_SECONDS)
    if run.status != "completed":
        raise click.ClickException(f"The run {run.status}: {run.error.message if run.error else ''}")
    console.print()
    console.print(
        Text.assemble(
            ("The built-in flow ", "bold cyan"),
            (_FLOW, "bold cyan"),
            (" gives JSON that fits its schema, each value with its evidence", "bold cyan"),
            f" (run {run.id}, {time.monotonic() - began:.2f} s)",
        ),
        soft_wrap=True,
    )
    for name in _SHOWN_OF_OUTPUT:
        leaf = run.evidence.get(f"/{name}")
        if leaf and leaf.spans:
            value, span = json.dumps(run.output[name]), leaf.spans[0]
            where = f"page {span.page_index + 1}, characters {span.char_start} to {span.char_end}"
            console.print(Text(f"  {name:14} {value:15} “{span.quote}”, {where}"), soft_wrap=True)


def _show_row(console: Console, database: Path) -> None:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        cursor = connection.execute("SELECT * FROM invoices")
        columns = [column[0] for column in cursor.description]
        rows = cursor.fetchall()
    table = Table(
        title=f"The row that database_connector wrote (table invoices in {database.name})",
        title_justify="left",
        title_style="bold cyan",
        show_header=False,
    )
    for column, value in zip(columns, rows[0], strict=True):
        text = "" if value is None else str(value)
        table.add_row(Text(column, style="bold"), Text(text if len(text) <= 160 else f"{text[:157]}..."))
    console.print()
    console.print(table)


def _say_how_to_go_on(console: Console, kept: Path | None, seconds: float) -> None:
    console.print()
    console.print(f"Done in {seconds:.1f} s. The server is stopped{'.' if kept else ' and its folder removed.'}")
    console.print("To go on:")
    for command, meaning in (
        ("make serve", "serve on http://127.0.0.1:8000; its documentation is at http://127.0.0.1:8000/docs"),
        (f"{_evidoc()} extract YOUR.pdf", "find the usual values in your own document, without a server"),
        (f"{_evidoc()} extract YOUR.pdf --fields total_amount,due_date", "find what you name"),
        (f"{_evidoc()} --help", "all commands"),
    ):
        console.print(Text.assemble("  ", (command, "bold"), f"  {meaning}"), soft_wrap=True)


def _evidoc() -> str:
    program = Path(sys.argv[0])
    try:
        return str(program.relative_to(Path.cwd())) if program.is_absolute() else str(program)
    except ValueError:
        return program.name


def _say(console: Console, line: str) -> None:
    console.print(Text(line), soft_wrap=True)


@contextmanager
def _folder(data: Path | None) -> Iterator[Path]:
    if data is not None:
        if data.exists():
            raise click.UsageError(f"{data} exists already; name a folder that does not")
        data.mkdir(parents=True)
        yield data
        return
    folder = Path(tempfile.mkdtemp(prefix="evidoc-demo-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _server(data: Path, console: Console) -> Iterator[str]:
    _say(console, f"Starting a server on a free port, with its data in {data}")
    log = data.parent / "server.log"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("EVIDOC_")}
    command = [sys.executable, "-m", "evidoc", "serve", "--port", "0", "--data", str(data)]
    with log.open("wb") as errors:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, env=environment)
    try:
        assert process.stdout is not None
        ready = re.search(rb"http://\S+", process.stdout.readline())
        if ready is None:
            process.wait(_START_SECONDS)
            raise click.ClickException(f"The server did not start:\n{log.read_text(errors='replace')[-2000:]}")
        url = ready[0].decode()
        _say(console, f"It answers at {url}")
        yield url
    finally:
        process.terminate()
        try:
            process.wait(_START_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()
