"""Files inside a PDF: e-invoices as XML, with their content; of all others, what they are called."""

import ctypes
import mimetypes

from evidoc.kernel.reading import Attachment
from evidoc.reading.readers.pdf_document import PdfDocument
from evidoc.reading.readers.pdf_library import Pdfium, read_utf16

_MOST_FILES = 200
_PROPERTIES = ("Title", "Author", "Subject", "Keywords", "Creator", "Producer", "CreationDate", "ModDate")
_MOST_PROPERTY = 2_000
_BINARY = "application/octet-stream"
XML = "application/xml"


def read_attachments(document: PdfDocument, most_bytes: int) -> tuple[Attachment, ...]:
    """The embedded files; the content of XML no longer than ``most_bytes`` is kept."""
    count = min(document.pdfium.FPDFDoc_GetAttachmentCount(document.handle), _MOST_FILES)
    files = []
    for number in range(count):
        handle = document.pdfium.FPDFDoc_GetAttachment(document.handle, number)
        if handle:
            files.append(_attachment(document.pdfium, handle, most_bytes))
    return tuple(files)


def read_properties(document: PdfDocument) -> dict[str, str]:
    """The document information that is filled in, under the names that PDF gives it."""
    found = {}
    for name in _PROPERTIES:
        value = read_utf16(document.pdfium.FPDF_GetMetaText, document.handle, name.encode()).strip()
        if value:
            found[name] = value[:_MOST_PROPERTY]
    return found


def _attachment(pdfium: Pdfium, handle: int, most_bytes: int) -> Attachment:
    name = read_utf16(pdfium.FPDFAttachment_GetName, handle)
    subtype = read_utf16(pdfium.FPDFAttachment_GetSubtype, handle)
    needed = ctypes.c_ulong()
    if not pdfium.FPDFAttachment_GetFile(handle, None, 0, ctypes.addressof(needed)):
        needed.value = 0
    content_type = subtype or mimetypes.guess_type(name)[0] or _BINARY
    is_xml = name.lower().endswith(".xml") or content_type in (XML, "text/xml")
    if not is_xml or not 0 < needed.value <= most_bytes:
        return Attachment(name, content_type, needed.value)
    buffer = ctypes.create_string_buffer(needed.value)
    pdfium.FPDFAttachment_GetFile(handle, ctypes.addressof(buffer), needed.value, ctypes.addressof(needed))
    return Attachment(name, XML, needed.value, buffer.raw)
