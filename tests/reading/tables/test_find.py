"""What find_tables promises to a reader of pages."""

from evidoc.kernel.reading import Page, Table
from evidoc.reading.tables import Ruling, find_tables
from tests.reading.tables.press import Press, texts

INVOICE = (50, 90, -330, -420, -520)


def only(page: Page, press: Press) -> Table:
    (table,) = find_tables(page, press.rulings)
    return table


def headers(table: Table) -> set[int]:
    return {cell.row for cell in table.cells if cell.header}


def test_a_page_without_words_has_no_tables() -> None:
    press = Press()
    assert find_tables(press.page(), ()) == ()
    assert find_tables(press.page(), [Ruling(0, 0, 100, 0), Ruling(0, 0, 0, 100)]) == ()


def test_drawn_cells_give_rows_columns_and_merged_cells() -> None:
    press = Press()
    for y in (100, 140, 160, 180):
        press.rule(y, 50, 350)
    press.rule(120, 150, 350)
    for x in (50, 150, 350):
        press.wall(x, 100, 180)
    press.wall(250, 120, 180)
    press.put(60, 105, "Region")
    press.put(200, 105, "Sales")
    press.row(125, "2023", "2024", at=(170, 270))
    press.row(145, "North", "11.5", "12.5", at=(60, 170, 270))
    press.row(165, "South", "21.5", "22.5", at=(60, 170, 270))
    page = press.page()

    table = only(page, press)

    assert table.ruled
    assert texts(page, table) == [
        ["Region", "Sales", None],
        [None, "2023", "2024"],
        ["North", "11.5", "12.5"],
        ["South", "21.5", "22.5"],
    ]
    spans = {page.cell_text(cell): (cell.row_span, cell.column_span) for cell in table.cells}
    assert spans["Region"] == (2, 1)
    assert spans["Sales"] == (1, 2)


def test_a_table_open_at_its_sides_has_its_outer_columns() -> None:
    press = Press()
    for y in (100, 120, 140, 160):
        press.rule(y, 50, 350)
    for x in (150, 250):
        press.wall(x, 100, 160)
    press.row(105, "Item", "Count", "Price", at=(60, 170, 270))
    press.row(125, "Bolt", "10", "2.00", at=(60, 170, 270))
    press.row(145, "Nut", "20", "3.00", at=(60, 170, 270))
    page = press.page()

    table = only(page, press)

    assert texts(page, table) == [["Item", "Count", "Price"], ["Bolt", "10", "2.00"], ["Nut", "20", "3.00"]]
    assert headers(table) == {0}


def test_rows_without_lines_between_drawn_columns_are_found_by_their_text() -> None:
    press = Press()
    for y in (100, 120, 200):
        press.rule(y, 50, 350)
    for x in (50, 150, 250, 350):
        press.wall(x, 100, 200)
    press.row(105, "Item", "Count", "Price", at=(60, 170, 270))
    for index, y in enumerate((125, 139, 153, 167)):
        press.row(y, f"Part{index}", f"{index}0", f"{index}.50", at=(60, 170, 270))
    page = press.page()

    assert texts(page, only(page, press))[1:] == [[f"Part{i}", f"{i}0", f"{i}.50"] for i in range(4)]


def test_rules_above_and_below_bound_a_table_whose_columns_only_align() -> None:
    press = Press()
    for y in (100, 120, 190):
        press.rule(y, 50, 450)
    press.put(50, 85, "Table 1. Output of three plants, by year and kind of good that they make there")
    press.row(105, "Plant", "1999", "2000", "2001", at=(50, -250, -350, -450))
    for index, name in enumerate(("Alder", "Birch", "Cedar Grove")):
        press.row(125 + 20 * index, name, f"{index}1,0", f"{index}2,0", f"{index}3,0", at=(50, -250, -350, -450))
    press.put(50, 195, "Source: a survey that was made for this page only, and has no other use at all.")
    page = press.page()

    table = only(page, press)

    assert not table.ruled
    assert headers(table) == {0}
    assert texts(page, table) == [
        ["Plant", "1999", "2000", "2001"],
        ["Alder", "01,0", "02,0", "03,0"],
        ["Birch", "11,0", "12,0", "13,0"],
        ["Cedar Grove", "21,0", "22,0", "23,0"],
    ]


def test_a_header_over_several_columns_spans_what_the_rule_below_it_spans() -> None:
    press = Press()
    for y in (100, 140, 200):
        press.rule(y, 50, 450)
    press.rule(119, 160, 300)
    press.rule(119, 310, 450)
    press.row(106, "Men", "Women", at=(220, 370))
    press.row(125, "Age", "No.", "Rate", "No.", "Rate", at=(50, -220, -290, -370, -440))
    for index in range(3):
        y = 145 + 18 * index
        press.row(y, f"{index}0-{index}9", "1,234", "5.6", "2,345", "6.7", at=(50, -220, -290, -370, -440))
    page = press.page()

    table = only(page, press)

    assert texts(page, table)[:2] == [["Age", "Men", None, "Women", None], [None, "No.", "Rate", "No.", "Rate"]]
    assert headers(table) == {0, 1}


def test_an_invoice_without_lines_keeps_wrapped_descriptions_in_their_rows() -> None:
    press = Press()
    press.row(50, "Example Ltd", "Invoice 4711", at=(50, 400))
    press.row(200, "Pos", "Description", "Qty", "Unit price", "Amount", at=INVOICE)
    press.row(220, "1", "Oak table, round", "2", "150.00", "300.00", at=INVOICE)
    press.put(90, 232, "with four legs")
    press.put(90, 244, "Colour: natural")
    press.row(264, "2", "Chair", "4", "49.50", "198.00", at=INVOICE)
    press.row(284, "3", "Delivery to the third", "1", "25.00", "25.00", at=INVOICE)
    press.put(90, 296, "floor")
    press.put(50, 400, "Thank you for your order. Please pay within thirty days, without deduction, to the account.")
    page = press.page()

    table = only(page, press)

    assert texts(page, table) == [
        ["Pos", "Description", "Qty", "Unit price", "Amount"],
        ["1", "Oak table, round\nwith four legs\nColour: natural", "2", "150.00", "300.00"],
        ["2", "Chair", "4", "49.50", "198.00"],
        ["3", "Delivery to the third\nfloor", "1", "25.00", "25.00"],
    ]
    assert headers(table) == {0}


def test_one_line_item_below_its_header_is_a_table() -> None:
    press = Press()
    press.row(200, "Pos", "Description", "Qty", "Unit price", "Amount", at=INVOICE)
    press.row(220, "1", "Consulting", "2", "150.00", "300.00", at=INVOICE)
    page = press.page()

    assert texts(page, only(page, press))[1] == ["1", "Consulting", "2", "150.00", "300.00"]


def test_headings_between_groups_are_rows_of_their_own() -> None:
    press = Press()
    for y in (100, 120, 230):
        press.rule(y, 50, 350)
    press.row(105, "Group", "Count", "Share", at=(50, -250, -350))
    y = 125
    for group in ("Women", "Men"):
        press.put(50, y, group)
        for index in range(3):
            y += 12
            press.row(y, f"aged {index}0 to {index}9", f"{index}00", f"{index}.5", at=(60, -250, -350))
        y += 14
    page = press.page()

    rows = texts(page, only(page, press))

    assert [row[0] for row in rows if not row[1]] == ["Women", "Men"]
    assert len(rows) == 9


def test_labels_beside_figures_set_to_their_middle_stay_in_one_row() -> None:
    press = Press()
    for y in (100, 120, 220):
        press.rule(y, 50, 350)
    press.row(105, "Measure", "1999", "2000", at=(50, -270, -350))
    for index, label in enumerate(("Income between states of", "Income within any of the", "Years of life that are")):
        y = 126 + 32 * index
        press.put(50, y, label)
        press.row(y + 5.5, f"0.{index}1", f"0.{index}2", at=(-270, -350))
        press.put(50, y + 11, "the union")
    page = press.page()

    assert [row[0] for row in texts(page, only(page, press))[1:]] == [
        "Income between states of\nthe union",
        "Income within any of the\nthe union",
        "Years of life that are\nthe union",
    ]


def test_rules_between_rows_keep_wrapped_words_together() -> None:
    press = Press()
    for y in (100, 120, 160, 200, 240):
        press.rule(y, 50, 450)
    press.row(105, "Property", "Reason for the change", at=(50, 200))
    for index, name in enumerate(("Clarity", "Range", "Recall")):
        y = 125 + 40 * index
        press.row(y, name, "What was said here was not clear", at=(50, 200))
        press.put(200, y + 12, "to those who read it")
    page = press.page()

    assert texts(page, only(page, press)) == [
        ["Property", "Reason for the change"],
        *([name, "What was said here was not clear\nto those who read it"] for name in ("Clarity", "Range", "Recall")),
    ]


def test_labels_beside_rules_and_currency_signs_away_from_their_amounts() -> None:
    press = Press()
    for y in (118, 190):
        press.rule(y, 300, 370)
        press.rule(y, 380, 450)
    press.row(105, "2024", "2023", at=(-350, -430))
    press.row(125, "Cost of revenue", "$", "178", "$", "141", at=(50, 302, -370, 382, -450))
    press.row(145, "Research and development", "3,423", "2,532", at=(50, -370, -450))
    press.row(165, "Total", "$", "3,601", "$", "2,673", at=(50, 302, -370, 382, -450))
    page = press.page()

    table = only(page, press)

    assert [[cell and cell.replace("\n", " ") for cell in row] for row in texts(page, table)] == [
        ["", "2024", "2023"],
        ["Cost of revenue", "$ 178", "$ 141"],
        ["Research and development", "3,423", "2,532"],
        ["Total", "$ 3,601", "$ 2,673"],
    ]
    assert headers(table) == {0}


def test_two_columns_of_prose_are_no_table() -> None:
    press = Press()
    for line in range(30):
        press.put(50, 60 + 13 * line, "the quick brown fox jumps over the lazy dog of ours")
        press.put(320, 62 + 13 * line, "and no other dog was ever seen to lie so still there")
    assert find_tables(press.page(), ()) == ()


def test_a_table_beside_prose_takes_none_of_it() -> None:
    press = Press()
    for line in range(24):
        press.put(320, 62 + 13 * line, "and no other dog was ever seen to lie so still there")
    press.row(60, "Town", "1990", "2000", at=(50, -200, -280))
    for index in range(8):
        press.row(80 + 15 * index, f"Place{index}", f"{index},100", f"{index},200", at=(50, -200, -280))
    page = press.page()

    table = only(page, press)

    assert table.columns == 3
    assert [row[0] for row in texts(page, table)] == ["Town", *(f"Place{index}" for index in range(8))]


def test_addresses_side_by_side_are_no_table() -> None:
    press = Press()
    for index, (left, right) in enumerate(
        (
            ("Bill to", "Ship to"),
            ("Jane Example", "John Sample"),
            ("1 First Street", "2 Second Road"),
            ("Springfield", "Shelbyville"),
        )
    ):
        press.row(100 + 13 * index, left, right, at=(50, 320))
    assert find_tables(press.page(), ()) == ()


def test_labels_with_their_values_are_no_table() -> None:
    press = Press()
    pairs = (("Invoice no:", "4711"), ("Date:", "2024-01-31"), ("Customer:", "ACME"), ("Due:", "2024-02-29"))
    for index, (label, value) in enumerate(pairs):
        press.row(100 + 13 * index, label, value, at=(350, 450))
    assert find_tables(press.page(), ()) == ()


def test_stacked_tables_between_rules_of_one_width_are_two() -> None:
    press = Press()
    for y in (100, 120, 180, 200, 260):
        press.rule(y, 50, 550)
    press.row(105, "Order", "Date", "Due", at=(50, 200, 400))
    press.row(125, "A-17", "1-2-2024", "1-3-2024", at=(50, 200, 400))
    press.row(185, "Article", "Name", "Price", "Tax", "Amount", at=(50, 120, -330, -420, -550))
    press.row(210, "E1", "Widget", "10.00", "2.00", "12.00", at=(50, 120, -330, -420, -550))
    press.row(230, "E2", "Gadget", "20.00", "4.00", "24.00", at=(50, 120, -330, -420, -550))
    page = press.page()

    upper, lower = find_tables(page, press.rulings)

    assert upper.columns == 3
    assert texts(page, lower)[1:] == [
        ["E1", "Widget", "10.00", "2.00", "12.00"],
        ["E2", "Gadget", "20.00", "4.00", "24.00"],
    ]


def test_a_caption_and_a_note_inside_the_frame_stay_outside_the_table() -> None:
    press = Press()
    for y in (100, 120, 140, 160, 180):
        press.rule(y, 50, 350)
    for x in (50, 350):
        press.wall(x, 100, 180)
    press.wall(200, 120, 160)
    press.put(60, 105, "Exhibit 1: what was sold")
    press.row(125, "Apples", "10", at=(60, 220))
    press.row(145, "Pears", "20", at=(60, 220))
    press.put(60, 165, "Note: all by weight")
    page = press.page()

    assert texts(page, only(page, press)) == [["Apples", "10"], ["Pears", "20"]]


def test_a_page_full_of_words_and_lines_ends_with_bounded_work() -> None:
    press = Press()
    for row in range(200):
        for column in range(100):
            press.put(10 + 40 * column, 10 + 14 * row, str(row * column))
    rulings = [Ruling(i % 4000, i % 2800, i % 4000 + 39, i % 2800) for i in range(25_000)]
    rulings += [Ruling(i % 4000, i % 2800, i % 4000, i % 2800 + 13) for i in range(25_000)]
    page = press.page(4020, 2820)

    tables = find_tables(page, rulings)

    held = [span for table in tables for cell in table.cells for span in cell.spans]
    assert len(held) == len(set(held))
