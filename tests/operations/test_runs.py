"""Runs on files of their own: all or nothing; what they cost, whom they tell, how they are cancelled."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from reportlab.pdfgen.canvas import Canvas

from evidoc.flows.commit import commit_run
from evidoc.kernel import clock
from evidoc.kernel.errors import (
    DocumentEmpty,
    DocumentTooComplex,
    FlowInactive,
    FlowNotFound,
    InsufficientCredits,
    RunAlreadyCancelled,
    RunCancelled,
    RunNotCancellable,
    UnsupportedDocument,
    VersionNotFound,
)
from evidoc.kernel.ids import new_id
from evidoc.kernel.principal import Principal, Scope
from evidoc.kernel.records import (
    DocumentStatus,
    FlowRecord,
    Organisation,
    RunRecord,
    RunStatus,
    TaskStatus,
    Webhook,
)
from tests.flows import own_tasks
from tests.flows.open_house import PATIENCE, WHO, OpenHouse, task
from tests.receiving.build import huge_png

PARSE = {"tasks": [task("parse", "document_parser")]}
HOOK = Webhook("https://hooks.example.org/runs", "doclo", b"whsec_of_the_caller")


@pytest.fixture
def two_pages(tmp_path: Path) -> Path:
    canvas = Canvas(str(tmp_path / "two.pdf"), invariant=1)
    for number in (1, 2):
        canvas.drawString(60, 700, f"Page {number}")
        canvas.showPage()
    canvas.save()
    return tmp_path / "two.pdf"


@pytest.fixture
def payer(house: OpenHouse) -> Principal:
    """Somebody of an organisation with a limit and no credits yet."""
    org_id = new_id("org")
    house.house.store.organisations.add(Organisation(org_id, "Payer", clock.now()))
    house.house.store.credits.set_limited(org_id, True)
    return Principal(org_id, frozenset(Scope))


def balance(house: OpenHouse, who: Principal) -> tuple[int, int]:
    account = house.house.store.organisations.get(who.org_id)
    return account.credits, account.held


def ended(house: OpenHouse, who: Principal, run: RunRecord) -> RunRecord:
    return house.runs.wait(who, run.run_id, PATIENCE)


def left(house: OpenHouse, who: Principal) -> tuple[int, int, int]:
    """How many documents and runs there are, and files on the disk."""
    files = [path for path in house.house.store._blobs._root.rglob("*") if path.is_file()]
    return house.documents.list(who).total, house.runs.list(who, None).total, len(files)


def test_a_run_on_a_file_keeps_the_document_and_processes_it_after_the_run(house: OpenHouse, two_pages: Path) -> None:
    flow = house.flows.create(WHO, "on a file", "", PARSE)
    run = house.runs.start_on(WHO, flow.flow_id, two_pages, "two.pdf", metadata={"order": 7}).run
    record = house.ended(run).record
    assert (record.status, record.page_count, record.metadata, record.flow_version) == (
        RunStatus.COMPLETED,
        2,
        {"order": 7},
        1,
    )
    document = house.processing.wait(WHO.org_id, run.document_id, PATIENCE)
    assert (document.status, document.run_id, document.name) == (DocumentStatus.PROCESSED, run.run_id, "two.pdf")


@pytest.mark.parametrize(
    ("content", "name", "error"),
    [
        (lambda: b"", "a.pdf", DocumentEmpty),
        (lambda: b"\x00\x01\x02" * 99, "a.bin", UnsupportedDocument),
        (lambda: huge_png(60_000, 60_000), "a.png", DocumentTooComplex),
    ],
)
def test_a_file_that_is_refused_leaves_nothing(
    house: OpenHouse, tmp_path: Path, content: Callable[[], bytes], name: str, error: type[Exception]
) -> None:
    flow = house.flows.create(WHO, "refuses", "", PARSE)
    before = left(house, WHO)
    (tmp_path / "upload").write_bytes(content())
    with pytest.raises(error):
        house.runs.start_on(WHO, flow.flow_id, tmp_path / "upload", name)
    assert left(house, WHO) == before


def test_a_run_that_is_refused_leaves_no_document(house: OpenHouse, two_pages: Path, payer: Principal) -> None:
    asleep = house.flows.create(payer, "asleep", "", PARSE)
    house.flows.deactivate(payer, asleep.flow_id)
    awake = house.flows.create(payer, "awake", "", PARSE)
    before = left(house, payer)
    for flow_id, version, error in (
        ("wf_none", None, FlowNotFound),
        (asleep.flow_id, None, FlowInactive),
        (awake.flow_id, 9, VersionNotFound),
        (awake.flow_id, None, InsufficientCredits),
    ):
        with pytest.raises(error):
            house.runs.start_on(payer, flow_id, two_pages, "two.pdf", version=version)
        assert left(house, payer) == before
    assert balance(house, payer) == (0, 0)


def test_a_run_costs_its_pages_once_it_completed(house: OpenHouse, two_pages: Path, payer: Principal) -> None:
    house.house.store.credits.grant(payer.org_id, 10)
    flow = house.flows.create(payer, "costs", "", PARSE)
    record = ended(house, payer, house.runs.start_on(payer, flow.flow_id, two_pages, "two.pdf").run)
    assert (record.status, record.credits_per_page, record.credits_used) == (RunStatus.COMPLETED, 1, 2)
    assert balance(house, payer) == (8, 0)


def test_a_failed_run_costs_nothing(house: OpenHouse, two_pages: Path, payer: Principal) -> None:
    house.house.store.credits.grant(payer.org_id, 10)
    flow = house.flows.create(payer, "fails", "", {"tasks": [task("a", "flaky", failures=9, refused=True)]})
    record = ended(house, payer, house.runs.start_on(payer, flow.flow_id, two_pages, "two.pdf").run)
    assert (record.status, record.credits_used) == (RunStatus.FAILED, 0)
    assert balance(house, payer) == (10, 0)


def test_too_few_credits_for_all_pages_end_the_run_before_its_first_task(
    house: OpenHouse, two_pages: Path, payer: Principal
) -> None:
    house.house.store.credits.grant(payer.org_id, 1)
    flow = house.flows.create(payer, "dear", "", {"tasks": [task("a", "flaky")]})
    run = house.runs.start_on(payer, flow.flow_id, two_pages, "two.pdf").run
    assert balance(house, payer) == (1, 1)
    record = ended(house, payer, run)
    assert record.failure is not None
    assert (record.status, record.failure.code) == (RunStatus.FAILED, "insufficient_credits")
    assert own_tasks.tries[f"{run.run_id} a"] == 0
    assert balance(house, payer) == (1, 0)


def test_a_version_that_is_named_is_run_and_recorded(house: OpenHouse, two_pages: Path) -> None:
    flow = house.flows.create(WHO, "versions", "", {"tasks": [task("old", "flaky")]})
    house.flows.update(WHO, flow.flow_id, definition={"tasks": [task("new", "flaky")]})
    old = house.runs.start_on(WHO, flow.flow_id, two_pages, "two.pdf", version=1).run
    new = house.runs.start(WHO, flow.flow_id, old.document_id).run
    for run, version, name in ((old, 1, "old"), (new, 2, "new")):
        view = house.ended(run)
        assert view.record.flow_version == version
        assert [record.task_id for record, _ in view.tasks] == [name]


def test_the_end_of_a_run_and_the_message_about_it_are_kept_together(
    house: OpenHouse, two_pages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = house.house.store
    flow = house.flows.create(WHO, "tells", "", {"tasks": [task("a", "flaky", failures=9, refused=True)]})
    monkeypatch.setattr(house.house.fetcher, "check", lambda url: None)
    run = house.runs.start_on(WHO, flow.flow_id, two_pages, "two.pdf", webhook=HOOK).run
    record = house.ended(run).record
    assert record.webhook is not None
    assert record.webhook.secret != HOOK.secret
    assert store.unseal(record.webhook.secret or b"") == HOOK.secret
    (delivery,) = store.deliveries.list(WHO.org_id, 10, 0, run_id=run.run_id).items
    assert (delivery.event, delivery.webhook) == ("run.failed", record.webhook)


def test_a_strict_cancel_says_why_it_changes_nothing(house: OpenHouse, two_pages: Path) -> None:
    flow = house.flows.create(WHO, "strict", "", {"tasks": [task("a", "flaky")]})
    done = house.runs.start_on(WHO, flow.flow_id, two_pages, "two.pdf").run
    house.ended(done)
    with pytest.raises(RunNotCancellable):
        house.runs.cancel(WHO, done.run_id, strict=True)
    reached, let_go = own_tasks.hold("strict")
    held = house.start({"tasks": [task("a", "held", name="strict")]}, house.documents.get(WHO, done.document_id).record)
    assert reached.wait(PATIENCE)
    assert house.runs.cancel(WHO, held.run_id, strict=True).status is RunStatus.CANCELLED
    with pytest.raises(RunAlreadyCancelled):
        house.runs.cancel(WHO, held.run_id, strict=True)
    assert house.runs.cancel(WHO, held.run_id).status is RunStatus.CANCELLED
    let_go.set()


def test_the_document_of_a_run_that_is_cancelled_unread_ends_with_it(house: OpenHouse, two_pages: Path) -> None:
    flow = house.flows.create(WHO, "unread", "", PARSE)
    run = committed(house, flow, two_pages)
    house.runs.cancel(WHO, run.run_id)
    document = house.documents.get(WHO, run.document_id).record
    assert document.failure is not None
    assert (document.status, document.failure.code) == (DocumentStatus.FAILED, "run_cancelled")


def test_cancelling_a_run_cancels_those_that_its_tasks_started(house: OpenHouse, two_pages: Path) -> None:
    store = house.house.store
    flow = house.flows.create(WHO, "family", "", PARSE)
    run = committed(house, flow, two_pages)
    document = store.documents.get(WHO.org_id, run.document_id)
    with store.database.write() as on:
        child = commit_run(store, flow, document, {}, on, parent=run, pages=(0, 0))
        grandchild = commit_run(store, flow, document, {}, on, parent=child, pages=(0, 0))
    assert (grandchild.depth, grandchild.credits_per_page) == (2, 0)
    assert [one.run_id for one in house.runs.children(WHO, run.run_id)] == [child.run_id]
    house.runs.cancel(WHO, run.run_id)
    for one in (run, child, grandchild):
        assert store.runs.get(WHO.org_id, one.run_id).status is RunStatus.CANCELLED
    assert [one.run_id for one in house.runs.list(WHO, flow.flow_id).items] == [run.run_id]
    with pytest.raises(RunCancelled), store.database.write() as on:
        commit_run(store, flow, document, {}, on, parent=run)
    assert store.runs.children(WHO.org_id, run.run_id) == (store.runs.get(WHO.org_id, child.run_id),)


def test_progress_is_true_and_whole_only_at_the_end(house: OpenHouse, two_pages: Path) -> None:
    reached, let_go = own_tasks.hold("progress")
    tasks = [task("first", "flaky"), task("second", "held", "first", name="progress"), task("third", "flaky", "second")]
    flow = house.flows.create(WHO, "progress", "", {"tasks": tasks})
    run = house.runs.start_on(WHO, flow.flow_id, two_pages, "two.pdf").run
    begun = house.runs.progress(WHO, replace(run, page_count=None))
    assert begun.step in ("first", "second"), "whoever looks before the first task begins is told which it will be"
    assert begun.percentage < 100
    assert reached.wait(PATIENCE)
    progress = house.runs.progress(WHO, house.runs.record(WHO, run.run_id))
    assert (progress.step, progress.percentage) == ("second", 50)
    let_go.set()
    done = house.ended(run).record
    progress = house.runs.progress(WHO, done)
    assert (progress.step, progress.percentage) == (None, 100)


def test_a_task_that_was_under_way_when_its_run_was_cancelled_is_skipped(house: OpenHouse, two_pages: Path) -> None:
    reached, let_go = own_tasks.hold("stopped")
    tasks = [task("a", "held", name="stopped", heeds=True), task("b", "flaky", "a")]
    flow = house.flows.create(WHO, "stopped", "", {"tasks": tasks})
    run = house.runs.start_on(WHO, flow.flow_id, two_pages, "two.pdf").run
    assert reached.wait(PATIENCE)
    house.runs.cancel(WHO, run.run_id)
    let_go.set()

    def skipped() -> bool:
        return [one.status for one, _ in house.runs.get(WHO, run.run_id).tasks] == [TaskStatus.SKIPPED] * 2

    assert house.engine.wait_until(skipped, PATIENCE)


def committed(house: OpenHouse, flow: FlowRecord, path: Path) -> RunRecord:
    """A run on a file that nobody has begun: the engine is not told of it."""
    submit: Any = house.engine.submit
    house.engine.submit = lambda *order, **when: None  # type: ignore[method-assign]
    try:
        return house.runs.start_on(WHO, flow.flow_id, path, path.name).run
    finally:
        house.engine.submit = submit  # type: ignore[method-assign]
