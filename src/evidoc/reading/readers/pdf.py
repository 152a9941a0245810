"""Reads PDF: born-digital text with its boxes; pages that are pictures go on as pixels."""

from evidoc.kernel.errors import DocumentTooComplex
from evidoc.kernel.reading import Fault, Method, Page, Reading, Words
from evidoc.reading.reader import Emit, Source
from evidoc.reading.readers.pdf_document import PdfDocument, open_pdf
from evidoc.reading.readers.pdf_geometry import PageGeometry
from evidoc.reading.readers.pdf_library import load_pdfium
from evidoc.reading.readers.pdf_page import build_page
from evidoc.reading.readers.pdf_words import read_words, without_overprints


class PdfReader:
    """Keeps the reader's promise for application/pdf."""

    def read(self, source: Source, emit: Emit) -> Reading:
        """Every page in order. Raises DocumentDamaged, DocumentEncrypted, DocumentTooComplex."""
        pdfium = load_pdfium()
        with open_pdf(pdfium, source.data, source.password) as document:
            if document.page_count > source.limits.pages:
                raise DocumentTooComplex(
                    f"The document has {document.page_count} pages; this server allows {source.limits.pages}"
                )
            for index in range(document.page_count):
                emit(_read_page(document, index, source))
            return Reading(pages=())


def _read_page(document: PdfDocument, index: int, source: Source) -> Page:
    with document.page(index) as page:
        if page is None:
            fault = Fault("page_unreadable", "The page is damaged", index)
            return Page(index, "", 612.0, 792.0, Method.BORN_DIGITAL, Words.of(()), (), quality=0.0, faults=(fault,))
        geometry = PageGeometry.of(document.pdfium, page)
        words = without_overprints(read_words(document.pdfium, page, geometry, source.limits.page_chars))
        return build_page(index, geometry, words)
