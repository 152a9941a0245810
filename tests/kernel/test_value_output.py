"""A value with its leaves, and sections, come back from JSON as they went."""

import json

import pytest

from evidoc.kernel.classification import Classification
from evidoc.kernel.decision import Verdict
from evidoc.kernel.errors import Detail
from evidoc.kernel.finding import AttachmentSource, Evidence, Value
from evidoc.kernel.output import TaskOutput, output_from_json, output_to_json
from evidoc.kernel.reading import Box
from evidoc.kernel.value_output import NOT_FOUND, Leaf, Section, SectionsOutput, ValueOutput

PIECE = Evidence(3, 10, 18, "1,234.50", Box(1.0, 2.0, 30.5, 12.0), "ocr")
TOTAL = Value("1,234.50", "1234.50", "money:point", (PIECE,), "EUR")
FROM_XML = Value("A-7", "A7", "identifier", (), None, AttachmentSource("factur-x.xml", "/a/b", "A-7"))

OUTPUTS: list[TaskOutput] = [
    ValueOutput(
        {"total": 1234.5, "number": "A-7", "due": None, "lines": []},
        {
            "/total": Leaf(Verdict.REVIEW, 0.61, TOTAL, ("unsure",)),
            "/number": Leaf(Verdict.KEEP, 0.99, FROM_XML),
            "/due": Leaf(Verdict.MISSING, 0.0, None, (NOT_FOUND,)),
        },
        ("/due", "/lines"),
        (Detail("/vendor", "'name' is a required property"),),
        fits=False,
    ),
    ValueOutput({}, {}),
    SectionsOutput((Section("invoice", 0, 2, 0.9, (Classification("other", 0.1),)), Section("other", 3, 3, 0.5))),
    SectionsOutput(),
]


@pytest.mark.parametrize("output", OUTPUTS)
def test_it_comes_back_as_it_was(output: TaskOutput) -> None:
    assert output_from_json(json.loads(json.dumps(output_to_json(output)))) == output


@pytest.mark.parametrize(
    "broken", [{"kind": "value"}, {"kind": "value", "value": 1, "leaves": []}, {"kind": "sections"}]
)
def test_anything_else_is_refused(broken: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="not the JSON of a task's output"):
        output_from_json(broken)


def test_a_leaf_tells_what_its_value_says() -> None:
    leaf = Leaf(Verdict.KEEP, 0.9, TOTAL)
    assert (leaf.raw, leaf.normalized, leaf.rule, leaf.evidence) == ("1,234.50", "1234.50", "money:point", (PIECE,))
    nothing = Leaf(Verdict.MISSING, 0.0)
    assert (nothing.raw, nothing.normalized, nothing.rule, nothing.evidence) == (None, None, None, ())
