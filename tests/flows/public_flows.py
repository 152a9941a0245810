"""Flows of the public format, and a document of several parts, for the tests of both."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from reportlab.pdfgen.canvas import Canvas

from evidoc.flows.result import final_output
from evidoc.flows.values import value_of
from evidoc.kernel.output import ValueOutput
from evidoc.operations.runs import RunView
from tests.flows.open_house import INVOICE_LINES

NUMBER_AND_TOTAL: dict[str, Any] = {
    "type": "object",
    "properties": {"invoice_number": {"type": "string"}, "total_amount": {"type": "number"}},
}

LETTER_LINES = (
    "Personal letter",
    "Dear Ms Example,",
    "thank you very much for your letter of last week. We were so glad to hear from you",
    "and we would like to invite you and your family to our summer party in the garden.",
    "Please write us a letter back whether you can come.",
    "Yours sincerely,",
    "Maria Muster",
)

SECOND_INVOICE = tuple(
    line.replace("NW-2024-118", "NW-2024-119").replace("1,234.50", "87.00") for line in INVOICE_LINES
)


def step(name: str, node: str, /, **config: Any) -> dict[str, Any]:
    """A step of one node."""
    return {"type": "step", "id": name, "nodeType": node, "config": config}


def conditional(name: str, /, **branches: Any) -> dict[str, Any]:
    """A conditional on the names of its branches."""
    return {
        "type": "conditional",
        "id": name,
        "nodeType": "categorize",
        "config": {"categories": list(branches)},
        "branches": branches,
    }


def for_each(name: str, categories: Sequence[str], item_flow: Mapping[str, Any]) -> dict[str, Any]:
    """A forEach over the sections of these categories."""
    return {
        "type": "forEach",
        "id": name,
        "nodeType": "split",
        "config": {"categories": list(categories)},
        "itemFlow": item_flow,
    }


def public_flow(*steps: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """A flow of these steps."""
    return {"version": "1.0.0", "steps": list(steps), **more}


def result_of(view: RunView) -> ValueOutput:
    """What a run gave, as a value."""
    output = final_output(view.record, {record.task_id: output for record, output in view.tasks if output is not None})
    assert output is not None, view.record.failure
    return value_of(output)


def write_pages(path: Path, *pages: Sequence[str]) -> Path:
    """A PDF with these lines on each page."""
    canvas = Canvas(str(path), pageCompression=0, invariant=1)
    for lines in pages:
        for number, line in enumerate(lines):
            canvas.drawString(60, 780 - 22 * number, line)
        canvas.showPage()
    canvas.save()
    return path
