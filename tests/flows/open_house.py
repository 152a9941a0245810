"""A whole house on a temporary folder, with task types of the tests' own beside the real ones."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reportlab.pdfgen.canvas import Canvas

from evidoc.delivering.rows import Rows
from evidoc.flows.engine.engine import Engine, Job
from evidoc.flows.house import House
from evidoc.flows.process import Processing
from evidoc.flows.run import ENDED, Running
from evidoc.flows.task import task_types
from evidoc.flows.understand import JOBS, WARM_UPS, Understander
from evidoc.kernel.principal import DEFAULT_ORG, Principal, Scope
from evidoc.kernel.records import DocumentRecord, RunRecord
from evidoc.operations.analysis import AnalysisOperations
from evidoc.operations.builtin_flows import publish_builtin_flows
from evidoc.operations.documents import DocumentOperations
from evidoc.operations.flows import FlowOperations
from evidoc.operations.runs import RunOperations, RunView
from evidoc.reading.read import READ_JOBS, DocumentReader, Recogniser
from evidoc.reading.sandbox import Sandbox
from evidoc.receiving.accept import UploadLimits
from evidoc.storing.store import Store

PATIENCE = 60.0
"""How long a test waits for what should take a moment; only a failure takes this long."""

WHO = Principal(DEFAULT_ORG, frozenset(Scope))
READER = Principal(DEFAULT_ORG, frozenset({Scope.READ}))
STRANGER = Principal("org_other", frozenset(Scope))

OWN_TYPES = {
    "flaky": "tests.flows.own_tasks:Flaky",
    "meeting": "tests.flows.own_tasks:Meeting",
    "held": "tests.flows.own_tasks:Held",
}

INVOICE_LINES = (
    "Nordwind Tools Ltd",
    "INVOICE",
    "Invoice number: NW-2024-118",
    "Invoice date: 2024-03-05",
    "Due date: 2024-04-04",
    "Bill to: Example Bakery",
    "Total amount: 1,234.50 EUR",
)


@dataclass(frozen=True)
class OpenHouse:
    """The rooms and the verbs of one house."""

    house: House
    processing: Processing
    running: Running
    engine: Engine
    documents: DocumentOperations
    flows: FlowOperations
    runs: RunOperations
    analysis: AnalysisOperations

    def upload(self, path: Path, **facts: Any) -> DocumentRecord:
        """Receive a document and wait until it is processed."""
        record = self.documents.receive(WHO, path, path.name, **facts)
        return self.processing.wait(WHO.org_id, record.document_id, PATIENCE)

    def start(self, definition: Mapping[str, Any], document: DocumentRecord, **parameters: Any) -> RunRecord:
        """Run a definition on a document."""
        flow = self.flows.create(WHO, "a flow", "", definition)
        return self.runs.start(WHO, flow.flow_id, document.document_id, parameters).run

    def ended(self, run: RunRecord) -> RunView:
        """The run once it has ended."""
        record = self.runs.wait(WHO, run.run_id, PATIENCE)
        assert record.status in ENDED, f"still {record.status}"
        return self.runs.get(WHO, run.run_id)


@contextmanager
def open_house(
    folder: Path, types: Mapping[str, str] | None = None, *, concurrent: int = 8, ocr: Recogniser | None = None
) -> Iterator[OpenHouse]:
    """The house, its engine started; everything is closed afterwards."""
    with ExitStack() as closing:
        store = Store.open(folder)
        closing.callback(store.close)
        sandbox = Sandbox({**READ_JOBS, **JOBS}, folder / "scratch", preload=WARM_UPS)
        closing.callback(sandbox.close)
        rows = Rows({}, folder)
        closing.callback(rows.close)
        house = House(
            store, DocumentReader(sandbox, ocr), Understander(sandbox), rows, task_types({**OWN_TYPES, **(types or {})})
        )
        publish_builtin_flows(house)
        processing = Processing(house)
        running = Running(house, processing, lambda *order, **when: engine.submit(*order, **when))
        jobs = {
            "document": Job(processing.perform, processing.unfinished, processing.abandon),
            "run": Job(running.perform, running.unfinished, running.abandon),
        }
        engine = Engine(f"sqlite:///{folder.absolute() / 'engine.sqlite'}", jobs, concurrent)
        engine.start()
        closing.callback(engine.stop)
        yield OpenHouse(
            house,
            processing,
            running,
            engine,
            DocumentOperations(house, processing, engine, UploadLimits()),
            FlowOperations(house),
            RunOperations(house, engine, pages_done=processing.pages_done),
            AnalysisOperations(house, processing),
        )


def write_pdf(path: Path, lines: tuple[str, ...] = INVOICE_LINES) -> Path:
    """A one-page PDF that says these lines."""
    canvas = Canvas(str(path), pageCompression=0, invariant=1)
    for number, line in enumerate(lines):
        canvas.drawString(60, 780 - 22 * number, line)
    canvas.save()
    return path


def task(name: str, kind: str, /, *depends_on: str, **config: Any) -> dict[str, Any]:
    """A task of a definition."""
    return {"id": name, "type": kind, "depends_on": list(depends_on), "config": config}
