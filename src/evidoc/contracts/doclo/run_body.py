"""The body that starts a run: the document in it goes to a file as it arrives, whatever its size."""

import os
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from evidoc.contracts import strict_json
from evidoc.contracts.doclo.asked import NewRun, unknown_members
from evidoc.contracts.doclo.base64_file import Base64File
from evidoc.contracts.doclo.body_scan import BodyScan
from evidoc.contracts.request import MOST_FAULTS, WireLimits, faults_of, refuse_by_length, require_json
from evidoc.kernel.errors import Detail, DocumentTypeMismatch, InvalidRequest, RequestTooLarge

_PATH = ("input", "document", "base64")
_WRITE_AT = 1 << 18


@dataclass(frozen=True, slots=True)
class GivenRun:
    """A run that somebody asks for. ``path`` is where its document lies for the moment, ``sha256`` that file's hash.

    ``asked`` is the body without the document, as it was sent.
    """

    run: NewRun
    asked: Mapping[str, Any]
    path: Path
    sha256: str

    @property
    def filename(self) -> str:
        """What the document is said to be called."""
        return self.run.input.document.filename or ""

    @property
    def declared_type(self) -> str | None:
        """What the document is said to be."""
        return self.run.input.document.mime_type


@asynccontextmanager
async def receive_run(request: Request, limits: WireLimits) -> AsyncIterator[GivenRun]:
    """The run that a body asks for; its file is gone when the block ends, unless somebody moved it away.

    Raises InvalidRequest, DocumentDamaged for what is not base64, DocumentTypeMismatch, RequestTooLarge, StorageFull.
    """
    require_json(request)
    most = _most_bytes(limits)
    refuse_by_length(request, most)
    handle, name = tempfile.mkstemp(dir=limits.scratch, prefix="run-")
    path = Path(name)
    try:
        with os.fdopen(handle, "wb", buffering=0) as file:
            document = Base64File(file.fileno(), limits.max_upload_bytes)
            scan = BodyScan(_PATH, limits.max_json_bytes)
            await _receive(request, scan, document, most)
            given = await run_in_threadpool(_parse, bytes(scan.rest), scan.found, document, path)
        yield given
    finally:
        path.unlink(missing_ok=True)


async def _receive(request: Request, scan: BodyScan, document: Base64File, most: int) -> None:
    received = waiting = 0
    pieces: list[bytes] = []
    async for chunk in request.stream():
        received += len(chunk)
        if received > most:
            raise RequestTooLarge(f"The request is larger than the {most} bytes that this server accepts")
        found = scan.feed(chunk)
        pieces += found
        waiting += sum(map(len, found))
        if waiting >= _WRITE_AT:
            await run_in_threadpool(document.write, pieces)
            pieces, waiting = [], 0
    if pieces:
        await run_in_threadpool(document.write, pieces)


def _most_bytes(limits: WireLimits) -> int:
    """Base64 of the largest file, in lines of 64 characters, and everything besides."""
    text = -(-limits.max_upload_bytes // 3) * 4
    return text + text // 16 + limits.max_json_bytes


def _parse(rest: bytes, found: bool, document: Base64File, path: Path) -> GivenRun:
    value = strict_json.parse(rest)
    if not isinstance(value, dict):
        raise InvalidRequest(details=[Detail("body", "must be a JSON object")])
    if not found:
        raise InvalidRequest("Document base64 data is required", facts={"field": ".".join(_PATH)})
    document.finish()
    faults = list(islice(unknown_members(NewRun, value), MOST_FAULTS))
    try:
        run = NewRun.model_validate(value)
    except ValidationError as error:
        faults = [*faults_of(error.errors()), *faults]
    if faults:
        raise InvalidRequest(details=faults)
    _agree_on_type(run, document.declared_type)
    return GivenRun(run, value, path, document.sha256)


def _agree_on_type(run: NewRun, of_url: str | None) -> None:
    given = run.input.document
    claimed = (given.mime_type or "").partition(";")[0].strip().lower()
    if claimed and of_url and claimed != of_url:
        raise DocumentTypeMismatch(f"mimeType says {claimed}, the data: URL says {of_url}")
    given.mime_type = claimed or of_url
