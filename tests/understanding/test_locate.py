"""Where a known value stands: planted values are found as the page writes them, and nothing else is."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidoc.kernel.finding import FeatureType
from evidoc.kernel.normalise import normalise
from evidoc.understanding.locate import Locator
from evidoc.understanding.locate_rows import KnownCell, locate_rows
from tests.understanding.printed import printed_page

MONEY, DATE, TEXT, NUMBER = FeatureType.MONEY, FeatureType.DATE, FeatureType.TEXT, FeatureType.NUMBER


def quotes(layout: str, kind: FeatureType, text: str) -> list[str]:
    places = Locator([printed_page(layout)]).occurrences(kind, text)
    return [place.value().raw for place in places]


@pytest.mark.parametrize(
    ("layout", "written"),
    [
        ("Total 583,17", "583,17"),
        ("Total 583.17", "583.17"),
        ("EUR583,17", "583,17"),
        ("Total €583.17.", "583.17"),
        ("Total 583.170", "583.170"),
    ],
)
def test_an_amount_is_found_in_any_notation(layout: str, written: str) -> None:
    assert quotes(layout, MONEY, "583.17") == [written]


@pytest.mark.parametrize("written", ["12.345,60", "12,345.60", "12 345,60", "12'345.60", "12345,6"])
def test_grouping_marks_are_no_obstacle(written: str) -> None:
    assert written in quotes(f"Summe {written} EUR", MONEY, "12345.60")


@pytest.mark.parametrize("written", ["-12,00", "12,00-", "(12,00)", "−12,00"])
def test_negative_amounts_take_their_sign_along(written: str) -> None:
    assert quotes(f"Gutschrift {written}", MONEY, "-12.00") == [written]
    assert quotes(f"Gutschrift {written}", MONEY, "12.00") == []


def test_a_number_within_a_code_is_not_the_number_itself() -> None:
    place = Locator([printed_page("AB-583.17 und 583.17 EUR")]).best(MONEY, "583.17")
    assert place is not None
    assert place.spans[0].start == len("AB-583.17 und ")


@pytest.mark.parametrize(
    "written",
    ["04.05.2031", "4.5.31", "2031-05-04", "4. Mai 2031", "May 4, 2031", "4 mai 2031", "04/05/2031", "20310504"],
)
def test_a_date_is_found_in_any_form(written: str) -> None:
    assert quotes(f"Datum: {written} bis", DATE, "20310504") == [written]


def test_a_word_before_a_date_does_not_hide_it() -> None:
    assert quotes("Rechnung Nr. 290417 vom 13.07.2018", DATE, "2018-07-13") == ["13.07.2018"]


def test_text_is_found_however_it_is_spaced_and_capitalised() -> None:
    assert quotes("von MUSTER  Holz-\nhandel KG", TEXT, "Muster Holz-Handel KG") == ["MUSTER Holz-\nhandel KG"]


def test_text_is_found_in_its_column_with_other_columns_between() -> None:
    layout = "1   Regal aus      3,00   9,00\n    hellem Holz\n2   Tisch          1,00   5,00"
    assert quotes(layout, TEXT, "Regal aus hellem Holz") == ["Regal aus\nhellem Holz"]


def test_half_a_word_is_no_occurrence() -> None:
    assert quotes("Kundenkonto", TEXT, "Kunde") == []
    assert quotes("X4711Y", FeatureType.IDENTIFIER, "4711") == []


def test_identifiers_are_found_whatever_parts_them() -> None:
    assert quotes("IBAN DE89 3704 0044 0532 0130 00", FeatureType.IBAN, "DE89370400440532013000") == [
        "DE89 3704 0044 0532 0130 00"
    ]


def test_the_occurrence_beside_its_label_is_the_best() -> None:
    layout = "Betrag 50,00\nNetto 50,00\nzu zahlen 50,00"
    place = Locator([printed_page(layout)]).best(MONEY, "50.00", ["net amount", "Netto"])
    assert place is not None
    assert place.line == 1


def test_a_single_digit_without_its_label_is_not_believed() -> None:
    locator = Locator([printed_page("3 Tage, Seite 3, Pos 3")])
    assert locator.best(NUMBER, "3", ["quantity"]) is None


def test_rows_keep_their_places_where_values_repeat() -> None:
    page = printed_page("Apfel   2   1,00   2,00\nBirne   2   1,00   2,00\nSumme           4,00")
    known = [
        {
            "description": KnownCell(TEXT, name),
            "quantity": KnownCell(NUMBER, "2"),
            "unit_price": KnownCell(MONEY, "1.00"),
            "amount": KnownCell(MONEY, "2.00"),
        }
        for name in ("Apfel", "Birne")
    ]
    first, second = locate_rows(Locator([page]), known)
    assert {place.line for place in first.values()} == {0}
    assert {place.line for place in second.values()} == {1}
    assert first["amount"].spans[0].start > first["unit_price"].spans[0].start


def test_a_row_that_no_page_shows_has_no_places() -> None:
    [row] = locate_rows(Locator([printed_page("2 Seiten")]), [{"quantity": KnownCell(NUMBER, "2")}])
    assert row == {}


amounts = st.decimals(min_value=Decimal("0.01"), max_value=Decimal("9999999.99"), places=2)
noise = st.lists(st.text(alphabet="abcXYZ019.,-/ ", max_size=12), max_size=6)


@settings(max_examples=60, deadline=None)
@given(amount=amounts, before=noise, after=noise, german=st.booleans())
def test_a_planted_amount_is_always_found_and_all_that_is_found_is_equal(
    amount: Decimal, before: list[str], after: list[str], german: bool
) -> None:
    written = f"{amount:,.2f}"
    if german:
        written = written.translate(str.maketrans(",.", ".,"))
    page = printed_page("\n".join([*before, f"Total: {written} EUR", *after]))
    values = [place.value() for place in Locator([page]).occurrences(MONEY, str(amount))]
    assert written in [value.raw for value in values]
    for value in values:
        [piece] = value.evidence
        assert page.text[piece.char_start : piece.char_end] == piece.quote == value.raw
        assert Decimal(normalise(value.rule, value.raw)) == amount
