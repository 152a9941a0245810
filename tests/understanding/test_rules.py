import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidoc.kernel.finding import Candidate
from evidoc.kernel.reading import Reading
from evidoc.understanding.extractors.rules import RulesExtractor
from evidoc.understanding.features import features_for
from tests.understanding.printed import assert_evidence_holds, printed


def best(reading: Reading, *wanted: object) -> dict[str, str]:
    """The best candidate's normalised value for each wish that has one."""
    features = features_for(wanted)  # type: ignore[arg-type]
    found: dict[str, Candidate] = {}
    for feature, candidate in RulesExtractor().propose(reading, features):
        assert_evidence_holds(reading, candidate)
        if feature.name not in found or candidate.score > found[feature.name].score:
            found[feature.name] = candidate
    return {name: candidate.value.normalized for name, candidate in found.items()}


INVOICES = {
    "en": """
Nordwind Tools Ltd
12 Harbour Road
London SW1B 3BN                      INVOICE

Bill To                              Invoice No.      NW-2023/0417
Blue Lake Trading Ltd                Invoice Date     14/03/2023
4 Mill Lane                          Due Date         28/03/2023
Leeds LS1 4AB

Description          Quantity    Price      Amount
Hammer                      2    10.00       20.00
Saw                         1    80.00       80.00

                                 Subtotal   100.00
                                 VAT 20%     20.00
                                 Total due  £120.00
""",
    "de": """
Nordwind Werkzeuge GmbH
Hafenstraße 12
20457 Hamburg                        RECHNUNG

Rechnungsempfänger                   Rechnungsnummer  NW-2023/0417
Blausee Handel AG                    Rechnungsdatum   14.03.2023
Mühlweg 4                            Fällig am        28.03.2023
04103 Leipzig

Bezeichnung          Menge       Preis      Betrag
Hammer                   2       10,00       20,00
Säge                     1       80,00       80,00

                            Nettobetrag     100,00
                            USt. 20%         20,00
                            Gesamtbetrag    120,00 €
""",
    "fr": """
Outils du Nord SARL
12 rue du Port
59000 Lille                          FACTURE

Facturé à                            N° de facture    NW-2023/0417
Lac Bleu SAS                         Date de facture  14/03/2023
4 chemin du Moulin                   Échéance         28/03/2023
69001 Lyon

Désignation          Quantité    Prix       Montant
Marteau                     2    10,00       20,00
Scie                        1    80,00       80,00

                              Total HT      100,00 €
                              TVA 20%        20,00 €
                              Total TTC     120,00 €
""",
    "es": """
Herramientas del Norte S.L.
Calle del Puerto 12
28001 Madrid                         FACTURA

Facturar a                           Número de factura  NW-2023/0417
Lago Azul S.L.                       Fecha de factura   14/03/2023
Calle Molino 4                       Vencimiento        28/03/2023
08001 Barcelona

Descripción          Cantidad    Precio     Importe
Martillo                    2    10,00       20,00
Sierra                      1    80,00       80,00

                              Base imponible  100,00
                              IVA 20%          20,00
                              Total a pagar   120,00 €
""",
    "nl": """
Noordgereedschap B.V.
Havenstraat 12
1012 AB Amsterdam                    FACTUUR

Factuuradres                         Factuurnummer    NW-2023/0417
Blauwmeer Handel B.V.                Factuurdatum     14-03-2023
Molenweg 4                           Vervaldatum      28-03-2023
3071 EL Rotterdam

Omschrijving         Aantal      Prijs      Bedrag
Hamer                     2      10,00       20,00
Zaag                      1      80,00       80,00

                              Totaal excl. BTW  100,00
                              BTW 20%            20,00
                              Totaalbedrag      120,00 €
""",
}
ISSUERS = {
    "en": ("Nordwind Tools Ltd", "Blue Lake Trading Ltd"),
    "de": ("Nordwind Werkzeuge GmbH", "Blausee Handel AG"),
    "fr": ("Outils du Nord SARL", "Lac Bleu SAS"),
    "es": ("Herramientas del Norte S.L.", "Lago Azul S.L."),
    "nl": ("Noordgereedschap B.V.", "Blauwmeer Handel B.V."),
}


@pytest.mark.parametrize("language", INVOICES)
def test_an_invoice_in_each_language_asked_by_names_only(language: str) -> None:
    names = (
        "invoice_number",
        "invoice_date",
        "due_date",
        "net_amount",
        "tax_amount",
        "total_amount",
        "vendor_name",
        "customer_name",
    )
    found = best(printed(INVOICES[language]), *names)
    issuer, customer = ISSUERS[language]
    assert found == {
        "invoice_number": "NW20230417",
        "invoice_date": "2023-03-14",
        "due_date": "2023-03-28",
        "net_amount": "100.00",
        "tax_amount": "20.00",
        "total_amount": "120.00",
        "vendor_name": issuer,
        "customer_name": customer,
    }


def test_a_range_beside_its_label_gives_its_first_and_second_day() -> None:
    reading = printed("Order Flight   11/18/19 - 02/16/20\nPrinted   01/18/20")
    assert best(reading, "flight_from", "flight_to") == {"flight_from": "2019-11-18", "flight_to": "2020-02-16"}


def test_a_value_may_stand_below_its_label_or_under_its_column() -> None:
    below = printed("Claim Number     Policy Number\nCL-778812        PX 4471-9")
    assert best(below, "claim_number", "policy_number") == {"claim_number": "CL778812", "policy_number": "PX44719"}
    column = printed(
        "Month        Spots     Gross Amount    Net Amount\n"
        "May             12        1,200.00      1,020.00\n"
        "Totals          12        1,200.00      1,020.00"
    )
    assert best(column, "gross_amount", "net_amount") == {"gross_amount": "1200.00", "net_amount": "1020.00"}


def test_a_longer_label_keeps_what_is_its_own() -> None:
    reading = printed("Due Date: 05/06/2021\nDate: 01/06/2021\nDelivery Date: 09/06/2021")
    assert best(reading, "invoice_date", "due_date") == {"invoice_date": "2021-06-01", "due_date": "2021-06-05"}


def test_unknown_names_are_understood_from_their_words() -> None:
    reading = printed(
        "Policy start date: 01.02.2021\nParcel no. P-8831\nName of Skipper: Ada Brook\nRepair cost   812.50"
    )
    assert best(reading, "policy_start_date", "parcel_no", "skipper_name", "repair_cost") == {
        "policy_start_date": "2021-02-01",
        "parcel_no": "P8831",
        "skipper_name": "Ada Brook",
        "repair_cost": "812.50",
    }


def test_the_callers_labels_lead() -> None:
    reading = printed("Total   10.00\nSum of it all   7.00")
    assert best(reading, {"name": "total", "type": "money", "labels": ["Sum of it all"]}) == {"total": "7.00"}


def test_a_heading_says_whose_name_it_is() -> None:
    reading = printed("Supplier\nName:     Kiesel & Sohn\n\nCustomer\nName:     Bergbau Nord")
    assert best(reading, "vendor_name", "customer_name") == {
        "vendor_name": "Kiesel & Sohn",
        "customer_name": "Bergbau Nord",
    }


def test_day_and_month_are_told_by_the_documents_other_dates() -> None:
    assert best(printed("Date: 03/04/2020\nShipped 25/04/2020"), "invoice_date") == {"invoice_date": "2020-04-03"}
    assert best(printed("Date: 03/04/2020\nShipped 04/25/2020"), "invoice_date") == {"invoice_date": "2020-03-04"}


def test_an_address_over_several_lines_is_one_value_with_a_piece_for_each() -> None:
    reading = printed("SUN MART SDN BHD\nNo. 12, Jalan Mawar 3\nTaman Melati\n81200 Johor Bahru\n\nTel: 07-555 1234")
    (feature,) = features_for(["address"])
    candidates = [candidate for _, candidate in RulesExtractor().propose(reading, (feature,))]
    top = max(candidates, key=lambda candidate: candidate.score)
    assert top.value.normalized == "No. 12, Jalan Mawar 3, Taman Melati, 81200 Johor Bahru"
    assert len(top.value.evidence) == 3


def test_rounding_and_change_do_not_pass_for_the_total() -> None:
    reading = printed(
        "SUN MART\n\nTea            4.02\nRice          26.89\n\nTOTAL         30.91\nROUNDING ADJ  -0.01\n"
        "TOTAL ROUNDED 30.90\nCASH          50.00\nCHANGE        19.10"
    )
    assert best(reading, "total") == {"total": "30.90"}


WORDS = st.sampled_from(
    [
        "Total",
        "Date:",
        "12/03/2020",
        "1.234,50",
        "€",
        "(380)",
        "Rechnung",
        "Nr.",
        "GmbH",
        "12345",
        "Town",
        "Name",
        "-",
        ":",
        "N/A",
        "日本",
    ]
)
LAYOUTS = st.lists(
    st.lists(st.one_of(WORDS, st.text(min_size=1, max_size=8)), min_size=1, max_size=6), min_size=1, max_size=12
)


@settings(max_examples=60, deadline=None)
@given(LAYOUTS, st.sampled_from(["  ", " ", "       "]))
def test_whatever_is_printed_the_evidence_holds(lines: list[list[str]], gap: str) -> None:
    layout = "\n".join(gap.join(" ".join(word.split()) for word in line) for line in lines)
    best(
        printed(layout),
        "total",
        "date",
        "invoice_number",
        "vendor_name",
        "address",
        "signer_title",
        "iban",
        "currency",
        "payment_terms",
    )


def test_a_page_of_nothing_but_numbers_ends() -> None:
    best(
        printed("\n".join("Total  1.00  2.00  3/3/2020  4711-1  Date" for _ in range(400))),
        "total",
        "date",
        "invoice_number",
        "vendor_name",
    )


def test_an_empty_document_has_no_candidates() -> None:
    assert best(Reading(()), "total") == {}
    assert best(printed(""), "total", "vendor_name", "address") == {}
