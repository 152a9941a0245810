"""Decisions put into the shape of a schema: each scalar with where it was read, what is absent left out.

A required place for which nothing was found gets null where null is allowed, an empty list, or the one value that
its schema allows; else it stays empty and the value does not fit.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from evidoc.deciding.decide import KEEP, decide
from evidoc.flows.schema.check import Schema
from evidoc.flows.schema.fit import Fitted, Found, Judge, fitted, plain, pointer
from evidoc.flows.schema.grounds import has_grounds, without_claimed
from evidoc.flows.schema.scalar import NOTHING, Scalars
from evidoc.flows.schema.shape import ListShape, ObjectShape, ScalarShape, Shape, shape_of
from evidoc.flows.schema.wanted import Steps, Wanted, wanted_from
from evidoc.kernel.decision import Decision, Verdict
from evidoc.kernel.errors import Detail
from evidoc.kernel.finding import Candidate, Finding, Value
from evidoc.kernel.reading import Reading
from evidoc.kernel.value_output import NOT_FOUND, ONLY_VALUE_ALLOWED, Leaf, ValueOutput
from evidoc.understanding.find import find


def extract(reading: Reading, schema: Schema) -> tuple[ValueOutput, tuple[Detail, ...]]:
    """The value that a schema (from ``plain_schema``) asks of a reading, and why it does not fit, if it does not."""
    shape = shape_of(schema)
    wanted = wanted_from(shape)
    findings = find(reading, [one.feature for one in wanted])
    decisions = decide(
        [_answering(finding, _at(shape, one.steps)) for finding, one in zip(findings, wanted, strict=True)]
    )
    return filled(schema, shape, wanted, without_claimed(decisions))


def filled(
    schema: Schema, shape: Shape, wanted: Sequence[Wanted], decisions: Sequence[Decision]
) -> tuple[ValueOutput, tuple[Detail, ...]]:
    """The same from decisions, one for each thing wanted."""
    filling = _Filling(wanted, decisions)
    tree = filling.node(shape, (), required=True)
    outcome = fitted({} if tree is NOTHING else tree, Judge(schema))
    return _output(outcome, tuple(filling.missing)), tuple(outcome.unfit)


def _output(outcome: Fitted, missing: tuple[str, ...]) -> ValueOutput:
    return ValueOutput(
        plain(outcome.tree),
        dict(_leaves(outcome.tree, ())),
        missing,
        tuple(outcome.left_out),
        fits=not outcome.unfit,
    )


def _leaves(tree: Any, path: tuple[str | int, ...]) -> Iterable[tuple[str, Leaf]]:
    match tree:
        case Found():
            yield pointer(path), tree.leaf
        case dict():
            for name, one in tree.items():
                yield from _leaves(one, (*path, name))
        case list():
            for number, one in enumerate(tree):
                yield from _leaves(one, (*path, number))


def _at(shape: Shape, steps: Steps) -> Shape:
    for step in steps:
        if isinstance(shape, ObjectShape):
            shape = shape.properties[step]
    return shape


def _answering(finding: Finding, shape: Shape) -> Finding:
    """The finding with those candidates only that may be an answer.

    A pattern or allowed values tell what the answer looks like, so that what looks otherwise is none. Other words of
    a schema do not: the largest number that is whole is not the total.
    """
    scalar = shape.items if isinstance(shape, ListShape) else shape
    candidates = [one for one in finding.candidates if has_grounds(finding.feature, one)]
    if isinstance(scalar, ScalarShape) and (
        isinstance(shape, ListShape) or scalar.allowed is not None or "pattern" in scalar.schema
    ):
        scalars = Scalars(scalar)
        candidates = [one for one in candidates if scalars.scalar(one.value) is not NOTHING]
    return replace(finding, candidates=tuple(candidates))


class _Filling:
    """Fills one shape."""

    def __init__(self, wanted: Sequence[Wanted], decisions: Sequence[Decision]) -> None:
        self._found = {one.steps: (one, decision) for one, decision in zip(wanted, decisions, strict=True)}
        self.missing: list[str] = []

    def node(self, shape: Shape, steps: Steps, *, required: bool) -> Any:
        """What stands at a place, or ``NOTHING``."""
        match shape:
            case ObjectShape():
                return self._object(shape, steps, required=required)
            case ListShape():
                found = self._list(shape, steps)
            case ScalarShape():
                found = self._scalar(shape, steps)
            case _:
                found = NOTHING
        if found is NOTHING:
            if not isinstance(shape, ScalarShape) or shape.allowed is None or len(shape.allowed) > 1:
                self.missing.append(pointer(steps))
            return _instead(shape) if required else NOTHING
        return found

    def _object(self, shape: ObjectShape, steps: Steps, *, required: bool) -> Any:
        tree = {}
        for name, inner in shape.properties.items():
            node = self.node(inner, (*steps, name), required=name in shape.required)
            if node is not NOTHING:
                tree[name] = node
        if _holds_something(tree):
            return tree
        if not required:
            return NOTHING
        return _null() if shape.nullable else tree

    def _scalar(self, shape: ScalarShape, steps: Steps) -> Any:
        if steps not in self._found:
            return NOTHING
        _, decision = self._found[steps]
        for candidate in decision.selected:
            return _found(Scalars(shape), candidate, decision, decision.verdict)
        return NOTHING

    def _list(self, shape: ListShape, steps: Steps) -> Any:
        if steps not in self._found:
            return NOTHING
        wanted, decision = self._found[steps]
        if isinstance(shape.items, ObjectShape):
            items = _rows(shape.items, wanted, decision)
        elif isinstance(shape.items, ScalarShape):
            items = _each(shape.items, decision)
        else:
            return NOTHING
        if shape.schema.get("uniqueItems"):
            items = list({json.dumps(plain(item), sort_keys=True): item for item in reversed(items)}.values())[::-1]
        if shape.most is not None:
            items = items[: shape.most]
        return items or NOTHING


def _each(shape: ScalarShape, decision: Decision) -> list[Any]:
    scalars = Scalars(shape)
    items = [
        _found(scalars, candidate, decision, Verdict.KEEP if candidate.confidence >= KEEP else Verdict.REVIEW)
        for candidate in decision.selected
    ]
    return [item for item in items if item is not NOTHING]


def _rows(shape: ObjectShape, wanted: Wanted, decision: Decision) -> list[Any]:
    scalars = {
        steps: Scalars(one) for steps in wanted.columns.values() if isinstance(one := _at(shape, steps), ScalarShape)
    }
    rows = []
    for candidate in decision.selected:
        for cells in candidate.rows:
            found = {
                steps: node
                for column, steps in wanted.columns.items()
                if column in cells
                and (node := _cell(scalars[steps], cells[column], candidate, decision)) is not NOTHING
            }
            if found:
                rows.append(_row(shape, (), found))
    return rows


def _row(shape: ObjectShape, steps: Steps, found: Mapping[Steps, Any]) -> Any:
    tree: dict[str, Any] = {}
    for name, inner in shape.properties.items():
        place, required = (*steps, name), name in shape.required
        if place in found:
            tree[name] = found[place]
        elif isinstance(inner, ObjectShape):
            node = _row(inner, place, found)
            if required or _holds_something(node):
                tree[name] = node
        elif required and (instead := _instead(inner)) is not NOTHING:
            tree[name] = instead
    return tree


def _found(scalars: Scalars, candidate: Candidate, decision: Decision, verdict: Verdict) -> Any:
    return _with_leaf(scalars.scalar(candidate.value), candidate.value, candidate, decision, verdict)


def _cell(scalars: Scalars, value: Value, candidate: Candidate, decision: Decision) -> Any:
    return _with_leaf(scalars.scalar(value), value, candidate, decision, decision.verdict)


def _with_leaf(scalar: Any, value: Value, candidate: Candidate, decision: Decision, verdict: Verdict) -> Any:
    if scalar is NOTHING:
        return NOTHING
    return Found(scalar, Leaf(verdict, candidate.confidence, value, decision.reasons))


def _instead(shape: Shape) -> Any:
    """What stands at a required place for which nothing was found."""
    if isinstance(shape, ScalarShape) and shape.allowed is not None and len(shape.allowed) == 1 and not shape.nullable:
        return Found(shape.allowed[0], Leaf(Verdict.KEEP, 1.0, None, (ONLY_VALUE_ALLOWED,)))
    if shape.nullable:
        return _null()
    return [] if isinstance(shape, ListShape) else NOTHING


def _null() -> Found:
    return Found(None, Leaf(Verdict.MISSING, 0.0, None, (NOT_FOUND,)))


def _holds_something(tree: Any) -> bool:
    """Whether anything in it was read from the document."""
    match tree:
        case Found():
            return tree.leaf.value is not None
        case dict():
            return any(map(_holds_something, tree.values()))
        case list():
            return any(map(_holds_something, tree))
    return False
