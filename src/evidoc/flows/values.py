"""What tasks give as plain JSON values, each leaf of evidence beside it, and how such values are put together.

Whatever becomes of a value (it is put into an object or a list, merged, picked from), its leaves go with it: their
JSON Pointers change as the value's own place does.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, assert_never

from evidoc.kernel.decision import Decision, Verdict
from evidoc.kernel.errors import Detail, InvalidRequest
from evidoc.kernel.finding import Candidate, FeatureType, Value
from evidoc.kernel.output import (
    ClassificationOutput,
    DecisionsOutput,
    FoundTable,
    RowOutput,
    SectionsOutput,
    SummaryOutput,
    TablesOutput,
    TaskOutput,
    TextOutput,
    ValueOutput,
)
from evidoc.kernel.value_output import NOT_FOUND, Leaf, Section

MOST_WEIGHT = 32 * 1024 * 1024
"""The most that values which are put together may weigh: the characters in them, and some for each member."""

_WEIGHT_OF_ONE = 50


def refuse_too_much(parts: Iterable[ValueOutput]) -> None:
    """Raises InvalidRequest where these values are too large to be put together.

    Tasks that take each other's values twice double them each time, so a few of them could fill any memory. One value
    alone may be of any size: it grows no further.
    """
    weight = 0
    for number, part in enumerate(parts):
        if number == 0:
            first = part
            continue
        if number == 1:
            weight = _weight(first.value)
        weight += _weight(part.value)
        if weight > MOST_WEIGHT:
            raise InvalidRequest(f"The values to put together are larger than {MOST_WEIGHT // 1024**2} MB")


def _weight(value: Any) -> int:
    """What a value weighs; beyond the most that is allowed it is not weighed to its end."""
    weight, waiting = 0, [value]
    while waiting and weight <= MOST_WEIGHT:
        one = waiting.pop()
        weight += _WEIGHT_OF_ONE
        if isinstance(one, str):
            weight += len(one)
        elif isinstance(one, Mapping):
            weight += sum(map(len, one))
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
    return weight


def value_of(output: TaskOutput) -> ValueOutput:
    """The JSON value of what a task gave, with a leaf for each scalar in it that was read from the document."""
    match output:
        case ValueOutput():
            return output
        case DecisionsOutput():
            return merged([_decision(decision) for decision in output.decisions])
        case TextOutput():
            pages = [{"page": page.page_index + 1, "text": page.text} for page in output.pages]
            return plain({"pages": pages} if output.format == "json" else {"text": output.text})
        case ClassificationOutput():
            found = [{"category": item.category, "confidence": item.confidence} for item in output.classifications]
            best: dict[str, Any] = found[0] if found else {"category": None, "confidence": 0.0}
            return plain({**best, "categories": found})
        case SectionsOutput():
            return plain([section_value(section) for section in output.sections])
        case SummaryOutput():
            summary = output.summary
            return plain(
                {
                    "summary": " ".join(" ".join(piece.quote.split()) for piece in summary.sentences),
                    "key_points": [" ".join(piece.quote.split()) for piece in summary.key_points],
                }
            )
        case TablesOutput():
            return plain({"tables": [_table(table) for table in output.tables]})
        case RowOutput():
            return plain({"connection": output.connection, "table": output.table, "row": dict(output.row)})
        case _:
            assert_never(output)


def section_value(section: Section) -> dict[str, Any]:
    """A section as JSON; its pages count from 1."""
    return {
        "category": section.category,
        "first_page": section.first_page + 1,
        "last_page": section.last_page + 1,
        "confidence": section.confidence,
    }


def plain(value: Any) -> ValueOutput:
    """A value that was read nowhere."""
    return ValueOutput(value, {})


def pointer(*parts: str | int) -> str:
    """The JSON Pointer (RFC 6901) with these parts."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def object_of(parts: Mapping[str, ValueOutput]) -> ValueOutput:
    """An object with these values."""
    return _gathered({name: part.value for name, part in parts.items()}, parts.items())


def list_of(parts: Sequence[ValueOutput]) -> ValueOutput:
    """A list of these values."""
    return _gathered([part.value for part in parts], enumerate(parts))


def items_of(output: ValueOutput) -> list[ValueOutput]:
    """The items of a list, each with its own leaves."""
    return [part_at(output, index) for index in range(len(output.value))]


def part_at(output: ValueOutput, *path: str | int) -> ValueOutput:
    """The part of a value at this path, with its own leaves; null where there is nothing."""
    value = output.value
    for step in path:
        if isinstance(value, Mapping) and step in value:
            value = value[step]
        elif isinstance(value, list) and str(step).isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return plain(None)
    return _rebased(replace(output, value=value), pointer(*path), "")


def merged(parts: Iterable[ValueOutput]) -> ValueOutput:
    """The keys of all these objects in one; where two have the same key, the later one counts.

    What is no object is left out; where none is, the last value counts.
    """
    given = list(parts)
    objects = [part for part in given if isinstance(part.value, Mapping)]
    if given and not objects:
        return given[-1]
    members: dict[str, ValueOutput] = {}
    for part in objects:
        members |= {name: part_at(part, name) for name in part.value}
    whole = object_of(members)
    # What is missing altogether has no member that could bring it along.
    absent = [at for part in objects for at in part.missing if not at[1:] or _first(at) not in members]
    return replace(whole, missing=(*whole.missing, *dict.fromkeys(absent)))


def concatenated(parts: Iterable[ValueOutput]) -> ValueOutput:
    """One list: lists one after the other, with what is no list among them as an item."""
    items: list[ValueOutput] = []
    for part in parts:
        items.extend(items_of(part) if isinstance(part.value, list) else [part])
    return list_of(items)


def spread(parts: Sequence[ValueOutput]) -> list[ValueOutput]:
    """The values that one value stands for: a list for its items, what a flow gave for each section for what
    the completed ones gave. Several values stand for themselves.
    """
    if len(parts) != 1:
        return list(parts)
    (whole,) = parts
    if isinstance(whole.value, list):
        return items_of(whole)
    items = whole.value.get("items") if isinstance(whole.value, Mapping) else None
    if not isinstance(items, list) or not all(isinstance(item, Mapping) and "status" in item for item in items):
        return [whole]
    entries = items_of(part_at(whole, "items"))
    return [part_at(entry, "output") for entry in entries if entry.value["status"] == "completed"]


def picked(output: ValueOutput, fields: Sequence[str]) -> ValueOutput:
    """An object with only these keys of another; those that it has not are left out."""
    if not isinstance(output.value, Mapping):
        return plain({})
    return object_of({name: part_at(output, name) for name in fields if name in output.value})


def _first(at: str) -> str:
    return at[1:].split("/", 1)[0].replace("~1", "/").replace("~0", "~")


def _gathered(value: Any, parts: Iterable[tuple[str | int, ValueOutput]]) -> ValueOutput:
    leaves: dict[str, Leaf] = {}
    missing: list[str] = []
    left_out: list[Detail] = []
    fits = True
    for name, part in parts:
        moved = _rebased(part, "", pointer(name))
        leaves |= moved.leaves
        missing += moved.missing
        left_out += moved.left_out
        fits = fits and part.fits
    return ValueOutput(value, leaves, tuple(missing), tuple(left_out), fits)


def _rebased(output: ValueOutput, old: str, new: str) -> ValueOutput:
    """The value with the pointers below ``old`` only, which stand below ``new`` then."""

    def under(at: str) -> bool:
        return at == old or at.startswith(f"{old}/")

    def moved(at: str) -> str:
        return new + at[len(old) :]

    return replace(
        output,
        leaves={moved(at): leaf for at, leaf in output.leaves.items() if under(at)},
        missing=tuple(moved(at) for at in output.missing if under(at)),
        left_out=tuple(Detail(moved(one.field), one.message) for one in output.left_out if under(one.field)),
    )


def _decision(decision: Decision) -> ValueOutput:
    """A feature as an object with one key."""
    feature = decision.finding.feature
    found = () if decision.verdict is Verdict.MISSING else decision.selected
    if feature.many or feature.type is FeatureType.TABLE:
        values: list[ValueOutput] = []
        for candidate in found:
            values += _rows(decision, candidate) if candidate.rows else [_scalar(decision, candidate, candidate.value)]
        return object_of({feature.name: list_of(values)})
    if found:
        return object_of({feature.name: _scalar(decision, found[0], found[0].value)})
    leaf = Leaf(Verdict.MISSING, 0.0, None, (NOT_FOUND, *decision.reasons))
    return object_of({feature.name: ValueOutput(None, {"": leaf}, missing=("",))})


def _rows(decision: Decision, candidate: Candidate) -> list[ValueOutput]:
    return [
        object_of({name: _scalar(decision, candidate, cell) for name, cell in row.items()}) for row in candidate.rows
    ]


def _scalar(decision: Decision, candidate: Candidate, value: Value) -> ValueOutput:
    said = " ".join(value.raw.split()) if value.rule == "identifier" else value.normalized
    return ValueOutput(said, {"": Leaf(decision.verdict, candidate.confidence, value, decision.reasons)})


def _table(table: FoundTable) -> dict[str, Any]:
    rows = [[""] * table.columns for _ in range(table.rows)]
    for cell in table.cells:
        rows[cell.row][cell.column] = cell.text
    return {"page": table.page_index + 1, "rows": rows}
