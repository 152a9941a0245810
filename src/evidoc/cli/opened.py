"""A store for one command, beside a server that may be running."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from evidoc.server.settings import load
from evidoc.storing.store import Store


@contextmanager
def open_store(data: Path | None) -> Iterator[Store]:
    """The store under ``data``, or where the settings say it lies. Raises CannotStart."""
    settings = load(data=data)
    store = Store.open(settings.data, settings.database_url or None, settings.master_key or None, exclusive=False)
    try:
        yield store
    finally:
        store.close()
