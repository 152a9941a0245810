"""What `evidoc extract` does on a server."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from evidoc.cli.results import Result
from evidoc.cli.talk import handed_in, raw_evidence
from evidoc.cli.wanted import Asked
from evidoc_client import (
    Client,
    DocumentFailed,
    DocumentUnreadable,
    RequestTooLarge,
    RunFailed,
    UnsupportedDocument,
)


def extract_there(client: Client, file: Path, wanted: Asked, keep: bool) -> Result:
    """What the server finds in a file, or why it could not read it. Other refusals are raised."""
    if not file.is_file():
        return {"file": str(file), "error": {"code": "not_found", "message": f"There is no file {file}"}}
    try:
        if isinstance(wanted, Mapping):
            return {"file": str(file), **_fitting_there(client, file, wanted, keep)}
        with handed_in(client, file, keep) as document:
            found = client.analysis.entities(document.document_id, wanted or ())
    except (DocumentFailed, RunFailed, DocumentUnreadable, UnsupportedDocument, RequestTooLarge) as error:
        return {"file": str(file), "error": {"code": error.code, "message": error.message}}
    return {
        "file": str(file),
        "pages": document.page_count or 0,
        "entities": [entity.raw for entity in found.entities],
        "missing": list(found.missing),
    }


def _fitting_there(client: Client, file: Path, schema: Mapping[str, Any], keep: bool) -> Result:
    document_id = None
    try:
        found = client.extract(file, schema=schema)
        document_id, run = found.document_id, found.run
    except RunFailed as error:
        document_id = error.run.document_id
        raise
    finally:
        if document_id is not None and not keep:
            client.documents.delete(document_id)
    pages = run.metrics.page_count if run and run.metrics else None
    evidence = {} if run is None else raw_evidence(run)
    return {"pages": pages or 0, "value": found.values, "evidence": evidence, "missing": list(found.missing)}
