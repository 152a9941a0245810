import math

import numpy as np
import pytest

from evidoc.reading.ocr.lines import into_lines, skew
from evidoc.reading.ocr.words import Piece

ROWS = [["Shop and garden"], ["Lamp", "19.90"], ["Shade, paper", "4.50"], ["Total", "24.40"]]


def pieces_at(degrees: float) -> list[Piece]:
    """The rows printed 14 high every 20, amounts far to the right, all hanging askew."""
    angle = math.radians(degrees)
    matrix = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    pieces = []
    for number, row in enumerate(ROWS):
        for text, x in zip(row, (10, 900), strict=False):
            width, top = 9 * len(text), 20 * number
            corners = np.array([[x, top], [x + width, top], [x + width, top + 14], [x, top + 14]]) @ matrix
            pieces.append(Piece(corners.astype(np.float32), (text,), (corners.astype(np.float32),), 1.0))
    return pieces[::-1]


@pytest.mark.parametrize("degrees", [0, 0.5, -1.2, 3, -8])
def test_a_label_and_its_amount_stay_on_one_line_however_the_page_hangs(degrees: float) -> None:
    pieces = pieces_at(degrees)
    angle = skew(pieces)
    assert math.degrees(angle) == pytest.approx(degrees, abs=0.01)
    assert [[piece.words[0] for piece in line] for line in into_lines(pieces, angle)] == ROWS


def test_no_pieces_make_no_lines() -> None:
    assert skew([]) == 0.0
    assert into_lines([], 0.0) == []
