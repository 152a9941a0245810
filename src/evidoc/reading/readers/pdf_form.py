"""Filled-in form fields, and other annotations that show text: their appearance becomes part of the page.

PDFium's text page leaves annotations out. Flattening draws them into the page's content first, so the values
are read where they are shown, with the boxes of their glyphs. A field that has a value and no appearance
even so gets its words laid out along its rectangle.
"""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import pypdfium2_raw.bindings as raw

from evidoc.kernel.reading import Box, FormField, Page, Span
from evidoc.reading.readers.pdf_document import PdfDocument
from evidoc.reading.readers.pdf_geometry import PageGeometry
from evidoc.reading.readers.pdf_library import read_utf16
from evidoc.reading.readers.pdf_words import PageWords

_FREE_TEXT, _STAMP, _WIDGET = 3, 13, 20
_HIDDEN_OR_NO_VIEW = 0x02 | 0x20
_CHECK_BOX, _RADIO_BUTTON = 2, 3
_PUSH_BUTTON, _SIGNATURE = 1, 7
_MOST_ANNOTATIONS = 10_000
_MOST_VALUE = 20_000


@dataclass(frozen=True, slots=True)
class FilledField:
    """A field with a value, and the rectangle in which it is shown (None where it is hidden)."""

    name: str
    value: str
    box: Box | None
    is_text: bool


@dataclass(frozen=True, slots=True)
class Annotations:
    """What a page's annotations are: its filled fields, and whether flattening shows more text."""

    fields: tuple[FilledField, ...] = ()
    shows_text: bool = False


class PdfForm:
    """The interactive form of a document, where it has one."""

    def __init__(self, document: PdfDocument, handle: int | None) -> None:
        self._document = document
        self._pdfium = document.pdfium
        self._handle = handle

    def annotations(self, page: int, geometry: PageGeometry) -> Annotations:
        """The annotations of an open page that matter for its text."""
        count = self._pdfium.FPDFPage_GetAnnotCount(page)
        if count <= 0:
            return Annotations()
        if self._handle:
            # Has PDFium make appearances where the document leaves that to the viewer.
            self._pdfium.FORM_OnAfterLoadPage(page, self._handle)
        fields: list[FilledField] = []
        shows_text = False
        for number in range(min(count, _MOST_ANNOTATIONS)):
            annotation = self._pdfium.FPDFPage_GetAnnot(page, number)
            if not annotation:
                continue
            try:
                kind = self._pdfium.FPDFAnnot_GetSubtype(annotation)
                shows_text = shows_text or kind in (_FREE_TEXT, _STAMP, _WIDGET)
                if kind == _WIDGET and self._handle:
                    fields += self._field(annotation, geometry)
            finally:
                self._pdfium.FPDFPage_CloseAnnot(annotation)
        return Annotations(tuple(fields), shows_text)

    def flatten(self, page: int) -> bool:
        """Draw the annotations into the page's content; the page must then be opened anew to see them."""
        if self._handle:
            self._pdfium.FORM_OnBeforeClosePage(page, self._handle)
        return bool(self._pdfium.FPDFPage_Flatten(page, 0) == 1)

    def _field(self, annotation: int, geometry: PageGeometry) -> list[FilledField]:
        kind = self._pdfium.FPDFAnnot_GetFormFieldType(self._handle, annotation)
        if kind <= 0 or kind in (_PUSH_BUTTON, _SIGNATURE):
            return []
        name = read_utf16(self._pdfium.FPDFAnnot_GetFormFieldName, self._handle, annotation)
        value = read_utf16(self._pdfium.FPDFAnnot_GetFormFieldValue, self._handle, annotation)[:_MOST_VALUE]
        is_switch = kind in (_CHECK_BOX, _RADIO_BUTTON)
        if is_switch and not self._pdfium.FPDFAnnot_IsChecked(self._handle, annotation):
            return []
        if not value.strip():
            return []
        box = None
        if not self._pdfium.FPDFAnnot_GetFlags(annotation) & _HIDDEN_OR_NO_VIEW:
            corners = np.zeros((1, 4), np.float32)
            if self._pdfium.FPDFAnnot_GetRect(annotation, corners.ctypes.data):
                # FS_RECTF: left, top, right, bottom.
                box = Box(*geometry.shown(corners)[0].tolist())
        return [FilledField(name, value, box, not is_switch)]


@contextmanager
def open_form(document: PdfDocument) -> Iterator[PdfForm]:
    """The form of an open document; without one, a form that has no fields."""
    handle, info = None, None
    if document.pdfium.FPDF_GetFormType(document.handle) > 0:
        info = raw.FPDF_FORMFILLINFO(version=2)
        handle = document.pdfium.FPDFDOC_InitFormFillEnvironment(document.handle, ctypes.addressof(info))
    try:
        yield PdfForm(document, handle)
    finally:
        if handle:
            document.pdfium.FPDFDOC_ExitFormFillEnvironment(handle)
        del info


def with_missing_values(words: PageWords, fields: tuple[FilledField, ...]) -> PageWords:
    """Add the words of field values that the page does not show in their rectangle, spread evenly along it."""
    texts: list[str] = []
    boxes: list[Box] = []
    for item in fields:
        if item.box is None or not item.is_text or _shown_in(words, item.box):
            continue
        for text, box in _laid_out(item.value, item.box):
            texts.append(text)
            boxes.append(box)
    if not texts:
        return words
    return PageWords(
        [*words.texts, *texts],
        np.vstack((words.boxes, np.array(boxes, np.float32))),
        np.concatenate((words.turns, np.zeros(len(texts), np.int8))),
        np.concatenate((words.invisible, np.zeros(len(texts), np.bool_))),
        words.garbage,
    )


def locate_fields(page: Page, fields: tuple[FilledField, ...]) -> list[FormField]:
    """The fields with the span of the page's text at which their value stands."""
    return [FormField(item.name, item.value, page.index, _span(page, item)) for item in fields]


def _span(page: Page, item: FilledField) -> Span | None:
    """The words in the field's rectangle, where they are exactly the value."""
    if item.box is None:
        return None
    inside = [number for number, word in enumerate(page.words) if _holds(item.box, word.box)]
    if not inside or inside[-1] - inside[0] + 1 != len(inside):
        return None
    span = Span(page.words.starts[inside[0]], page.words.ends[inside[-1]])
    same = page.text[span.start : span.end].split() == item.value.split()
    return span if same else None


def _shown_in(words: PageWords, box: Box) -> bool:
    return any(_holds(box, other) for other in map(Box._make, words.boxes.tolist()))


def _holds(outer: Box, inner: Any) -> bool:
    across, down = (inner[0] + inner[2]) / 2, (inner[1] + inner[3]) / 2
    return bool(outer.x0 <= across <= outer.x1 and outer.y0 <= down <= outer.y1)


def _laid_out(value: str, box: Box) -> Iterator[tuple[str, Box]]:
    """The words of a value in its rectangle: lines share its height, characters the width of a line."""
    lines = [line for line in value.splitlines() if line.strip()]
    line_height = box.height / max(len(lines), 1)
    for row, line in enumerate(lines):
        size = min(line_height, 12.0)
        char_width = min(box.width / len(line), 0.6 * size)
        top, place = box.y0 + row * line_height + (line_height - size) / 2, 0
        for text in line.split():
            place = line.index(text, place)
            left = box.x0 + place * char_width
            place += len(text)
            yield text, Box(left, top, box.x0 + place * char_width, top + size)
