from dataclasses import replace

from evidoc.kernel.reading import Box, Cell, Fault, Method, Page, Span, Table
from evidoc.reading.ocr.merge import merge
from tests.reading.collect import check_page
from tests.reading.ocr.pictures import page_of


def at(x: float, y: float, text: str) -> tuple[str, Box]:
    return text, Box(x, y, x + 6 * len(text), y + 10)


def ocr_page(*lines: list[tuple[str, Box]]) -> Page:
    fault = Fault("picture_truncated", "It ends early", 0)
    return replace(page_of(lines), method=Method.OCR, quality=0.5, dpi=200, faults=(fault,))


BORN_DIGITAL = page_of([[at(10, 10, "Heading")], [at(10, 50, "Sum"), at(40, 50, "due")], [at(10, 90, "Footer")]])


def test_what_stands_on_born_digital_words_is_left_out() -> None:
    again = ocr_page([at(11, 9, "Headlng")], [at(10, 51, "Sum"), at(41, 50, "due")])
    assert merge(BORN_DIGITAL, again) is BORN_DIGITAL


def test_ocr_words_join_the_line_that_they_stand_beside_and_find_their_place_else() -> None:
    extra = ocr_page([at(120, 51, "77.10")], [at(10, 30, "Stamp"), at(60, 30, "here")], [at(10, 120, "Below")])
    page = merge(BORN_DIGITAL, extra)
    check_page(page)
    assert page.text == "Heading\nStamp here\nSum due 77.10\nFooter\nBelow"
    assert page.method is Method.MIXED
    assert page.dpi == 200
    assert page.quality == (4 * 1.0 + 4 * 0.5) / 8
    assert [fault.code for fault in page.faults] == ["picture_truncated"]


def test_cells_still_say_what_they_said() -> None:
    start = BORN_DIGITAL.text.index("Sum")
    box = BORN_DIGITAL.box_of(start, start + 7)
    table = Table(box, 1, 1, (Cell(0, 0, box, (Span(start, start + 7),)),), ruled=True)
    page = merge(replace(BORN_DIGITAL, tables=(table,)), ocr_page([at(10, 30, "Stamp")]))
    check_page(page)
    assert page.cell_text(page.tables[0].cells[0]) == "Sum due"


def test_a_page_without_words_is_all_ocr() -> None:
    page = merge(page_of([]), ocr_page([at(10, 10, "Only")]))
    assert page.text == "Only"
