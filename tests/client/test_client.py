"""What the client promises, on a real server."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from queue import Queue
from typing import Any

import pytest

from evidoc.cli.sample_invoice import sample_invoice
from evidoc_client import (
    AlreadyCancelled,
    Client,
    DocumentFailed,
    DocumentNotFound,
    EvidocApiError,
    Forbidden,
    InvalidRequest,
    NotCancellable,
    RunFailed,
    Unauthorized,
    verify_webhook,
)
from tests.client.both import Ask, blocking
from tests.client.flaky import UNANSWERED, Way
from tests.served import PATIENCE, Served, serving

DUE = {"type": "object", "properties": {"due_date": {"type": "string", "format": "date"}}}
FLOW = {"version": "1.0.0", "steps": [
    {"type": "step", "id": "read", "nodeType": "parse", "config": {}},
    {"type": "step", "id": "find", "nodeType": "extract", "config": {"schema": DUE}},
]}  # fmt: skip


@pytest.fixture(scope="module")
def invoice_id(server: Served) -> str:
    """A processed invoice."""

    def upload(client: Client) -> Any:
        document = client.documents.upload(sample_invoice(), filename="invoice.pdf", metadata={"by": "post"})
        return client.documents.wait(document.document_id).document_id

    found: str = blocking(server.url, upload)
    return found


def test_a_document_is_read_and_found_again(ask: Ask, server: Served, invoice_id: str) -> None:
    document = ask(server.url, lambda client: client.documents.get(invoice_id))
    assert (document.status, document.page_count, document.metadata) == ("processed", 1, {"by": "post"})
    assert document.processing_results.entities
    assert document.raw["sha256"] == document.sha256
    listed = ask(server.url, lambda client: client.documents.list(status="processed", content_type="application/pdf"))
    assert invoice_id in {item.document_id for item in listed}


def test_every_value_is_what_its_evidence_points_to(ask: Ask, server: Served, invoice_id: str) -> None:
    text = ask(server.url, lambda client: client.analysis.text(invoice_id))
    found = ask(server.url, lambda client: client.analysis.entities(invoice_id, ["due_date", "line_items", "nothing"]))
    spans = [(found["due_date"].value_raw, found["due_date"].evidence)]
    spans += [(cell.value_raw, cell.evidence) for row in found["line_items"].rows for cell in row.values()]
    assert len(spans) > 15
    for raw, evidence in spans:
        quotes = [
            text.pages[item.page_index].text[item.location.char_start : item.location.char_end] for item in evidence
        ]
        assert quotes == [item.quote for item in evidence]
        assert "\n".join(quotes) == raw
    assert found.missing == ("nothing",)


def test_the_rest_of_analysis(ask: Ask, server: Served, invoice_id: str) -> None:
    kinds = ask(server.url, lambda client: client.analysis.classify(invoice_id)).classifications
    assert kinds[0].category == "invoice"
    told = ask(server.url, lambda client: client.analysis.summarize(invoice_id, max_length=200, bullets=True))
    assert told.summary.startswith("- ")
    assert told.evidence
    (table,) = ask(server.url, lambda client: client.analysis.tables(invoice_id)).tables
    assert table.data[0] == ("Description", "Quantity", "Unit price", "Amount")


def test_a_workflow_from_definition_to_result(ask: Ask, server: Served, invoice_id: str) -> None:
    definition = {"tasks": [{"id": "find", "type": "entity_extraction", "config": {"entities": ["due_date"]}}]}
    workflow = ask(server.url, lambda client: client.workflows.create("Dates", definition)).workflow_id
    started = ask(server.url, lambda client: client.workflows.execute(workflow, invoice_id, parameters={"a": 1}))
    states: list[Any] = []
    ended = ask(
        server.url,
        lambda client: client.workflows.wait(workflow, started.execution_id, on_state=states.append),
    )
    assert ended == states[-1]
    assert [entity.value_normalized for entity in ended.entities] == ["2026-04-11"]
    assert ended.tasks[0].status == "completed"
    changed = ask(server.url, lambda client: client.workflows.change(workflow, name="Days", status="inactive"))
    assert (changed.name, changed.status) == ("Days", "inactive")
    with pytest.raises(NotCancellable):
        ask(server.url, lambda client: client.runs.cancel(started.execution_id))


def test_extract_is_one_call(ask: Ask, server: Served, tmp_path: Path) -> None:
    path = tmp_path / "invoice.pdf"
    path.write_bytes(sample_invoice())
    found = ask(server.url, lambda client: client.extract(path, fields=["due_date", "line_items", "nothing"]))
    assert found.values["due_date"] == "2026-04-11"
    assert found.values["line_items"][3]["amount"] == "225.00"
    assert found.missing == ("nothing",)
    fitting = ask(server.url, lambda client: client.extract(path, schema=DUE))
    assert fitting.values == {"due_date": "2026-04-11"}
    assert fitting.leaves["/due_date"].spans[0].quote == "11 April 2026"
    assert fitting.run.metrics.page_count == 1


def test_extract_says_why_it_could_not(ask: Ask, server: Served) -> None:
    with pytest.raises((DocumentFailed, EvidocApiError)) as damaged:
        ask(server.url, lambda client: client.extract(sample_invoice()[:500], filename="a.pdf"))
    assert damaged.value.code == "document_damaged"
    with pytest.raises((RunFailed, EvidocApiError)) as unfit:
        ask(
            server.url,
            lambda client: client.extract(sample_invoice(), filename="a.pdf", schema=DUE | {"required": ["colour"]}),
        )
    assert "colour" in unfit.value.message
    with pytest.raises(ValueError, match="not both"):
        ask(server.url, lambda client: client.extract(b"a", fields=["a"], schema=DUE))


def test_a_flow_is_checked_published_and_run_by_version(ask: Ask, server: Served) -> None:
    slug = f"due-dates-{ask.__name__}"
    checked = ask(server.url, lambda client: client.flows.validate({"version": "9", "steps": []}))
    assert not checked.valid
    assert checked.errors[0].message
    first = ask(server.url, lambda client: client.flows.publish(FLOW, name="Due dates", slug=slug))
    widened = json.loads(json.dumps(FLOW).replace('"due_date"', '"invoice_date"'))
    second = ask(server.url, lambda client: client.flows.publish(widened, name="Dates", slug=slug))
    assert (first.version, second.version, first.id) == ("1", "2", second.id)
    with pytest.raises(InvalidRequest) as refusal:
        ask(server.url, lambda client: client.flows.publish({"version": "1.0.0", "steps": 5}, name="No"))
    assert refusal.value.faults
    details = ask(server.url, lambda client: client.flows.get(slug))
    assert details.versions == ("2", "1")
    assert details.config["estimatedCreditsPerPage"] >= 1
    assert ask(server.url, lambda client: client.flows.definition(slug, version="1")).definition == FLOW
    for version, output in (("1", {"due_date": "2026-04-11"}), (None, {"invoice_date": "2026-03-12"})):
        run = ask(
            server.url,
            lambda client, version=version: client.flows.run_and_wait(
                slug, sample_invoice(), filename="a.pdf", version=version, metadata={"for": "Ann"}
            ),
        )
        assert (run.output, run.metadata) == (output, {"for": "Ann"})
    assert "invoice-extractor" in {flow.id for flow in ask(server.url, lambda client: client.flows.list())}


def test_a_run_is_followed_to_its_end(ask: Ask, server: Served) -> None:
    started = ask(server.url, lambda client: client.flows.run("invoice-extractor", sample_invoice(), filename="a.pdf"))
    states = ask(server.url, lambda client: client.runs.follow(started.id, include=("artifacts",)))
    assert states[-1].status == "completed"
    assert states[-1].evidence["/totalAmount"].value_raw == "EUR 5,161.20"
    shares = [state.progress.percentage for state in states if state.progress]
    assert shares == sorted(shares)


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, str, str]]:
    """A server that wants keys and may reach this machine: one that reads, one that writes."""
    with serving(tmp_path_factory.mktemp("locked") / "data", allowed_hosts="127.0.0.1") as served:
        yield served, served.make_key("reader", "--scope", "read"), served.make_key("writer")


def test_a_key_says_who_is_asking(ask: Ask, locked: tuple[Served, str, str]) -> None:
    served, reading, writing = locked
    with pytest.raises(Unauthorized):
        ask(served.url, lambda client: client.documents.get("doc_1"), api_key="")
    with pytest.raises(Forbidden):
        ask(served.url, lambda client: client.documents.upload(b"a", filename="a.txt"), api_key=reading)
    made = ask(served.url, lambda client: client.documents.upload(b"a", filename="a.txt"), api_key=writing)
    assert ask(served.url, lambda client: client.documents.get(made.document_id), api_key=reading).size == 1
    ask(served.url, lambda client: client.documents.delete(made.document_id), api_key=writing)
    with pytest.raises(DocumentNotFound):
        ask(served.url, lambda client: client.documents.delete(made.document_id), api_key=writing)


@pytest.fixture
def receiver() -> Iterator[tuple[str, "Queue[tuple[bytes, dict[str, str]]]"]]:
    """Somewhere that webhooks reach, and what came."""
    came: Queue[tuple[bytes, dict[str, str]]] = Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            came.put((self.rfile.read(int(self.headers["Content-Length"])), dict(self.headers.items())))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Says nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/hook", came
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("secret", ["a secret of mine", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])
def test_a_real_message_verifies_and_is_in_the_log(
    locked: tuple[Served, str, str], receiver: tuple[str, "Queue[tuple[bytes, dict[str, str]]]"], secret: str
) -> None:
    (served, _, writing), (url, came) = locked, receiver
    with Client(served.url, writing) as client:
        run = client.flows.run("invoice-extractor", sample_invoice(), filename="a.pdf", webhook_url=url,
                               webhook_secret=secret)  # fmt: skip
        body, headers = came.get(timeout=PATIENCE)
        event = verify_webhook(body, headers, secret)
        assert (event.event, event.run.id) == ("execution.completed", run.id)
        assert event.run.output["invoiceNumber"] == "LI-2026-0417"
        only_doclo = {name: value for name, value in headers.items() if not name.lower().startswith("webhook-")}
        assert verify_webhook(body, only_doclo, secret).run.id == run.id
        (delivery,) = client.deliveries.list(run_id=run.id)
        assert delivery.id == event.id
        assert client.deliveries.replay(delivery.id).id == event.id
        again, headers = came.get(timeout=PATIENCE)
        assert verify_webhook(again, headers, secret).id == event.id
        assert client.deliveries.get(delivery.id).log[0].status == 204


def test_a_run_is_cancelled_once_also_where_the_answer_is_lost(ask: Ask, way: Way) -> None:
    long = b"A long letter indeed. " * 100_000
    started = ask(way.url, lambda client: client.flows.run("invoice-extractor", long, filename="a.txt"))
    way.break_down(UNANSWERED)
    cancelled = ask(way.url, lambda client: client.runs.cancel(started.id))
    assert cancelled.status == "cancelled"
    assert [method for method, *_ in way.seen] == ["POST", "POST", "GET"]
    with pytest.raises(AlreadyCancelled):
        ask(way.url, lambda client: client.runs.cancel(started.id))
