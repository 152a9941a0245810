"""Line items from pages: which rows, which columns, and evidence for each cell."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidoc.kernel.finding import Candidate, Feature, FeatureType
from evidoc.kernel.reading import Box, Cell, Reading, Span, Table
from evidoc.understanding.extractors.lines import LinesExtractor
from tests.understanding.printed import assert_evidence_holds, printed, printed_page

LINE_ITEMS = Feature("line_items", FeatureType.TABLE)


def candidate_of(reading: Reading, feature: Feature = LINE_ITEMS) -> Candidate | None:
    found = [candidate for _, candidate in LinesExtractor().propose(reading, [feature])]
    for candidate in found:
        assert_evidence_holds(reading, candidate)
    return found[0] if found else None


def rows(*layouts: str) -> list[list[str]]:
    """Each row as description, quantity, unit price, amount; "-" where a cell is missing."""
    candidate = candidate_of(printed(*layouts))
    found = candidate.rows if candidate else ()
    names = ("description", "quantity", "unit_price", "amount")
    return [
        [(row[name].raw if name == "description" else row[name].normalized) if name in row else "-" for name in names]
        for row in found
    ]


GERMAN = """
Pos  Artikelbezeichnung          Menge    Einzelpreis      Gesamtpreis
1    Kupferkessel groß           2 Stk     1.250,00 €       2.500,00 €
2    Aufbau vor Ort mit          3 Std        40,00 €         120,00 €
     Einweisung
     Zwischensumme                                          2.620,00 €
3    Anfahrt                     1             35,00 €         35,00 €

     Nettobetrag                                            2.655,00 €
     zzgl. 19 % MwSt                                          504,45 €
     Rechnungsbetrag                                        3.159,45 €"""


def test_a_german_invoice() -> None:
    assert rows(GERMAN) == [
        ["Kupferkessel groß", "2", "1250.00", "2500.00"],
        ["Aufbau vor Ort mit\nEinweisung", "3", "40.00", "120.00"],
        ["Anfahrt", "1", "35.00", "35.00"],
    ]


def test_what_can_be_checked_is_told_and_raises_the_score() -> None:
    checked = candidate_of(printed(GERMAN))
    unchecked = candidate_of(printed("Description     Amount\nOne thing       12.00\nAnother         7.00"))
    assert checked is not None
    assert unchecked is not None
    assert checked.signals["adds_up"] == 1.0
    assert checked.signals["sums_to_shown"] == 1.0
    assert checked.score > unchecked.score


def test_a_french_invoice_with_the_price_before_the_quantity() -> None:
    layout = """
Désignation              Prix unitaire HT     Qté     TVA      Montant HT
Tarte aux pommes                  4,50        10      5,5 %        45,00
Café moulu 250 g                  6,00         2      5,5 %        12,00
Total HT                                                           57,00
TVA                                                                 3,14
Net à payer                                                        60,14"""
    assert rows(layout) == [["Tarte aux pommes", "10", "4.50", "45.00"], ["Café moulu 250 g", "2", "6.00", "12.00"]]


def test_a_dutch_invoice_whose_header_stands_on_two_lines() -> None:
    layout = """
                                Prijs      BTW     Prijs
Artikel               Aantal    per stuk           incl. BTW
Fietsbel messing        3         7,50     21 %     22,50
Regenjas                1        59,95     21 %     59,95
Totaal                                              82,45"""
    assert rows(layout) == [["Fietsbel messing", "3", "7.50", "22.50"], ["Regenjas", "1", "59.95", "59.95"]]


@pytest.mark.parametrize(
    "header",
    [
        "Description            Qty     Unit price      Line total",
        "Descripción            Cant.   Precio          Importe   ",
        "Descrizione            Q.tà    Prezzo          Importo   ",
        "Descrição              Qtd.    Preço           Valor     ",
        "Nazwa towaru           Ilość   Cena            Wartość   ",
    ],
)
def test_headers_in_other_languages(header: str) -> None:
    first = "Blue chair             2       1,250.00        2,500.00"
    second = "Lamp                   1          19.90           19.90"
    assert rows("\n".join((header, first, second))) == [
        ["Blue chair", "2", "1250.00", "2500.00"],
        ["Lamp", "1", "19.90", "19.90"],
    ]


def test_a_table_that_goes_on_over_the_page_with_and_without_its_header() -> None:
    header = "Description        Quantity    Price     Amount"
    first = f"{header}\nNails              10           0.50       5.00\nCarried forward                         5.00"
    second = f"{header}\nScrews              4           2.00       8.00"
    third = "Glue                1           3.00       3.00\nTotal                                  16.00"
    expected = [["Nails", "10", "0.50", "5.00"], ["Screws", "4", "2.00", "8.00"], ["Glue", "1", "3.00", "3.00"]]
    assert rows(first, second, third) == expected


def test_headers_that_are_wrong_give_way_to_arithmetic() -> None:
    layout = """
Amount   Product          VAT     Price     Total
4        Balloons         19%      0.50      2.00
10       Streamers        19%      1.20     12.00"""
    assert rows(layout) == [["Balloons", "4", "0.50", "2.00"], ["Streamers", "10", "1.20", "12.00"]]


def test_the_article_number_over_a_name_is_not_the_name() -> None:
    layout = """
Description           Quantity    Price    Amount
ZK997                 5            2.00     10.00
Lemon drops
GZ250                 1            1.50      1.50
Jam sugar"""
    assert [row[0] for row in rows(layout)] == ["Lemon drops", "Jam sugar"]


def test_credit_lines_keep_their_sign() -> None:
    layout = "Description     Qty     Price     Amount\nReturned lamp   -2      10.00     -20.00"
    assert rows(layout) == [["Returned lamp", "-2", "10.00", "-20.00"]]


def test_a_receipt_without_headers() -> None:
    layout = """
CORNER SHOP
12 High Street
Milk 1l                    1.20
Rye bread                  3.40
2 x Apples      0.50       1.00
SUBTOTAL                   5.60
TOTAL                      5.60
CASH                      10.00
CHANGE                     4.40"""
    assert rows(layout) == [
        ["Milk 1l", "-", "-", "1.20"],
        ["Rye bread", "-", "-", "3.40"],
        ["Apples", "2", "0.50", "1.00"],
    ]


def test_pages_without_items_have_none() -> None:
    assert rows("A letter about nothing.\nIt has no amounts.") == []
    assert candidate_of(Reading(())) is None


def test_a_summary_of_taxes_is_no_list_of_items() -> None:
    assert rows("VAT rate     Net       VAT amount\n19 %       100.00      19.00") == []


def test_the_callers_columns_are_given_by_the_callers_names() -> None:
    feature = Feature("positions", FeatureType.TABLE, columns=("product_name", "qty", "line_total", "sku", "shoe_size"))
    layout = "Item no.   Product      Qty    Price    Total\nA-1        Red boots    2      30.00    60.00"
    candidate = candidate_of(printed(layout), feature)
    assert candidate is not None
    [row] = candidate.rows
    assert {name: value.raw for name, value in row.items()} == {
        "product_name": "Red boots",
        "qty": "2",
        "line_total": "60.00",
        "sku": "A-1",
    }


def test_a_table_of_the_reader_gives_columns_where_the_page_is_set_by_us() -> None:
    page = printed_page("Item | Units | Cost | Sum\nTea | 2 | 3.00 | 6.00\nOld cheese | 1 | 8.00 | 8.00")
    cells: list[Cell] = []
    for row, line in enumerate(page.lines):
        span = page.line_span(line)
        at = span.start
        for column, part in enumerate(page.text[span.start : span.end].split(" | ")):
            cells.append(Cell(row, column, Box(0, 0, 9, 9), (Span(at, at + len(part)),), header=row == 0))
            at += len(part) + 3
    table = Table(Box(0, 0, 99, 99), 3, 4, tuple(cells), ruled=True)
    candidate = candidate_of(Reading((replace(page, tables=(table,), typeset=True),)))
    assert candidate is not None
    assert [row["description"].raw for row in candidate.rows] == ["Tea", "Old cheese"]
    assert [row["amount"].normalized for row in candidate.rows] == ["6.00", "8.00"]


def test_nobody_is_asked_for_what_nobody_wants() -> None:
    feature = Feature("total_amount", FeatureType.MONEY)
    assert list(LinesExtractor().propose(printed(GERMAN), [feature])) == []


words = st.sampled_from(
    ["Total", "Menge", "Qty", "Price", "Amount", "Artikel", "1,00", "2", "3.50", "7.00", "-", "x", "€"]
)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.lists(st.tuples(words, st.integers(1, 12)), max_size=6), max_size=14))
def test_evidence_holds_on_whatever_pages_there_are(lines: list[list[tuple[str, int]]]) -> None:
    layout = "\n".join("".join(word + " " * gap for word, gap in line) for line in lines)
    candidate_of(printed(layout, layout))
