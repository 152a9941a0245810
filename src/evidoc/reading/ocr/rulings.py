"""Straight lines drawn in a picture, for finding tables: long thin runs of ink, level or plumb."""

import cv2
import numpy as np
from numpy.typing import NDArray

from evidoc.reading.ocr.networks import Pixels
from evidoc.reading.tables import Ruling

_DPI = 100.0
_SHORTEST, _THICKEST = 0.4, 0.06
"""Lines are sought at 100 dpi; they are these inches long at least, and thick at most."""

_MOST = 2000
_LEVEL = 0.003


def find_rulings(pixels: Pixels, dpi: float, angle: float) -> list[Ruling]:
    """The lines of a page that hangs askew by ``angle`` (radians, clockwise), in points.

    They stand where they would if the page were turned level about its middle; ``levelled`` in ``layout``
    puts words into the same place.
    """
    grey = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
    scale = min(1.0, _DPI / dpi)
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    if abs(angle) > _LEVEL:
        rows, columns = small.shape
        turn = cv2.getRotationMatrix2D(((columns - 1) / 2, (rows - 1) / 2), float(np.degrees(angle)), 1.0)
        small = cv2.warpAffine(small, turn, (columns, rows), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    # Against the neighbourhood, not against one level: photographs have shadows.
    ink = cv2.adaptiveThreshold(small, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 15, 10)
    points = 72 / (dpi * scale)
    shortest, thickest = round(_SHORTEST * dpi * scale), max(2.0, _THICKEST * dpi * scale)
    level = _runs(np.asarray(ink, np.uint8), shortest, thickest)
    plumb = _runs(np.asarray(ink.T.copy(), np.uint8), shortest, thickest)
    found = [Ruling(x0, y0, x1, y1) for x0, y0, x1, y1 in level] + [Ruling(y0, x0, y1, x1) for x0, y0, x1, y1 in plumb]
    return [Ruling(*(number * points for number in ruling)) for ruling in found]


def _runs(ink: NDArray[np.uint8], shortest: int, thickest: float) -> list[tuple[float, float, float, float]]:
    """Centre lines of the level runs of ink, the longest first."""
    bridged = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((1, 5), np.uint8))
    long = cv2.morphologyEx(bridged, cv2.MORPH_OPEN, np.ones((1, max(2, shortest)), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(long, connectivity=8)
    boxes = [(int(x), int(y), int(wide), int(high)) for x, y, wide, high, _ in stats[1:] if high <= thickest]
    boxes.sort(key=lambda box: -box[2])
    return [(x, y + high / 2, x + wide, y + high / 2) for x, y, wide, high in boxes[:_MOST]]
