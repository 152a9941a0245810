"""Whatever flow is published runs to an end, on a real engine and a real document."""

from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings

from evidoc.kernel.records import DocumentRecord, RunStatus, TaskStatus
from tests.flows.open_house import INVOICE_LINES, WHO, OpenHouse
from tests.flows.public_flows import LETTER_LINES, public_flow, result_of, step, write_pages
from tests.flows.random_flows import OTHER, flows


@pytest.fixture(scope="module")
def document(house: OpenHouse, tmp_path_factory: pytest.TempPathFactory) -> DocumentRecord:
    path = tmp_path_factory.mktemp("pdf") / "two.pdf"
    return house.upload(write_pages(path, INVOICE_LINES, LETTER_LINES))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(flows())
def test_a_published_flow_runs_to_its_end(house: OpenHouse, document: DocumentRecord, flow: dict[str, Any]) -> None:
    house.flows.publish(WHO, public_flow(step("o", "output")), slug=OTHER)
    assume(house.flows.check(WHO, flow).valid)
    record, _ = house.flows.publish(WHO, flow, name="A flow")
    view = house.ended(house.runs.start(WHO, record.flow_id, document.document_id).run)
    assert view.record.status is RunStatus.COMPLETED, view.record.failure
    assert {task.status for task, _ in view.tasks} <= {TaskStatus.COMPLETED, TaskStatus.SKIPPED}
    result_of(view)
    for child in house.runs.children(WHO, view.record.run_id):
        assert child.status is RunStatus.COMPLETED
