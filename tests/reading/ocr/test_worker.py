import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from evidoc.kernel.errors import DocumentTooComplex, ReaderCrashed, RunCancelled, Unavailable
from evidoc.kernel.reading import Box, Method, Page
from evidoc.kernel.stop import Stop
from evidoc.reading.ocr import OcrWorker, worker
from tests.reading.collect import check_page
from tests.reading.ocr.pictures import DPI, drawn, page_image, page_of

RECEIPT = drawn(
    [
        (230, 30, "MERIDIAN STORE"),
        (40, 90, "Invoice No: A-20931"),
        (40, 150, "Copper wire 2m"),
        (560, 150, "12.40"),
        (40, 200, "Paint, white"),
        (560, 200, "7.05"),
        (40, 270, "TOTAL"),
        (560, 270, "19.45"),
        (40, 330, "Thank you and goodbye"),
    ]
)
LINES = [
    "MERIDIAN STORE",
    "Invoice No: A-20931",
    "Copper wire 2m 12.40",
    "Paint, white 7.05",
    "TOTAL 19.45",
    "Thank you and goodbye",
]


@pytest.fixture(scope="module")
def ocr() -> Iterator[OcrWorker]:
    with OcrWorker() as worker:
        yield worker


def places_match(page: Page) -> None:
    """Words stand where they were drawn; up and down a box has the height of its line."""
    found = {page.text[word.start : word.end]: np.array(word.box) * DPI / 72 for word in page.words}
    for text, box in RECEIPT.words:
        x0, y0, x1, y1 = found[text]
        assert (x0, x1) == pytest.approx((box.x0, box.x1), abs=4), text
        assert box.y0 - 8 <= y0 <= box.y0 + 1.5, text
        assert box.y1 - 1.5 <= y1 <= box.y1 + 8, text


def died(pid: int) -> bool:
    """Whether a process ends, waited for up to ten seconds."""
    try:
        watched = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    with os.fdopen(watched, "rb"):
        return bool(select.select([watched], [], [], 10)[0])


def test_a_printed_page_gives_its_lines_words_and_boxes(ocr: OcrWorker) -> None:
    page = ocr.recognise(page_image(RECEIPT.picture))
    check_page(page)
    assert page.text.split("\n") == LINES
    assert page.rotation == 0
    assert page.dpi == DPI
    assert page.quality > 0.9
    places_match(page)


def test_a_page_askew_keeps_its_lines(ocr: OcrWorker) -> None:
    askew = RECEIPT.picture.rotate(-1.5, fillcolor=255, resample=Image.Resampling.BICUBIC, expand=True)
    page = ocr.recognise(page_image(askew))
    check_page(page)
    assert page.text.split("\n") == LINES


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_page_on_its_side_or_head_is_turned(ocr: OcrWorker, turn: int) -> None:
    page = ocr.recognise(page_image(RECEIPT.picture.rotate(turn, expand=True)))  # counter-clockwise
    check_page(page)
    assert page.text.split("\n") == LINES
    assert page.rotation == turn
    assert (page.width, page.height) == pytest.approx((700 * 72 / DPI, 400 * 72 / DPI))
    places_match(page)


def test_white_on_black_in_colour_is_read(ocr: OcrWorker) -> None:
    picture = drawn([(40, 30, "Balance due 814.20")], size=(420, 100)).picture
    page = ocr.recognise(page_image(Image.eval(picture, lambda grey: 255 - grey).convert("RGB")))
    assert page.text == "Balance due 814.20"


def test_an_empty_page_is_empty(ocr: OcrWorker) -> None:
    page = ocr.recognise(page_image(Image.new("L", (600, 800), 255)))
    assert (page.text, len(page.words), page.lines, page.quality) == ("", 0, (), 1.0)


def test_a_drawn_grid_becomes_a_table(ocr: OcrWorker) -> None:
    rows = [("Item", "Count", "Price"), ("Hinges", "12", "3.80"), ("Screws", "400", "9.15")]
    texts = [(60 + 200 * x, 52 + 60 * y, text) for y, row in enumerate(rows) for x, text in enumerate(row)]
    picture = drawn(texts, size=(700, 300)).picture
    pixels = np.array(picture)
    for y in range(4):
        pixels[40 + 60 * y : 42 + 60 * y, 40:642] = 0
    for x in range(4):
        pixels[40:222, 40 + 200 * x : 42 + 200 * x] = 0
    page = ocr.recognise(page_image(Image.fromarray(pixels)))
    (table,) = page.tables
    assert table.ruled
    cells = {(cell.row, cell.column): page.cell_text(cell) for cell in table.cells}
    assert cells == {(y, x): text for y, row in enumerate(rows) for x, text in enumerate(row)}


def test_a_mixed_page_keeps_its_words_and_gains_those_of_the_picture(ocr: OcrWorker) -> None:
    box = Box(40 * 72 / DPI, 90 * 72 / DPI, 250 * 72 / DPI, 120 * 72 / DPI)
    born_digital = page_of([[("Invoice-No:A-20931", box)]], 700 * 72 / DPI, 400 * 72 / DPI)
    page = ocr.recognise(page_image(RECEIPT.picture, born_digital=born_digital))
    assert page.method is Method.MIXED
    assert page.text.split("\n") == [LINES[0], "Invoice-No:A-20931", *LINES[2:]]


def test_a_process_killed_at_work_is_replaced(ocr: OcrWorker) -> None:
    pages: list[Page] = []
    ocr.recognise(page_image(RECEIPT.picture))
    (first,) = ocr.pids()
    call = threading.Thread(target=lambda: pages.append(ocr.recognise(page_image(RECEIPT.picture))))
    os.kill(first, signal.SIGSTOP)
    call.start()
    os.kill(first, signal.SIGKILL)
    call.join()
    assert pages[0].text.split("\n") == LINES
    assert ocr.pids() != (first,)


def test_a_page_that_ends_every_process_is_a_typed_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "_COMMAND", (sys.executable, "-c", "raise SystemExit(1)"))
    with OcrWorker() as ocr, pytest.raises(ReaderCrashed):
        ocr.recognise(page_image(RECEIPT.picture))
    assert ocr.pids() == ()


def test_a_page_that_takes_too_long_is_a_typed_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "_COMMAND", (sys.executable, "-c", "import signal; signal.pause()"))
    with OcrWorker(page_seconds=0.05) as ocr, pytest.raises(DocumentTooComplex):
        ocr.recognise(page_image(Image.new("L", (50, 50))))
    assert ocr.pids() == ()


def reached(is_so: Callable[[], object]) -> bool:
    pause = threading.Event()
    for _ in range(4000):
        if is_so():
            return True
        pause.wait(0.005)
    return False


HANGS = (sys.executable, "-c", "import signal; signal.pause()")
BLANK = page_image(Image.new("L", (50, 50), 255))


def test_a_stopped_page_ends_its_process_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    stops = [Stop() for _ in range(4)]
    with OcrWorker(processes=2, page_seconds=600) as ocr, ThreadPoolExecutor(4) as pool:
        with monkeypatch.context() as hanging:
            hanging.setattr(worker, "_COMMAND", HANGS)
            first = pool.submit(ocr.recognise, BLANK, stops[0])
            assert reached(lambda: len(ocr.pids()) == 1)
            (killed,) = ocr.pids()
            second = pool.submit(ocr.recognise, BLANK, stops[1])
            assert reached(lambda: len(ocr.pids()) == 2)
            (spared,) = set(ocr.pids()) - {killed}
            waiting = pool.submit(ocr.recognise, BLANK, stops[2])
            assert reached(ocr._places.waited_for)
        queued = pool.submit(ocr.recognise, page_image(RECEIPT.picture), stops[3])
        stops[2].set()
        with pytest.raises(RunCancelled):
            waiting.result(20)
        stops[0].set()
        with pytest.raises(RunCancelled):
            first.result(20)
        assert died(killed)
        assert queued.result(60).text.split("\n") == LINES
        assert spared in ocr.pids()
        assert not second.done()
        stops[1].set()
        with pytest.raises(RunCancelled):
            second.result(20)


def test_pages_of_short_documents_and_first_pages_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[int] = []
    stop = Stop()
    with OcrWorker(page_seconds=600) as ocr, ThreadPoolExecutor(4) as pool:
        with monkeypatch.context() as hanging:
            hanging.setattr(worker, "_COMMAND", HANGS)
            busy = pool.submit(ocr.recognise, BLANK, stop)
            assert reached(lambda: ocr.pids())

        def read(index: int, pages: int | None) -> None:
            ocr.recognise(replace(BLANK, index=index), pages=pages)
            order.append(index)

        calls = []
        for number, (index, pages) in enumerate(((7, None), (1, 3000), (0, 2)), 1):
            calls.append(pool.submit(read, index, pages))
            assert reached(lambda number=number: len(ocr._places._waiting) == number)
        stop.set()
        for call in calls:
            call.result(60)
        with pytest.raises(RunCancelled):
            busy.result(20)
    assert order == [0, 7, 1]


def test_no_process_runs_before_it_is_needed_nor_long_after() -> None:
    before = set(threading.enumerate())
    with OcrWorker(idle_seconds=0.05) as ocr:
        assert ocr.pids() == ()
        ocr.recognise(page_image(Image.new("L", (50, 50), 255)))
        for watcher in set(threading.enumerate()) - before:
            watcher.join(10)
        assert ocr.pids() == ()


def test_a_closed_worker_takes_no_more() -> None:
    ocr = OcrWorker()
    ocr.close()
    with pytest.raises(Unavailable):
        ocr.recognise(page_image(RECEIPT.picture))


OWNER = """
import signal
from PIL import Image
from evidoc.reading.ocr import OcrWorker
from tests.reading.collect import check_page
from tests.reading.ocr.pictures import page_image
ocr = OcrWorker()
ocr.recognise(page_image(Image.new("L", (50, 50), 255)))
print(*ocr.pids(), flush=True)
signal.pause()
"""


def test_no_process_outlives_its_owner() -> None:
    with subprocess.Popen([sys.executable, "-c", OWNER], stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        pid = int(owner.stdout.readline())
        owner.kill()
    assert died(pid)
