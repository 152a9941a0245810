"""What holds of every table that is found, whatever the page."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from evidoc.kernel.reading import Page
from evidoc.reading.tables import Ruling, find_tables
from tests.reading.tables.press import Press

WORDS = st.sampled_from(["alpha", "of", "Total:", "12.50", "1,024", "(3.4)", "-", "$", "7%", "description", "....."])
PLACES = st.integers(0, 12)


@st.composite
def pages(draw: st.DrawFn) -> tuple[Page, list[Ruling]]:
    press = Press()
    for _ in range(draw(st.integers(0, 40))):
        x, y = 40 * draw(PLACES) + draw(st.integers(0, 3)), 14 * draw(PLACES) + draw(st.integers(0, 3))
        press.put(x, y, " ".join(draw(st.lists(WORDS, min_size=1, max_size=4))))
    for _ in range(draw(st.integers(0, 12))):
        x, y, long = 40 * draw(PLACES), 14 * draw(PLACES), draw(st.integers(1, 10))
        if draw(st.booleans()):
            press.rule(y, x, x + 40 * long)
        else:
            press.wall(x, y, y + 14 * long)
    return press.page(), press.rulings


@settings(max_examples=300, deadline=None)
@given(pages())
def test_cells_never_share_text_or_fields_and_lie_in_their_table(made: tuple[Page, list[Ruling]]) -> None:
    page, rulings = made
    starts, ends = set(page.words.starts), set(page.words.ends)
    spans = []
    for table in find_tables(page, rulings):
        fields = [
            (row, column)
            for cell in table.cells
            for row in range(cell.row, cell.row + cell.row_span)
            for column in range(cell.column, cell.column + cell.column_span)
        ]
        assert sorted(fields) == [(row, column) for row in range(table.rows) for column in range(table.columns)]
        for cell in table.cells:
            assert table.box.covers(cell.box, 0.01)
            spans += cell.spans
            for start, end in cell.spans:
                assert start in starts
                assert end in ends
                assert cell.box.covers(page.box_of(start, end), 0.01)
                assert "\n" not in page.text[start:end]
    assert all(before.end <= after.start for before, after in pairwise(sorted(spans)))


@settings(max_examples=60, deadline=None)
@given(pages())
def test_the_same_page_gives_the_same_tables(made: tuple[Page, list[Ruling]]) -> None:
    page, rulings = made
    assert find_tables(page, rulings) == find_tables(page, list(reversed(rulings)))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(*[st.floats(-1e6, 1e6)] * 4), max_size=30))
def test_rulings_off_the_page_or_slanted_are_survived(corners: list[tuple[float, float, float, float]]) -> None:
    press = Press()
    for row in range(4):
        press.row(100 + 20 * row, "a", f"{row}", f"{row}.5", at=(50, 150, 250))
    rulings = [Ruling(min(a, c), min(b, d), max(a, c), max(b, d)) for a, b, c, d in corners]
    for table in find_tables(press.page(), rulings):
        assert table.rows * table.columns >= len(table.cells)
