"""From the pieces that were read to the page: lines in reading order, words with spans and boxes, tables."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from evidoc.kernel.reading import Box, Line, Method, Page, Table, Word, Words
from evidoc.reading.ocr.lines import into_lines
from evidoc.reading.ocr.networks import Corners
from evidoc.reading.ocr.words import Piece
from evidoc.reading.page_image import PageImage
from evidoc.reading.tables import Ruling, find_tables


def laid_out(image: PageImage, pieces: Sequence[Piece], angle: float, rulings: Sequence[Ruling]) -> Page:
    """The page of ``image`` with the words of ``pieces``, whose corners are in its points.

    ``angle`` is the skew of the text in radians; ``rulings`` lie as if the page hung level.
    """
    upright = [piece for piece in pieces if not _runs_down(piece)]
    lines = into_lines(upright, angle) + [[piece] for piece in pieces if _runs_down(piece)]
    page, quads = _page(image, lines)
    level = _about_middle(-angle, image)
    level_words = _moved_words(page.words, [level(quad) for quad in quads], image)
    tables = find_tables(replace(page, words=level_words), rulings)
    askew = _about_middle(angle, image)
    return replace(page, tables=tuple(_moved_table(table, askew, image) for table in tables))


def _page(image: PageImage, lines: Sequence[Sequence[Piece]]) -> tuple[Page, list[Corners]]:
    words: list[Word] = []
    quads: list[Corners] = []
    spans: list[Line] = []
    parts: list[str] = []
    offset = 0
    for line in lines:
        first = len(words)
        for piece in line:
            for word, quad in zip(piece.words, piece.word_corners, strict=True):
                if words:
                    parts.append("\n" if len(words) == first else " ")
                    offset += 1
                words.append(Word(offset, offset + len(word), _box(quad, image)))
                quads.append(quad)
                parts.append(word)
                offset += len(word)
        spans.append(Line(first, len(words)))
    page = Page(
        index=image.index,
        text="".join(parts),
        width=image.width,
        height=image.height,
        method=Method.OCR,
        words=Words.of(words),
        lines=tuple(spans),
        rotation=image.rotation,
        dpi=image.dpi,
        faults=image.faults,
    )
    return page, quads


def _runs_down(piece: Piece) -> bool:
    across, down = np.abs(piece.corners[1] - piece.corners[0])
    return bool(down > across)


def _box(quad: Corners, image: PageImage) -> Box:
    low, high = quad.min(axis=0), quad.max(axis=0)
    x0, x1 = np.clip((low[0], high[0]), 0, image.width)
    y0, y1 = np.clip((low[1], high[1]), 0, image.height)
    return Box(float(x0), float(y0), float(x1), float(y1))


def _about_middle(angle: float, image: PageImage) -> Callable[[Corners], Corners]:
    """Turns points of the page about its middle by ``angle``, clockwise."""
    middle = np.array([image.width / 2, image.height / 2], np.float32)
    sine, cosine = np.sin(angle), np.cos(angle)
    matrix = np.array([[cosine, sine], [-sine, cosine]], np.float32)
    return lambda points: ((points - middle) @ matrix + middle).astype(np.float32)


def _moved_words(words: Words, quads: Sequence[Corners], image: PageImage) -> Words:
    return Words.of([word._replace(box=_box(quad, image)) for word, quad in zip(words, quads, strict=True)])


def _moved_table(table: Table, move: Callable[[Corners], Corners], image: PageImage) -> Table:
    def moved(box: Box) -> Box:
        x0, y0, x1, y1 = box
        return _box(move(np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], np.float32)), image)

    cells = tuple(replace(cell, box=moved(cell.box)) for cell in table.cells)
    return replace(table, box=moved(table.box), cells=cells)
