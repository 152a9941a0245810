"""What is cancelled ends at once, wherever it is, and what it held goes to the next."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from evidoc.kernel.errors import DocumentNotFound, RunCancelled
from evidoc.kernel.records import DocumentRecord, DocumentStatus, RunStatus
from evidoc.kernel.stop import Stop
from evidoc.reading.ocr import OcrWorker
from tests.flows.open_house import WHO, OpenHouse, open_house, task, write_pdf
from tests.reading.ocr.pictures import drawn

PATIENCE = 60.0
"""Reading the long scan as a whole takes several times as long."""

LONG_SCAN_PAGES = 300


@pytest.fixture(scope="module")
def ocr() -> Iterator[OcrWorker]:
    with OcrWorker() as worker:
        yield worker


@pytest.fixture(scope="module")
def scanning(tmp_path_factory: pytest.TempPathFactory, ocr: OcrWorker) -> Iterator[OpenHouse]:
    with open_house(tmp_path_factory.mktemp("house"), ocr=ocr) as opened:
        yield opened


@pytest.fixture(scope="module")
def long_scan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Many pages, each a picture full of small print."""
    lines = [
        (60.0, 60.0 + 40 * row, " ".join(f"{(row * 7919 + word * 104729) % 99991:05d}" for word in range(6)))
        for row in range(14)
    ]
    return scan(tmp_path_factory.mktemp("scan") / "scan.pdf", drawn(lines, (1000, 1300), 20).picture, LONG_SCAN_PAGES)


@pytest.fixture
def short_scan(tmp_path: Path) -> Path:
    return scan(tmp_path / "short.pdf", drawn([(40, 30, "Balance due 814.20")], (420, 100)).picture, 1)


def scan(path: Path, picture: Image.Image, pages: int) -> Path:
    canvas = Canvas(str(path), pagesize=(595, 842))
    image = ImageReader(picture)
    for _ in range(pages):
        canvas.drawImage(
            image, 0, 842 - 595 * picture.height / picture.width, 595, 595 * picture.height / picture.width
        )
        canvas.showPage()
    canvas.save()
    return path


def reached(is_so: Callable[[], Any]) -> bool:
    pause, until = threading.Event(), time.monotonic() + PATIENCE
    while not is_so() and time.monotonic() < until:
        pause.wait(0.005)
    return bool(is_so())


def kept(house: OpenHouse, path: Path) -> DocumentRecord:
    """A document that nobody processes."""
    document = house.documents.receive(WHO, path, path.name)
    house.engine.cancel(document.document_id)
    return document


def test_reading_says_how_far_it_is_and_ends_at_once(scanning: OpenHouse, long_scan: Path, short_scan: Path) -> None:
    document = scanning.documents.receive(WHO, long_scan, "scan.pdf")
    assert reached(lambda: (scanning.processing.pages_done(document.document_id) or (0, 0))[0] > 0)
    progress = scanning.processing.pages_done(document.document_id)
    assert progress is not None
    assert progress[1] == LONG_SCAN_PAGES
    stop = Stop()
    with ThreadPoolExecutor(1) as pool:
        waiting: Future[Any] = pool.submit(scanning.processing.reading_of, document, stop)
        stop.set()
        with pytest.raises(RunCancelled):
            waiting.result(PATIENCE)
    assert scanning.engine.is_busy(document.document_id)
    scanning.documents.delete(WHO, document.document_id)
    assert reached(lambda: not scanning.engine.is_busy(document.document_id))
    assert scanning.processing.pages_done(document.document_id) is None
    with pytest.raises(DocumentNotFound):
        scanning.documents.get(WHO, document.document_id)
    assert scanning.upload(short_scan).status is DocumentStatus.PROCESSED


def test_a_cancelled_run_leaves_the_ocr_to_those_who_wait(
    scanning: OpenHouse, long_scan: Path, short_scan: Path
) -> None:
    flow = scanning.flows.create(WHO, "a flow", "", {"tasks": [task("text", "text_extraction")]})
    run = scanning.runs.start_on(WHO, flow.flow_id, long_scan, "scan.pdf").run
    assert reached(lambda: scanning.processing.pages_done(run.document_id))
    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(scanning.upload, short_scan)
        assert scanning.runs.cancel(WHO, run.run_id).status is RunStatus.CANCELLED
        assert reached(lambda: not scanning.engine.is_busy(run.run_id))
        assert other.result(PATIENCE).status is DocumentStatus.PROCESSED
    document = scanning.documents.get(WHO, run.document_id).record
    assert document.status is DocumentStatus.FAILED
    assert document.failure is not None
    assert document.failure.code == "run_cancelled"


def test_a_short_document_does_not_wait_for_long_ones(scanning: OpenHouse, long_scan: Path, short_scan: Path) -> None:
    long = [scanning.documents.receive(WHO, long_scan, "scan.pdf") for _ in range(5)]
    assert reached(lambda: any(scanning.processing.pages_done(document.document_id) for document in long))
    assert scanning.upload(short_scan).status is DocumentStatus.PROCESSED
    assert all(scanning.engine.is_busy(document.document_id) for document in long)
    for document in long:
        scanning.documents.delete(WHO, document.document_id)
    assert reached(lambda: not any(scanning.engine.is_busy(document.document_id) for document in long))


def test_understanding_ends_at_once(scanning: OpenHouse, tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "text.pdf", ("a" * 90,))
    document = scanning.upload(path)
    reading = scanning.processing.reading_of(document)
    stop = Stop()
    stop.set()
    for question in (
        lambda: scanning.house.understander.process(reading, stop),
        lambda: scanning.house.understander.classify(reading, None, multi_label=False, threshold=0, stop=stop),
        lambda: scanning.house.understander.summarize(reading, 100, "paragraph", (), stop),
    ):
        with pytest.raises(RunCancelled):
            question()
