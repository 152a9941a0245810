"""A one-page invoice, from the first byte of its upload until its values can be read, over HTTP.

A real server in a process of its own, on two processors; the client, as any client would, asks every ten
milliseconds whether the document is processed, and reads the answer that holds the values. Or it runs a built-in
flow on the invoice and waits: one request, whose answer is the run that ended. Beside both stands the same work
(the same reading, the same features) as plain calls in one process that keeps nothing.
"""

import base64
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

import httpx

from benchmarks.measurement import Measurement
from benchmarks.served import Served, serving
from evidoc.cli.sample_invoice import sample_invoice
from evidoc.contracts.clary.definition import EXAMPLE
from evidoc.flows.understand_job import pack, process, warm_up
from evidoc.reading.read_job import PAGE, read
from evidoc.reading.reader import PDF, ReadLimits

DOCUMENTS = int(os.environ.get("EVIDOC_BENCH_DOCUMENTS", "52"))
AT_ONCE = 4
TARGET_MS = 300.0
_WARM_UP = 5
_PAUSE_SECONDS = 0.01
_FINAL = ("processed", "completed", "failed", "cancelled")


def measure() -> Iterator[Measurement]:
    """How long one document takes, alone and among others; the workflow of the contract's page; a run waited for."""
    invoice = sample_invoice()
    plain = _plain_milliseconds(invoice)
    with tempfile.TemporaryDirectory() as folder:
        with serving(Path(folder) / "values") as server:
            first = _upload_to_values(server.client(), invoice)
            yield Measurement("invoice to values, the first after the start", "ms", 1000 * first)
            yield from _runs(server, invoice, _upload_to_values, "invoice to values", plain)
        with serving(Path(folder) / "workflow") as server:
            with server.client() as client:
                workflow = _workflow(client)

            def upload_to_row(client: httpx.Client, data: bytes) -> float:
                return _upload_to_end(client, data, workflow)

            yield from _runs(server, invoice, upload_to_row, "invoice through the page's workflow", plain)
        with serving(Path(folder) / "waiting") as server:
            yield from _runs(server, invoice, _run_and_wait, "run of invoice-extractor, waited for", plain)


def _runs(
    server: Served, invoice: bytes, measure_one: Callable[[httpx.Client, bytes], float], what: str, plain: float
) -> Iterator[Measurement]:
    with server.client() as client:
        for _ in range(_WARM_UP):
            measure_one(client, invoice)
        cpu, began = server.cpu_seconds(), time.perf_counter()
        alone = sorted(1000 * measure_one(client, invoice) for _ in range(DOCUMENTS))
        took, used = time.perf_counter() - began, server.cpu_seconds() - cpu
    yield Measurement(f"{what}, p50", "ms", statistics.median(alone), plain, "ms of plain calls")
    yield Measurement(f"{what}, p95", "ms", _p95(alone), target=TARGET_MS, larger_is_better=False)
    yield Measurement(f"{what}, processor time a document", "ms", 1000 * used / DOCUMENTS)
    yield Measurement(f"{what}, one after the other", "documents/s", DOCUMENTS / took)

    def work(count: int) -> list[float]:
        with server.client() as own:
            return [1000 * measure_one(own, invoice) for _ in range(count)]

    began = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        together = sorted(one for some in pool.map(work, [DOCUMENTS // AT_ONCE] * AT_ONCE) for one in some)
    took = time.perf_counter() - began
    yield Measurement(f"{what}, {AT_ONCE} at once, p50", "ms", statistics.median(together))
    yield Measurement(f"{what}, {AT_ONCE} at once, p95", "ms", _p95(together))
    yield Measurement(f"{what}, {AT_ONCE} at once", "documents/s", len(together) / took)


def _p95(ordered: list[float]) -> float:
    return ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]


def _upload_to_values(client: httpx.Client, invoice: bytes) -> float:
    began = time.perf_counter()
    document = _until_final(client, f"/v1/documents/{_upload(client, invoice)}")
    took = time.perf_counter() - began
    if document["status"] != "processed" or not document["processing_results"]["entities"]:
        raise SystemExit(f"no values were found: {document}")
    return took


def _upload_to_end(client: httpx.Client, invoice: bytes, workflow_id: str) -> float:
    began = time.perf_counter()
    document_id = _upload(client, invoice)
    executions = f"/v1/workflows/{workflow_id}/executions"
    newest = client.get(executions, params={"limit": 2 * AT_ONCE}).raise_for_status().json()["data"]
    (execution_id,) = (item["execution_id"] for item in newest if item["document_id"] == document_id)
    execution = _until_final(client, f"{executions}/{execution_id}")
    took = time.perf_counter() - began
    if execution["status"] != "completed":
        raise SystemExit(f"the execution did not complete: {execution}")
    return took


def _run_and_wait(client: httpx.Client, invoice: bytes) -> float:
    body = {"input": {"document": {"base64": base64.b64encode(invoice).decode()}}, "wait": True}
    began = time.perf_counter()
    run = client.post("/api/v1/flows/invoice-extractor/run", json=body).raise_for_status().json()
    took = time.perf_counter() - began
    if run["status"] != "completed" or not run["output"]:
        raise SystemExit(f"the run gave nothing: {run}")
    return took


def _upload(client: httpx.Client, invoice: bytes) -> str:
    answer = client.post("/v1/documents", files={"file": ("invoice.pdf", invoice, PDF)})
    return str(answer.raise_for_status().json()["document_id"])


def _until_final(client: httpx.Client, path: str) -> dict[str, Any]:
    while True:
        state: dict[str, Any] = client.get(path).raise_for_status().json()
        if state["status"] in _FINAL:
            return state
        time.sleep(_PAUSE_SECONDS)


def _workflow(client: httpx.Client) -> str:
    answer = client.post("/v1/workflows", json={"name": "Invoices", "definition": EXAMPLE})
    return str(answer.raise_for_status().json()["workflow_id"])


def _plain_milliseconds(invoice: bytes) -> float:
    """The median of reading the invoice and finding its values in this process."""
    question = {"content_type": PDF, "filename": "invoice.pdf", "password": None, "limits": asdict(ReadLimits())}
    warm_up()

    def once() -> float:
        began = time.perf_counter()
        results: list[bytes] = []
        read(question, invoice, results.append)
        pages = [result[1:] for result in results if result.startswith(PAGE)]
        frame = results[-1][1:]
        process({}, pack([frame, *pages]), lambda answer: None)
        return 1000 * (time.perf_counter() - began)

    once()
    return statistics.median(once() for _ in range(20))
