"""What a document may be, by the short names of this contract."""

from collections.abc import Mapping
from typing import Any

from evidoc.flows.triggers import matches
from evidoc.receiving.content_types import (
    CSV,
    DOCX,
    EML,
    HTML,
    JPEG,
    MARKDOWN,
    PDF,
    PNG,
    TEXT,
    TIFF,
    WEBP,
    XLSX,
    XML,
)

FORMATS: Mapping[str, str] = {
    "pdf": PDF,
    "png": PNG,
    "jpeg": JPEG,
    "webp": WEBP,
    "tiff": TIFF,
    "docx": DOCX,
    "xlsx": XLSX,
    "html": HTML,
    "eml": EML,
    "csv": CSV,
    "md": MARKDOWN,
    "xml": XML,
    "txt": TEXT,
}
"""Every format that can be read, and its content type."""


def formats_of(definition: Mapping[str, Any]) -> list[str]:
    """The formats that a flow takes."""
    accepts = definition.get("accepts")
    if not accepts or not accepts.get("refuse", True):
        return list(FORMATS)
    return formats_among(accepts["content_types"])


def formats_among(content_types: list[str]) -> list[str]:
    """The formats that some content types, or patterns of them, stand for."""
    return [name for name, known in FORMATS.items() if any(matches(known, kind) for kind in content_types)]
