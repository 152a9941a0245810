"""Every task type keeps the promise and stands on its page."""

from pathlib import Path

import pytest

from evidoc.flows.task import TASK_TYPES, task_types

PAGE = (Path(__file__).parents[2] / "docs" / "workflows.md").read_text()


@pytest.mark.parametrize("kind", TASK_TYPES)
def test_a_task_type_and_each_of_its_options_is_described(kind: str) -> None:
    (line,) = (line for line in PAGE.splitlines() if line.startswith(f"| `{kind}` |"))
    for option in task_types().get(kind).options:
        assert f"`{option}`" in line
