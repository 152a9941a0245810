"""However much a page holds, only so much of it is tried as a table; what is honest stays far below."""

import random
from array import array
from itertools import accumulate

import pytest

from evidoc.kernel.reading import Box, Line, Method, Page, Words
from evidoc.reading.tables import Ruling, find, find_tables
from evidoc.reading.tables.ink import MOST_OF_LEVEL, ink_of, levels_of


def page_of(boxes: list[Box]) -> Page:
    """A page with a figure in each of the boxes, each on a printed line of its own."""
    starts = list(accumulate([3] * (len(boxes) - 1), initial=0))
    words = Words(
        array("I", starts),
        array("I", [start + 2 for start in starts]),
        array("f", [number for box in boxes for number in box]),
    )
    lines = tuple(Line(number, number + 1) for number in range(len(boxes)))
    return Page(0, "\n".join(["12"] * len(boxes)), 612.0, 792.0, Method.BORN_DIGITAL, words, lines)


def test_scattered_rules_and_words_try_only_so_many_regions(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(1)
    corners = [(600 * chance.random(), 780 * chance.random()) for _ in range(3_000)]
    page = page_of([Box(x, y, x + 20 * chance.random(), y + 5) for x, y in corners])
    rulings = [Ruling(x, y, x + 150, y) for x, y in corners]
    tried: list[int] = []
    drafted = find.draft_of

    def draft_of(levels, ink, edges):  # type: ignore[no-untyped-def]
        tried.append(sum(len(level.pieces) for level in levels))
        return drafted(levels, ink, edges)

    monkeypatch.setattr(find, "draft_of", draft_of)
    monkeypatch.setattr(find, "MOST_EFFORT", 2_000)
    find_tables(page, rulings)
    assert tried
    assert sum(tried) + find.REGION_EFFORT * len(tried) < 2_000


def test_a_height_with_more_pieces_than_any_table_has_columns_is_left_out() -> None:
    crowd = [Box(4.0 * i, 100.0, 4.0 * i + 1, 108.0) for i in range(MOST_OF_LEVEL + 1)]
    row = [Box(40.0 * i, 120.0, 40.0 * i + 12, 128.0) for i in range(10)]
    levels = levels_of(ink_of(page_of([*crowd, *row])).pieces)
    assert [len(level.pieces) for level in levels] == [10]


def test_a_wide_and_long_table_is_far_below_the_bounds() -> None:
    boxes = [
        Box(20.0 + 18 * column, 20.0 + 9 * row, 30.0 + 18 * column, 27.0 + 9 * row)
        for row in range(80)
        for column in range(30)
    ]
    (table,) = find_tables(page_of(boxes), [])
    assert (table.rows, table.columns) == (80, 30)
