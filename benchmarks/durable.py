"""Durable runs of three small tasks: Evidoc beside the engine alone; and reads of one document over HTTP.

The engine alone is DBOS with the same SQLite settings and three steps a workflow; it keeps nothing else.
Evidoc commits each run with its tasks before it starts, notes every state of every task in its own rows rather than as
steps, and keeps each task's output encrypted, all synchronised to the disk. Both do their batches in turns, in this
process.
"""

import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any, ClassVar

from dbos import DBOS, DBOSPortableJSONSerializer, SetWorkflowID
from sqlalchemy import create_engine, event

from benchmarks.measurement import Measurement
from benchmarks.served import serving
from evidoc.cli.sample_invoice import sample_invoice
from evidoc.delivering.rows import Rows
from evidoc.flows.engine import Engine, Job
from evidoc.flows.house import House
from evidoc.flows.options import Option
from evidoc.flows.process import Processing
from evidoc.flows.run import Running
from evidoc.flows.task import Work, task_types
from evidoc.flows.understand import JOBS, WARM_UPS, Understander
from evidoc.kernel.ids import new_id
from evidoc.kernel.output import TextOutput
from evidoc.kernel.principal import DEFAULT_ORG, Principal, Scope
from evidoc.kernel.records import RunStatus
from evidoc.operations.documents import DocumentOperations
from evidoc.operations.flows import FlowOperations
from evidoc.operations.runs import RunOperations
from evidoc.reading.read import READ_JOBS, DocumentReader
from evidoc.reading.sandbox import Sandbox
from evidoc.receiving.accept import UploadLimits
from evidoc.storing.store import Store

RUNS = 60
ROUNDS = 3
AT_ONCE = 4
READS = 400
_PATIENCE_SECONDS = 60.0
_WHO = Principal(DEFAULT_ORG, frozenset(Scope))
_SMALL = {
    "tasks": [
        {"id": "first", "type": "small"},
        {"id": "second", "type": "small", "depends_on": ["first"]},
        {"id": "third", "type": "small", "depends_on": ["second"]},
    ]
}


class Small:
    """A task that says one word."""

    options: ClassVar[Mapping[str, Option]] = {}

    def run(self, work: Work) -> TextOutput:
        return TextOutput("text", 1, text="done")


def measure() -> Iterator[Measurement]:
    """Runs a second beside the engine alone, and answers a second of GET document."""
    with tempfile.TemporaryDirectory() as folder:
        alone, ours = [], []
        for number in range(ROUNDS):
            alone.append(_alone(Path(folder) / f"alone-{number}"))
            ours.append(_evidoc(Path(folder) / f"evidoc-{number}"))
        yield Measurement(
            f"durable runs of 3 small tasks, {AT_ONCE} at once",
            "runs/s",
            statistics.median(ours),
            statistics.median(alone),
            "the engine alone",
            0.7,
        )
        yield from _reads(Path(folder) / "reads")


def _alone(folder: Path) -> float:
    """Runs a second of DBOS with nothing around it."""
    folder.mkdir()
    url = f"sqlite:///{folder / 'engine.sqlite'}"
    engine = create_engine(url, pool_size=16, max_overflow=112)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = "IMMEDIATE"
        for pragma in ("busy_timeout=30000", "journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    DBOS(
        config={
            "name": "alone",
            "system_database_url": url,
            "system_database_engine": engine,
            "application_version": "1",
            "executor_id": "alone",
            "serializer": DBOSPortableJSONSerializer(),
            "log_level": "ERROR",
            "use_listen_notify": False,
        }
    )

    def small() -> dict[str, str]:
        return {"status": "completed"}

    @DBOS.workflow(name="run")
    def run(org_id: str, run_id: str) -> None:
        for name in ("first", "second", "third"):
            DBOS.run_step({"name": name}, small)

    def perform(_number: int) -> None:
        with SetWorkflowID(new_id("exec")):
            run(DEFAULT_ORG, "run")

    try:
        DBOS.launch()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(perform, range(AT_ONCE)))
            began = time.perf_counter()
            list(pool.map(perform, range(RUNS)))
            return RUNS / (time.perf_counter() - began)
    finally:
        DBOS.destroy(destroy_registry=True)
        engine.dispose()


def _evidoc(folder: Path) -> float:
    """Runs a second, from the call that commits and starts each until the last has ended."""
    with ExitStack() as closing:
        store = Store.open(folder)
        closing.callback(store.close)
        sandbox = Sandbox({**READ_JOBS, **JOBS}, folder / "sandbox", preload=WARM_UPS)
        closing.callback(sandbox.close)
        rows = Rows({}, folder)
        closing.callback(rows.close)
        types = task_types({"small": "benchmarks.durable:Small"})
        house = House(store, DocumentReader(sandbox), Understander(sandbox), rows, types)
        processing = Processing(house)
        running = Running(house, processing)
        engine = Engine(
            f"sqlite:///{folder / 'engine.sqlite'}",
            {
                "document": Job(processing.perform, processing.unfinished, processing.abandon),
                "run": Job(running.perform, running.unfinished, running.abandon),
            },
            AT_ONCE,
        )
        engine.start()
        closing.callback(engine.stop)
        invoice = folder / "invoice.pdf"
        invoice.write_bytes(sample_invoice())
        documents = DocumentOperations(house, processing, engine, UploadLimits())
        document_id = documents.receive(_WHO, invoice, invoice.name).document_id
        processing.wait(DEFAULT_ORG, document_id, _PATIENCE_SECONDS)
        runs = RunOperations(house, engine)
        flow_id = FlowOperations(house).create(_WHO, "Small", "", _SMALL).flow_id

        def perform(count: int) -> None:
            started = [runs.start(_WHO, flow_id, document_id).run.run_id for _ in range(count)]
            for run_id in started:
                ended = runs.wait(_WHO, run_id, _PATIENCE_SECONDS)
                if ended.status is not RunStatus.COMPLETED:
                    raise SystemExit(f"a run is {ended.status}: {ended.failure}")

        perform(AT_ONCE)
        began = time.perf_counter()
        perform(RUNS)
        return RUNS / (time.perf_counter() - began)


def _reads(folder: Path) -> Iterator[Measurement]:
    """Answers a second of GET /v1/documents/ID with its results, beside /health, asked by one client in turns."""
    with serving(folder) as server, server.client() as client:
        upload = client.post("/v1/documents", files={"file": ("invoice.pdf", sample_invoice(), "application/pdf")})
        path = f"/v1/documents/{upload.raise_for_status().json()['document_id']}"
        while client.get(path).raise_for_status().json()["status"] != "processed":
            time.sleep(0.02)
        document, health = [], []
        for _ in range(READS):
            for asked, times in ((path, document), ("/health", health)):
                began = time.perf_counter()
                client.get(asked).raise_for_status()
                times.append(time.perf_counter() - began)
    yield Measurement(
        "GET of a processed document, one after the other",
        "answers/s",
        1 / statistics.median(document),
        1 / statistics.median(health),
        "GET /health",
    )
