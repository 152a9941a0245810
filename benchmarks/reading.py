"""Born-digital PDF to words with boxes: Evidoc, through its sandbox, against PDFium used plainly.

Both read each file right after one another, in several rounds, and the quickest time of each file counts for
both: what disturbs a busy machine only ever makes a run slower. The plain way is one process that asks pypdfium2
for the code point and the box of each character and joins them to words. Evidoc's way hands each file to the
sandbox and takes decoded pages back: lines in reading order, form values, drawn lines and tables are part of its
price. Files whose pages hold no tables are shown by themselves as well.
"""

import ctypes
import io
import math
import os
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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


@dataclass(slots=True)
class Timed:
    """One file: its pages, whether Evidoc finds tables in it, and the least seconds that each way took."""

    path: Path
    pages: int = 0
    has_tables: bool = False
    plain: float = math.inf
    ours: float = math.inf

    def take_turns(self, reader: DocumentReader) -> None:
        """Read the file both ways, and note who was quicker than before."""
        began = time.perf_counter()
        self.pages = _plain(self.path)
        self.plain = min(self.plain, time.perf_counter() - began)
        began = time.perf_counter()
        pages, self.has_tables = _through_sandbox(reader, self.path)
        self.ours = min(self.ours, time.perf_counter() - began)
        if pages != self.pages:
            raise SystemExit(f"Evidoc read {pages} of {self.pages} pages of {self.path.name}")


def measure() -> Iterator[Measurement]:
    """Pages a second, over all files and over those without tables."""
    with tempfile.TemporaryDirectory() as scratch:
        files = [Timed(path) for path in _files(Path(scratch))]
        sandbox = Sandbox(READ_JOBS, Path(scratch) / "sandbox", preload=preloaded_readers())
        try:
            reader = DocumentReader(sandbox)
            _through_sandbox(reader, files[0].path)
            for _ in range(ROUNDS):
                for file in files:
                    file.take_turns(reader)
        finally:
            sandbox.close()
    yield _measured("PDF to words with boxes", files)
    without = [file for file in files if not file.has_tables]
    if without:
        yield _measured("the same, files without tables", without)


def _measured(what: str, files: Sequence[Timed]) -> Measurement:
    pages = sum(file.pages for file in files)
    ours, plain = (pages / sum(seconds) for seconds in ([f.ours for f in files], [f.plain for f in files]))
    what = f"{what}, {len(files)} files, {pages} pages, {ROUNDS} rounds"
    return Measurement(what, "pages/s", ours, plain, "PDFium used plainly", 0.6)


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


def _through_sandbox(reader: DocumentReader, path: Path) -> tuple[int, bool]:
    """How many pages come back, and whether any holds a table."""
    tables: list[int] = []
    reader.read(path, PDF, on_page=lambda page: tables.append(len(page.tables)))
    return len(tables), any(tables)


def _files(scratch: Path) -> list[Path]:
    """Real documents where there are any, else some made up."""
    data = Path(os.environ.get("EVIDOC_DEV_DATA", Path(__file__).parents[2] / "shared" / "data"))
    found = sorted(path for folder in ("contracts", "e-invoices", "types") for path in (data / folder).rglob("*.pdf"))
    if found:
        return _readable(random.Random(SEED).sample(found, min(len(found), 2 * MOST_FILES)))[:MOST_FILES]
    made = []
    for number in range(20):
        made.append(scratch / f"{number}.pdf")
        made[-1].write_bytes(_invented(random.Random(number), pages=1 + number % 4, tables=number % 2 == 0))
    return made


def _readable(paths: list[Path]) -> list[Path]:
    """Those that the plain library opens, that are text and no scan on every page, and not too long."""
    kept = []
    for path in paths:
        data = path.read_bytes()
        document = pdfium.FPDF_LoadMemDocument64(data, len(data), None)
        count = pdfium.FPDF_GetPageCount(document) if document else 0
        if 0 < count <= 30 and all(_is_born_digital(document, index) for index in range(count)):
            kept.append(path)
        if document:
            pdfium.FPDF_CloseDocument(document)
    return kept


def _is_born_digital(document: object, index: int) -> bool:
    """Whether a page has text, and no picture of the size of the page that shows it."""
    page = pdfium.FPDF_LoadPage(document, index)
    text_page = pdfium.FPDFText_LoadPage(page)
    count = int(pdfium.FPDFText_CountChars(text_page))
    scanned = any(
        _covers_half(page, pdfium.FPDFPage_GetObject(page, number))
        for number in range(pdfium.FPDFPage_CountObjects(page))
    )
    pdfium.FPDFText_ClosePage(text_page)
    pdfium.FPDF_ClosePage(page)
    return count > 300 and not scanned


def _covers_half(page: object, item: object) -> bool:
    if pdfium.FPDFPageObj_GetType(item) != pdfium.FPDF_PAGEOBJ_IMAGE:
        return False
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    pdfium.FPDFPageObj_GetBounds(item, left, bottom, right, top)
    area = float(pdfium.FPDF_GetPageWidthF(page) * pdfium.FPDF_GetPageHeightF(page))
    return (right.value - left.value) * (top.value - bottom.value) > area / 2


def _invented(chance: random.Random, *, pages: int, tables: bool) -> bytes:
    """Some pages of made-up words in lines, each with a table of numbers where ``tables`` are wanted."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4)
    words = ["".join(chance.choices("abcdefghilmnoprstu", k=chance.randint(2, 11))) for _ in range(400)]
    for _ in range(pages):
        for line in range(40):
            canvas.drawString(60, 780 - 13 * line, " ".join(chance.choices(words, k=11)))
        for row in range(12 if tables else 0):
            for column in range(4):
                canvas.drawRightString(160 + 110 * column, 240 - 14 * row, f"{chance.random() * 10000:,.2f}")
            canvas.line(60, 237 - 14 * row, 520, 237 - 14 * row)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()
