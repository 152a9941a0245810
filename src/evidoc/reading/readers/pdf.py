"""Reads PDF: born-digital text with its boxes, form values, tables; pages that are pictures go on as pixels."""

from dataclasses import replace

from evidoc.kernel.errors import DocumentDamaged, DocumentTooComplex
from evidoc.kernel.page_codec import encode_page
from evidoc.kernel.reading import Fault, FormField, Method, Page, Reading, Words
from evidoc.reading.page_image import PageImage
from evidoc.reading.reader import Emit, ReadLimits, Source
from evidoc.reading.readers.pdf_attachments import read_attachments, read_properties
from evidoc.reading.readers.pdf_document import PdfDocument, open_pdf
from evidoc.reading.readers.pdf_drawing import Drawing, read_drawing
from evidoc.reading.readers.pdf_form import Annotations, PdfForm, locate_fields, open_form, with_missing_values
from evidoc.reading.readers.pdf_geometry import PageGeometry
from evidoc.reading.readers.pdf_library import Pdfium, load_pdfium
from evidoc.reading.readers.pdf_page import build_page
from evidoc.reading.readers.pdf_pixels import needs_ocr, render
from evidoc.reading.readers.pdf_words import keep_words, read_words, without_overprints
from evidoc.reading.tables import find_tables

_MOST_FIELDS = 20_000

# Opened without its cross-reference table, as PDFium rebuilds that by itself.
_SAMPLE = b"""%PDF-1.4
1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj
2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj
3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R
  /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >> endobj
4 0 obj << /Length 130 >> stream
BT /F1 12 Tf 72 700 Td (A sample of several words) Tj 0 -20 Td (Total 12.50) Tj ET
72 600 m 300 600 l S 72 500 228 50 re S
endstream endobj
trailer << /Root 1 0 R >>
"""


class PdfReader:
    """Keeps the reader's promise for application/pdf."""

    def read(self, source: Source, emit: Emit) -> Reading:
        """Every page in order. Raises DocumentDamaged, DocumentEncrypted, DocumentTooComplex."""
        pdfium = load_pdfium()
        limits = source.limits
        with open_pdf(pdfium, source.data, source.password) as document, open_form(document) as form:
            if document.page_count > limits.pages:
                raise DocumentTooComplex(
                    f"The document has {document.page_count} pages; this server allows {limits.pages}"
                )
            emit.count(document.page_count)
            fields: list[FormField] = []
            unreadable = 0
            for index in range(document.page_count):
                page_fields = _PageReader(document, form, index, limits).read(emit)
                if page_fields is None:
                    unreadable += 1
                    continue
                fields += page_fields
            if unreadable == document.page_count:
                raise DocumentDamaged("None of the document's pages can be opened")
            return Reading(
                pages=(),
                attachments=read_attachments(document, limits.attachment_bytes),
                form_fields=tuple(fields[:_MOST_FIELDS]),
                properties=read_properties(document),
            )


def warm_up() -> None:
    """Read a document of our own, so that PDFium's fonts and everything else made on first use is there."""
    pdfium = load_pdfium()
    with open_pdf(pdfium, _SAMPLE, None) as document, open_form(document) as form:
        _PageReader(document, form, 0, ReadLimits()).read(_Nowhere())


class _Nowhere:
    """Takes pages and forgets them."""

    def count(self, pages: int) -> None:
        pass

    def __call__(self, page: Page) -> None:
        encode_page(page)

    def pixels(self, image: PageImage) -> None:
        raise AssertionError("the sample has text")


class _PageReader:
    """Reads one page."""

    def __init__(self, document: PdfDocument, form: PdfForm, index: int, limits: ReadLimits) -> None:
        self._document = document
        self._pdfium: Pdfium = document.pdfium
        self._form = form
        self._index = index
        self._limits = limits

    def read(self, emit: Emit) -> list[FormField] | None:
        """Emit the page; return its form fields, or None where it cannot be opened."""
        annotations, geometry = Annotations(), None
        with self._document.page(self._index) as page:
            if page is None:
                emit(_unreadable(self._index))
                return None
            geometry = PageGeometry.of(self._pdfium, page)
            annotations = self._form.annotations(page, geometry)
            if not (annotations.shows_text and self._form.flatten(page)):
                return self._read_open(page, geometry, annotations, emit)
        with self._document.page(self._index) as page:
            if page is None:
                emit(_unreadable(self._index))
                return None
            return self._read_open(page, geometry, annotations, emit)

    def _read_open(self, page: int, geometry: PageGeometry, annotations: Annotations, emit: Emit) -> list[FormField]:
        drawing = read_drawing(self._pdfium, self._document.handle, page, geometry)
        words = read_words(self._pdfium, page, geometry, self._limits.page_chars, drawing.covered)
        if words.invisible.any():
            words = keep_words(words, ~words.invisible)
        words = with_missing_values(without_overprints(words), annotations.fields)
        built = build_page(self._index, geometry, words)
        fields = locate_fields(built, annotations.fields)
        if needs_ocr(built, drawing, words.garbage):
            known = built if len(built.words) and words.garbage <= 0.1 else None
            emit.pixels(render(self._pdfium, page, geometry, self._index, self._limits, known))
        else:
            emit(_with_tables(built, drawing))
        return fields


def _with_tables(page: Page, drawing: Drawing) -> Page:
    tables = find_tables(page, drawing.rulings)
    return replace(page, tables=tables) if tables else page


def _unreadable(index: int) -> Page:
    fault = Fault("page_unreadable", "The page is damaged", index)
    return Page(index, "", 612.0, 792.0, Method.BORN_DIGITAL, Words.of(()), (), quality=0.0, faults=(fault,))
