"""Boxes as every contract sends them."""

import math

from evidoc.kernel.reading import Box


def around(box: Box) -> dict[str, float]:
    """x, y, width and height of a box rounded outwards to hundredths of a point: it still covers what it covered."""
    x, y = math.floor(box.x0 * 100) / 100, math.floor(box.y0 * 100) / 100
    right, bottom = math.ceil(box.x1 * 100) / 100, math.ceil(box.y1 * 100) / 100
    return {"x": x, "y": y, "width": round(right - x, 2), "height": round(bottom - y, 2)}
