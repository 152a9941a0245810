"""What a flow that a task runs is given: the value handed on, a part of it, or one made for it."""

from collections.abc import Iterator, Mapping
from typing import Any

from evidoc.flows.given import given
from evidoc.flows.options import Option, check_options, json_type, list_of, mapping_of, one_of, text
from evidoc.flows.sources import check_source
from evidoc.flows.task import Work
from evidoc.flows.values import merged, object_of, part_at, plain, refuse_too_much
from evidoc.kernel.errors import Detail
from evidoc.kernel.output import ValueOutput

KINDS = ("passthrough", "unwrap", "artifact", "merge", "construct")
FIELD_SOURCES = ("input", "artifact", "literal")

MOST_FIELDS = 200
_STEPS = list_of(text(), 50)


def _anything(_value: Any, _path: str) -> Iterator[Detail]:
    return iter(())


_FIELD = {
    "source": Option(one_of(*FIELD_SOURCES), required=True),
    "from": Option(check_source),
    "path": Option(_STEPS),
    "value": Option(_anything),
}
_NEEDED = {"input": (), "artifact": ("from",), "literal": ("value",)}
_MAPPING = {
    "type": Option(one_of(*KINDS), required=True),
    "from": Option(check_source),
    "path": Option(_STEPS),
    "fields": Option(mapping_of(lambda value, path: _check_field(value, path), MOST_FIELDS)),
}
_MAPPING_NEEDED = {"artifact": "from", "merge": "from", "construct": "fields"}


def check_mapping(value: Any, path: str) -> Iterator[Detail]:
    """The faults of a mapping.

    ``type`` is passthrough; unwrap: the member ``input``; artifact: what the task ``from`` gave, or the part of it at
    ``path``; merge: the value's keys and those of that; construct: an object of ``fields``, each with a ``source``:
    input (``path`` in the value), artifact (``from`` and ``path``), or literal (``value``).
    """
    yield from check_options(value, _MAPPING, path)
    needed = _MAPPING_NEEDED.get(str(value.get("type"))) if isinstance(value, Mapping) else None
    if needed is not None and needed not in value:
        yield Detail(f"{path}.{needed}", f"is required where the type is {value['type']}")


def mapped(work: Work, source: str, mapping: Mapping[str, Any] | None) -> tuple[ValueOutput, Mapping[str, Any]]:
    """What the flow is given, and what is added to its variables: the literals of a mapping that constructs an object.

    Only those are: variables are kept as they are, and what a document says belongs among its own contents.
    """
    value = given(work, source) or plain(None)
    match (mapping or {}).get("type"), mapping or {}:
        case "unwrap", _ if isinstance(value.value, Mapping) and "input" in value.value:
            return part_at(value, "input"), {}
        case "artifact", rule:
            return _artifact(work, rule), {}
        case "merge", rule:
            other = _artifact(work, rule)
            refuse_too_much((value, other))
            both = isinstance(value.value, Mapping) and isinstance(other.value, Mapping)
            return (merged([value, other]) if both else value), {}
        case "construct", rule:
            fields: Mapping[str, Mapping[str, Any]] = rule["fields"]
            built = {name: _field(work, value, field) for name, field in fields.items()}
            refuse_too_much(built.values())
            return object_of(built), {name: field["value"] for name, field in fields.items() if "value" in field}
        case _:
            return value, {}


def _check_field(value: Any, path: str) -> Iterator[Detail]:
    if not isinstance(value, Mapping):
        yield Detail(path, f"must be an object, not {json_type(value)}")
        return
    yield from check_options(value, _FIELD, path)
    for name in _NEEDED.get(str(value.get("source")), ()):
        if name not in value:
            yield Detail(f"{path}.{name}", f"is required where the source is {value['source']}")


def _field(work: Work, value: ValueOutput, field: Mapping[str, Any]) -> ValueOutput:
    if field["source"] == "literal":
        return plain(field["value"])
    if field["source"] == "artifact":
        return _artifact(work, field)
    return part_at(value, *field.get("path", ()))


def _artifact(work: Work, rule: Mapping[str, Any]) -> ValueOutput:
    output = given(work, rule["from"])
    return plain(None) if output is None else part_at(output, *rule.get("path", ()))
