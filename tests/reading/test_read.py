"""DocumentReader: pages in order, pictures completed by OCR, errors as themselves, from many threads at once."""

import io
import threading
from array import array
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from evidoc.kernel.errors import DocumentEncrypted, ReaderCrashed, UnsupportedDocument
from evidoc.kernel.page_codec import encode_page
from evidoc.kernel.reading import Line, Method, Page, Words
from evidoc.kernel.stop import Stop
from evidoc.reading.ocr.merge import merge
from evidoc.reading.page_image import PageImage
from evidoc.reading.read import READ_JOBS, DocumentReader
from evidoc.reading.read_job import PAGE
from evidoc.reading.reader import PDF, READERS, reader_registry
from evidoc.reading.sandbox import Sandbox
from evidoc.reading.sandbox_limits import SandboxLimits
from tests.reading.build_pdf import one_page, show

HONEST = one_page(show("An honest document", 72, 700))


class FakeOcr:
    """Sees one word on every picture."""

    def recognise(self, image: PageImage, stop: Stop | None = None, pages: int | None = None) -> Page:
        words = Words(array("I", [0]), array("I", [4]), array("f", [0, 0, 10, 10]))
        return Page(image.index, "seen", image.width, image.height, Method.OCR, words, (Line(0, 1),), dpi=image.dpi)


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    jobs = READ_JOBS | {"read_wrongly": "tests.reading.test_read:read_wrongly"}
    box = Sandbox(jobs, tmp_path_factory.mktemp("scratch"), preload=["evidoc.reading.readers.pdf"])
    yield box
    box.close()


class HeadingOcr:
    """Sees a heading above everything that the page has of its own."""

    def recognise(self, image: PageImage, stop: Stop | None = None, pages: int | None = None) -> Page:
        words = Words(array("I", [0, 8]), array("I", [7, 12]), array("f", [20, 1, 60, 9, 70, 1, 90, 9]))
        seen = Page(image.index, "Heading seen", image.width, image.height, Method.OCR, words, (Line(0, 2),), dpi=100)
        return merge(image.born_digital, seen) if image.born_digital else seen


def filled_form_with_a_picture() -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    canvas.drawInlineImage(Image.new("L", (600, 400), 200), 0, 400, 590, 440)
    canvas.drawString(72, 300, "Name")
    canvas.acroForm.textfield(name="applicant", value="Ada Holm", x=120, y=290, width=200, height=20)
    canvas.save()
    return buffer.getvalue()


def text_scan_text() -> bytes:
    """Three pages: text, a picture, text."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    for number in range(3):
        if number == 1:
            canvas.drawInlineImage(Image.new("L", (600, 800), 200), 0, 0, 590, 840)
        else:
            canvas.drawString(72, 700, f"This is the text of page number {number}")
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def test_pages_come_in_order_with_pictures_recognised(sandbox: Sandbox) -> None:
    pages: list[Page] = []

    reading = DocumentReader(sandbox, FakeOcr()).read(text_scan_text(), PDF, on_page=pages.append)

    assert [page.index for page in pages] == [0, 1, 2]
    assert [page.method for page in pages] == [Method.BORN_DIGITAL, Method.OCR, Method.BORN_DIGITAL]
    assert pages[1].text == "seen"
    assert reading.pages == ()


def test_without_ocr_a_picture_is_an_empty_page_that_says_why(sandbox: Sandbox) -> None:
    pages: list[Page] = []

    DocumentReader(sandbox).read(text_scan_text(), PDF, on_page=pages.append)

    assert pages[1].text == ""
    assert [fault.code for fault in pages[1].faults] == ["ocr_unavailable"]


class PatientOcr(FakeOcr):
    """Says when it has begun a page, and goes on when it is told to."""

    def __init__(self) -> None:
        self.begun, self.go_on = threading.Event(), threading.Event()

    def recognise(self, image: PageImage, stop: Stop | None = None, pages: int | None = None) -> Page:
        self.begun.set()
        assert self.go_on.wait(60)
        return super().recognise(image)


@pytest.mark.parametrize(("idle", "passes"), [(16, True), (0, False)])
def test_a_scan_lends_its_slot_while_ocr_runs(tmp_path: Path, idle: int, passes: bool) -> None:
    ocr = PatientOcr()
    limits = SandboxLimits(concurrent=1, idle=idle)
    sandbox = Sandbox(READ_JOBS, tmp_path, limits, preload=["evidoc.reading.readers.pdf"])
    scanned: list[Page] = []
    written: list[Page] = []
    reader = DocumentReader(sandbox, ocr)
    with closing(sandbox), ThreadPoolExecutor(2) as threads:
        scan = threads.submit(reader.read, text_scan_text(), PDF, on_page=scanned.append)
        assert ocr.begun.wait(60)
        other = threads.submit(reader.read, HONEST, PDF, on_page=written.append)
        if passes:
            other.result(60)
            assert not scan.done()
        ocr.go_on.set()
        scan.result(60)
        other.result(60)
    assert [page.text for page in written] == ["An honest document"]
    assert [page.text for page in scanned][1:2] == ["seen"]
    assert len(scanned) == 3


def test_a_file_is_read_like_its_bytes(sandbox: Sandbox, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(HONEST)
    pages: list[Page] = []

    DocumentReader(sandbox).read(path, PDF, "a.pdf", on_page=pages.append)

    assert pages[0].text == "An honest document"


def test_an_unknown_type_is_unsupported(sandbox: Sandbox) -> None:
    with pytest.raises(UnsupportedDocument):
        DocumentReader(sandbox).read(b"x", "application/x-unheard-of", on_page=print)


def test_the_password_reaches_the_reader(sandbox: Sandbox) -> None:
    import pikepdf

    saved = io.BytesIO()
    with pikepdf.open(io.BytesIO(HONEST)) as document:
        document.save(saved, encryption=pikepdf.Encryption(user="sesame", owner="other"))
    pages: list[Page] = []
    reader = DocumentReader(sandbox)

    reader.read(saved.getvalue(), PDF, on_page=pages.append, password="sesame")
    assert pages[0].text == "An honest document"
    with pytest.raises(DocumentEncrypted):
        reader.read(saved.getvalue(), PDF, on_page=pages.append)


def test_many_threads_read_at_once(sandbox: Sandbox) -> None:
    reader = DocumentReader(sandbox)

    def read(number: int) -> bool:
        pages: list[Page] = []
        reader.read(one_page(show(f"Document number {number}", 72, 700)), PDF, on_page=pages.append)
        return [page.text for page in pages] == [f"Document number {number}"]

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(read, range(40)))


def read_wrongly(arguments: Mapping[str, Any], data: bytes, send: Any) -> None:
    """A job that is in the hands of its document: it sends what no reader sends."""
    page = Page(0, "", 612, 792, Method.BORN_DIGITAL, Words.of(()), ())
    answers = {
        b"nothing": [],
        b"garbage": [b"Pgarbage"],
        b"unknown kind": [b"?"],
        b"empty": [b""],
        b"a page twice": [PAGE + encode_page(page), PAGE + encode_page(page)],
        b"a later page": [PAGE + encode_page(replace(page, index=7))],
    }
    for answer in answers[data]:
        send(answer)


@pytest.mark.parametrize("answer", ["nothing", "garbage", "unknown kind", "empty", "a page twice", "a later page"])
def test_a_reader_gone_wrong_is_a_crash_of_that_document(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    monkeypatch.setattr("evidoc.reading.read.READ_JOB", "read_wrongly")

    with pytest.raises(ReaderCrashed):
        DocumentReader(sandbox).read(answer.encode(), PDF, on_page=lambda page: None)


@pytest.mark.parametrize("content_type", READERS)
def test_every_type_of_the_table_has_a_reader(content_type: str) -> None:
    assert hasattr(reader_registry().get(content_type), "read")


def test_a_form_field_stays_on_its_words_when_ocr_adds_to_the_page(sandbox: Sandbox) -> None:
    pages: list[Page] = []
    reading = DocumentReader(sandbox, HeadingOcr()).read(filled_form_with_a_picture(), PDF, on_page=pages.append)
    (page,), (field,) = pages, reading.form_fields
    assert page.text.startswith("Heading seen")
    assert field.span is not None
    assert page.text[slice(*field.span)] == field.value == "Ada Holm"
