"""What becomes of a task: it runs, it is skipped because something failed, or it is left out since it is not wanted."""

from typing import Any

import pytest

from evidoc.flows.conditions import Fate, chosen, fate_of
from evidoc.flows.graph import Condition, RetryPolicy, TaskSpec
from evidoc.kernel.classification import Classification
from evidoc.kernel.output import ClassificationOutput, TextOutput

DONE: dict[str, Any] = {"status": "completed"}
FAILED: dict[str, Any] = {"status": "failed", "code": "x", "message": "x"}
SKIPPED: dict[str, Any] = {"status": "skipped"}
LEFT_OUT: dict[str, Any] = {"status": "skipped", "passed": True}

LETTER = ClassificationOutput((Classification("letter", 0.9), Classification("invoice", 0.1)))


def spec(*depends_on: str, needs: str = "all", when: Condition | None = None) -> TaskSpec:
    return TaskSpec("t", "output", depends_on, {}, RetryPolicy(), when, needs)


@pytest.mark.parametrize(
    ("states", "needs", "fate"),
    [
        ([], "all", Fate.RUN),
        ([], "any", Fate.RUN),
        ([DONE, DONE], "all", Fate.RUN),
        ([DONE, FAILED], "all", Fate.SKIP),
        ([DONE, FAILED], "any", Fate.SKIP),
        ([SKIPPED, LEFT_OUT], "all", Fate.SKIP),
        ([DONE, LEFT_OUT], "all", Fate.LEAVE_OUT),
        ([DONE, LEFT_OUT], "any", Fate.RUN),
        ([LEFT_OUT, LEFT_OUT], "any", Fate.LEAVE_OUT),
    ],
)
def test_what_came_before_decides(states: list[dict[str, Any]], needs: str, fate: Fate) -> None:
    names = [f"b{number}" for number in range(len(states))]
    assert fate_of(spec(*names, needs=needs), dict(zip(names, states, strict=True)), {}) is fate


def test_then_the_condition_decides() -> None:
    for categories, fate in ((("invoice", "letter"), Fate.RUN), (("invoice",), Fate.LEAVE_OUT)):
        task = spec("kind", when=Condition("kind", categories))
        assert fate_of(task, {"kind": DONE}, {"kind": LETTER}) is fate
    erased = spec("kind", when=Condition("kind", ("letter",)))
    assert fate_of(erased, {"kind": DONE}, {}) is Fate.LEAVE_OUT


def test_the_likeliest_category_is_the_chosen_one() -> None:
    assert chosen(LETTER) == "letter"
    assert chosen(ClassificationOutput(())) is None
    assert chosen(TextOutput("text", 1)) is None
    assert chosen(None) is None
