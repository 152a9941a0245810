"""From a PDF page's own space (origin bottom left, unrotated) to the page as it is shown."""

import ctypes
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evidoc.reading.readers.pdf_library import Pdfium

_LETTER = (0.0, 792.0, 612.0, 0.0)


@dataclass(frozen=True, slots=True)
class PageGeometry:
    """The visible box in the page's own space, and how many clockwise quarters it is turned when shown."""

    left: float
    bottom: float
    right: float
    top: float
    quarters: int

    @classmethod
    def of(cls, pdfium: Pdfium, page: int) -> "PageGeometry":
        """That of an open page: the crop box within the media box, and /Rotate."""
        box = (ctypes.c_float * 4)()
        pdfium.FPDF_GetPageBoundingBox(page, ctypes.addressof(box))
        left, top, right, bottom = box
        if not (right > left and top > bottom):
            left, top, right, bottom = _LETTER
        return cls(left, bottom, right, top, pdfium.FPDFPage_GetRotation(page) % 4)

    @property
    def width(self) -> float:
        """Points across, as shown."""
        return self.top - self.bottom if self.quarters % 2 else self.right - self.left

    @property
    def height(self) -> float:
        """Points down, as shown."""
        return self.right - self.left if self.quarters % 2 else self.top - self.bottom

    def shown(self, corners: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Rows of (left, top, right, bottom) in the page's own space as (x0, y0, x1, y1) from the top left."""
        left, top, right, bottom = corners.T
        if self.quarters == 0:
            sides = (left - self.left, self.top - top, right - self.left, self.top - bottom)
        elif self.quarters == 1:
            sides = (bottom - self.bottom, left - self.left, top - self.bottom, right - self.left)
        elif self.quarters == 2:
            sides = (self.right - right, bottom - self.bottom, self.right - left, top - self.bottom)
        else:
            sides = (self.top - top, self.right - right, self.top - bottom, self.right - left)
        return np.stack(sides, axis=1).astype(np.float32)
