import zipfile
from datetime import date, datetime, time, timedelta
from io import BytesIO

import openpyxl
import pytest

from evidoc.kernel.errors import DocumentDamaged, DocumentTooComplex
from evidoc.kernel.reading import Method
from evidoc.reading.cell_format import shown_value
from evidoc.reading.readers.sheet import CsvReader, SheetReader

from .collect import read


def workbook(**sheets: list[list[object]]) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    return book


def saved(book: openpyxl.Workbook) -> bytes:
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_a_sheet_is_a_page_with_its_values_as_shown() -> None:
    book = workbook(Invoice=[["Item", "Price", "Due"], ["Pencil", 1234.5, date(2026, 1, 5)]], Notes=[["Thanks"]])
    book["Invoice"]["B2"].number_format = "#,##0.00"
    collected = read(SheetReader(), saved(book))
    assert [page.text for page in collected.pages] == [
        "Invoice\nItem Price Due\nPencil 1,234.50 2026-01-05",
        "Notes\nThanks",
    ]
    page = collected.pages[0]
    assert (page.method, page.typeset) == (Method.SHEET, True)
    (table,) = page.tables
    assert [page.cell_text(cell) for cell in table.cells if cell.header] == ["Item", "Price", "Due"]


def test_empty_rows_part_tables_and_empty_columns_are_dropped() -> None:
    rows: list[list[object]] = [["a", None, "b"], [1, None, 2], [], [], ["c", "d"], [3, 4]]
    page = read(SheetReader(), saved(workbook(S=rows))).pages[0]
    assert [(table.rows, table.columns) for table in page.tables] == [(2, 2), (2, 2)]


def test_hidden_sheets_are_not_shown() -> None:
    book = workbook(Shown=[["yes"]], Hidden=[["no"]])
    book["Hidden"].sheet_state = "hidden"
    assert "no" not in read(SheetReader(), saved(book)).text


def test_a_workbook_that_unpacks_to_more_than_allowed_is_refused() -> None:
    buffer = BytesIO(saved(workbook(S=[["x"]])))
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/extra.xml", b"<a>" + b" " * 5_000_000 + b"</a>")
    with pytest.raises(DocumentTooComplex):
        read(SheetReader(), buffer.getvalue(), unpacked_bytes=1_000_000)


def test_an_entity_bomb_is_refused_before_it_unfolds() -> None:
    entities = '<!ENTITY e0 "ha">' + "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 11))
    whole, bomb = BytesIO(saved(workbook(S=[["x"]]))), BytesIO()
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            head = f"<!DOCTYPE worksheet [{entities}]>" if name == "xl/worksheets/sheet1.xml" else ""
            archive.writestr(name, head + source.read(name).decode())
    with pytest.raises(DocumentDamaged, match="XML entities"):
        read(SheetReader(), bomb.getvalue())


def test_a_zip_that_is_no_workbook_is_damaged() -> None:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("readme.txt", "hello")
    for data in (buffer.getvalue(), b"PK\x03\x04", b""):
        with pytest.raises(DocumentDamaged):
            read(SheetReader(), data)


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [
        (None, "General", ""),
        (3, "General", "3"),
        (3.0, "General", "3"),
        (0.1 + 0.2, "General", "0.3"),
        (1234.5, "#,##0.00", "1,234.50"),
        (-1234.5, "#,##0.00;(#,##0.00)", "(1,234.50)"),
        (-3, "0.00", "-3.00"),
        (0.19, "0%", "19%"),
        (0.1925, "0.0%", "19.2%"),
        (12.5, '"EUR" 0.00', "EUR12.50"),
        (12.5, "[$€-407] #,##0.00", "€12.50"),
        (12.5, "#,##0.00 €", "12.50 €"),
        (True, "General", "TRUE"),
        (date(2026, 2, 3), "dd.mm.yyyy", "2026-02-03"),
        (datetime(2026, 2, 3, 14, 30), "General", "2026-02-03 14:30"),
        (datetime(2026, 2, 3), "General", "2026-02-03"),
        (time(9, 5), "General", "09:05:00"),
        (timedelta(hours=2), "General", "2:00:00"),
        ("  text ", "@", "text"),
    ],
)
def test_values_are_shown_as_the_sheet_shows_them(value: object, number_format: str, shown: str) -> None:
    assert shown_value(value, number_format) == shown


@pytest.mark.parametrize(
    "data",
    [
        b"Artikel;Menge;Betrag\nStift;2;1,20\nHeft, liniert;1;0,80\n",
        "Artikel;Menge;Betrag\r\nStift;2;1,20\r\nHeft, liniert;1;0,80\r\n".encode("utf-16"),
        "Artikel\tMenge\tBetrag\nStift\t2\t1,20\nHeft, liniert\t1\t0,80".encode("cp1252"),
        "Artikel|Menge|Betrag\nStift|2|1,20\nHeft, liniert|1|0,80\n".encode("utf-8-sig"),
        b'Artikel,Menge,Betrag\nStift,2,"1,20"\n"Heft, liniert",1,"0,80"\n',
    ],
)
def test_csv_is_read_whatever_its_delimiter_and_encoding(data: bytes) -> None:
    (page,) = read(CsvReader(), data).pages
    (table,) = page.tables
    assert [page.cell_text(c) for c in table.cells] == [
        *("Artikel", "Menge", "Betrag"),
        *("Stift", "2", "1,20"),
        *("Heft, liniert", "1", "0,80"),
    ]


def test_csv_with_one_column_is_running_text() -> None:
    (page,) = read(CsvReader(), b"Lorem, ipsum\ndolor\nsit\namet\n").pages
    assert (page.tables, page.text) == ((), "Lorem, ipsum\ndolor\nsit\namet")
