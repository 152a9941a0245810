"""Quarter turns: which way up the text of a page runs, and where points and boxes stand after turning.

A turn is the clockwise quarter, in degrees, that makes a page upright.
"""

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from evidoc.kernel.reading import Box
from evidoc.reading.ocr.networks import Corners

_TALL = 1.5
_SURE = 0.85
_CLEARLY_BETTER = 0.08
_PROBES = 5

_ROLL = {0: 0, 90: 1, 180: 2, 270: 3}


def is_tall(corners: Corners) -> bool:
    """Whether a piece stands on end: then its text runs sideways, or it is a single narrow character."""
    return bool(_side(corners, 0, 3) > _TALL * _side(corners, 0, 1))


def rolled(corners: Corners, turn: int) -> Corners:
    """The same corners, beginning where the text begins on a page that ``turn`` makes upright."""
    return np.roll(corners, _ROLL[turn], axis=0)


def turn_of(pieces: Sequence[Corners], score: Callable[[Corners], float]) -> int:
    """The turn that makes the page upright; ``score`` reads a piece and says how sure it is.

    The long sides of the pieces say whether text runs across or along. Of the two ways that are left, the one in
    which a few middling pieces read better is right; an upright page shows at once, and costs no second look.
    """
    along = sum(_side(piece, 0, 3) for piece in pieces if is_tall(piece))
    across = sum(_side(piece, 0, 1) for piece in pieces if not is_tall(piece))
    first, second = (90, 270) if along > across else (0, 180)
    probes = _probes([piece for piece in pieces if is_tall(piece) == (along > across)])
    if not probes:
        return 0
    one_way = _mean(score(rolled(piece, first)) for piece in probes)
    if one_way >= _SURE:
        return first
    other_way = _mean(score(rolled(piece, second)) for piece in probes)
    return second if other_way > one_way + _CLEARLY_BETTER else first


def placed(corners: Corners, turn: int, columns: float, rows: float) -> Corners:
    """Where points of an image of ``columns`` x ``rows`` stand once it is turned."""
    x, y = corners[:, 0], corners[:, 1]
    turned = {0: (x, y), 90: (rows - y, x), 180: (columns - x, rows - y), 270: (y, columns - x)}[turn]
    return np.stack(turned, axis=1).astype(np.float32)


def turned_back(box: Box, turn: int, width: float, height: float) -> Box:
    """Where a box of the upright page stands on the page before turning, which was ``width`` x ``height``."""
    x0, y0, x1, y1 = box
    if turn == 90:
        return Box(y0, height - x1, y1, height - x0)
    if turn == 180:
        return Box(width - x1, height - y1, width - x0, height - y0)
    if turn == 270:
        return Box(width - y1, x0, width - y0, x1)
    return box


def _probes(pieces: Sequence[Corners]) -> list[Corners]:
    """Pieces long enough to tell, short enough to be cheap: those around the upper third by length."""
    by_length = sorted(pieces, key=lambda piece: max(_side(piece, 0, 1), _side(piece, 0, 3)), reverse=True)
    start = len(by_length) // 3
    return by_length[start : start + _PROBES] if len(by_length) > _PROBES else by_length


def _side(corners: Corners, one: int, other: int) -> float:
    return float(np.linalg.norm(corners[other] - corners[one]))


def _mean(scores: Iterable[float]) -> float:
    values = list(scores)
    return sum(values) / len(values)
