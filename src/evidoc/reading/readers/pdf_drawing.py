"""What a PDF page draws besides text: straight lines, which may rule a table, and images."""

import ctypes
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any

import numpy as np
import numpy.typing as npt
import pypdfium2_raw.bindings as raw

from evidoc.kernel.reading import Box
from evidoc.reading.readers.pdf_geometry import PageGeometry
from evidoc.reading.readers.pdf_library import Pdfium
from evidoc.reading.tables import Ruling

Floats = npt.NDArray[np.float32]
Matrix = tuple[float, float, float, float, float, float]

_TEXT, _PATH, _IMAGE, _FORM = 1, 2, 3, 5
_SCAN_FILTERS = (b"DCTDecode", b"CCITTFaxDecode", b"JBIG2Decode", b"JPXDecode")
_COVER = 0.8
_MOST_PIXELS = 20_000_000
_LINE_TO, _MOVE_TO = 0, 2
_UNMOVED: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)

_THIN = 2.5
_SHORTEST = 3.0
_SLANT = 0.7
_DEEPEST = 6
_MOST_OBJECTS = 50_000
_MOST_SEGMENTS = 30_000
_MOST_SEGMENTS_OF_PATH = 4_000
_MOST_RULINGS = 10_000


@dataclass(slots=True)
class Drawing:
    """Lines and images in shown coordinates. ``paths`` counts what is drawn.

    ``covered`` holds the text objects (handles) that lie below an opaque picture of the whole page: a scan,
    with what some program read on it.
    """

    rulings: list[Ruling] = field(default_factory=list)
    images: list[Box] = field(default_factory=list)
    paths: int = 0
    covered: frozenset[int] = frozenset()


def read_drawing(pdfium: Pdfium, document: int, page: int, geometry: PageGeometry) -> Drawing:
    """The lines and images of an open page, those inside form XObjects included; bounded in number."""
    return _Walk(pdfium, document, page, geometry).whole()


class _Walk:
    """One walk over the objects of a page."""

    def __init__(self, pdfium: Pdfium, document: int, page: int, geometry: PageGeometry) -> None:
        self._pdfium = pdfium
        self._document = document
        self._page = page
        self._geometry = geometry
        self._drawing = Drawing()
        self._objects_left = _MOST_OBJECTS
        self._segments_left = _MOST_SEGMENTS

    def whole(self) -> Drawing:
        count = self._pdfium.FPDFPage_CountObjects(self._page)
        self._objects(self._pdfium.FPDFPage_GetObject, self._page, count, _UNMOVED, _DEEPEST)
        del self._drawing.rulings[_MOST_RULINGS:]
        return self._drawing

    def _objects(self, getter: Any, holder: int, count: int, matrix: Matrix, depth: int) -> None:
        count = max(0, min(count, self._objects_left))
        self._objects_left -= count
        handles = list(map(getter, repeat(holder), range(count)))
        types = np.fromiter(map(self._pdfium.FPDFPageObj_GetType, handles), np.int8, count)
        drawn = np.flatnonzero((types == _PATH) | (types == _IMAGE))
        if len(drawn):
            self._lines_and_images(handles, types, drawn, matrix)
        for number in np.flatnonzero(types == _FORM).tolist():
            if depth:
                form = handles[number]
                inner = _multiply(self._matrix(form), matrix)
                size = self._pdfium.FPDFFormObj_CountObjects(form)
                self._objects(self._pdfium.FPDFFormObj_GetObject, form, size, inner, depth - 1)

    def _lines_and_images(self, handles: list[int], types: Any, drawn: Any, matrix: Matrix) -> None:
        boxes = self._bounds([handles[number] for number in drawn.tolist()], matrix)
        paths = types[drawn] == _PATH
        self._drawing.paths += int(paths.sum())
        self._thin_paths(handles, drawn[paths], boxes[paths], matrix)
        self._drawing.images += map(Box._make, boxes[~paths].tolist())
        if matrix == _UNMOVED:
            self._look_for_cover(handles, types, drawn[~paths], boxes[~paths])

    def _look_for_cover(self, handles: list[int], types: Any, images: Any, boxes: Floats) -> None:
        """Note the text below the last scanned image that fills the page."""
        least = _COVER * self._geometry.width * self._geometry.height
        for number, box in zip(reversed(images.tolist()), reversed(boxes.tolist()), strict=True):
            text_below = bool((types[:number] == _TEXT).any())
            if text_below and (box[2] - box[0]) * (box[3] - box[1]) >= least and self._is_opaque(handles[number]):
                below = np.flatnonzero(types[:number] == _TEXT).tolist()
                self._drawing.covered = frozenset(handles[place] for place in below)
                return

    def _is_opaque(self, image: int) -> bool:
        """Whether an image lets nothing through. What scanners pack as they do is so; others are rendered to see."""
        name = ctypes.create_string_buffer(32)
        last = self._pdfium.FPDFImageObj_GetImageFilterCount(image) - 1
        self._pdfium.FPDFImageObj_GetImageFilter(image, last, ctypes.addressof(name), len(name))
        about = raw.FPDF_IMAGEOBJ_METADATA()
        self._pdfium.FPDFImageObj_GetImageMetadata(image, self._page, ctypes.addressof(about))
        if name.value in _SCAN_FILTERS or about.bits_per_pixel == 1:
            return True
        if about.width * about.height > _MOST_PIXELS:
            return False
        bitmap = self._pdfium.FPDFImageObj_GetRenderedBitmap(self._document, self._page, image)
        if not bitmap:
            return False
        try:
            return self._alpha_is_full(bitmap)
        finally:
            self._pdfium.FPDFBitmap_Destroy(bitmap)

    def _alpha_is_full(self, bitmap: int) -> bool:
        if self._pdfium.FPDFBitmap_GetFormat(bitmap) != raw.FPDFBitmap_BGRA:
            return True
        size = self._pdfium.FPDFBitmap_GetStride(bitmap) * self._pdfium.FPDFBitmap_GetHeight(bitmap)
        buffer = (ctypes.c_uint8 * size).from_address(self._pdfium.FPDFBitmap_GetBuffer(bitmap))
        alpha = np.frombuffer(buffer, np.uint8)[3::4]
        return float((alpha > 250).mean()) > 0.95

    def _bounds(self, handles: list[int], matrix: Matrix) -> Floats:
        """The boxes of objects, as shown."""
        raw = np.zeros((len(handles), 4), np.float32)
        base, size = raw.ctypes.data, 16 * len(handles)
        sides = [range(base + 4 * side, base + 4 * side + size, 16) for side in range(4)]
        _exhaust(map(self._pdfium.FPDFPageObj_GetBounds, handles, *sides))
        left, bottom, right, top = raw.T
        if matrix != _UNMOVED:
            corners = np.stack((left, bottom, right, bottom, left, top, right, top), axis=1).reshape(-1, 4, 2)
            moved = _move(corners.reshape(-1, 2), matrix).reshape(-1, 4, 2)
            (left, bottom), (right, top) = moved.min(axis=1).T, moved.max(axis=1).T
        return self._geometry.shown(np.stack((left, top, right, bottom), axis=1))

    def _thin_paths(self, handles: list[int], numbers: Any, boxes: Floats, matrix: Matrix) -> None:
        """Thin paths are rulings as they are; of the others those straight lines count that are stroked."""
        wide, high = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
        thin = np.minimum(wide, high) <= _THIN
        long = np.maximum(wide, high) >= _SHORTEST
        filled, stroked = ctypes.c_int(), ctypes.c_int()
        modes = ctypes.addressof(filled), ctypes.addressof(stroked)
        for place in np.flatnonzero(long).tolist():
            handle = handles[numbers[place]]
            if not self._pdfium.FPDFPath_GetDrawMode(handle, *modes) or not (filled.value or stroked.value):
                continue
            if thin[place]:
                self._drawing.rulings.append(Ruling(*boxes[place].tolist()))
            elif stroked.value:
                self._drawing.rulings.extend(self._straight_lines(handle, matrix))

    def _straight_lines(self, path: int, matrix: Matrix) -> Iterator[Ruling]:
        count = self._pdfium.FPDFPath_CountSegments(path)
        if not 2 <= count <= min(self._segments_left, _MOST_SEGMENTS_OF_PATH):
            return
        self._segments_left -= count
        segments = list(map(self._pdfium.FPDFPath_GetPathSegment, repeat(path), range(count)))
        kinds = list(map(self._pdfium.FPDFPathSegment_GetType, segments))
        closes = list(map(self._pdfium.FPDFPathSegment_GetClose, segments))
        points = np.zeros((count, 2), np.float32)
        base, size = points.ctypes.data, 8 * count
        at_x, at_y = range(base, base + size, 8), range(base + 4, base + 4 + size, 8)
        _exhaust(map(self._pdfium.FPDFPathSegment_GetPoint, segments, at_x, at_y))
        moved = _move(points, _multiply(self._matrix(path), matrix))
        shown = self._geometry.shown(np.hstack((moved, moved)))[:, :2].tolist()
        started = 0
        for number, (kind, closed) in enumerate(zip(kinds, closes, strict=True)):
            if kind == _MOVE_TO:
                started = number
            elif kind == _LINE_TO:
                yield from _if_level(shown[number - 1], shown[number])
            if closed:
                yield from _if_level(shown[number], shown[started])

    def _matrix(self, handle: int) -> Matrix:
        values = (ctypes.c_float * 6)(*_UNMOVED)
        self._pdfium.FPDFPageObj_GetMatrix(handle, ctypes.addressof(values))
        a, b, c, d, e, f = values
        return a, b, c, d, e, f


def _if_level(start: list[float], end: list[float]) -> Iterable[Ruling]:
    """The line from one point to another, where it is horizontal or vertical and long enough."""
    (x0, x1), (y0, y1) = sorted((start[0], end[0])), sorted((start[1], end[1]))
    wide, high = x1 - x0, y1 - y0
    return (Ruling(x0, y0, x1, y1),) if min(wide, high) <= _SLANT and max(wide, high) >= _SHORTEST else ()


def _move(points: Floats, matrix: Matrix) -> Floats:
    a, b, c, d, e, f = matrix
    x, y = points[:, 0], points[:, 1]
    return np.stack((a * x + c * y + e, b * x + d * y + f), axis=1).astype(np.float32)


def _multiply(first: Matrix, then: Matrix) -> Matrix:
    """The matrix that does ``first`` and then ``then`` (PDF's row vectors)."""
    a, b, c, d, e, f = first
    g, h, i, j, k, m = then
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)


def _exhaust(calls: "map[Any]") -> None:
    deque(calls, maxlen=0)
