"""Born-digital PDF to words with boxes: Evidoc, through its sandbox, against PDFium used plainly.

Both read the same files, one after the other, in turns, so that a busy machine slows both. The plain way is
one process that asks pypdfium2 for the code point and the box of each character and joins them to words.
Evidoc's way hands each file to the sandbox and takes decoded pages back: lines in reading order, form
values, drawn lines and tables are part of its price.
"""

import ctypes
import io
import os
import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pypdfium2.raw as pdfium
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from benchmarks.measurement import Measurement
from evidoc.reading.read import READ_JOBS, DocumentReader, preloaded_readers
from evidoc.reading.reader import PDF
from evidoc.reading.sandbox import Sandbox

ROUNDS = 5
MOST_FILES = 60
SEED = 7


def measure() -> Iterator[Measurement]:
    """Pages a second, and what one document costs besides its pages."""
    with tempfile.TemporaryDirectory() as scratch:
        files = _files(Path(scratch))
        sandbox = Sandbox(READ_JOBS, Path(scratch) / "sandbox", preload=preloaded_readers())
        try:
            reader = DocumentReader(sandbox)
            _through_sandbox(reader, files[:2])
            plain, ours, pages = [], [], 0
            for _ in range(ROUNDS):
                began = time.perf_counter()
                pages = sum(map(_plain, files))
                plain.append(time.perf_counter() - began)
                began = time.perf_counter()
                read = _through_sandbox(reader, files)
                ours.append(time.perf_counter() - began)
                if read != pages:
                    raise SystemExit(f"Evidoc read {read} of {pages} pages")
        finally:
            sandbox.close()
    # The quickest of several rounds: what disturbs a run only ever makes it slower.
    what = f"PDF to words with boxes, {len(files)} files, {pages} pages"
    yield Measurement(what, "pages/s", pages / min(ours), pages / min(plain), "PDFium used plainly", 0.6)


def _plain(path: Path) -> int:
    """All words with boxes, by the library alone. Returns the number of pages."""
    data = path.read_bytes()
    document = pdfium.FPDF_LoadMemDocument64(data, len(data), None)
    count = int(pdfium.FPDF_GetPageCount(document))
    for index in range(count):
        page = pdfium.FPDF_LoadPage(document, index)
        text_page = pdfium.FPDFText_LoadPage(page)
        _plain_words(text_page)
        pdfium.FPDFText_ClosePage(text_page)
        pdfium.FPDF_ClosePage(page)
    pdfium.FPDF_CloseDocument(document)
    return count


def _plain_words(text_page: object) -> list[tuple[str, float, float, float, float]]:
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    words: list[tuple[str, float, float, float, float]] = []
    letters: list[str] = []
    x0 = y0 = x1 = y1 = 0.0
    for index in range(pdfium.FPDFText_CountChars(text_page)):
        letter = chr(pdfium.FPDFText_GetUnicode(text_page, index))
        if letter.isspace():
            if letters:
                words.append(("".join(letters), x0, y0, x1, y1))
                letters = []
            continue
        pdfium.FPDFText_GetCharBox(text_page, index, left, right, bottom, top)
        if letters:
            x0, y0 = min(x0, left.value), min(y0, bottom.value)
            x1, y1 = max(x1, right.value), max(y1, top.value)
        else:
            x0, y0, x1, y1 = left.value, bottom.value, right.value, top.value
        letters.append(letter)
    if letters:
        words.append(("".join(letters), x0, y0, x1, y1))
    return words


def _through_sandbox(reader: DocumentReader, files: list[Path]) -> int:
    count = 0

    def count_page(page: object) -> None:
        nonlocal count
        count += 1

    for path in files:
        reader.read(path, PDF, on_page=count_page)
    return count


def _files(scratch: Path) -> list[Path]:
    """Real documents where there are any, else some made up."""
    data = Path(os.environ.get("EVIDOC_DEV_DATA", Path(__file__).parents[2] / "shared" / "data"))
    found = sorted(path for folder in ("contracts", "e-invoices", "types") for path in (data / folder).rglob("*.pdf"))
    if found:
        return _readable(random.Random(SEED).sample(found, min(len(found), 2 * MOST_FILES)))[:MOST_FILES]
    made = []
    for number in range(20):
        made.append(scratch / f"{number}.pdf")
        made[-1].write_bytes(_invented(random.Random(number), 1 + number % 4))
    return made


def _readable(paths: list[Path]) -> list[Path]:
    """Those that the plain library opens and that are text on every page, and not too long."""
    kept = []
    for path in paths:
        data = path.read_bytes()
        document = pdfium.FPDF_LoadMemDocument64(data, len(data), None)
        count = pdfium.FPDF_GetPageCount(document) if document else 0
        if 0 < count <= 30 and all(_has_text(document, index) for index in range(count)):
            kept.append(path)
        if document:
            pdfium.FPDF_CloseDocument(document)
    return kept


def _has_text(document: object, index: int) -> bool:
    page = pdfium.FPDF_LoadPage(document, index)
    text_page = pdfium.FPDFText_LoadPage(page)
    count = int(pdfium.FPDFText_CountChars(text_page))
    pdfium.FPDFText_ClosePage(text_page)
    pdfium.FPDF_ClosePage(page)
    return count > 300


def _invented(chance: random.Random, pages: int) -> bytes:
    """Some pages of made-up words in lines, with a table of numbers."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4)
    words = ["".join(chance.choices("abcdefghilmnoprstu", k=chance.randint(2, 11))) for _ in range(400)]
    for _ in range(pages):
        for line in range(40):
            canvas.drawString(60, 780 - 13 * line, " ".join(chance.choices(words, k=11)))
        for row in range(12):
            for column in range(4):
                canvas.drawRightString(160 + 110 * column, 240 - 14 * row, f"{chance.random() * 10000:,.2f}")
            canvas.line(60, 237 - 14 * row, 520, 237 - 14 * row)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()
