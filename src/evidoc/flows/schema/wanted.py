"""What a shape asks to be looked for: a feature for each scalar and each list, named so that it is understood.

``vendor.name`` is asked for as "vendor_name", ``header.invoiceDate`` as "invoice_date": the longest ending of a
place's words that the catalogue knows, unless what goes before says whose it is. A list of objects is a table whose
columns are the scalars of its objects.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from evidoc.flows.schema.check import Schema, plain_schema
from evidoc.flows.schema.shape import ListShape, ObjectShape, ScalarShape, Shape, shape_of
from evidoc.kernel.errors import Detail, InvalidRequest
from evidoc.kernel.finding import Feature, FeatureType
from evidoc.understanding.clause_features import clause_of
from evidoc.understanding.features import features_for
from evidoc.understanding.line_columns import column_named
from evidoc.understanding.lookup import entry_for, words_of
from evidoc.understanding.wish import labels_from_name, type_from_name

LABELS = "x-labels"
"""The keyword by which a schema may name what is printed beside a value, where ``title`` is not enough."""

MOST_FEATURES = 200
MOST_COLUMNS = 50

_FORMATS: Mapping[str, FeatureType] = MappingProxyType(
    {
        "date": FeatureType.DATE,
        "date-time": FeatureType.DATE,
        "email": FeatureType.EMAIL,
        "idn-email": FeatureType.EMAIL,
        "uri": FeatureType.URL,
        "iri": FeatureType.URL,
        "url": FeatureType.URL,
        "duration": FeatureType.DURATION,
    }
)
_NUMERIC = (FeatureType.MONEY, FeatureType.PERCENT, FeatureType.NUMBER)
_COUNTED = (*_NUMERIC, FeatureType.IDENTIFIER, FeatureType.PHONE)
_SIDES = frozenset(
    "vendor seller supplier issuer merchant customer client buyer recipient purchaser shipping ship delivery "
    "employer employee insurer insured landlord tenant lessor lessee bank payer payee sender consignee".split()
)
_AROUND_ANYTHING = frozenset(
    "document doc header head footer body data info information details detail general summary metadata meta result "
    "output content fields values totals total amounts sums payment dates period invoice bill receipt order contract "
    "agreement references reference identifiers key main page report statement".split()
)
"""Words of properties that only gather others: what lies in them is asked for by its own name."""

_SAYS_LITTLE = frozenset(
    "name number no nr id code date day time total amount sum value type kind title text address description status "
    "reference first last from to start end note notes".split()
)
"""Names that mean nothing without what they lie in: every page has a date and a number."""

_LONGEST_LABEL = 200

Steps = tuple[str, ...]
"""Property names from the root on; a list's items add none."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A feature for the place ``steps`` of a shape; ``columns`` tell, for tables, where in a row each column goes."""

    steps: Steps
    feature: Feature
    columns: Mapping[str, Steps] = field(default_factory=dict)


def wanted_from(shape: Shape) -> tuple[Wanted, ...]:
    """One for each scalar and each list that can be looked for, in the schema's order."""
    return tuple(_wanted(shape, ()))


def extractable_schema(value: Any, path: str = "schema") -> Schema:
    """The schema of an extract task without references. Raises InvalidRequest with one detail per fault.

    Beside being a valid schema it must ask for no more than can be looked for at once.
    """
    schema = plain_schema(value, path)
    count = len(wanted_from(shape_of(schema)))
    if count > MOST_FEATURES:
        fault = f"asks for {count} values and lists; at most {MOST_FEATURES} can be looked for at once"
        raise InvalidRequest("The schema cannot be used", [Detail(path, fault)])
    return schema


def check_extractable(value: Any, path: str) -> Iterator[Detail]:
    """The faults of the schema of an extract task, each by its place below ``path``."""
    try:
        extractable_schema(value, path)
    except InvalidRequest as error:
        yield from error.details


def _wanted(shape: Shape, steps: Steps) -> Iterator[Wanted]:
    match shape:
        case ObjectShape():
            for name, inner in shape.properties.items():
                yield from _wanted(inner, (*steps, name))
        case ScalarShape():
            if steps and not _is_settled(shape):
                yield Wanted(steps, _feature(steps, shape))
        case ListShape():
            if steps:
                yield from _of_list(shape, steps)


def _is_settled(shape: ScalarShape) -> bool:
    """Whether there is no choice about it, so that nothing has to be looked for."""
    return shape.allowed is not None and len(shape.allowed) <= 1


def _of_list(shape: ListShape, steps: Steps) -> Iterator[Wanted]:
    match shape.items:
        case ScalarShape():
            yield Wanted(steps, _feature(steps, shape.items, shape.schema, many=True))
        case ObjectShape():
            columns = _columns(shape.items)
            if columns:
                told = {
                    "name": _name(steps),
                    "type": FeatureType.TABLE.value,
                    "columns": list(columns),
                    "description": _description(shape.schema),
                }
                yield Wanted(steps, features_for([told])[0], columns)


def _columns(row: ObjectShape) -> Mapping[str, Steps]:
    """Each column's name to where its value goes in a row."""
    columns: dict[str, Steps] = {}
    for steps in _scalars(row, ()):
        joined = "_".join(word for step in steps for word in words_of(step)) or "column"
        known = next((name for name in _endings(steps) if column_named(name) is not None), joined)
        name = known if known not in columns else joined
        if name not in columns and len(columns) < MOST_COLUMNS:
            columns[name] = steps
    return columns


def _scalars(shape: Shape, steps: Steps) -> Iterator[Steps]:
    if isinstance(shape, ScalarShape):
        yield steps
    elif isinstance(shape, ObjectShape):
        for name, inner in shape.properties.items():
            yield from _scalars(inner, (*steps, name))


def _feature(
    steps: Steps, shape: ScalarShape, around: Mapping[str, Any] | None = None, *, many: bool = False
) -> Feature:
    name = _name(steps)
    kind = _kind(name, shape)
    told: dict[str, Any] = {"name": name, "type": kind.value, "many": many}
    told["description"] = _description(around or {}) or _description(shape.schema)
    labels = _labels(steps[-1], around or {}) or _labels(steps[-1], shape.schema)
    if not labels and len(steps) > 1 and entry_for(name) is None:
        own = words_of(steps[-1])
        told_alone = [" ".join(own)] if own and not (len(own) == 1 and own[0] in _SAYS_LITTLE) else []
        labels = [*labels_from_name(name), *told_alone]
    return features_for([{**told, "labels": labels}])[0]


def _name(steps: Steps) -> str:
    """The words by which a place is asked for."""
    endings = _endings(steps)
    whole = endings[0].split("_")
    for name in endings:
        words = name.split("_")
        around = set(whole[: len(whole) - len(words)])
        tells_whose = around & _SIDES or (words[0] in _SAYS_LITTLE and len(words) == 1 and around - _AROUND_ANYTHING)
        if not tells_whose and (entry_for(name) is not None or clause_of(name) is not None):
            return name[:_LONGEST_LABEL]
    return endings[0][:_LONGEST_LABEL]


def _endings(steps: Steps) -> list[str]:
    """The words of the whole place, then of shorter and shorter endings of it, joined as names."""
    parts = [words for step in steps if (words := words_of(step))] or [("value",)]
    return ["_".join(word for words in parts[start:] for word in words) for start in range(len(parts))]


def _kind(name: str, shape: ScalarShape) -> FeatureType:
    by_name = type_from_name(name)
    if shape.format in _FORMATS:
        return _FORMATS[shape.format]
    if shape.types == {"boolean"}:
        return FeatureType.BOOLEAN
    if shape.types and shape.types <= {"number", "integer"}:
        return by_name if by_name in _COUNTED else FeatureType.NUMBER
    if by_name is FeatureType.TABLE:
        return FeatureType.TEXT
    return by_name


def _labels(name: str, schema: Mapping[str, Any]) -> Sequence[str]:
    """What the schema says is printed beside it. A title that only says the name again says nothing."""
    given = schema.get(LABELS)
    if isinstance(given, list):
        return [label for label in given if isinstance(label, str) and label.strip()][:100]
    title = schema.get("title")
    if not isinstance(title, str) or words_of(title) == words_of(name) or not words_of(title):
        return []
    return [title[:_LONGEST_LABEL]]


def _description(schema: Mapping[str, Any]) -> str:
    return str(schema.get("description", ""))[:2000]
