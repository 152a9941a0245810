"""One place has one meaning, and what belongs to a party stands in its block: from a printed page to decisions."""

import pytest

from evidoc.deciding.claims import CLAIMED
from evidoc.deciding.decide import decide
from evidoc.deciding.parties import OWN_BLOCK
from evidoc.kernel.decision import Decision, Verdict
from evidoc.understanding.features import features_for
from evidoc.understanding.find import find
from tests.understanding.printed import printed

INVOICE = """
Nordwind Tools Ltd                                   INVOICE
Fine tools since 1974

From
Nordwind Tools Ltd                  Invoice number   NW-2023-0417
12 Harbour Road                     Invoice date     14 March 2023
London SW1B 3BN                     Due date         28 March 2023
United Kingdom                      Purchase order   BL-55310
VAT no. GB 999 9999 73

Bill to
Blausee Handel & Sohn B.V.
Accounts Payable
Prinsengracht 17
1015 DK Amsterdam
Netherlands

Description          Quantity    Price      Amount
Hammer                      2    10.00       20.00
Saw                         1    80.00       80.00

                                 Subtotal   100.00
                                 VAT 20 %    20.00
                                 Total due  120.00
"""


def decided(layout: str, *names: str) -> dict[str, Decision]:
    """The decision for each name."""
    return {one.finding.feature.name: one for one in decide(find(printed(layout), features_for(names)))}


def said(decision: Decision) -> str | None:
    """What is given, if anything is."""
    return decision.selected[0].value.raw if decision.selected else None


def test_a_bare_number_is_no_order_number() -> None:
    layout = INVOICE.replace("Purchase order   BL-55310", "")
    assert said(decided(layout, "invoice_number", "order_number")["order_number"]) is None


def test_the_order_that_an_invoice_answers_may_be_called_a_purchase_order() -> None:
    assert said(decided(INVOICE, "order_number")["order_number"]) == "BL-55310"


def test_a_purchase_order_number_is_given_once_where_both_are_asked_for() -> None:
    found = decided(INVOICE, "order_number", "purchase_order_number")
    assert said(found["purchase_order_number"]) == "BL-55310"
    assert said(found["order_number"]) is None
    assert CLAIMED in found["order_number"].reasons


def test_the_sellers_vat_id_is_not_the_buyers_too() -> None:
    found = decided(INVOICE, "vendor_vat_id", "customer_vat_id", "vendor_name", "customer_name")
    assert said(found["vendor_vat_id"]) == "GB 999 9999 73"
    assert said(found["customer_vat_id"]) is None


def test_each_party_has_the_vat_id_of_its_own_block() -> None:
    layout = INVOICE.replace("Netherlands", "Netherlands\nVAT no. NL 123456782 B90")
    found = decided(layout, "vendor_vat_id", "customer_vat_id", "vendor_name", "customer_name")
    assert said(found["vendor_vat_id"]) == "GB 999 9999 73"
    assert said(found["customer_vat_id"]) == "NL 123456782 B90"


def test_an_address_is_the_block_of_lines_below_the_name() -> None:
    found = decided(INVOICE, "vendor_name", "vendor_address", "customer_name", "customer_address")
    assert said(found["vendor_address"]) == "12 Harbour Road\nLondon SW1B 3BN\nUnited Kingdom"
    assert said(found["customer_address"]) == "Prinsengracht 17\n1015 DK Amsterdam\nNetherlands"
    assert OWN_BLOCK in found["customer_address"].reasons
    for name in ("vendor_address", "customer_address"):
        pieces = found[name].selected[0].value.evidence
        assert [piece.quote for piece in pieces] == said(found[name]).split("\n")  # type: ignore[union-attr]


def test_addresses_are_told_apart_without_headings() -> None:
    layout = """
Lindgren Verktyg AB
Storgatan 8
114 55 Stockholm

Falter Maschinenbau GmbH
Ackerweg 3
20457 Hamburg

Invoice number 20417        Invoice date 14.03.2023
"""
    found = decided(layout, "vendor_name", "vendor_address", "customer_name", "customer_address")
    assert said(found["vendor_name"]) == "Lindgren Verktyg AB"
    assert said(found["vendor_address"]) == "Storgatan 8\n114 55 Stockholm"
    assert said(found["customer_address"]) in ("Ackerweg 3\n20457 Hamburg", None)


def test_the_same_thing_by_another_name_may_share_its_place() -> None:
    found = decided(INVOICE, "invoice_date", "date")
    assert said(found["invoice_date"]) == said(found["date"]) == "14 March 2023"


def test_one_label_for_two_things_gives_both() -> None:
    found = decided("INVOICE\n\nBestellnummer  88213-7\n\nTotal  12.00", "order_number", "purchase_order_number")
    assert said(found["order_number"]) == said(found["purchase_order_number"]) == "88213-7"


@pytest.mark.parametrize("names", [("net_amount", "total_amount"), ("total_amount", "net_amount")])
def test_without_tax_the_net_amount_may_be_the_total(names: tuple[str, str]) -> None:
    found = decided("INVOICE\n\nTotal  12.00", *names)
    assert said(found["total_amount"]) == "12.00"
    assert found["total_amount"].verdict is not Verdict.MISSING
