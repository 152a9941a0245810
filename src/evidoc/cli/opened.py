"""A store for one command, beside a server that may be running."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from evidoc.server.settings import load
from evidoc.storing.store import Store


@contextmanager
def open_store(data: Path | None) -> Iterator[Store]:
    """The store under ``data``, or where the settings say it lies. Raises CannotStart.

    Where there is none yet it is made, and said: it may be that another folder was meant.
    """
    settings = load(data=data)
    is_new = not settings.data.exists()
    store = Store.open(settings.data, settings.database_url or None, settings.master_key or None, exclusive=False)
    try:
        yield store
        if is_new:
            click.echo(f"Made the data folder {settings.data}: there was none", err=True)
    finally:
        store.close()
