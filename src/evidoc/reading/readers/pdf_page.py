"""A page of words in reading order, made into the kernel's Page."""

from array import array
from itertools import accumulate

from evidoc.kernel.reading import Line, Method, Page, Words
from evidoc.reading.readers.pdf_geometry import PageGeometry
from evidoc.reading.readers.pdf_order import order_lines
from evidoc.reading.readers.pdf_words import PageWords


def build_page(index: int, geometry: PageGeometry, words: PageWords) -> Page:
    """The page whose text is these words: one space between those of a line, a line feed between lines."""
    ordered = order_lines(words)
    order = [number for line in ordered for number in line]
    texts = words.texts
    # Every separator is one character long.
    ends = [after - 1 for after in accumulate(len(texts[number]) + 1 for number in order)]
    starts = [end - len(texts[number]) for end, number in zip(ends, order, strict=True)]
    bounds = [0, *accumulate(map(len, ordered))]
    return Page(
        index=index,
        text="\n".join(" ".join([texts[number] for number in line]) for line in ordered),
        width=geometry.width,
        height=geometry.height,
        method=Method.BORN_DIGITAL,
        words=Words(array("I", starts), array("I", ends), array("f", words.boxes[order].tobytes())),
        lines=tuple(map(Line, bounds, bounds[1:])),
        rotation=90 * geometry.quarters,
        quality=round(max(0.0, 1.0 - words.garbage), 3),
    )
