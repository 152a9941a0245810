"""Which types of document a flow takes, checked before a run of it is committed."""

from collections.abc import Mapping
from typing import Any

from evidoc.flows.triggers import matches
from evidoc.kernel.errors import UnsupportedDocument
from evidoc.kernel.records import DocumentRecord


def refuse_unaccepted(definition: Mapping[str, Any], document: DocumentRecord) -> None:
    """Raises UnsupportedDocument where the flow says that it refuses documents of this type."""
    accepts = definition.get("accepts")
    if not accepts or not accepts.get("refuse", True):
        return
    supported = list(accepts["content_types"])
    if not any(matches(document.content_type, kind) for kind in supported):
        wanted = ", ".join(supported) or "no type"
        raise UnsupportedDocument(
            f"This flow takes {wanted}; the document is {document.content_type}", facts={"supported": supported}
        )
