from pathlib import Path

import pytest

from evidoc.contracts.clary.definition import EXAMPLE, SCHEMA, TASK_TYPES
from evidoc.flows.commit import graph_of
from evidoc.flows.task import TASK_TYPES as KNOWN_TYPES
from evidoc.flows.task import options_of, task_types
from evidoc.kernel.errors import InvalidRequest
from tests.contracts.clary.test_workflows import PAGE_EXAMPLE

DOCS = Path(__file__).parents[3] / "docs" / "workflows.md"


def test_the_example_is_the_pages_own_and_runs() -> None:
    assert PAGE_EXAMPLE["definition"] == EXAMPLE
    graph_of(EXAMPLE, task_types())


def test_the_description_knows_every_type() -> None:
    assert set(TASK_TYPES) == set(KNOWN_TYPES)


@pytest.mark.parametrize("kind", TASK_TYPES)
def test_every_option_of_every_task_is_documented(kind: str) -> None:
    options = options_of(task_types(), kind)
    assert options is not None
    row = next(line for line in DOCS.read_text().splitlines() if line.startswith(f"| `{kind}` |"))
    assert [name for name in options if f"`{name}`" not in row] == []


def test_the_description_allows_no_key_that_is_refused() -> None:
    """Each property of the described schema, given as null, is not refused as unknown."""
    properties = SCHEMA["properties"]
    task, trigger = properties["tasks"]["items"], properties["triggers"]["items"]
    definition = {
        **dict.fromkeys(properties),
        "tasks": [dict.fromkeys(task["properties"])],
        "triggers": [dict.fromkeys(trigger["properties"])],
        "error_handling": {"retry": dict.fromkeys(properties["error_handling"]["properties"]["retry"]["properties"])},
    }
    with pytest.raises(InvalidRequest) as caught:
        graph_of(definition, task_types())
    unknown = [detail for detail in caught.value.details if "is not known here" in detail.message]
    assert {detail.field for detail in unknown} <= {"definition.tasks[0].type"}
