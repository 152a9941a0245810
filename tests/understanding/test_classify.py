import pytest

from evidoc.kernel.reading import Box, Line, Method, Page, Reading, Word, Words
from evidoc.understanding.classify import classify
from evidoc.understanding.document_types import DOCUMENT_TYPES


def reading_of(*pages: str) -> Reading:
    return Reading(tuple(page_of(index, text) for index, text in enumerate(pages)))


def page_of(index: int, text: str) -> Page:
    words, lines, position = [], [], 0
    for row, line in enumerate(text.split("\n")):
        first = len(words)
        for word in line.split(" "):
            words.append(
                Word(position, position + len(word), Box(position % 500, row * 12, position % 500 + 5, row * 12 + 10))
            )
            position += len(word) + 1
        lines.append(Line(first, len(words)))
    return Page(index, text, 595, 842, Method.BORN_DIGITAL, Words.of(words), tuple(lines))


INVOICE = (
    "Nordwind Ltd\nINVOICE\nInvoice number 17-204\nBill to Harbour Cafe\nSubtotal 90.00\nVAT 20% 18.00\nTotal 108.00"
)
RECHNUNG = (
    "Nordwind GmbH\nRechnung\nRechnungsnummer 17-204\nLeistungsdatum 03.02.2026\nMwSt 19% 5,70\nGesamtbetrag 35,70"
)
ORDER = "Nordwind Ltd\nPURCHASE ORDER\nPO number 4500\nShip to Dock 5\nRequested delivery 3 May 2026"
CONTRACT = (
    "SERVICES AGREEMENT\nThis Agreement is made by and between Nordwind Ltd and Harbour Cafe\n"
    "WHEREAS the parties wish to trade\nGoverning law: England\nIN WITNESS WHEREOF the parties hereby agree"
)
NDA = (
    "MUTUAL NON-DISCLOSURE AGREEMENT\nThis Agreement is made by and between Nordwind Ltd and Harbour Cafe\n"
    "The Receiving Party shall keep Confidential Information of the Disclosing Party secret\nGoverning law: England"
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [(INVOICE, "invoice"), (RECHNUNG, "invoice"), (ORDER, "purchase_order"), (CONTRACT, "contract"), (NDA, "nda")],
)
def test_known_types_are_told_apart(text: str, expected: str) -> None:
    (found,) = classify(reading_of(text))
    assert found.category == expected
    assert found.confidence > 0.5


def test_the_callers_own_names_are_understood() -> None:
    (found,) = classify(reading_of(RECHNUNG), ["Contracts", "Rechnung", "other"])
    assert found.category == "Rechnung"
    (found,) = classify(reading_of("Cantina menu\nSoup 3.00\nBread 1.00"), ["menu", "invoice"])
    assert found.category == "menu"


def test_a_document_of_no_category_gets_none_above_the_threshold() -> None:
    nothing = reading_of("The cat sat on the mat\nand looked at the rain")
    assert classify(nothing, threshold=0.7) == ()
    (found,) = classify(nothing, ["invoice", "contract", "other"])
    assert found.category == "other"


def test_several_labels_are_judged_each_on_its_own() -> None:
    both = reading_of(INVOICE, ORDER)
    found = classify(both, ["invoice", "purchase order", "resume"], multi_label=True, threshold=0.5)
    assert {item.category for item in found} == {"invoice", "purchase order"}
    assert all(0.5 <= item.confidence <= 1 for item in found)


def test_an_empty_document_is_not_believed_to_be_anything() -> None:
    (found,) = classify(Reading((page_of(0, "."),)))
    assert found.confidence < 0.2
    assert classify(Reading(()), ["invoice"], threshold=0.5) == ()


def test_type_names_are_unique_and_their_wider_types_exist() -> None:
    names = [kind.name for kind in DOCUMENT_TYPES]
    assert len(names) == len(set(names))
    assert {wider for kind in DOCUMENT_TYPES for wider in kind.kinds_of} <= set(names)


def test_a_contract_that_mentions_confidential_information_is_a_contract() -> None:
    (found,) = classify(reading_of(CONTRACT + "\nEach party keeps Confidential Information and trade secrets."))
    assert found.category == "contract"


def test_a_stations_invoice_is_an_advertising_order_and_other_invoices_are_not() -> None:
    station = INVOICE + "\nAdvertiser Harbour Cafe\nFlight dates 3 May to 9 May\nStation NRTH\nSpots 12"
    (found,) = classify(reading_of(station))
    assert found.category == "advertising_order"
    (found,) = classify(reading_of(INVOICE + "\nFerry station\nEstimate 12"))
    assert found.category == "invoice"


def test_a_credit_note_that_names_its_delivery_note_stays_an_invoice() -> None:
    credit = "Nordwind GmbH\nGutschrift\nRechnungsnummer 17-204\nLieferschein 991\nMwSt 19% 5,70\nGesamtbetrag 35,70"
    (found,) = classify(reading_of(credit))
    assert found.category == "invoice"


def test_a_text_of_no_known_type_is_given_little_confidence() -> None:
    (found,) = classify(reading_of("Soup of leeks\nPeel six leeks, boil them for an hour\nand serve with bread"))
    assert found.confidence < 0.4
