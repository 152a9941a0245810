"""HTML, Markdown, e-mail and plain text."""

from email.message import EmailMessage

import pytest

from evidoc.kernel.errors import DocumentDamaged
from evidoc.reading.readers.email import EmailReader
from evidoc.reading.readers.html import HtmlReader
from evidoc.reading.readers.markdown import MarkdownReader
from evidoc.reading.readers.text import TextReader

from .collect import read


def test_html_shows_what_a_browser_shows() -> None:
    data = b"""<html><head><title>Receipt</title><style>p{}</style></head><body>
      <h1>Caf&eacute; <b>Nord</b></h1><script>var hidden = 1</script><p hidden>secret</p>
      <p style="display: none">secret</p><!-- secret --><p>Total:<br>EUR&nbsp;4.50</p>
      <label>Ref <input value="A-17"></label><input type="hidden" value="secret"></body></html>"""
    collected = read(HtmlReader(), data)
    assert collected.text == "Café Nord\nTotal:\nEUR 4.50\nRef A-17"
    assert collected.reading is not None
    assert collected.reading.properties["title"] == "Receipt"


def test_an_html_table_keeps_its_cells_and_a_layout_table_does_not_become_one() -> None:
    data = b"""<table><tr><td><p>Dear reader</p><table>
      <thead><tr><th>Item<th colspan=2>Price</thead><tr><td rowspan=2>Pen<td>EUR<td>1.20<tr><td>USD<td>1.30</table>
      </td></tr></table>"""
    (page,) = read(HtmlReader(), data).pages
    (table,) = page.tables
    assert (table.rows, table.columns) == (3, 3)
    assert page.text == "Dear reader\nItem Price\nPen EUR 1.20\nUSD 1.30"


def test_html_in_its_declared_encoding() -> None:
    data = '<meta charset="windows-1251"><p>Счёт №5</p>'.encode("cp1251")
    assert read(HtmlReader(), data).text == "Счёт №5"


@pytest.mark.parametrize(
    "data", [b"<div>" * 100_000 + b"deep", b"<table><tr><td colspan=99999999 rowspan=99999999>x<td>y</table>"]
)
def test_hostile_html_ends_in_text(data: bytes) -> None:
    assert read(HtmlReader(), data).pages


def test_html_without_content_is_damaged() -> None:
    with pytest.raises(DocumentDamaged):
        read(HtmlReader(), b"   ")


def test_markdown_is_read_as_it_renders() -> None:
    data = b"# Offer *17*\n\n- one\n- two\n\n| Item | Price |\n|---|---:|\n| Pen | 1.20 |\n\n```\na  = 1\n```\n"
    (page,) = read(MarkdownReader(), data).pages
    assert page.text == "Offer 17\none\ntwo\nItem Price\nPen 1.20\na = 1"
    assert [(table.rows, table.columns) for table in page.tables] == [(2, 2)]
    assert read(MarkdownReader(), b"").text == ""


def test_an_email_shows_its_headers_and_prefers_the_plain_body() -> None:
    message = EmailMessage()
    message["From"] = "Zoë Example <zoe@example.com>"
    message["To"] = "ap@example.com"
    message["Subject"] = "Rechnung für Januar"
    message.set_content("Guten Tag,\n\nanbei die Rechnung.")
    message.add_alternative("<p>html body</p>", subtype="html")
    message.add_attachment(b"%PDF-1.7 x", maintype="application", subtype="pdf", filename="r-17.pdf")
    collected = read(EmailReader(), message.as_bytes())
    assert collected.text == (
        "From: Zoë Example <zoe@example.com>\nTo: ap@example.com\nSubject: Rechnung für Januar\n"
        "Guten Tag,\nanbei die Rechnung."
    )
    assert collected.reading is not None
    assert [(a.name, a.content_type, a.size) for a in collected.reading.attachments] == [
        ("r-17.pdf", "application/pdf", 10)
    ]


def test_an_email_with_only_html_and_broken_headers_is_read() -> None:
    head = b"From: =?utf-8?q?broken?\r\nDate: not a date\r\nSubject: x\r\nContent-Type: text/html; charset=nonsense"
    data = head + b"\r\n\r\n<b>Hi</b> there"
    assert read(EmailReader(), data).text.endswith("Subject: x\nHi there")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_plain_text_in_any_encoding(encoding: str) -> None:
    text = "Müller & Söhne\n\nStraße 5, 12345 Köln\nBetrag: 12,50 – bezahlt, danke schön für alles\n"
    assert read(TextReader(), text.encode(encoding)).text == text.replace("\n\n", "\n").strip()


def test_a_form_feed_begins_a_page_and_what_is_not_shown_is_left_out() -> None:
    collected = read(TextReader(), "one\u202e\x00\ftwo\u200b".encode())
    assert [page.text for page in collected.pages] == ["one", "two"]


def test_an_xml_document_is_its_own_attachment() -> None:
    collected = read(TextReader(), b"<Invoice><ID>7</ID></Invoice>", "application/xml")
    assert collected.reading is not None
    (attachment,) = collected.reading.attachments
    assert attachment.data == b"<Invoice><ID>7</ID></Invoice>"
