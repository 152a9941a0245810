"""Wherever a value goes, its evidence goes with it: every pointer leads to the scalar that it was about."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidoc.flows.values import (
    MOST_WEIGHT,
    concatenated,
    items_of,
    list_of,
    merged,
    object_of,
    part_at,
    picked,
    plain,
    pointer,
    refuse_too_much,
    spread,
    value_of,
)
from evidoc.kernel.classification import Classification
from evidoc.kernel.decision import Decision, Verdict
from evidoc.kernel.errors import Detail, InvalidRequest
from evidoc.kernel.finding import Candidate, Feature, FeatureType, Finding, Value
from evidoc.kernel.output import (
    ClassificationOutput,
    DecisionsOutput,
    SectionsOutput,
    TextOutput,
    ValueOutput,
)
from evidoc.kernel.output import TextPage as Page
from evidoc.kernel.value_output import Leaf, Section


def leaf(value: Any) -> Leaf:
    return Leaf(Verdict.KEEP, 0.9, Value(str(value), str(value), "text"))


def resolve(value: Any, at: str) -> Any:
    """What a JSON Pointer leads to, by RFC 6901."""
    for part in at.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        value = value[int(name)] if isinstance(value, list) else value[name]
    return value


def scalars(value: Any, at: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from scalars(inner, at + pointer(name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from scalars(inner, at + pointer(index))
    else:
        yield at, value


def evident(value: Any) -> ValueOutput:
    """A value with a leaf for each of its scalars."""
    return ValueOutput(value, {at: leaf(scalar) for at, scalar in scalars(value)})


def holds(output: ValueOutput) -> bool:
    """Whether every scalar has the leaf that was made for it, and there is no other."""
    return {at: found.raw for at, found in output.leaves.items()} == {
        at: str(scalar) for at, scalar in scalars(output.value)
    }


_NAMES = st.text(alphabet="ab/~0 é", min_size=0, max_size=4)
_TREES = st.recursive(
    st.integers(), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=3), max_leaves=8
)
_OBJECTS = st.dictionaries(_NAMES, _TREES, max_size=3)


@given(st.lists(_TREES, max_size=4), st.lists(_OBJECTS, min_size=1, max_size=3), st.dictionaries(_NAMES, _TREES))
def test_evidence_stays_with_its_value(
    trees: list[Any], objects: list[dict[str, Any]], members: dict[str, Any]
) -> None:
    parts = [evident(tree) for tree in trees]
    assert holds(list_of(parts))
    assert [part.value for part in items_of(list_of(parts))] == trees
    assert all(holds(part) for part in items_of(list_of(parts)))
    assert holds(concatenated(parts))
    whole = object_of({name: evident(tree) for name, tree in members.items()})
    assert holds(whole)
    assert whole.value == members
    together = merged([evident(one) for one in objects])
    assert holds(together)
    assert together.value == {name: value for one in objects for name, value in one.items()}
    names = [*members][:1]
    assert holds(picked(whole, [*names, "absent"]))
    for name in members:
        assert holds(part_at(whole, name))


@given(_TREES)
def test_a_part_is_what_the_pointer_leads_to(tree: Any) -> None:
    for at, scalar in scalars(tree):
        steps = [part.replace("~1", "/").replace("~0", "~") for part in at.split("/")[1:]]
        assert part_at(evident(tree), *steps).value == scalar == resolve(tree, at)
    assert part_at(evident(tree), "no", "such", "place") == plain(None)


def test_what_is_missing_or_does_not_fit_is_told_by_its_new_place() -> None:
    part = ValueOutput({"a": None}, {}, missing=("/a", "/b"), left_out=(Detail("/c", "is no date"),), fits=False)
    moved = object_of({"x": list_of([plain(1), part])})
    assert moved.missing == ("/x/1/a", "/x/1/b")
    assert moved.left_out == (Detail("/x/1/c", "is no date"),)
    assert not moved.fits
    assert merged([part]).missing == ("/a", "/b")


def test_one_value_stands_for_the_values_in_it() -> None:
    items = [{"status": "completed", "output": {"a": 1}}, {"status": "failed", "error": {}}]
    assert [part.value for part in spread([evident({"items": items})])] == [{"a": 1}]
    assert [part.value for part in spread([evident([1, 2])])] == [1, 2]
    assert [part.value for part in spread([evident({"items": [1]})])] == [{"items": [1]}]
    assert [part.value for part in spread([plain(1), plain([2])])] == [1, [2]]


def decision(name: str, *found: tuple[str, str], many: bool = False, rows: Any = ()) -> Decision:
    feature = Feature(name, FeatureType.TABLE if rows else FeatureType.TEXT, many=many)
    candidates = tuple(Candidate(raw, Value(raw, normal, "text"), 1.0, "test", 0.8, rows) for raw, normal in found)
    verdict = Verdict.KEEP if found else Verdict.MISSING
    return Decision(name, verdict, Finding(feature, candidates), candidates)


def test_what_every_task_gives_is_a_value() -> None:
    line = {"what": Value("Nuts ", "Nuts", "text")}
    output = value_of(
        DecisionsOutput(
            (
                decision("number", ("No. 7", "7")),
                decision("absent"),
                decision("all", ("a", "a"), ("b", "b"), many=True),
                decision("lines", ("table", "table"), rows=(line,)),
            )
        )
    )
    assert output.value == {"number": "7", "absent": None, "all": ["a", "b"], "lines": [{"what": "Nuts"}]}
    assert output.missing == ("/absent",)
    assert output.leaves["/number"].raw == "No. 7"
    assert output.leaves["/absent"].verdict is Verdict.MISSING
    assert set(output.leaves) == {"/number", "/absent", "/all/0", "/all/1", "/lines/0/what"}

    kinds = ClassificationOutput((Classification("letter", 0.9),))
    assert value_of(kinds).value["category"] == "letter"
    assert value_of(ClassificationOutput(())).value["category"] is None
    assert value_of(TextOutput("json", 1, (Page(0, "Hello", "ocr"),))).value == {
        "pages": [{"page": 1, "text": "Hello"}]
    }
    assert value_of(SectionsOutput((Section("letter", 0, 1, 0.5),))).value == [
        {"category": "letter", "first_page": 1, "last_page": 2, "confidence": 0.5}
    ]


def test_values_that_are_too_large_together_are_refused() -> None:
    refuse_too_much([plain("x" * 1000)] * 100)
    for much in (plain("x" * (MOST_WEIGHT // 2)), plain([0] * 400_000), plain({"x" * (MOST_WEIGHT // 2): None})):
        refuse_too_much([much])
        refuse_too_much([much, plain(None)])
        with pytest.raises(InvalidRequest, match="larger than 32 MB"):
            refuse_too_much([much, much])
