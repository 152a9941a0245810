"""`evidoc doctor`."""

import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import TypeAlias

import click

from evidoc.cli.options import data_option, server_options
from evidoc.cli.sample_invoice import sample_invoice
from evidoc.cli.talk import talking
from evidoc.delivering.rows import DEFAULT_CONNECTION, Rows
from evidoc.kernel.errors import EvidocError
from evidoc.server.desk import open_desk
from evidoc.server.settings import Settings, load, unknown_variables

Finding: TypeAlias = tuple[str, str]
"""How it is (ok, note, bad) and a sentence."""

_MARKS = {"ok": ("ok  ", "green"), "note": ("note", "yellow"), "bad": ("BAD ", "red")}
_LITTLE_SPACE = 1 << 30


@click.command()
@data_option
@server_options
def doctor(data: Path | None, server: str, key: str | None) -> None:
    """Say what is configured, what works and what is missing. Exits with 1 if something is bad."""
    settings = load(data=data)
    bad = 0
    for look in (_python, _variables, _data, _connections, _reading):
        for state, sentence in look(settings):
            _tell(state, sentence)
            bad += state == "bad"
    _tell(*_server(server, key))
    sys.exit(1 if bad else 0)


def _tell(state: str, sentence: str) -> None:
    mark, colour = _MARKS[state]
    click.echo(f"{click.style(mark, fg=colour)}  {sentence}")


def _python(settings: Settings) -> Iterator[Finding]:
    yield "ok", f"evidoc {version('evidoc')} on Python {platform.python_version()}, {platform.platform(terse=True)}"


def _variables(settings: Settings) -> Iterator[Finding]:
    for name in unknown_variables(os.environ):
        if name not in ("EVIDOC_URL", "EVIDOC_KEY", "EVIDOC_DEV_DATA"):
            yield "bad", f"{name} is set, but there is no such setting (evidoc settings lists them)"


def _data(settings: Settings) -> Iterator[Finding]:
    folder = settings.data.absolute()
    if folder.exists() and not os.access(folder, os.W_OK):
        yield "bad", f"The data folder {folder} cannot be written"
    elif folder.exists():
        yield "ok", f"The data folder is {folder}"
    else:
        yield "note", f"The data folder {folder} does not exist yet; the first start makes it"
    free = shutil.disk_usage(next(parent for parent in (folder, *folder.parents) if parent.exists())).free
    yield "ok" if free > _LITTLE_SPACE else "bad", f"{free / (1 << 30):.1f} GB are free there"
    key = folder / "master.key"
    if not settings.master_key and key.exists():
        others = key.stat().st_mode & 0o077
        yield "bad" if others else "ok", f"The master key is {key}" + (", and others can read it" if others else "")


def _connections(settings: Settings) -> Iterator[Finding]:
    rows = Rows(settings.connections, settings.data)
    try:
        for name in rows.names:
            if name == DEFAULT_CONNECTION and name not in settings.connections:
                yield "ok", f"{name} is a SQLite file in the data folder"
                continue
            yield _works(f"The connection {name}", lambda name=name: rows.check(name))  # type: ignore[misc]
    finally:
        rows.close()


def _reading(settings: Settings) -> Iterator[Finding]:
    with tempfile.TemporaryDirectory() as folder, open_desk(settings) as desk:
        invoice = Path(folder) / "invoice.pdf"
        invoice.write_bytes(sample_invoice())
        yield _works("Reading a PDF in a sandbox", lambda: desk.understand(desk.read(invoice)))


def _works(what: str, attempt: Callable[[], object]) -> Finding:
    try:
        attempt()
    except EvidocError as error:
        return "bad", f"{what} fails: {error.message}"
    return "ok", f"{what} works"


def _server(server: str, key: str | None) -> Finding:
    try:
        with talking(server, key) as client:
            running = client.health().version
            next(client.documents.list(), None)
    except click.ClickException as error:
        return "note", f"Server: {error.message}"
    return "ok", f"The server at {server} answers (version {running})"
