"""Flows of the public format run to the end that their author was promised."""

from typing import Any

import pytest

from evidoc.kernel.errors import UnsupportedDocument
from evidoc.kernel.output import ValueOutput
from evidoc.kernel.records import DocumentRecord, RunStatus, TaskStatus
from evidoc.operations.runs import RunView
from tests.flows.open_house import INVOICE_LINES, WHO, OpenHouse
from tests.flows.public_flows import (
    LETTER_LINES,
    NUMBER_AND_TOTAL,
    SECOND_INVOICE,
    conditional,
    for_each,
    public_flow,
    result_of,
    step,
    write_pages,
)

FOUND = {"invoice_number": "NW-2024-118", "total_amount": 1234.5}


@pytest.fixture(scope="module")
def document(house: OpenHouse, tmp_path_factory: pytest.TempPathFactory) -> DocumentRecord:
    return house.upload(write_pages(tmp_path_factory.mktemp("pdf") / "invoice.pdf", INVOICE_LINES))


@pytest.fixture(scope="module")
def parcel(house: OpenHouse, tmp_path_factory: pytest.TempPathFactory) -> DocumentRecord:
    """An invoice, a letter and another invoice in one file."""
    path = tmp_path_factory.mktemp("pdf") / "parcel.pdf"
    return house.upload(write_pages(path, INVOICE_LINES, LETTER_LINES, SECOND_INVOICE))


def run(house: OpenHouse, flow: dict[str, Any], document: DocumentRecord, **variables: Any) -> RunView:
    record, _ = house.flows.publish(WHO, flow, name="A flow")
    return house.ended(house.runs.start(WHO, record.flow_id, document.document_id, variables).run)


def extract(name: str = "extract", **config: Any) -> dict[str, Any]:
    return step(name, "extract", schema=NUMBER_AND_TOTAL, **config)


def says(output: ValueOutput, pointer: str, quote: str) -> bool:
    """Whether the leaf at this pointer has evidence with this quote."""
    return quote in [piece.quote for piece in output.leaves[pointer].evidence]


def test_steps_one_after_the_other_give_what_the_last_one_gives(house: OpenHouse, document: DocumentRecord) -> None:
    view = run(house, public_flow(step("parse", "parse", providerRef="any"), extract()), document)
    output = result_of(view)
    assert output.value == FOUND
    assert says(output, "/invoice_number", "NW-2024-118")


def test_a_flow_without_steps_gives_an_empty_output(house: OpenHouse, document: DocumentRecord) -> None:
    assert result_of(run(house, public_flow(), document)).value == {}


def test_only_the_branch_of_the_documents_category_runs(house: OpenHouse, document: DocumentRecord) -> None:
    flow = public_flow(
        conditional(
            "route",
            invoice=public_flow(extract()),
            letter=public_flow(extract("never")),
        ),
        step("all", "output", name="found", source="route"),
    )
    view = run(house, flow, document)
    assert view.record.status is RunStatus.COMPLETED
    assert {record.task_id: record.status for record, _ in view.tasks} == {
        "route.category": TaskStatus.COMPLETED,
        "route.invoice.extract": TaskStatus.COMPLETED,
        "route.letter.never": TaskStatus.SKIPPED,
        "route": TaskStatus.COMPLETED,
        "all": TaskStatus.COMPLETED,
        "result": TaskStatus.COMPLETED,
    }
    output = result_of(view)
    assert output.value == {"found": FOUND}
    assert says(output, "/found/invoice_number", "NW-2024-118")


def test_conditionals_nest_and_what_lies_under_an_untaken_branch_is_left_out(
    house: OpenHouse, document: DocumentRecord
) -> None:
    inner = conditional("inner", invoice=public_flow(step("parse", "parse")), letter=public_flow())
    flow = public_flow(
        conditional("outer", letter=public_flow(inner, step("o", "output")), invoice=public_flow(extract("x")))
    )
    view = run(house, flow, document)
    assert result_of(view).value == FOUND
    left_out = {record.task_id for record, _ in view.tasks if record.status is TaskStatus.SKIPPED}
    assert left_out == {
        "outer.letter.inner.category",
        "outer.letter.inner.invoice.parse",
        "outer.letter.inner.letter.result",
        "outer.letter.inner",
        "outer.letter.o",
    }


def test_a_flow_runs_on_each_section_and_one_failure_keeps_nothing_from_the_others(
    house: OpenHouse, parcel: DocumentRecord
) -> None:
    strict = NUMBER_AND_TOTAL | {"required": ["invoice_number"]}
    flow = public_flow(for_each("each", ["invoice", "letter"], public_flow(step("x", "extract", schema=strict))))
    view = run(house, flow, parcel)
    output = result_of(view)
    items = output.value["items"]
    assert [(item["section"]["first_page"], item["status"]) for item in items] == [
        (1, "completed"),
        (2, "failed"),
        (3, "completed"),
    ]
    assert [item.get("output", {}).get("invoice_number") for item in items] == ["NW-2024-118", None, "NW-2024-119"]
    assert items[1]["error"]["code"] == "output_unfit"
    (piece,) = output.leaves["/items/2/output/invoice_number"].evidence
    assert (piece.page_index, piece.quote) == (2, "NW-2024-119")
    children = house.runs.children(WHO, view.record.run_id)
    assert [(child.pages, child.depth) for child in children] == [((0, 0), 1), ((1, 1), 1), ((2, 2), 1)]
    assert [child.run_id for child in children] == [item["run_id"] for item in items]


@pytest.mark.parametrize(
    ("strategy", "wanted", "pointer"),
    [
        ("merge", "NW-2024-119", "/invoice_number"),
        ("first", "NW-2024-118", "/invoice_number"),
        ("last", "NW-2024-119", "/invoice_number"),
        ("concatenate", "NW-2024-119", "/2/invoice_number"),
    ],
)
def test_what_each_section_gave_is_combined(
    house: OpenHouse, parcel: DocumentRecord, strategy: str, wanted: str, pointer: str
) -> None:
    flow = public_flow(
        for_each("each", ["invoice", "letter"], public_flow(extract())), step("all", "combine", strategy=strategy)
    )
    output = result_of(run(house, flow, parcel))
    assert says(output, pointer, wanted)
    if strategy == "concatenate":
        assert [item.get("invoice_number") for item in output.value] == ["NW-2024-118", None, "NW-2024-119"]
    else:
        assert output.value["invoice_number"] == wanted


def test_outputs_are_given_by_name(house: OpenHouse, document: DocumentRecord) -> None:
    flow = public_flow(
        step("kind", "categorize", categories=["invoice", "letter"]),
        extract(),
        step("only", "output", name="total", source="extract", transform="pick", fields=["total_amount", "absent"]),
        step("both", "output", name="all", source=["extract", "kind"], transform="merge"),
        step("last", "output", source=["kind", "extract"], transform="last"),
    )
    output = result_of(run(house, flow, document))
    assert output.value["total"] == {"total_amount": 1234.5}
    assert output.value["all"]["category"] == "invoice"
    assert output.value["all"]["invoice_number"] == "NW-2024-118"
    assert output.value["last"] == FOUND
    assert {"/total/total_amount", "/all/invoice_number", "/last/total_amount"} <= set(output.leaves)


def test_a_document_that_the_flow_does_not_take_is_refused_before_it_runs(
    house: OpenHouse, document: DocumentRecord
) -> None:
    images = {"acceptedFormats": ["png", "image/jpeg"]}
    with pytest.raises(UnsupportedDocument) as caught:
        run(house, public_flow(extract(), inputValidation=images), document)
    assert caught.value.facts["supported"] == ["image/png", "image/jpeg"]
    lenient = public_flow(extract(), inputValidation=images | {"throwOnInvalid": False})
    assert result_of(run(house, lenient, document)).value == FOUND
    assert result_of(run(house, public_flow(extract(), inputValidation={"acceptedFormats": ["pdf"]}), document))
