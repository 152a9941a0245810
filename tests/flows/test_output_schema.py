"""What a flow will give is told before it runs, and what it gives then fits that."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from evidoc.flows.output_schema import MOST_BYTES, definition_schema
from evidoc.kernel.records import DocumentRecord
from tests.flows.open_house import INVOICE_LINES, WHO, OpenHouse, task
from tests.flows.public_flows import (
    LETTER_LINES,
    NUMBER_AND_TOTAL,
    conditional,
    for_each,
    public_flow,
    result_of,
    step,
    write_pages,
)

EXTRACT = step("x", "extract", schema=NUMBER_AND_TOTAL)
OTHER = step("y", "extract", schema={"type": "object", "properties": {"date": {"type": "string"}}})
TOTAL = NUMBER_AND_TOTAL["properties"]["total_amount"]


@pytest.fixture(scope="module")
def document(house: OpenHouse, tmp_path_factory: pytest.TempPathFactory) -> DocumentRecord:
    path: Path = tmp_path_factory.mktemp("pdf") / "two.pdf"
    return house.upload(write_pages(path, INVOICE_LINES, LETTER_LINES))


@pytest.mark.parametrize(
    ("steps", "wanted"),
    [
        ([], {"type": "object", "properties": {}}),
        ([EXTRACT], NUMBER_AND_TOTAL),
        ([EXTRACT, step("o", "output", name="found")], {"type": "object", "properties": {"found": NUMBER_AND_TOTAL}}),
        (
            [EXTRACT, step("o", "output", transform="pick", fields=["total_amount", "z"])],
            {"type": "object", "properties": {"total_amount": TOTAL, "z": {}}},
        ),
        ([conditional("c", invoice=public_flow(EXTRACT), letter=public_flow(EXTRACT))], NUMBER_AND_TOTAL),
        (
            [conditional("c", invoice=public_flow(EXTRACT), letter=public_flow(OTHER))],
            {"anyOf": [NUMBER_AND_TOTAL, OTHER["config"]["schema"]]},
        ),
        (
            [EXTRACT, step("k", "categorize", categories=["a"]), step("o", "output", source=["x", "k"])],
            {"type": "array"},
        ),
        ([step("t", "trigger", flowRef="invoice-extractor")], {}),
    ],
)
def test_the_output_is_told_before_and_fits(
    house: OpenHouse, document: DocumentRecord, steps: list[Any], wanted: Any
) -> None:
    record, _ = house.flows.publish(WHO, public_flow(*steps), name="A flow")
    schema = definition_schema(record.definition)
    assert schema == wanted
    view = house.ended(house.runs.start(WHO, record.flow_id, document.document_id).run)
    Draft202012Validator(schema).validate(result_of(view).value)


def test_what_a_flow_for_each_section_gives_is_told_too(house: OpenHouse, document: DocumentRecord) -> None:
    flow = public_flow(for_each("e", ["invoice", "letter"], public_flow(EXTRACT)))
    record, _ = house.flows.publish(WHO, flow, name="A flow")
    schema = definition_schema(record.definition)
    item = schema["properties"]["items"]["items"]
    assert item["properties"]["output"] == NUMBER_AND_TOTAL
    view = house.ended(house.runs.start(WHO, record.flow_id, document.document_id).run)
    Draft202012Validator(schema).validate(result_of(view).value)


@pytest.mark.parametrize("kind", ["join", "output"])
def test_tasks_that_hand_on_each_others_values_are_told_up_to_a_size(kind: str) -> None:
    tasks = [task("t0", "extract", schema=NUMBER_AND_TOTAL), task("t1", "output", "t0", **{"from": ["t0"]})]
    for number in range(2, 100):
        one, other = f"t{number - 1}", f"t{number - 2}"
        given: dict[str, Any] = {"from": [one, other]} if kind == "join" else {"members": {"a": one, "b": other}}
        tasks.append(task(f"t{number}", kind, one, other, **given))
    assert len(json.dumps(definition_schema({"tasks": tasks}))) <= MOST_BYTES
