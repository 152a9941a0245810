"""One page from pixels to a Page: find pieces of text, see which way is up, read them, lay them out.

Coordinates of the answer are on the page as it is shown *upright*: where the text runs sideways or upside
down, the page is turned, ``width`` and ``height`` change places with it, and ``Page.rotation`` is the whole
clockwise turn from the stored page. A page that has born-digital words keeps its own frame.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from evidoc.kernel.reading import Page, Words
from evidoc.reading.ocr.layout import laid_out
from evidoc.reading.ocr.lines import skew
from evidoc.reading.ocr.merge import merge
from evidoc.reading.ocr.networks import Corners, Glyphs, Pixels, TextFinder, TextRecogniser, cut_out, is_ideographic
from evidoc.reading.ocr.rulings import find_rulings
from evidoc.reading.ocr.turn import is_tall, placed, rolled, turn_of, turned_back
from evidoc.reading.ocr.words import Piece, into_words
from evidoc.reading.page_image import PageImage
from evidoc.reading.tables import find_tables

_LEAST_SCORE = 0.5
_MOST_PIECES = 2500
_IDEOGRAPHIC_PAGE = 0.1
_FIND_PIXELS = 1_200_000
_FIND_SIDE = 640
_SHORT = 2.0
_COVERED = 0.5


@dataclass(frozen=True, slots=True)
class _Read:
    """A piece as the network read it, both ways: with every script, and without ideographs."""

    corners: Corners
    cut: Pixels
    any_script: Glyphs
    alphabetic: Glyphs


class PageRecogniser:
    """Holds the two networks; loading them takes half a second and about 100 MB."""

    def __init__(self) -> None:
        self._finder = TextFinder()
        self._recogniser = TextRecogniser()

    def recognise(self, image: PageImage) -> Page:
        """The page that ``image`` shows, merged with the born-digital words that it carries."""
        pixels = _pixels(image)
        found = self._finder.find(pixels, _find_scale(image.columns, image.rows))
        own = _not_covered(found, image)[:_MOST_PIECES]
        turn = turn_of(own, lambda corners: self._read(pixels, corners).any_script.score)
        reads = [self._best_read(pixels, corners, turn, own) for corners in own]
        pieces = _pieces(reads)
        in_points = [_in_points(piece, turn, image) for piece in pieces]
        angle = skew(in_points)
        rulings = find_rulings(np.ascontiguousarray(np.rot90(pixels, -turn // 90)), image.dpi, angle)
        page = replace(laid_out(_turned(image, turn), in_points, angle, rulings), quality=_quality(reads, pieces))
        born_digital = image.born_digital
        if born_digital is None or not len(born_digital.words):
            return page
        merged = merge(born_digital, _in_own_frame(page, turn, image))
        if turn == 0 and not merged.tables:
            return replace(merged, tables=find_tables(merged, rulings))
        return merged

    def _read(self, pixels: Pixels, corners: Corners) -> _Read:
        cut = cut_out(pixels, corners)
        return _Read(corners, cut, *self._recogniser.read(cut))

    def _best_read(self, pixels: Pixels, corners: Corners, turn: int, all_corners: Sequence[Corners]) -> _Read:
        """A piece that runs against the page (a note on the margin, or only one narrow digit) is tried more ways."""
        upright = rolled(corners, turn)
        if not is_tall(upright):
            return self._read(pixels, upright)
        usual = float(np.median([_length(rolled(other, turn)[[0, 3]]) for other in all_corners]))
        ways = [0] if _length(upright[[0, 3]]) < _SHORT * usual else [0, 90, 270]
        reads = [self._read(pixels, rolled(upright, way)) for way in ways]
        return max(reads, key=lambda read: read.any_script.score)


def _pixels(image: PageImage) -> Pixels:
    samples = np.frombuffer(image.pixels, np.uint8).reshape(image.rows, image.columns, image.channels)
    return np.asarray(cv2.cvtColor(samples, cv2.COLOR_GRAY2BGR if image.channels == 1 else cv2.COLOR_RGB2BGR), np.uint8)


def _find_scale(columns: int, rows: int) -> float:
    """Small enough to be cheap, but never so small that the narrow side (a long receipt's width) loses its letters."""
    by_area = (_FIND_PIXELS / (columns * rows)) ** 0.5
    by_side = _FIND_SIDE / min(columns, rows)
    return float(min(1.0, max(by_area, by_side)))


def _length(corners: Corners) -> float:
    return float(np.linalg.norm(corners[1] - corners[0]))


def _not_covered(found: Sequence[Corners], image: PageImage) -> list[Corners]:
    """The pieces that do not stand on born-digital words."""
    if image.born_digital is None or not len(image.born_digital.words):
        return list(found)
    boxes = np.array(image.born_digital.words.boxes, np.float32).reshape(-1, 4)
    boxes *= np.array([image.columns / image.width, image.rows / image.height] * 2, np.float32)
    own = []
    for corners in found:
        low, high = corners.min(axis=0), corners.max(axis=0)
        shared = np.minimum(boxes[:, 2:], high) - np.maximum(boxes[:, :2], low)
        covered = np.clip(shared, 0, None).prod(axis=1).sum()
        if covered < _COVERED * (high - low).prod():
            own.append(corners)
    return own


def _pieces(reads: Sequence[_Read]) -> list[Piece]:
    """The words of what was read well enough; stray ideographs are only believed where the page has many."""
    text = "".join("".join(read.any_script.characters) for read in reads if read.any_script.score >= _LEAST_SCORE)
    ideographs = sum(is_ideographic(character) for character in text)
    ideographic = ideographs > _IDEOGRAPHIC_PAGE * max(1, len(text))
    pieces = []
    for read in reads:
        glyphs = read.any_script if ideographic else read.alphabetic
        if glyphs.score >= _LEAST_SCORE and (piece := into_words(glyphs, read.cut, read.corners)):
            pieces.append(piece)
    return pieces


def _turned(image: PageImage, turn: int) -> PageImage:
    """What is known of the image once it is turned upright; its pixels are left as they are, and not used again."""
    sideways = turn in (90, 270)
    return replace(
        image,
        width=image.height if sideways else image.width,
        height=image.width if sideways else image.height,
        rotation=(image.rotation + turn) % 360,
    )


def _in_points(piece: Piece, turn: int, image: PageImage) -> Piece:
    """The piece in points of the upright page."""
    scale = np.array([image.width / image.columns, image.height / image.rows], np.float32)

    def moved(corners: Corners) -> Corners:
        return placed(corners * scale, turn, image.width, image.height)

    return replace(piece, corners=moved(piece.corners), word_corners=tuple(map(moved, piece.word_corners)))


def _quality(reads: Sequence[_Read], pieces: Sequence[Piece]) -> float:
    """How sure the network was of what it read, against the length of all text that was seen."""
    seen = sum(_length(read.corners) for read in reads)
    read = sum(piece.score * piece.length for piece in pieces)
    return round(min(1.0, read / seen), 4) if seen else 1.0


def _in_own_frame(page: Page, turn: int, image: PageImage) -> Page:
    """The page with its boxes where they stand on the image as it came."""
    words = [word._replace(box=turned_back(word.box, turn, image.width, image.height)) for word in page.words]
    return replace(page, words=Words.of(words), width=image.width, height=image.height, rotation=image.rotation)
