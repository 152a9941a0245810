"""Opening a PDF: with its password, and by way of repair where PDFium cannot open it as it is."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from mmap import mmap
from typing import Any

import numpy as np

from evidoc.kernel.errors import DocumentDamaged, DocumentEncrypted
from evidoc.reading.readers.pdf_library import ERROR_PASSWORD, ERROR_SECURITY, Pdfium


class PdfDocument:
    """An open document. ``data`` is what PDFium reads from, which must outlive the handle."""

    def __init__(self, pdfium: Pdfium, handle: int, data: Any) -> None:
        self.pdfium = pdfium
        self.handle = handle
        self.data = data
        self.page_count: int = pdfium.FPDF_GetPageCount(handle)

    @contextmanager
    def page(self, index: int) -> Iterator[int | None]:
        """An open page, or None where it cannot be opened."""
        page = self.pdfium.FPDF_LoadPage(self.handle, index)
        try:
            yield page or None
        finally:
            if page:
                self.pdfium.FPDF_ClosePage(page)


@contextmanager
def open_pdf(pdfium: Pdfium, data: bytes | mmap, password: str | None) -> Iterator[PdfDocument]:
    """Open, with repair where needed. Raises DocumentEncrypted or DocumentDamaged."""
    document = _load(pdfium, data, password)
    if document is None or document.page_count <= 0:
        if document is not None:
            pdfium.FPDF_CloseDocument(document.handle)
        document = _load(pdfium, _repaired(data, password), None)
    if document is None:
        raise DocumentDamaged
    try:
        yield document
    finally:
        pdfium.FPDF_CloseDocument(document.handle)


def _load(pdfium: Pdfium, data: bytes | mmap, password: str | None) -> PdfDocument | None:
    """The open document, None where it is damaged. Raises DocumentEncrypted."""
    view = np.frombuffer(data, np.uint8)
    for secret in _encodings(password):
        handle = pdfium.FPDF_LoadMemDocument64(view.ctypes.data, len(view), secret)
        if handle:
            return PdfDocument(pdfium, handle, view)
    error = pdfium.FPDF_GetLastError()
    if error in (ERROR_PASSWORD, ERROR_SECURITY):
        raise DocumentEncrypted
    return None


def _encodings(password: str | None) -> list[bytes | None]:
    """A password as the revisions of PDF encryption take it: UTF-8, before that Latin-1. First none at all."""
    if not password:
        return [None]
    return [None, *dict.fromkeys((password.encode(), password.encode("latin-1", "ignore")))]


def _repaired(data: bytes | mmap, password: str | None) -> bytes:
    """The document as qpdf reconstructs it. Raises DocumentDamaged or DocumentEncrypted."""
    import pikepdf

    saved = io.BytesIO()
    try:
        with pikepdf.open(io.BytesIO(data), password=password or "") as document:
            if not len(document.pages):
                raise DocumentDamaged("The document has no pages")
            document.save(saved)
    except pikepdf.PasswordError as error:
        raise DocumentEncrypted from error
    except (pikepdf.PdfError, ValueError, RuntimeError, TypeError, KeyError) as error:
        raise DocumentDamaged from error
    return saved.getvalue()
