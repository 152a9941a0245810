"""The two networks of OCR: one finds pieces of printed text on a page, the other says what a piece reads.

They are PP-OCRv6 small (Apache-2.0), which the rapidocr wheel carries. They run on onnxruntime directly, one
thread a session: rapidocr's own driver pads every short piece to 320 columns, which on receipts costs more
than all the text, and it would download what it misses. Nothing here opens a socket.
"""

import re
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""Rows x columns x 3 (the networks were trained on blue, green, red)."""
Corners = NDArray[np.float32]
"""Four points (x, y) of a piece of text: top left, top right, bottom right, bottom left as it is read."""


@dataclass(frozen=True, slots=True)
class Glyphs:
    """What one piece of text reads: ``characters[i]`` stands around ``centres[i]`` (0 to 1 along the piece)."""

    characters: tuple[str, ...]
    centres: tuple[float, ...]
    scores: tuple[float, ...]

    @property
    def score(self) -> float:
        """The mean probability of the characters; 0 where there are none."""
        return sum(self.scores) / len(self.scores) if self.scores else 0.0


def _session(model: str) -> Any:
    package = find_spec("rapidocr")
    if package is None or not package.submodule_search_locations:
        raise FileNotFoundError("the rapidocr package, which carries the OCR models, is not installed")
    options = onnxruntime.SessionOptions()  # type: ignore[attr-defined]
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    path = Path(package.submodule_search_locations[0]) / "models" / model
    providers = ["CPUExecutionProvider"]
    return onnxruntime.InferenceSession(str(path), options, providers=providers)  # type: ignore[attr-defined]


_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_IDEOGRAPHS = re.compile(r"[\u2e80-\u2fff\u3001-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def is_ideographic(text: str) -> bool:
    """Whether ``text`` holds letters or marks of Chinese, Japanese or Korean."""
    return bool(_IDEOGRAPHS.search(text))


def half_width(text: str) -> str:
    """Full-width signs as their ASCII forms: the network gives either in any text."""
    return text.translate(_FULL_WIDTH)


class TextFinder:
    """Finds pieces of text (usually a few words on one line) as slanted rectangles.

    The network gives a map of text-ness; pieces are its connected regions, grown back to full letters
    (Liao et al., Real-time Scene Text Detection with Differentiable Binarization, AAAI 2020).
    """

    _PIXEL_IS_TEXT = 0.3
    _PIECE_IS_TEXT = 0.5
    _GROWTH = 1.6
    _MIN_SIDE = 3

    def __init__(self) -> None:
        self._network = _session("PP-OCRv6_det_small.onnx")

    def find(self, pixels: Pixels, scale: float) -> list[Corners]:
        """The pieces of text of ``pixels``, looked for at ``scale`` (0 to 1) of its size; corners are in its pixels.

        A long picture is looked at in strips that overlap, which bounds the memory; a piece counts in the strip
        whose own part holds its middle.
        """
        along = 0 if pixels.shape[0] >= pixels.shape[1] else 1
        found = []
        for begin, end, own_begin, own_end in _strips(pixels.shape[along], pixels.shape[1 - along], scale):
            strip = pixels[begin:end] if along == 0 else pixels[:, begin:end]
            offset = np.array([0, begin] if along == 0 else [begin, 0], np.float32)
            for corners in self._find_in(strip, scale):
                middle = float(corners[:, 1 - along].mean()) + begin
                if own_begin <= middle < own_end:
                    found.append(corners + offset)
        return found

    def _find_in(self, pixels: Pixels, scale: float) -> list[Corners]:
        rows, columns = pixels.shape[:2]
        height, width = (max(32, round(side * scale / 32) * 32) for side in (rows, columns))
        small = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA)
        image = small.transpose(2, 0, 1)[None].astype(np.float32) / 127.5 - 1.0
        textness: NDArray[np.float32] = self._network.run(None, {"x": image})[0][0, 0]
        mask = cv2.dilate((textness > self._PIXEL_IS_TEXT).astype(np.uint8), np.ones((2, 2), np.uint8))
        contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
        factor = np.array([columns / width, rows / height], np.float32)
        limit = np.array([columns, rows], np.float32)
        pieces = (self._piece(contour, textness) for contour in contours)
        return [np.clip(piece * factor, 0, limit) for piece in pieces if piece is not None]

    def _piece(self, contour: NDArray[Any], textness: NDArray[np.float32]) -> Corners | None:
        centre, (width, height), angle = cv2.minAreaRect(contour)
        if min(width, height) < self._MIN_SIDE:
            return None
        bare = np.asarray(cv2.boxPoints((centre, (width, height), angle)), np.float32)
        if _mean_inside(textness, bare) < self._PIECE_IS_TEXT:
            return None
        grow = 2 * self._GROWTH * width * height / (2 * (width + height))
        return _in_order(np.asarray(cv2.boxPoints((centre, (width + grow, height + grow), angle)), np.float32))


_STRIP_PIXELS = 1_600_000
_OVERLAP = 96


def _strips(length: int, breadth: int, scale: float) -> list[tuple[int, int, int, float]]:
    """Begin and end of each strip along ``length``, then of the part of it that is its own."""
    count = max(1, -(-int(length * breadth * scale * scale) // _STRIP_PIXELS))
    own = -(-length // count)
    overlap = round(_OVERLAP / scale)
    return [
        (
            max(0, begin - overlap),
            min(length, begin + own + overlap),
            begin,
            begin + own if begin + own < length else np.inf,
        )
        for begin in range(0, length, own)
    ]


def _mean_inside(textness: NDArray[np.float32], corners: Corners) -> float:
    rows, columns = textness.shape
    left, top = np.clip(np.floor(corners.min(axis=0)).astype(int), 0, (columns - 1, rows - 1))
    right, bottom = np.clip(np.ceil(corners.max(axis=0)).astype(int), 0, (columns - 1, rows - 1))
    mask = np.zeros((bottom - top + 1, right - left + 1), np.uint8)
    cv2.fillPoly(mask, [np.round(corners - (left, top)).astype(np.int32)], 1)
    return float(cv2.mean(textness[top : bottom + 1, left : right + 1], mask)[0])


def _in_order(corners: Corners) -> Corners:
    """The corners from the top left on, clockwise, where the top edge is the one nearest to level."""
    edges = np.roll(corners, -1, axis=0) - corners
    first = int(np.argmax(edges[:, 0] / np.maximum(np.hypot(edges[:, 0], edges[:, 1]), 1e-6)))
    return np.roll(corners, -first, axis=0).astype(np.float32)


class TextRecogniser:
    """Reads one piece of text; the network's answer (one class a step of 8 columns) is decoded greedily (CTC)."""

    HEIGHT = 48
    _MIN_COLUMNS = 48
    _MAX_COLUMNS = 3200
    _WIDTH_STEP = 16

    def __init__(self) -> None:
        self._network = _session("PP-OCRv6_rec_small.onnx")
        listed = self._network.get_modelmeta().custom_metadata_map["character"].splitlines()
        self._classes = ["", *map(half_width, listed), " "]
        self._alphabetic = np.array([i for i, name in enumerate(self._classes) if not is_ideographic(name)])

    def read(self, piece: Pixels) -> tuple[Glyphs, Glyphs]:
        """What ``piece``, an upright cut-out of the page, reads: in any script, and with no ideographs in it.

        In Latin text the network takes a smudge for an ideograph now and then; the page as a whole tells
        which of the two to believe.
        """
        rows, columns = piece.shape[:2]
        width = min(max(1, round(columns * self.HEIGHT / rows)), self._MAX_COLUMNS)
        # Widths repeat, so that onnxruntime's memory plan for a shape is reused; the padding is the trained one: grey.
        padded = max(self._MIN_COLUMNS, -(-width // self._WIDTH_STEP) * self._WIDTH_STEP)
        image = np.zeros((1, 3, self.HEIGHT, padded), np.float32)
        resized = cv2.resize(piece, (width, self.HEIGHT), interpolation=cv2.INTER_LINEAR)
        image[0, :, :, :width] = resized.transpose(2, 0, 1).astype(np.float32) / 127.5 - 1.0
        steps: NDArray[np.float32] = self._network.run(None, {"x": image})[0][0]
        best = steps.argmax(axis=1)
        any_script = self._decode(steps, best, padded / width)
        if not any(map(is_ideographic, any_script.characters)):
            return any_script, any_script
        best = self._alphabetic[steps[:, self._alphabetic].argmax(axis=1)]
        return any_script, self._decode(steps, best, padded / width)

    def _decode(self, steps: NDArray[np.float32], best: NDArray[np.int64], stretch: float) -> Glyphs:
        new = np.concatenate(([True], best[1:] != best[:-1])) & (best != 0)
        found = np.flatnonzero(new)
        # A letter may win several steps in a row: it stands in their middle.
        last = np.append(np.flatnonzero(best[1:] != best[:-1]), len(best) - 1)
        ends = last[np.searchsorted(last, found)]
        centres = (found + ends + 1) / 2 / len(best) * stretch
        return Glyphs(
            characters=tuple(self._classes[index] for index in best[found]),
            centres=tuple(float(min(centre, 1.0)) for centre in centres),
            scores=tuple(float(steps[step, best[step]]) for step in found),
        )


def cut_out(pixels: Pixels, corners: Corners) -> Pixels:
    """The piece of ``pixels`` within ``corners``, made level and at least as high as ``TextRecogniser`` wants it.

    Small text is enlarged in the same step that levels it, linearly as in the network's training; on 24
    receipts the character-bag error was 3.2 % so, and 3.5 % when levelling (cubic) and enlarging were two steps.
    """
    top_left, top_right, bottom_right, bottom_left = corners
    width = max(1.0, float(np.linalg.norm(top_right - top_left)), float(np.linalg.norm(bottom_right - bottom_left)))
    height = max(1.0, float(np.linalg.norm(bottom_left - top_left)), float(np.linalg.norm(bottom_right - top_right)))
    enlarged = max(1.0, TextRecogniser.HEIGHT / height)
    columns, rows = max(1, round(width * enlarged)), max(1, round(height * enlarged))
    target = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], np.float32)
    # Warping only the neighbourhood keeps the cost with the piece, not with the page.
    origin = np.maximum(np.floor(corners.min(axis=0)).astype(int) - 2, 0)
    end = np.ceil(corners.max(axis=0)).astype(int) + 3
    near = pixels[origin[1] : end[1], origin[0] : end[0]]
    matrix = cv2.getPerspectiveTransform((corners - origin).astype(np.float32), target)
    level = cv2.warpPerspective(near, matrix, (columns, rows), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(level, np.uint8)
