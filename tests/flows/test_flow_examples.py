"""The examples on the page about flows are published and run as they stand there."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from evidoc.flows.notations.configs import CONFIGS
from evidoc.kernel.records import DocumentRecord
from tests.flows.open_house import INVOICE_LINES, WHO, OpenHouse
from tests.flows.public_flows import LETTER_LINES, result_of, write_pages

PAGE = (Path(__file__).parents[2] / "docs" / "flows.md").read_text()
EXAMPLES = re.findall(r"```json slug=(\S+)\n(.*?)```", PAGE, re.DOTALL)

WANTED: dict[str, Any] = {
    "invoice-numbers": {"invoice_number": "NW-2024-118", "total_amount": 1234.5},
    "with-schema": {"invoice_date": "2024-03-05", "invoice_number": "NW-2024-118", "total_amount": 1234.5},
}


@pytest.fixture(scope="module")
def document(house: OpenHouse, tmp_path_factory: pytest.TempPathFactory) -> DocumentRecord:
    """An invoice and a letter in one file."""
    path = tmp_path_factory.mktemp("pdf") / "post.pdf"
    return house.upload(write_pages(path, INVOICE_LINES, LETTER_LINES))


def test_every_example_runs(house: OpenHouse, document: DocumentRecord) -> None:
    outputs = {}
    for slug, text in EXAMPLES:
        record, checked = house.flows.publish(WHO, json.loads(text), slug=slug)
        assert checked.warnings == ()
        outputs[slug] = result_of(house.ended(house.runs.start(WHO, record.flow_id, document.document_id).run)).value
    assert set(outputs) == {"invoice-numbers", "by-kind", "post", "with-schema"}
    for slug, wanted in WANTED.items():
        assert outputs[slug] == wanted
    assert set(outputs["by-kind"]) == {"document"}
    invoice, letter = outputs["post"]
    assert invoice["document"]["invoiceNumber"] == "NW-2024-118"
    assert "summer party" in letter["document"]["text"]


@pytest.mark.parametrize("kind", CONFIGS)
def test_every_kind_of_node_and_each_of_its_options_is_described(kind: str) -> None:
    (line,) = (line for line in PAGE.splitlines() if line.startswith(f"| `{kind}` |"))
    everywhere = {"providerRef", "consensus", "maxTokens", "reasoning"}
    unused = {"describeFigures", "includeImages", "citations", "chunked", "schemas", "schemaRef", "promptRef"}
    unused |= {"providerOverrides", "mergeMetrics"}
    for option in set(CONFIGS[kind]) - everywhere - unused:
        assert f"`{option}`" in line
