"""Which pages of a PDF need OCR, and the pixels of those that do."""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from evidoc.kernel.reading import Box, Page
from evidoc.reading.page_image import PageImage
from evidoc.reading.reader import ReadLimits
from evidoc.reading.readers.pdf_drawing import Drawing
from evidoc.reading.readers.pdf_geometry import PageGeometry
from evidoc.reading.readers.pdf_library import GREY_BITMAP, Pdfium

_GRID = 48
_WITH_ANNOTATIONS = 0x01
_WHITE = 0xFFFFFFFF

_GARBLED = 0.3
"""Share of characters without a meaning from which a page's text is worth nothing."""

_SCAN_COVERS = 0.5
_SCAN_WORDS = 40
"""A page of which images cover this share, and which has fewer words than that, is a scan with a stamp on it."""

_PICTURE_COVERS = 0.35
_PICTURE_WORDS = 150
"""A page with fewer words than that, and images on this share of it where no word stands, may show more text."""

_BARE_WORDS = 5
_BARE_PATHS = 30
_BARE_COVERS = 0.02
"""A page with next to no words that does draw something: text turned into outlines, or a small picture."""


def needs_ocr(page: Page, drawing: Drawing, garbage: float) -> bool:
    """Whether the text of a page leaves out what the page shows."""
    words = len(page.words)
    if garbage > _GARBLED:
        return True
    if not drawing.images:
        return words < _BARE_WORDS and drawing.paths >= _BARE_PATHS
    images = _cells(drawing.images, page.width, page.height)
    covered = float(images.mean())
    if words < _BARE_WORDS:
        return covered >= _BARE_COVERS or drawing.paths >= _BARE_PATHS
    if words < _SCAN_WORDS and covered >= _SCAN_COVERS:
        return True
    if words >= _PICTURE_WORDS or covered < _PICTURE_COVERS:
        return False
    written = _cells([word.box for word in page.words], page.width, page.height)
    return float((images & ~written).mean()) >= _PICTURE_COVERS


def render(
    pdfium: Pdfium, page: int, geometry: PageGeometry, index: int, limits: ReadLimits, known: Page | None
) -> PageImage:
    """The page as it is shown, in grey, at ``limits.dpi`` or as much as ``limits.page_pixels`` allows."""
    scale = min(limits.dpi / 72, math.sqrt(limits.page_pixels / max(geometry.width * geometry.height, 1.0)))
    columns = min(max(1, int(geometry.width * scale)), 65_000)
    rows = min(max(1, int(geometry.height * scale)), 65_000)
    pixels = np.empty((rows, columns), np.uint8)
    bitmap = pdfium.FPDFBitmap_CreateEx(columns, rows, GREY_BITMAP, pixels.ctypes.data, columns)
    if not bitmap:
        raise MemoryError("no bitmap for a page")
    try:
        pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, columns, rows, _WHITE)
        pdfium.FPDF_RenderPageBitmap(bitmap, page, 0, 0, columns, rows, 0, _WITH_ANNOTATIONS)
    finally:
        pdfium.FPDFBitmap_Destroy(bitmap)
    return PageImage(
        index=index,
        width=geometry.width,
        height=geometry.height,
        rotation=90 * geometry.quarters,
        dpi=72 * scale,
        pixels=pixels.data.cast("B"),
        columns=columns,
        rows=rows,
        born_digital=known,
    )


def _cells(boxes: Sequence[Box], width: float, height: float) -> npt.NDArray[np.bool_]:
    """Which cells of a coarse grid over the page the boxes touch."""
    grid = np.zeros((_GRID, _GRID), np.bool_)
    across, down = _GRID / max(width, 1.0), _GRID / max(height, 1.0)
    for x0, y0, x1, y1 in boxes:
        left, top = max(0, round(x0 * across)), max(0, round(y0 * down))
        grid[top : max(0, round(y1 * down)), left : max(0, round(x1 * across))] = True
    return grid
