"""Talking to a running server, with what goes wrong said for people."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from evidoc_client import (
    Client,
    Document,
    DocumentFailed,
    EvidocApiError,
    EvidocClientError,
    Retries,
    Run,
    ServerUnreachable,
    Unauthorized,
)

_RETRIES = Retries(times=3, first=0.15)
"""Somebody sits before the screen: a server that is not there is said within a second or so."""


@contextmanager
def talking(server: str, key: str | None) -> Iterator[Client]:
    """A client of the server at that URL. Every error is raised as click.ClickException, in a sentence."""
    try:
        client = Client(server, key or "", retries=_RETRIES)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    try:
        with client:
            yield client
    except Unauthorized as error:
        hint = "" if key else "\nGive an API key with --key or EVIDOC_KEY; `evidoc keys create NAME` makes one"
        raise click.ClickException(error.message + hint) from None
    except EvidocApiError as error:
        faults = "".join(f"\n  {field}: {message}" for field, message in error.faults)
        raise click.ClickException(error.message + faults) from None
    except ServerUnreachable as error:
        raise click.ClickException(f"{error}\nIs a server running there? `evidoc serve` starts one") from None
    except EvidocClientError as error:
        raise click.ClickException(str(error)) from None


@contextmanager
def handed_in(client: Client, file: Path, keep: bool) -> Iterator[Document]:
    """The document that a file becomes, processed; erased when the block ends unless it is to be kept.

    Raises DocumentFailed.
    """
    document = client.documents.upload(file)
    try:
        document = client.documents.wait(document.document_id)
        if document.status == "failed":
            failure = document.error
            raise DocumentFailed(
                failure.code if failure else "failed", failure.message if failure else "It cannot be read", document
            )
        yield document
    finally:
        if not keep:
            client.documents.delete(document.document_id)


def refuse_password(password: str | None) -> None:
    """Says that a password goes nowhere."""
    if password is not None:
        raise click.UsageError("A server takes no passwords; leave --server out to open the document here")


def raw_evidence(run: Run) -> dict[str, Any]:
    """What answers for each scalar of a run's output, by JSON Pointer, as the server gave it."""
    return {at: leaf for item in run.artifacts.values() for at, leaf in item.raw.get("evidence", {}).items()}
