from hypothesis import given
from hypothesis import strategies as st

from evidoc.kernel.reading import Method, Page
from evidoc.reading.typeset import GridCell, Typesetter, wrapped

from .collect import check_page


def pages_of(*lines: str, lines_a_page: int = 120) -> list[Page]:
    pages: list[Page] = []
    typesetter = Typesetter(pages.append, Method.PLAIN, lines_a_page)
    for line in lines:
        typesetter.line(line)
    typesetter.finish()
    return pages


def table_page(rows: list[list[GridCell]]) -> Page:
    pages: list[Page] = []
    typesetter = Typesetter(pages.append, Method.MARKUP)
    typesetter.table(rows)
    typesetter.finish()
    return pages[0]


def test_what_stands_below_has_the_same_column() -> None:
    (page,) = pages_of("Invoice no.   Date", "4711          2026-01-05")
    assert page.text == "Invoice no. Date\n4711 2026-01-05"
    date, value = page.words[2], page.words[4]
    assert date.box.x0 == value.box.x0
    assert value.box.y0 == date.box.y0 + 12


def test_a_page_ends_where_it_is_full_and_a_document_without_text_has_one_page() -> None:
    pages = pages_of("a", "b", "c", lines_a_page=2)
    assert [page.text for page in pages] == ["a\nb", "c"]
    assert [page.index for page in pages] == [0, 1]
    (empty,) = pages_of()
    assert (empty.text, len(empty.words), empty.typeset) == ("", 0, True)


def test_cells_keep_their_column_their_spans_and_their_wrapped_lines() -> None:
    page = table_page(
        [
            [GridCell("Item", header=True), GridCell("Price", 2, header=True)],
            [GridCell("Pencil\nsoft", row_span=2), GridCell("EUR"), GridCell("1.20")],
            [GridCell("USD"), GridCell("1.30")],
        ]
    )
    check_page(page)
    (table,) = page.tables
    assert page.text == "Item Price\nPencil EUR 1.20\nsoft\nUSD 1.30"
    assert [(c.row, c.column, c.row_span, c.column_span, page.cell_text(c)) for c in table.cells] == [
        (0, 0, 1, 1, "Item"),
        (0, 1, 1, 2, "Price"),
        (1, 0, 2, 1, "Pencil\nsoft"),
        (1, 1, 1, 1, "EUR"),
        (1, 2, 1, 1, "1.20"),
        (2, 1, 1, 1, "USD"),
        (2, 2, 1, 1, "1.30"),
    ]
    assert [cell.header for cell in table.cells][:3] == [True, True, False]


@given(st.lists(st.text(max_size=300), max_size=12))
def test_any_text_becomes_sound_pages(lines: list[str]) -> None:
    for page in pages_of(*lines, lines_a_page=5):
        check_page(page)


@given(
    st.lists(
        st.lists(
            st.builds(GridCell, st.text(max_size=20), st.integers(1, 3), st.integers(1, 3)), min_size=1, max_size=4
        ),
        min_size=1,
        max_size=5,
    )
)
def test_any_table_becomes_a_sound_page(rows: list[list[GridCell]]) -> None:
    check_page(table_page(rows))


@given(st.text(alphabet="ab \u00e9", max_size=200), st.integers(1, 20))
def test_wrapping_loses_no_character_but_spaces(text: str, width: int) -> None:
    lines = wrapped(text, width)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert len(text) <= width or all(len(line) <= width for line in lines)


def test_one_huge_word_is_cut() -> None:
    (page,) = pages_of("x" * 1000)
    assert max(len(line) for line in page.text.split("\n")) == 100
