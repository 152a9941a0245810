"""E-invoice XML: read exactly, shown where the page shows it, refused where it is hostile."""

import io
from collections.abc import Sequence
from dataclasses import replace

import pikepdf
import pytest
from reportlab.pdfgen.canvas import Canvas

from evidoc.kernel.finding import Candidate, Feature, FeatureType
from evidoc.kernel.page_codec import decode_page, encode_page
from evidoc.kernel.reading import Attachment, Page, Reading
from evidoc.reading.page_image import PageImage
from evidoc.reading.reader import Source
from evidoc.reading.readers.pdf import PdfReader
from evidoc.understanding.einvoice.hostile_xml import MAX_DEPTH, XmlRefused
from evidoc.understanding.einvoice.read import read_einvoice
from evidoc.understanding.extractors.embedded_xml import EmbeddedXmlExtractor
from tests.understanding.einvoice_samples import CII, ORDER_X, PAGE, UBL, ZUGFERD_1
from tests.understanding.printed import assert_evidence_holds, printed, printed_page

LINE_ITEMS = Feature("line_items", FeatureType.TABLE)


def with_xml(reading: Reading, xml: str, name: str = "factur-x.xml") -> Reading:
    data = xml.encode()
    return replace(reading, attachments=(Attachment(name, "application/xml", len(data), data),))


def asked(reading: Reading, names: Sequence[str]) -> dict[str, Candidate]:
    features = [Feature(name, FeatureType.TEXT, (name.replace("_", " "),)) for name in names]
    found = {feature.name: candidate for feature, candidate in EmbeddedXmlExtractor().propose(reading, features)}
    for candidate in found.values():
        assert_evidence_holds(reading, candidate)
    return found


def rows(reading: Reading, feature: Feature = LINE_ITEMS) -> list[dict[str, tuple[str, bool]]]:
    [(_, candidate)] = EmbeddedXmlExtractor().propose(reading, [feature])
    assert_evidence_holds(reading, candidate)
    return [{name: (value.raw, bool(value.evidence)) for name, value in row.items()} for row in candidate.rows]


def test_values_are_shown_as_the_page_writes_them() -> None:
    reading = with_xml(printed(PAGE), CII)
    found = asked(reading, ["invoice_number", "invoice_date", "due_date", "total_amount", "net_amount", "tax_amount"])
    written = {name: (candidate.value.raw, candidate.value.normalized) for name, candidate in found.items()}
    assert written == {
        "invoice_number": ("LR-2031/77", "LR203177"),
        "invoice_date": ("4. Mai 2031", "2031-05-04"),
        "due_date": ("03.06.31", "2031-06-03"),
        "total_amount": ("3.117,80", "3117.80"),
        "net_amount": ("2.620,00", "2620.00"),
        "tax_amount": ("497,80", "497.80"),
    }
    assert found["total_amount"].value.unit == "EUR"


def test_a_value_that_no_page_shows_says_where_it_stands_in_the_xml() -> None:
    found = asked(with_xml(printed(PAGE), CII), ["vendor_vat_id", "order_number"])
    value = found["vendor_vat_id"].value
    assert (value.raw, value.evidence) == ("DE999000111", ())
    assert value.source is not None
    assert value.source.attachment == "factur-x.xml"
    assert value.source.path.endswith("SellerTradeParty/SpecifiedTaxRegistration[2]/ID")
    assert found["order_number"].value.raw == "B-4711"


def test_an_address_is_its_lines_on_the_page() -> None:
    [candidate] = asked(with_xml(printed(PAGE), CII), ["vendor_address"]).values()
    assert [piece.quote for piece in candidate.value.evidence] == ["Amboßgasse 7", "01234 Hinterwald"]
    assert candidate.value.normalized == "Amboßgasse 7, 01234 Hinterwald"


def test_rows_stand_where_the_page_has_them_broken_or_in_capitals() -> None:
    assert rows(with_xml(printed(PAGE), CII)) == [
        {
            "description": ("Kupferkessel\ngroß", True),
            "quantity": ("2,00", True),
            "unit_price": ("1.250,00", True),
            "amount": ("2.500,00", True),
        },
        {
            "description": ("AUFBAU VOR ORT", True),
            "quantity": ("3", True),
            "unit_price": ("40,00", True),
            "amount": ("120,00", True),
        },
    ]


def test_further_columns_come_by_the_callers_names() -> None:
    feature = Feature("positions", FeatureType.TABLE, columns=("sku", "unit", "vat_rate", "line_total"))
    first, second = rows(with_xml(printed("nothing here"), CII), feature)
    assert {name: raw for name, (raw, _) in first.items()} == {
        "sku": "K-100",
        "unit": "C62",
        "vat_rate": "19.00",
        "line_total": "2500.00",
    }
    assert "sku" not in second


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        (ZUGFERD_1, {"invoice_number": "Z1-08", "total_amount": "59.50", "vendor_name": "Lindwurm Kesselbau GmbH"}),
        (
            UBL,
            {
                "invoice_number": "UB-5",
                "due_date": "2031-06-03",
                "total_amount": "125.00",
                "tax_amount": "25.00",
                "vendor_name": "Fjordtorsk AS",
                "vendor_vat_id": "NO123456785MVA",
                "iban": "NO9386011117947",
                "currency": "NOK",
                "order_number": "PO-9",
                "vendor_address": "Brygga 1\n5003 Bergen",
            },
        ),
        (ORDER_X, {"order_number": "LR-2031/77", "total_amount": "3117.80"}),
    ],
)
def test_each_standard_is_read(xml: str, expected: dict[str, str]) -> None:
    found = asked(with_xml(printed("an empty page"), xml, "order-x.xml"), list(expected))
    assert {name: candidate.value.raw for name, candidate in found.items()} == expected


def test_lines_of_each_standard() -> None:
    said = {
        xml: [{name: raw for name, (raw, _) in row.items()} for row in rows(with_xml(printed("a page"), xml))]
        for xml in (ZUGFERD_1, UBL, ORDER_X)
    }
    assert said[ZUGFERD_1] == [{"description": "Feuerhaken", "quantity": "5.0000", "amount": "50.00"}]
    assert said[UBL] == [{"description": "Klippfisk", "quantity": "4", "unit_price": "25.00", "amount": "100.00"}]
    assert [row["quantity"] for row in said[ORDER_X]] == ["2.0000", "3"]


def test_an_xml_file_by_itself_shows_its_values_in_its_own_text() -> None:
    reading = printed(UBL)
    found = asked(reading, ["invoice_number", "total_amount"])
    assert [found[name].value.evidence[0].quote for name in found] == ["UB-5", "125.00"]


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    "xml",
    [
        f"{BOMB}]><Invoice>&i;</Invoice>",
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>' + UBL.replace("UB-5", "&e;"),
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">' + UBL,
        "<a>" * (MAX_DEPTH + 1) + "</a>" * (MAX_DEPTH + 1),
        UBL[:-5],
        "<Invoice><ID>no namespace of UBL</ID></Invoice>",
        "",
    ],
)
def test_hostile_or_foreign_xml_is_refused_and_the_pages_still_speak(xml: str) -> None:
    with pytest.raises(XmlRefused):
        read_einvoice("factur-x.xml", xml.encode())
    assert asked(with_xml(printed(PAGE), xml), ["invoice_number"]) == {}


def test_a_total_in_the_currency_of_accounting_is_not_taken() -> None:
    [candidate] = asked(with_xml(printed("nothing"), CII), ["tax_amount"]).values()
    assert (candidate.value.raw, candidate.value.unit) == ("497.80", "EUR")


class Collect:
    """Takes pages as the reader emits them."""

    def __init__(self) -> None:
        self.pages: list[Page] = []

    def __call__(self, page: Page) -> None:
        self.pages.append(decode_page(encode_page(page)))

    def count(self, pages: int) -> None:
        pass

    def pixels(self, image: PageImage) -> None:
        raise AssertionError("a page of text needs no OCR")


def test_a_factur_x_pdf_is_read_whole() -> None:
    drawn = io.BytesIO()
    canvas = Canvas(drawn)
    canvas.setFont("Courier", 9)
    for number, line in enumerate(PAGE.split("\n")):
        canvas.drawString(40, 780 - 14 * number, line)
    canvas.save()
    finished = io.BytesIO()
    with pikepdf.open(drawn) as pdf:
        pdf.attachments["factur-x.xml"] = pikepdf.AttachedFileSpec(pdf, CII.encode(), mime_type="text/xml")
        pdf.save(finished)
    collect = Collect()
    frame = PdfReader().read(Source(finished.getvalue(), "application/pdf"), collect)
    reading = replace(frame, pages=tuple(collect.pages))
    found = asked(reading, ["invoice_number", "total_amount"])
    assert [found[name].value.raw for name in found] == ["LR-2031/77", "3.117,80"]
    assert all(shown for row in rows(reading) for _, shown in row.values())


def test_pages_are_asked_once_however_many_values() -> None:
    page = printed_page(PAGE)
    asked_for: list[int] = []

    class Lazy(Sequence[Page]):
        def __len__(self) -> int:
            return 1

        def __getitem__(self, index: int) -> Page:  # type: ignore[override]
            if index:
                raise IndexError
            asked_for.append(index)
            return page

    reading = with_xml(Reading(Lazy()), CII)
    features = [Feature(name, FeatureType.TEXT) for name in ("invoice_number", "total_amount", "due_date")]
    assert len(list(EmbeddedXmlExtractor().propose(reading, features))) == 3
    assert len(asked_for) == 1


def test_labels_answer_where_the_name_is_unknown_but_only_if_most_of_them_mean_the_same() -> None:
    reading = with_xml(printed(PAGE), CII)
    known = Feature("beleg", FeatureType.TEXT, ("Rechnungsnummer",))
    vague = Feature("agent", FeatureType.PERSON, ("agent", "seller", "sales person", "served by"))
    found = {feature.name for feature, _ in EmbeddedXmlExtractor().propose(reading, [known, vague])}
    assert found == {"beleg"}


def test_the_date_of_an_order_is_no_date_of_an_invoice() -> None:
    assert asked(with_xml(printed(PAGE), CII), ["order_date"]) == {}
    assert asked(with_xml(printed(PAGE), ORDER_X), ["order_date"])["order_date"].value.normalized == "2031-05-04"
