"""Options that several commands take."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def data_option(command: F) -> F:
    """--data, the folder of a server."""
    return click.option(
        "--data",
        type=click.Path(file_okay=False, path_type=Path),
        help="The folder where the server keeps everything (EVIDOC_DATA; ./data).",
    )(command)


class _Option(click.Option):
    """An option of whose names only the first is shown; the others are taken as well."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """The line in the help."""
        names = self.opts
        self.opts = names[:1]
        try:
            return super().get_help_record(ctx)
        finally:
            self.opts = names


def key_option(command: F) -> F:
    """--key, for a server."""
    return click.option("--key", envvar="EVIDOC_KEY", help="An API key (EVIDOC_KEY).")(command)


def server_options(command: F) -> F:
    """--server and --key, a running server."""
    return click.option(
        "--server",
        "--url",
        "server",
        cls=_Option,
        envvar="EVIDOC_URL",
        default="http://127.0.0.1:8000",
        show_default=True,
        metavar="URL",
        help="Where the server answers (EVIDOC_URL).",
    )(key_option(command))


def elsewhere_options(command: F) -> F:
    """--server, --key and --keep: have a running server do it. Without --server it is done here."""
    at = click.option("--server", metavar="URL", help="Have the server that answers there do it.")
    keep = click.option("--keep", is_flag=True, help="Leave the documents on that server; else they are erased after.")
    return at(key_option(keep(command)))
