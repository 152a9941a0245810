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


def server_options(command: F) -> F:
    """--url and --key, a running server."""
    with_key = click.option("--key", envvar="EVIDOC_KEY", help="An API key (EVIDOC_KEY).")(command)
    return click.option(
        "--url",
        envvar="EVIDOC_URL",
        default="http://127.0.0.1:8000",
        show_default=True,
        help="Where the server answers (EVIDOC_URL).",
    )(with_key)
