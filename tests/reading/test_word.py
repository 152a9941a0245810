import zipfile
from io import BytesIO

import docx
import pytest
from docx.enum.text import WD_BREAK

from evidoc.kernel.errors import DocumentDamaged, DocumentTooComplex
from evidoc.reading.readers.word import WordReader

from .collect import read

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def package(body: str, head: str = "") -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", f'{head}<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>')
    return buffer.getvalue()


def saved(document: "docx.document.Document") -> bytes:
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def test_body_header_footer_and_table_are_read_in_order() -> None:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "Muster & Söhne GmbH"
    document.sections[0].footer.paragraphs[0].text = "IBAN on request"
    document.add_heading("Rechnung 4711", 1)
    table = document.add_table(rows=2, cols=3)
    for cell, text in zip(
        [*table.rows[0].cells, *table.rows[1].cells], ["Pos", "Text", "Betrag", "1", "Stift", "1,20"], strict=True
    ):
        cell.text = text
    document.add_paragraph("Zahlbar sofort").add_run().add_break(WD_BREAK.PAGE)
    document.add_paragraph("Anlage")
    collected = read(WordReader(), saved(document))
    assert [page.text for page in collected.pages] == [
        "Muster & Söhne GmbH\nRechnung 4711\nPos Text Betrag\n1 Stift 1,20\nZahlbar sofort",
        "Anlage\nIBAN on request",
    ]
    (first,) = collected.pages[0].tables
    assert (first.rows, first.columns) == (2, 3)


def test_merged_cells_keep_their_extent() -> None:
    document = docx.Document()
    table = document.add_table(rows=3, cols=3)
    for row in table.rows:
        for cell in row.cells:
            cell.text = "x"
    table.cell(0, 0).merge(table.cell(0, 1)).text = "wide"
    table.cell(1, 0).merge(table.cell(2, 0)).text = "tall"
    page = read(WordReader(), saved(document)).pages[0]
    extents = {page.cell_text(c): (c.row, c.column, c.row_span, c.column_span) for c in page.tables[0].cells}
    assert extents["wide"] == (0, 0, 1, 2)
    assert extents["tall"] == (1, 0, 2, 1)


def test_deleted_text_and_field_codes_are_not_read_and_content_controls_are() -> None:
    body = """
      <w:p><w:r><w:t>kept </w:t></w:r><w:del><w:r><w:delText>gone</w:delText></w:r></w:del>
        <w:ins><w:r><w:t>added</w:t></w:r></w:ins><w:r><w:instrText>PAGE</w:instrText></w:r></w:p>
      <w:sdt><w:sdtContent><w:p><w:r><w:t>Total</w:t><w:tab/><w:t>12.00</w:t></w:r></w:p></w:sdtContent></w:sdt>"""
    assert read(WordReader(), package(body)).text == "kept added\nTotal 12.00"


def test_an_entity_bomb_is_refused_before_it_unfolds() -> None:
    lol = "".join(
        f'<!ENTITY l{n} "{"&l" + str(n - 1) + ";" if n else "ha"}{("&l" + str(n - 1) + ";") * 9 if n else ""}">'
        for n in range(12)
    )
    bomb = package("<w:p><w:r><w:t>&l11;</w:t></w:r></w:p>", f"<!DOCTYPE w:document [{lol}]>")
    with pytest.raises((DocumentDamaged, DocumentTooComplex), match=r"document type|entities that unfold"):
        read(WordReader(), bomb)


def test_a_part_that_unpacks_to_more_than_allowed_is_refused() -> None:
    with pytest.raises(DocumentTooComplex):
        read(WordReader(), package("<w:p/>" * 200_000), unpacked_bytes=1_000_000)


@pytest.mark.parametrize("data", [b"PK\x03\x04 not a zip", package("<w:p>")])
def test_a_broken_package_is_damaged(data: bytes) -> None:
    with pytest.raises(DocumentDamaged):
        read(WordReader(), data)
