"""Durable runs of three small tasks: Evidoc beside the engine alone, on SQLite and on PostgreSQL.

The engine alone is DBOS on the same kind of database with the same settings and three steps a workflow; it keeps
nothing else. Evidoc commits each run with its tasks before it starts, notes every state of every task in its own rows
rather than as steps, and keeps each task's output encrypted, all synchronised to the disk. Both do their batches in
turns, in this process.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import ClassVar

from dbos import DBOS, SetWorkflowID

from benchmarks import postgres
from benchmarks.measurement import Measurement
from evidoc.cli.sample_invoice import sample_invoice
from evidoc.delivering.rows import Rows
from evidoc.flows.engine.database import engine_config, open_engine_database
from evidoc.flows.engine.engine import Engine, Job
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

RUNS = int(os.environ.get("EVIDOC_BENCH_RUNS", "60"))
ROUNDS = 3
AT_ONCE = 4
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
    """Tasks a second, beside those of the engine alone on the same database."""
    with tempfile.TemporaryDirectory() as folder:
        yield _beside("SQLite", Path(folder), lambda: None)
    if postgres.IS_THERE:
        with tempfile.TemporaryDirectory() as folder, postgres.running_postgres() as server:

            def new_database() -> str:
                return postgres.new_database(server).render_as_string(hide_password=False)

            yield _beside("PostgreSQL", Path(folder), new_database)


def _beside(name: str, folder: Path, new_database: Callable[[], str | None]) -> Measurement:
    alone, ours = [], []
    for number in range(ROUNDS):
        alone.append(_alone(folder / f"alone-{number}", new_database()))
        ours.append(_evidoc(folder / f"evidoc-{number}", new_database()))
    return Measurement(
        f"durable tasks on {name}, 3 small ones a run, {AT_ONCE} runs at once",
        "tasks/s",
        len(_SMALL["tasks"]) * statistics.median(ours),
        len(_SMALL["tasks"]) * statistics.median(alone),
        "the engine alone",
        0.7,
    )


def _engine_url(folder: Path, database: str | None) -> str:
    """The engine's database: that of the house on PostgreSQL, one beside it on SQLite."""
    return database or f"sqlite:///{folder / 'engine.sqlite'}"


def _alone(folder: Path, database: str | None) -> float:
    """Runs a second of DBOS with nothing around it."""
    folder.mkdir()
    url = _engine_url(folder, database)
    engine = open_engine_database(url)
    DBOS(config=engine_config(url, engine))

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


def _evidoc(folder: Path, database: str | None) -> float:
    """Runs a second, from the call that commits and starts each until the last has ended."""
    with ExitStack() as closing:
        store = Store.open(folder, database)
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
            _engine_url(folder, database),
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
