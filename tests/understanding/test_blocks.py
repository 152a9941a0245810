"""Blocks of lines: addresses in the forms of several countries, and names as letterheads and tills print them."""

from dataclasses import replace

import pytest

from evidoc.kernel.reading import Method, Reading
from evidoc.understanding.features import features_for
from evidoc.understanding.find import find
from tests.understanding.printed import assert_evidence_holds, printed, printed_page


def best(reading: Reading, name: str) -> str:
    """The best candidate's text."""
    (finding,) = find(reading, features_for([name]))
    assert_evidence_holds(reading, finding.candidates[0])
    return finding.candidates[0].value.raw


def scanned(layout: str) -> Reading:
    """The page as if it had been read from pixels."""
    return Reading((replace(printed_page(layout), method=Method.OCR, dpi=150.0),))


@pytest.mark.parametrize(
    "lines",
    [
        ("18 Orchard Lane", "Bristol BS1 6ZZ", "United Kingdom"),
        ("Ackerweg 3", "20457 Hamburg"),
        ("12 rue des Lilas", "69003 Lyon", "France"),
        ("Keizerskade 40", "1016 GC Amsterdam"),
        ("Calle del Prado 9", "28014 Madrid"),
        ("Via Verdi 22", "20121 Milano"),
        ("Storgatan 8", "114 55 Stockholm"),
        ("ul. Polna 5", "00-625 Warszawa"),
        ("400 Elm Street, Suite 9", "Austin, TX 78701"),
        ("55 King Street West", "Toronto ON M5H 1J9"),
        ("7 George Street", "Sydney NSW 2000"),
        ("4 Harbour Street", "Dublin", "D02 XY45"),
        ("14 Residency Road", "Bengaluru - 560 025"),
        ("NO 5, JALAN MAWAR 2", "TAMAN INDAH, 47300", "PETALING JAYA, SELANGOR"),
        ("LOT 7-G, DATARAN SERI,", "JALAN MAWAR 2", "47300.PETALING JAYA"),
    ],
)
def test_an_address_is_the_lines_below_the_name(lines: tuple[str, ...]) -> None:
    page = "\n".join(("Nordwind Tools Ltd", *lines, "Tel. 555 0100", "", "Total 12.00"))
    assert best(printed(page), "vendor_address") == "\n".join(lines)


@pytest.mark.parametrize("between", ["(Company No: 123456-X)", "CO. NO. 123456-X", "BR NO.: 0123456-X"])
def test_a_register_number_between_name_and_street_is_no_part_of_the_address(between: str) -> None:
    page = f"NORDWIND TOOLS SDN BHD\n{between}\nNO 5, JALAN MAWAR 2,\n47300 PETALING JAYA\n\nTOTAL 12.00"
    assert best(printed(page), "address") == "NO 5, JALAN MAWAR 2,\n47300 PETALING JAYA"


def test_a_heading_in_narrow_print_ends_an_address() -> None:
    page = "NORDWIND TOOLS SDN BHD\nNO 5, JALAN MAWAR 2,\n47300 PETALING JAYA\nTAXINVOICE\n\nTOTAL 12.00"
    assert best(printed(page), "address") == "NO 5, JALAN MAWAR 2,\n47300 PETALING JAYA"


def test_the_label_before_an_address_is_no_part_of_it() -> None:
    page = "Nordwind Tools Ltd\nHead office address: 12 Harbour Road\nLondon SW1B 3BN\n\nTotal 12.00"
    assert best(printed(page), "vendor_address") == "12 Harbour Road\nLondon SW1B 3BN"


@pytest.mark.parametrize(
    ("printed_name", "name"),
    [
        ("NORDWIND TOOLS SDN BHD (123456-T)", "NORDWIND TOOLS SDN BHD"),
        ("#000012 NORDWIND TOOLS SDN BHD", "NORDWIND TOOLS SDN BHD"),
        ("THE NORTH WIND LTD (Co. No. 123456 X)", "THE NORTH WIND LTD"),
        ("NORDWIND TOOLS\nCO. (M) SDN BHD", "NORDWIND TOOLS\nCO. (M) SDN BHD"),
        ("Nordwind Tools SARL - 12 rue des Lilas - 69003 Lyon", "Nordwind Tools SARL"),
    ],
)
def test_a_name_ends_where_numbers_and_streets_begin(printed_name: str, name: str) -> None:
    assert best(printed(f"{printed_name}\n\nReceipt 4711\n\nTotal 12.00"), "vendor_name") == name


def test_a_name_above_an_address_goes_before_the_line_at_the_top() -> None:
    page = "Served By Morgan\n\nBlue Lake Bakery\n4 Mill Lane\nLeeds LS1 4AB\n\nTotal 12.00"
    assert best(printed(page), "vendor_name") == "Blue Lake Bakery"


def test_wide_spaces_of_a_till_do_not_cut_names_and_addresses_on_scans() -> None:
    layout = "MR. N.W.  (M) SDN BHD\nNO.2,  JALAN MAWAR 9/2\n43200  CHERAS\n\nTOTAL 12.00"
    assert best(scanned(layout), "company") == "MR. N.W. (M) SDN BHD"
    assert best(scanned(layout), "address") == "NO.2, JALAN MAWAR 9/2\n43200 CHERAS"


def test_a_copyright_line_is_nobodys_letterhead() -> None:
    page = "(c) Formsmith Inc. 2020\n\nNordwind Tools GmbH\nAckerweg 3\n20457 Hamburg\n\nGesamtbetrag 12,00"
    assert best(printed(page), "vendor_name") == "Nordwind Tools GmbH"
