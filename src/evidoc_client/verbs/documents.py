"""Documents."""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from evidoc_client.answers import Document
from evidoc_client.call import Attachment, Call, File, Form, Reply, at, keyed, query_of, shape
from evidoc_client.errors import DocumentNotFound
from evidoc_client.file_sink import FileSink
from evidoc_client.steps import Steps, Stream, ask
from evidoc_client.verb import Many, Verb
from evidoc_client.verbs.paging import pages
from evidoc_client.verbs.waiting import ended, following

PATIENCE = 600.0
"""How many seconds are waited for something to end, unless said otherwise."""


class DocumentVerbs:
    """Documents: upload, get, wait, list, content, download, delete."""

    @Verb
    def upload(
        self,
        file: File,
        *,
        name: str | None = None,
        filename: str | None = None,
        content_type: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
    ) -> Call[Document]:
        """Hands a document in; it is streamed from where it lies. The server begins to process it at once.

        ``name`` is what it shall be called, ``filename`` (needed for bytes) tells what kind of file it is.
        """
        return uploading(file, name, filename, content_type, metadata, idempotency_key)

    @Verb
    def get(self, document_id: str) -> Call[Document]:
        """A document, with ``processing_results`` once it is processed. Raises DocumentNotFound."""
        return document_call(document_id)

    @Verb
    def wait(
        self, document_id: str, *, deadline: float = PATIENCE, on_state: Callable[[Document], object] | None = None
    ) -> Steps[Document]:
        """The document once it is processed, or failed. Raises WaitTimeout after ``deadline`` seconds."""
        return ended(following(document_call(document_id), deadline), on_state)

    @Many
    def list(self, *, status: str | None = None, content_type: str | None = None) -> Stream[Document]:
        """All documents, newest first, page after page as they are asked for."""
        return pages("/v1/documents", Document, query_of(status=status, content_type=content_type))

    @Verb
    def content(self, document_id: str) -> Call[bytes]:
        """The bytes as they were handed in. For what may be large, ``download``."""
        return _content_call(document_id)

    @Verb
    def download(self, document_id: str, to: str | os.PathLike[str]) -> Steps[Path]:
        """Writes the bytes as they were handed in to a file, which is there whole or not at all."""
        path = Path(to)
        yield from ask(replace(_content_call(document_id), sink=lambda: FileSink(path)))
        return path

    @Verb
    def delete(self, document_id: str) -> Steps[None]:
        """Erases a document and all that was made of it. Raises DocumentNotFound."""
        try:
            yield from ask(Call("DELETE", at("/v1/documents/{}", document_id), lambda reply: None))
        except DocumentNotFound as refusal:
            # An attempt whose answer was lost may have done it.
            if refusal.attempts == 1:
                raise


def uploading(
    file: File,
    name: str | None = None,
    filename: str | None = None,
    content_type: str | None = None,
    metadata: Mapping[str, Any] | None = None,
    idempotency_key: str | None = None,
) -> Call[Document]:
    """The request that hands a document in."""
    fields = {"name": name, "metadata": None if metadata is None else json.dumps(metadata)}
    return Call(
        "POST",
        "/v1/documents",
        shape(Document),
        headers=keyed(idempotency_key),
        body=Form(
            Attachment(file, filename, content_type),
            {field: text for field, text in fields.items() if text is not None},
        ),
    )


def document_call(document_id: str) -> Call[Document]:
    """The request for a document."""
    return Call("GET", at("/v1/documents/{}", document_id), shape(Document))


def _content_call(document_id: str) -> Call[bytes]:
    def whole(reply: Reply) -> bytes:
        return reply.content

    return Call("GET", at("/v1/documents/{}/content", document_id), whole, headers={"Accept": "*/*"})
