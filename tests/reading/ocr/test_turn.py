import numpy as np
import pytest

from evidoc.kernel.reading import Box
from evidoc.reading.ocr.networks import Corners
from evidoc.reading.ocr.turn import is_tall, placed, rolled, turn_of, turned_back

COLUMNS, ROWS = 200, 100
UPRIGHT = [np.array([[20, y], [80, y], [80, y + 10], [20, y + 10]], np.float32) for y in range(10, 90, 20)]


def seen(corners: Corners) -> Corners:
    """A piece as it is found: its corners begin at the top left of the picture, whatever the text does."""
    edges = np.roll(corners, -1, axis=0) - corners
    return np.roll(corners, -int(np.argmax(edges[:, 0])), axis=0)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_the_turn_is_seen_and_takes_points_and_boxes_there_and_back(turn: int) -> None:
    sides = (COLUMNS, ROWS) if turn in (0, 180) else (ROWS, COLUMNS)
    shown = [placed(piece, (360 - turn) % 360, COLUMNS, ROWS) for piece in UPRIGHT]
    found = [seen(piece) for piece in shown]
    assert all(is_tall(piece) == (turn in (90, 270)) for piece in found)

    def score(corners: Corners) -> float:
        return 0.95 if any(np.array_equal(corners, piece) for piece in shown) else 0.3

    assert turn_of(found, score) == turn
    for piece, original, upright in zip(found, shown, UPRIGHT, strict=True):
        assert np.array_equal(rolled(piece, turn), original)
        assert np.array_equal(placed(original, turn, *sides), upright)
        box = Box(*upright.min(axis=0), *upright.max(axis=0))
        assert turned_back(box, turn, *sides) == Box(*original.min(axis=0), *original.max(axis=0))


def test_an_empty_page_is_not_turned() -> None:
    assert turn_of([], lambda corners: 1.0) == 0
