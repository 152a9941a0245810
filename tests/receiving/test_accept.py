import zipfile
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import pytest

from evidoc.kernel.errors import (
    DocumentDamaged,
    DocumentEmpty,
    DocumentEncrypted,
    DocumentTooComplex,
    DocumentTypeMismatch,
    DocumentUnreadable,
    RequestTooLarge,
    UnsupportedDocument,
)
from evidoc.kernel.receipt import Receipt
from evidoc.reading.reader import READERS
from evidoc.receiving.accept import UploadLimits, accept, clean_name, inspect
from evidoc.receiving.content_types import CSV, DOCX, HTML, JPEG, MARKDOWN, PDF, PNG, SUPPORTED, TEXT, TIFF, XLSX
from tests.receiving import build


def let_in(file: Path, filename: str, declared_type: str | None, limits: UploadLimits | None = None) -> Receipt:
    """Accept a file and look at what it claims to hold, as everything that comes in is."""
    receipt = accept(file, filename, declared_type, limits)
    inspect(file, receipt.content_type, limits)
    return receipt


def test_a_receipt_says_what_the_bytes_are(tmp_path: Path) -> None:
    data = build.pdf()
    receipt = accept(build.write(tmp_path, data), "Rechnung März.pdf", "application/pdf")
    assert receipt == Receipt("Rechnung März.pdf", PDF, len(data), sha256(data).hexdigest())


def test_every_type_that_is_accepted_has_a_reader() -> None:
    assert set(SUPPORTED) <= set(READERS)


@pytest.mark.parametrize(
    ("data", "filename", "declared", "content_type"),
    [
        (build.pdf(), "a.PDF", None, PDF),
        (build.pdf(), "scan", "application/octet-stream", PDF),
        (build.pdf(), "scan.2026", "", PDF),
        (build.pdf(), "a.pdf", "application/x-pdf; charset=binary", PDF),
        (build.pdf(), "a.pdf", "not a type at all", PDF),
        (build.pdf(), "a.pdf", "application/vnd.acme.whatever", PDF),
        (build.image("JPEG"), "a.jpeg", "image/jpg", JPEG),
        (build.image("JPEG"), "a.jpg", "image/pjpeg", JPEG),
        (build.image("TIFF"), "a.tif", "image/x-tiff", TIFF),
        (build.office(build.WORD_MAIN), "a.docx", "application/zip", DOCX),
        (build.office(build.WORD_MAIN), "a.docx", "application/msword", DOCX),
        (build.office(build.SHEET_MAIN), "a.xlsm", "application/vnd.ms-excel.sheet.macroEnabled.12", XLSX),
        (b"a,b\n1,2\n", "a.csv", "application/vnd.ms-excel", CSV),
        (b"a,b\n1,2\n", "a.csv", "text/plain; charset=utf-8", CSV),
        (b"# a\n", "a.md", "text/plain", MARKDOWN),
        (b"# a\n", "a", "text/x-markdown", MARKDOWN),
        (b"<html>", "a.txt", "text/plain", HTML),
        (b"{}", "a.json", "application/json", TEXT),
        (b"x = 1\n", "a.py", "text/x-python", TEXT),
    ],
)
def test_what_agrees_is_accepted(
    data: bytes, filename: str, declared: str | None, content_type: str, tmp_path: Path
) -> None:
    assert accept(build.write(tmp_path, data), filename, declared).content_type == content_type


@pytest.mark.parametrize(
    ("data", "filename", "declared"),
    [
        (build.pdf(), "a.png", None),
        (build.pdf(), "a.txt", None),
        (build.pdf(), "a.exe", None),
        (build.pdf(), "a.pdf", "image/png"),
        (build.pdf(), "a", "text/plain"),
        (build.pdf(), "a", "image/x-never-heard-of"),
        (build.image("PNG"), "a.pdf", "application/pdf"),
        (build.image("PNG"), "a.jpg", None),
        (b"just text", "a.pdf", None),
        (b"just text", "a", "application/pdf"),
        (b"just text", "a.docx", None),
        (b"just text", "a.html", None),
        (b"just text", "a.eml", None),
        (b"just text", "a.mp3", None),
        (b"<?xml version='1.0'?><a/>", "a.csv", None),
        (build.office(build.WORD_MAIN), "a.xlsx", None),
        (build.office(build.SHEET_MAIN), "a.docx", "application/octet-stream"),
    ],
)
def test_what_disagrees_is_refused(data: bytes, filename: str, declared: str | None, tmp_path: Path) -> None:
    with pytest.raises(DocumentTypeMismatch):
        accept(build.write(tmp_path, data), filename, declared)


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (build.compound("WordDocument"), "old Word document"),
        (build.compound("Workbook"), "old Excel workbook"),
        (build.office(build.SLIDES_MAIN), "PowerPoint"),
        (build.compound("__properties_version1.0"), "Outlook message"),
        (rb"{\rtf1}", "RTF"),
        (build.packed({"a.txt": b"a"}), "ZIP archive"),
        (b"\x7fELF" + bytes(100), "program"),
        (build.image("GIF"), "GIF"),
        (b"ID3\x03" + bytes(100), "audio/mpeg"),
        (bytes(range(256)), "no known type"),
    ],
)
def test_what_cannot_be_read_is_named(data: bytes, named: str, tmp_path: Path) -> None:
    with pytest.raises(UnsupportedDocument, match=named) as refusal:
        accept(build.write(tmp_path, data), "upload", None)
    assert "PDF, PNG" in refusal.value.message


def test_limits_on_bytes(tmp_path: Path) -> None:
    data = build.pdf()
    file = build.write(tmp_path, data)
    assert accept(file, "a.pdf", None, UploadLimits(max_bytes=len(data)))
    with pytest.raises(RequestTooLarge):
        accept(file, "a.pdf", None, UploadLimits(max_bytes=len(data) - 1))


def test_nothing_at_all_is_empty(tmp_path: Path) -> None:
    with pytest.raises(DocumentEmpty):
        accept(build.write(tmp_path, b""), "a.pdf", "application/pdf")


@pytest.mark.parametrize(
    "data",
    [
        build.image("PNG", (40, 30)),
        build.image("JPEG", (40, 30)),
        build.image("JPEG", (40, 30), progressive=True),
        build.image("WEBP", (40, 30)),
        build.image("WEBP", (40, 30), lossless=True),
        build.image("TIFF", (40, 30)),
        build.image("TIFF", (40, 30), big_tiff=True),
        build.images_in_tiff([(2, 2), (40, 30), (2, 2)]),
    ],
    ids=["png", "jpeg", "progressive jpeg", "webp", "lossless webp", "tiff", "big tiff", "second page of a tiff"],
)
def test_limits_on_pixels_are_read_from_the_header(data: bytes, tmp_path: Path) -> None:
    file = build.write(tmp_path, data)
    assert let_in(file, "upload", None, UploadLimits(max_pixels=1200))
    with pytest.raises(DocumentTooComplex, match="40 x 30"):
        let_in(file, "upload", None, UploadLimits(max_pixels=1199))


def test_a_picture_that_would_fill_the_memory_is_refused_unopened(tmp_path: Path) -> None:
    with pytest.raises(DocumentTooComplex, match="60000 x 60000"):
        let_in(build.write(tmp_path, build.huge_png(60_000, 60_000)), "a.png", "image/png")


def test_limits_on_pages(tmp_path: Path) -> None:
    file = build.write(tmp_path, build.images_in_tiff([(2, 2)] * 4))
    assert let_in(file, "a.tiff", None, UploadLimits(max_pages=4))
    with pytest.raises(DocumentTooComplex, match="more than 3 pages"):
        let_in(file, "a.tiff", None, UploadLimits(max_pages=3))


def test_a_tiff_whose_pages_run_in_a_circle_is_looked_at_once(tmp_path: Path) -> None:
    data = bytearray(build.image("TIFF"))
    start = int.from_bytes(data[4:8], "little")
    count = int.from_bytes(data[start : start + 2], "little")
    following = start + 2 + 12 * count
    data[following : following + 4] = start.to_bytes(4, "little")
    assert let_in(build.write(tmp_path, bytes(data)), "a.tif", None).content_type == TIFF


@pytest.mark.parametrize("place", [0, 9, 2**31, 2**63, 2**64 - 1])
def test_a_tiff_that_points_anywhere_is_left_to_its_reader(place: int, tmp_path: Path) -> None:
    big = b"II+\x00\x08\x00\x00\x00" + place.to_bytes(8, "little") + bytes(range(200))
    assert let_in(build.write(tmp_path, big), "a.tif", None).content_type == TIFF


def test_a_tiff_made_of_directories_is_looked_at_in_no_time(tmp_path: Path) -> None:
    # 5,000 directories that share 65,535 entries would be 300 million entries to look at.
    count = 5_000
    data = bytearray(b"II*\x00" + (8).to_bytes(4, "little") + b"\xff" * (count * 2 + 65_535 * 12 + 6))
    for number in range(count):
        following = 8 + 2 * number + 2 + 65_535 * 12
        data[following : following + 2] = (8 + 2 * number + 2 & 0xFFFF).to_bytes(2, "little")
        data[following + 2 : following + 4] = b"\x00\x00"
    assert let_in(build.write(tmp_path, bytes(data)), "a.tif", None).content_type == TIFF


@pytest.mark.parametrize("filler", [b"\x00", b"\xff"])
def test_a_jpeg_of_nothing_but_padding_is_not_searched_to_its_end(filler: bytes, tmp_path: Path) -> None:
    data = b"\xff\xd8\xff" + filler * 5_000_000
    assert let_in(build.write(tmp_path, data), "a.jpg", None).content_type == JPEG


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "WEBP"])
def test_a_picture_cut_off_anywhere_is_left_to_its_reader_or_refused(kind: str, tmp_path: Path) -> None:
    data = build.image(kind)
    for kept in range(1, len(data)):
        with suppress(UnsupportedDocument, DocumentUnreadable):
            let_in(build.write(tmp_path, data[:kept]), "upload", None)


def test_parts_that_overlap_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentTooComplex, match="overlap"):
        let_in(build.write(tmp_path, build.overlapping_zip(copies=40, size=100)), "a.docx", None)


def test_limits_on_unpacked_bytes(tmp_path: Path) -> None:
    file = build.write(tmp_path, build.office(build.WORD_MAIN, {"a.xml": bytes(50_000), "b.xml": bytes(50_000)}))
    assert let_in(file, "a.docx", None, UploadLimits(max_unpacked_bytes=101_000))
    with pytest.raises(DocumentTooComplex, match="unpacks to"):
        let_in(file, "a.docx", None, UploadLimits(max_unpacked_bytes=99_000))


def test_a_ratio_that_no_honest_document_has_is_refused(tmp_path: Path) -> None:
    file = build.write(tmp_path, build.office(build.SHEET_MAIN, {"a.xml": bytes(40_000_000)}))
    with pytest.raises(DocumentTooComplex, match="times its size"):
        let_in(file, "a.xlsx", None)


def test_more_parts_than_any_document_has_are_refused(tmp_path: Path) -> None:
    parts = {f"{number}": b"" for number in range(10_001)}
    file = build.write(tmp_path, build.packed(parts, zipfile.ZIP_STORED))
    with pytest.raises(DocumentTooComplex, match="parts"):
        let_in(file, "a.docx", None)


def test_a_document_with_encrypted_parts_is_refused(tmp_path: Path) -> None:
    data = bytearray(build.office(build.WORD_MAIN))
    place = data.rindex(b"PK\x01\x02")
    data[place + 8] |= 1
    with pytest.raises(DocumentEncrypted):
        let_in(build.write(tmp_path, bytes(data)), "a.docx", None)


def test_a_directory_that_points_nowhere_is_damage(tmp_path: Path) -> None:
    data = bytearray(build.office(build.WORD_MAIN))
    place = data.rindex(b"PK\x01\x02")
    data[place + 42 : place + 46] = (7).to_bytes(4, "little")
    with pytest.raises((DocumentDamaged, DocumentTooComplex)):
        let_in(build.write(tmp_path, bytes(data)), "a.docx", None)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("a.pdf", "a.pdf"),
        ("C:\\Users\\me\\a.pdf", "a.pdf"),
        ("../../etc/passwd", "passwd"),
        ("", "document"),
        ("..", "document"),
        ("folder/", "document"),
        ("a\x00b\r\nc.pdf", "abc.pdf"),
        ("\u202egpj.exe", "gpj.exe"),
        ("Ünïcode 文書.pdf", "Ünïcode 文書.pdf"),
        ("half \ud800 pair.pdf", "half ? pair.pdf"),
        ("x" * 300 + ".pdf", "x" * 251 + ".pdf"),
        ("." + "x" * 300, "." + "x" * 254),
    ],
)
def test_a_name_is_fit_to_keep_and_show(given: str, kept: str) -> None:
    assert clean_name(given) == kept


def test_png_and_name_agree_whatever_the_case(tmp_path: Path) -> None:
    assert accept(build.write(tmp_path, build.image("PNG")), "A.PNG", "IMAGE/PNG").content_type == PNG
