"""What a server holds: idle, after many documents, and with a document of ten times as many pages.

A long document is uploaded, asked for values, and its whole text is read with every word, over HTTP. The peak
of the server's own process, and of the largest child of its sandbox, is taken for 100 pages and for 1,000:
the ratio says how memory grows with pages.
"""

import os
import random
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import httpx
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from benchmarks.measurement import Measurement
from benchmarks.served import Served, peak_memory_of, reset_peak_memory, serving
from evidoc.cli.sample_invoice import sample_invoice

FEW, MANY = 100, 1000
INVOICES = int(os.environ.get("EVIDOC_BENCH_INVOICES", "40"))
_MB = 1024 * 1024
_LOOK_SECONDS = 0.01


def measure() -> Iterator[Measurement]:
    """Megabytes, of each process."""
    with tempfile.TemporaryDirectory() as folder:
        with serving(Path(folder) / "invoices") as server:
            yield from _invoices(server)
        few, many = (_long(Path(folder) / str(pages), pages) for pages in (FEW, MANY))
        for who in ("server", "child"):
            what = f"most memory of the {who}, {MANY} pages"
            yield Measurement(what, "MB", many[who], few[who], f"MB with {FEW} pages", 1.5, larger_is_better=False)


def _invoices(server: Served) -> Iterator[Measurement]:
    with server.client() as client:
        _process(client, sample_invoice())
        before = server.memory_bytes()

        def one(_number: int) -> None:
            _process(client, sample_invoice())

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(one, range(INVOICES)))
        after = server.memory_bytes()
    sandbox = next(pid for pid in server.processes() if pid != server.pid)
    yield Measurement(
        f"server after {INVOICES} invoices", "MB", after[server.pid] / _MB, before[server.pid] / _MB, "MB after one"
    )
    yield Measurement("the sandbox's warm parent", "MB", after[sandbox] / _MB)


def _long(folder: Path, pages: int) -> dict[str, float]:
    document = _invented(pages)
    with serving(folder) as server, server.client() as client, _watched(server) as most:
        reset_peak_memory(server.pid)
        document_id = _process(client, document)
        wanted = {"document_id": document_id, "entities": ["total_amount", "invoice_date", "vendor_name"]}
        client.post("/v1/analysis/extract-entities", json=wanted).raise_for_status()
        asked = {"document_id": document_id, "options": {"include_layout": True}}
        size = 0
        with client.stream("POST", "/v1/analysis/extract-text", json=asked) as answer:
            for chunk in answer.raise_for_status().iter_bytes():
                size += len(chunk)
        if size < 1000 * pages:
            raise SystemExit(f"the text is {size} bytes only")
        return {"server": peak_memory_of(server.pid) / _MB, "child": most["child"] / _MB}


@contextmanager
def _watched(server: Served) -> Iterator[dict[str, int]]:
    """The most memory of any descendant, kept up to date while the block runs."""
    most, over = {"child": 0}, threading.Event()

    def watch() -> None:
        while not over.wait(_LOOK_SECONDS):
            others = [pid for pid in server.processes() if pid != server.pid]
            most["child"] = max(most["child"], *(peak_memory_of(pid) for pid in others), 0)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield most
    finally:
        over.set()
        watcher.join()


def _process(client: httpx.Client, data: bytes) -> str:
    upload = client.post("/v1/documents", files={"file": ("document.pdf", data, "application/pdf")})
    path = f"/v1/documents/{upload.raise_for_status().json()['document_id']}"
    # The short form in the list tells how far it is, without the text.
    while True:
        newest = client.get("/v1/documents", params={"limit": 100}).raise_for_status().json()["data"]
        (document,) = (item for item in newest if path.endswith(item["document_id"]))
        if document["status"] == "failed":
            raise SystemExit(f"it failed: {document}")
        if document["status"] == "processed":
            return str(document["document_id"])
        time.sleep(0.02)


def _invented(pages: int) -> bytes:
    chance, buffer = random.Random(7), BytesIO()
    canvas = Canvas(buffer, pagesize=A4)
    words = ["".join(chance.choices("abcdefghilmnoprstu", k=chance.randint(2, 11))) for _ in range(400)]
    for page in range(pages):
        canvas.drawString(60, 800, f"Page {page + 1}    Date: 12 March 2026    Total amount: EUR {page + 1}.50")
        for line in range(48):
            canvas.drawString(60, 770 - 14 * line, " ".join(chance.choices(words, k=11)))
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()
