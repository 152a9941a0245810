"""A page of words in reading order, made into the kernel's Page."""

from array import array
from itertools import accumulate
from typing import Any

import numpy as np
import numpy.typing as npt

from evidoc.kernel.reading import Line, Method, Page, Words
from evidoc.reading.readers.pdf_geometry import PageGeometry
from evidoc.reading.readers.pdf_order import order_lines
from evidoc.reading.readers.pdf_words import PageWords


def build_page(index: int, geometry: PageGeometry, words: PageWords) -> Page:
    """The page whose text is these words: one space between those of a line, a line feed between lines."""
    ordered = order_lines(words)
    order = [number for line in ordered for number in line]
    texts = list(map(words.texts.__getitem__, order))
    lengths = np.fromiter(map(len, texts), np.uint32, len(texts))
    # Every separator is one character long.
    ends = np.cumsum(lengths + 1, dtype=np.uint32) - 1
    bounds = [0, *accumulate(map(len, ordered))]
    lines = list(map(Line, bounds, bounds[1:]))
    return Page(
        index=index,
        text="\n".join([" ".join(texts[first:end]) for first, end in lines]),
        width=geometry.width,
        height=geometry.height,
        method=Method.BORN_DIGITAL,
        words=Words(_column("I", ends - lengths), _column("I", ends), _column("f", words.boxes[order])),
        lines=tuple(lines),
        rotation=90 * geometry.quarters,
        quality=round(max(0.0, 1.0 - words.garbage), 3),
    )


def _column(typecode: str, numbers: npt.NDArray[Any]) -> "array[Any]":
    return array(typecode, numbers.tobytes())
