"""A decision comes back from JSON as it was, but for the candidates that nobody will look at."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidoc.kernel.classification import Classification
from evidoc.kernel.decision import Decision, Verdict
from evidoc.kernel.decision_codec import KEPT_CANDIDATES, decisions_from_json, decisions_to_json
from evidoc.kernel.finding import AttachmentSource, Candidate, Evidence, Feature, FeatureType, Finding, Value
from evidoc.kernel.output import (
    ClassificationOutput,
    DecisionsOutput,
    FoundTable,
    RowOutput,
    SummaryOutput,
    TableCell,
    TablesOutput,
    TaskOutput,
    TextOutput,
    TextPage,
    output_from_json,
    output_to_json,
)
from evidoc.kernel.reading import Box
from evidoc.kernel.summary import Summary

numbers = st.floats(-1e6, 1e6)
names = st.text(max_size=20)
boxes = st.builds(Box, numbers, numbers, numbers, numbers)
evidence = st.builds(Evidence, st.integers(0), st.integers(0), st.integers(0), names, boxes, names)
sources = st.builds(AttachmentSource, names, names, names)
values = st.builds(
    Value, names, names, names, st.lists(evidence, max_size=2).map(tuple), st.none() | names, st.none() | sources
)
candidates = st.builds(
    Candidate,
    names,
    values,
    numbers,
    names,
    st.floats(0, 1),
    st.lists(st.dictionaries(names, values, max_size=2), max_size=2).map(tuple),
    st.dictionaries(names, numbers, max_size=2),
)
features = st.builds(
    Feature,
    names,
    st.sampled_from(FeatureType),
    st.lists(names, max_size=2).map(tuple),
    names,
    st.none() | names,
    st.lists(names, max_size=2).map(tuple),
    st.booleans(),
)


def decisions(most: int) -> st.SearchStrategy[Decision]:
    few = st.lists(candidates, max_size=most).map(tuple)
    findings = st.builds(Finding, features, few)
    return st.builds(Decision, names, st.sampled_from(Verdict), findings, few, st.lists(names, max_size=2).map(tuple))


def through_json(value: Any) -> Any:
    return json.loads(json.dumps(value))


@settings(max_examples=30, deadline=None)
@given(st.lists(decisions(KEPT_CANDIDATES), max_size=2).map(tuple))
def test_decisions_come_back_as_they_were(given_decisions: tuple[Decision, ...]) -> None:
    assert decisions_from_json(through_json(decisions_to_json(given_decisions))) == given_decisions


@settings(max_examples=30, deadline=None)
@given(decisions(KEPT_CANDIDATES + 3))
def test_what_was_selected_is_whole_and_the_best_candidates_are_kept(decision: Decision) -> None:
    (found,) = decisions_from_json(through_json(decisions_to_json([decision])))
    assert found.selected == decision.selected
    assert found.finding.candidates == decision.finding.candidates[:KEPT_CANDIDATES]


@pytest.mark.parametrize("value", [{}, {"verdict": "keep"}, [], None, {"decision_id": 1, "verdict": "perhaps"}])
def test_anything_else_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"decision|Verdict"):
        decisions_from_json([value])


SPAN = Evidence(0, 2, 7, "total", Box(1, 2, 3, 4), "ocr")
OUTPUTS: dict[str, Callable[[], TaskOutput]] = {
    "text": lambda: TextOutput("json", 2, (TextPage(0, "a\nb", "ocr"),), "", True),
    "tables": lambda: TablesOutput(
        (FoundTable(1, 1, 2, Box(0, 0, 9, 9), (TableCell(0, 1, "x", Box(1, 1, 2, 2), 1, 2, True),), True),), True
    ),
    "decisions": lambda: DecisionsOutput(
        (Decision("d", Verdict.MISSING, Finding(Feature("x", FeatureType.DATE), ()), (), ("no_candidate",)),)
    ),
    "classifications": lambda: ClassificationOutput((Classification("invoice", 0.75),)),
    "summary": lambda: SummaryOutput(Summary((SPAN,), (SPAN, SPAN)), "bullets"),
    "row": lambda: RowOutput("default_database", "invoices", {"total": "1.00", "date": None}),
}


@pytest.mark.parametrize("kind", OUTPUTS)
def test_the_output_of_every_task_comes_back_as_it_was(kind: str) -> None:
    output = OUTPUTS[kind]()
    kept = through_json(output_to_json(output))
    assert kept["kind"] == kind
    assert output_from_json(kept) == output


@pytest.mark.parametrize("value", [{}, {"kind": "poem"}, {"kind": "row"}])
def test_what_is_no_output_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="output"):
        output_from_json(value)
