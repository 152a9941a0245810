from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidoc.kernel.errors import DocumentDamaged, DocumentEmpty, DocumentEncrypted, DocumentUnreadable
from evidoc.receiving.content_types import (
    BINARY,
    CSV,
    DOC,
    DOCX,
    EML,
    HTML,
    JPEG,
    MARKDOWN,
    MSG,
    OLE,
    PDF,
    PNG,
    PPT,
    PPTX,
    RTF,
    TEXT,
    TIFF,
    WEBP,
    WORD_MACROS,
    XLS,
    XLSX,
    XML,
    ZIP,
)
from evidoc.receiving.sniff import sniff
from evidoc.receiving.sniff_text import sniff_text
from tests.receiving import build

GERMAN = "Sehr geehrte Damen und Herren, für Ihre Bestellung über 12 Stühle danken wir schön. Grüße aus Köln. "
JAPANESE = "請求書 株式会社 御中 合計金額 消費税 支払期限 "
RUSSIAN = "Счёт на оплату товаров и услуг, всего к оплате, без налога. "

BINARIES = {
    "pdf": (build.pdf(), PDF),
    "pdf after junk": (build.pdf(b"\x00\x01junk\n" * 5), PDF),
    "pdf after a mark": (build.pdf(b"\xef\xbb\xbf\n"), PDF),
    "png": (build.image("PNG"), PNG),
    "jpeg": (build.image("JPEG"), JPEG),
    "tiff": (build.image("TIFF"), TIFF),
    "big tiff": (build.image("TIFF", big_tiff=True), TIFF),
    "webp": (build.image("WEBP"), WEBP),
    "docx": (build.office(build.WORD_MAIN), DOCX),
    "docx without types": (build.packed({"word/document.xml": b"<x/>"}), DOCX),
    "xlsx": (build.office(build.SHEET_MAIN), XLSX),
    "xlsx with macros": (build.office("application/vnd.ms-excel.sheet.macroEnabled.main+xml"), XLSX),
    "docm": (build.office("application/vnd.ms-word.document.macroEnabled.main+xml"), WORD_MACROS),
    "pptx": (build.office(build.SLIDES_MAIN), PPTX),
    "odt": (
        build.packed({"mimetype": b"application/vnd.oasis.opendocument.text"}),
        "application/vnd.oasis.opendocument.text",
    ),
    "jar": (build.packed({"META-INF/MANIFEST.MF": b""}), "application/java-archive"),
    "zip": (build.packed({"a.txt": b"a"}), ZIP),
    "empty zip": (build.packed({}), ZIP),
    "doc": (build.compound("WordDocument", "1Table"), DOC),
    "xls": (build.compound("Workbook"), XLS),
    "very old xls": (build.compound("Book"), XLS),
    "ppt": (build.compound("Current User", "PowerPoint Document"), PPT),
    "msg": (build.compound(*(f"__substg1.0_{number}" for number in range(9)), "__properties_version1.0"), MSG),
    "another compound file": (build.compound("Contents"), OLE),
    "rtf": (rb"{\rtf1\ansi Hello}", RTF),
    "gif": (build.image("GIF"), "image/gif"),
    "elf": (b"\x7fELF\x02\x01\x01" + bytes(100), "application/x-executable"),
    "exe": (
        b"MZ" + bytes(58) + (64).to_bytes(4, "little") + b"PE\x00\x00" + bytes(100),
        "application/x-msdownload",
    ),
    "gzip": (b"\x1f\x8b\x08\x00" + bytes(range(100)), "application/gzip"),
    "noise": (bytes(range(256)) * 8, BINARY),
    "zeros": (bytes(1000), BINARY),
}

TEXTS = {
    "plain": (b"A letter.\nWith two lines.\n", TEXT),
    "one letter": (b"x", TEXT),
    "utf-8": (GERMAN.encode(), TEXT),
    "utf-8 with a mark": (GERMAN.encode("utf-8-sig"), TEXT),
    "utf-16 with a mark": (GERMAN.encode("utf-16"), TEXT),
    "utf-16 without a mark": (GERMAN.encode("utf-16-le"), TEXT),
    "utf-16 big-endian without a mark": (GERMAN.encode("utf-16-be"), TEXT),
    "utf-32 with a mark": (GERMAN.encode("utf-32"), TEXT),
    "latin-1": (GERMAN.encode("latin-1"), TEXT),
    "latin-1, short": ("Größe: 7".encode("latin-1"), TEXT),
    "shift-jis": ((JAPANESE * 20).encode("shift_jis"), TEXT),
    "koi8-r": ((RUSSIAN * 20).encode("koi8-r"), TEXT),
    "a word that begins like a program": (b"MZ-7 is the part number of the pump.\n" * 5, TEXT),
    "prose that mentions a format": (b"Every such file begins with %PDF-1.4, as they say.", TEXT),
    "a memo": (b"From: Accounts\nTo: All\nSubject: Lunch\n\nIt is at noon.", TEXT),
    "prose in angles": (b"<John> said that he would come.\n", TEXT),
    "json": (b'{"a": 1, "b": 2}\n{"a": 3, "b": 4}\n{"a": 5, "b": 6}\n', TEXT),
    "prose with commas": (b"Yes, no, maybe\nOne, two\nRed, green, blue, black\n", TEXT),
    "html": (b"<!DOCTYPE html>\n<title>x</title>", HTML),
    "old html": (b'<!-- c -->\n<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN">\n<HTML>', HTML),
    "html without a head": (b"\n  <html lang=de><body>x", HTML),
    "xhtml": (b'<?xml version="1.0"?>\n<html xmlns="http://www.w3.org/1999/xhtml"/>', HTML),
    "a piece of html": (b"<table><tr><td>1</table>", HTML),
    "xml": (b'<?xml version="1.0"?><Invoice><ID>1</ID></Invoice>', XML),
    "xml without a declaration": (b"<rsm:Invoice xmlns:rsm='urn:x'><ID>1</ID></rsm:Invoice>", XML),
    "xml in utf-16": ('<?xml version="1.0" encoding="utf-16"?><a/>'.encode("utf-16"), XML),
    "mail": (build.mail(), EML),
    "mail from a mailbox": (b"From a@example.org Thu Jan  1 00:00:00 2026\n" + build.mail(), EML),
    "csv": (b"name;amount;date\nA;1,50;2026-01-01\nB;2;2026-01-02\n", CSV),
    "quoted csv": (b'"a","b","c"\n"1, or so","2","3"\n"4","5","6"\n', CSV),
}


@pytest.mark.parametrize(("data", "content_type"), (BINARIES | TEXTS).values(), ids=(BINARIES | TEXTS).keys())
def test_bytes_tell_what_they_are(data: bytes, content_type: str, tmp_path: Path) -> None:
    assert sniff(build.write(tmp_path, data)) == content_type


@pytest.mark.parametrize(
    ("data", "claim", "content_type"),
    [
        (b"# A title\n\nSome *text*.", MARKDOWN, MARKDOWN),
        (b"<p align=center>A title</p>\n\n# More", MARKDOWN, MARKDOWN),
        (b"<!doctype html><title>x</title>", MARKDOWN, HTML),
        (b"a,b\n1,2\n", CSV, CSV),
        (b"only one column\n1\n", CSV, CSV),
        (b"a,b,c\n1,2,3\n4,5,6\n", TEXT, TEXT),
        (b"<html><body>a,b</body></html>", CSV, HTML),
        (b"Dear <b>Sir</b>, see below.", HTML, HTML),
        (b"Dear Sir, see below.", HTML, TEXT),
        (b"<p>one</p>", XML, XML),
        (b"Subject: Lunch\n\nIt is at noon.", EML, EML),
        (b"It is at noon.", EML, TEXT),
        (build.image("PNG"), TEXT, PNG),
        (build.pdf(), CSV, PDF),
    ],
)
def test_a_claim_only_chooses_between_kinds_of_text(data: bytes, claim: str, content_type: str, tmp_path: Path) -> None:
    assert sniff(build.write(tmp_path, data), {claim}) == content_type


def test_an_empty_file_is_empty(tmp_path: Path) -> None:
    with pytest.raises(DocumentEmpty):
        sniff(build.write(tmp_path, b""))


def test_an_office_document_with_a_password_is_encrypted(tmp_path: Path) -> None:
    with pytest.raises(DocumentEncrypted):
        sniff(build.write(tmp_path, build.compound("EncryptionInfo", "EncryptedPackage")))


@pytest.mark.parametrize("kept", [5, 60, 200])
def test_an_office_document_that_was_cut_off_is_damaged(kept: int, tmp_path: Path) -> None:
    with pytest.raises(DocumentDamaged):
        sniff(build.write(tmp_path, build.office(build.WORD_MAIN)[:kept]))


def test_a_compound_file_that_bites_its_tail_ends(tmp_path: Path) -> None:
    data = bytearray(build.compound("Contents"))
    data[512 + 4 : 512 + 8] = (1).to_bytes(4, "little")
    assert sniff(build.write(tmp_path, bytes(data))) == OLE


@given(
    data=st.one_of(
        st.binary(max_size=400),
        st.tuples(
            st.sampled_from([data for data, _ in BINARIES.values()]),
            st.lists(st.tuples(st.integers(0, 2**20), st.integers(0, 255)), max_size=8),
        ).map(lambda case: harmed(*case)),
    )
)
@settings(max_examples=300, deadline=None)
def test_nothing_makes_it_stumble(data: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = build.write(tmp_path_factory.getbasetemp(), data, "anything")
    with suppress(DocumentUnreadable):
        assert "/" in sniff(file)


def harmed(data: bytes, changes: list[tuple[int, int]]) -> bytes:
    changed = bytearray(data)
    for place, value in changes:
        changed[place % len(changed)] = value
    return bytes(changed)


@given(text=st.text(st.characters(exclude_categories=["Cc", "Cs", "Co", "Cn"]), min_size=1, max_size=300))
@settings(max_examples=200, deadline=None)
def test_whatever_is_written_in_unicode_is_text(text: str) -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        assert sniff_text(text.encode(encoding), set(), whole=True) is not None


def test_text_that_is_cut_within_a_character_is_text_still() -> None:
    assert sniff_text("Grüße".encode()[:3], set(), whole=False) == TEXT


@pytest.mark.parametrize(
    "hostile",
    [b"<!DOCTYPE" + b"a" * 65_000, b"<a " * 21_000, b"<!--" * 16_000, b"<?" * 32_000, b"a:" * 32_000, b'"' * 65_000],
    ids=["doctype", "tags", "comments", "instructions", "headers", "quotes"],
)
@pytest.mark.parametrize("claim", [HTML, XML, CSV, EML])
def test_text_made_to_be_slow_is_looked_at_once(hostile: bytes, claim: str) -> None:
    # Patterns that go back and forth would take minutes here, and the suite would not end.
    assert sniff_text(hostile, {claim}, whole=False) is not None
