"""What a schema without references asks for, as a tree: objects, lists, and scalars that can be looked for.

The tree says what to look for and where it goes; whether a value fits is asked of the schema itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from evidoc.flows.schema.check import Schema

JSON_TYPES = ("string", "number", "integer", "boolean", "object", "array", "null")
_SCALARS = frozenset({"string", "number", "integer", "boolean"})


@dataclass(frozen=True, slots=True)
class ScalarShape:
    """One value. ``types`` are JSON's, without null; ``allowed`` the values of enum or const, if it has any."""

    schema: Schema
    types: frozenset[str]
    nullable: bool = False
    allowed: tuple[Any, ...] | None = None

    @property
    def format(self) -> str:
        """The format that strings must have, or none."""
        return str(self.schema.get("format", ""))


@dataclass(frozen=True, slots=True)
class ObjectShape:
    """Named values."""

    schema: Schema
    properties: Mapping[str, "Shape"] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class ListShape:
    """Any number of values of one shape; ``most`` where the schema bounds them."""

    schema: Schema
    items: "Shape"
    nullable: bool = False
    most: int | None = None


@dataclass(frozen=True, slots=True)
class OpaqueShape:
    """What cannot be looked for; its schema still has to be kept to."""

    schema: Schema
    nullable: bool = False


Shape: TypeAlias = ScalarShape | ObjectShape | ListShape | OpaqueShape


def shape_of(schema: Any) -> Shape:
    """The shape of a schema from ``plain_schema``."""
    if schema is True:
        return ScalarShape({}, _SCALARS)
    if not isinstance(schema, Mapping):
        return OpaqueShape({"not": {}})
    merged = _merged(schema)
    types, nullable = _types(merged)
    if "object" in types and (types == {"object"} or "properties" in merged):
        return ObjectShape(
            merged,
            {name: shape_of(one) for name, one in merged.get("properties", {}).items()},
            frozenset(merged.get("required", ())),
            nullable,
        )
    if "array" in types and (types == {"array"} or "items" in merged):
        most = merged.get("maxItems")
        items = OpaqueShape({}) if "prefixItems" in merged else shape_of(merged.get("items", True))
        return ListShape(merged, items, nullable, int(most) if most is not None else None)
    if types & _SCALARS:
        return ScalarShape(merged, types & _SCALARS, nullable, _allowed(merged))
    return OpaqueShape(merged, nullable)


def _types(schema: Schema) -> tuple[frozenset[str], bool]:
    """The types that a schema allows, null apart."""
    given = schema.get("type")
    if given is None:
        allowed = _every_allowed(schema)
        if allowed is not None:
            given = list(dict.fromkeys(_type_of(value) for value in allowed))
        elif "properties" in schema or "additionalProperties" in schema:
            given = "object"
        elif "items" in schema or "prefixItems" in schema:
            given = "array"
        else:
            given = list(_SCALARS)
    types = frozenset([given] if isinstance(given, str) else given)
    allowed = _every_allowed(schema)
    nullable = "null" in types and (allowed is None or None in allowed)
    return types - {"null"}, nullable


def _every_allowed(schema: Schema) -> Sequence[Any] | None:
    if "const" in schema:
        return [schema["const"]]
    enum = schema.get("enum")
    return enum if isinstance(enum, list) else None


def _allowed(schema: Schema) -> tuple[Any, ...] | None:
    every = _every_allowed(schema)
    return None if every is None else tuple(value for value in every if isinstance(value, str | int | float))


def _type_of(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
        case _:
            return "object"


def _merged(schema: Schema) -> dict[str, Any]:
    """One schema without allOf, anyOf and oneOf: what all parts of it say, and the best of its alternatives."""
    merged = {key: value for key, value in schema.items() if key not in ("allOf", "anyOf", "oneOf")}
    for part in schema.get("allOf", ()):
        merged = _both(merged, _merged(part) if isinstance(part, Mapping) else {})
    for key in ("anyOf", "oneOf"):
        if key in schema:
            merged = _both(_alternative(schema[key]), merged)
    return merged


def _alternative(branches: Iterable[Any]) -> dict[str, Any]:
    """The alternative that says most about what to look for: an object, else a list, else all scalars together."""
    plain = [_merged(branch) for branch in branches if isinstance(branch, Mapping)]
    kinds = [_types(branch) for branch in plain]
    nullable = any(not types or can_be_null for types, can_be_null in kinds)
    for wanted in ("object", "array"):
        for branch, (types, _) in zip(plain, kinds, strict=True):
            if wanted in types and (types == {wanted} or "properties" in branch or "items" in branch):
                return {**branch, "type": [wanted, "null"] if nullable else wanted}
    scalars = [branch for branch, (types, _) in zip(plain, kinds, strict=True) if types & _SCALARS]
    if not scalars:
        return {"type": ["null"]} if nullable else {}
    together = [name for name in JSON_TYPES if any(name in each for each, _ in kinds)]
    told = dict(scalars[0]) if len(scalars) == 1 else _alike(scalars)
    if nullable and isinstance(told.get("enum"), list):
        told["enum"] = [*told["enum"], None]
    return {**told, "type": [*together, "null"] if nullable else together}


def _alike(branches: Sequence[Schema]) -> dict[str, Any]:
    """What several alternatives say together: their labels, and all their allowed values where each has some."""
    told = {key: branch[key] for branch in reversed(branches) for key in ("title", "description") if key in branch}
    formats = {branch.get("format") for branch in branches}
    if len(formats) == 1 and None not in formats:
        told["format"] = formats.pop()
    allowed = [_every_allowed(branch) for branch in branches]
    if all(each is not None for each in allowed):
        told["enum"] = [value for each in allowed for value in each or ()]
    return told


def _both(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """What two schemas say together; the second is believed where they differ in a word."""
    merged = {**one, **other}
    if "properties" in one and "properties" in other:
        shared = {
            name: {"allOf": [one["properties"][name], schema]} if name in one["properties"] else schema
            for name, schema in other["properties"].items()
        }
        merged["properties"] = {**one["properties"], **shared}
    if "required" in one and "required" in other:
        merged["required"] = list(dict.fromkeys([*one["required"], *other["required"]]))
    if "type" in one and "type" in other:
        types, more = (each if isinstance(each, list) else [each] for each in (one["type"], other["type"]))
        merged["type"] = [name for name in types if name in more or (name == "integer" and "number" in more)] or more
    if isinstance(one.get("enum"), list) and isinstance(other.get("enum"), list):
        merged["enum"] = [value for value in one["enum"] if value in other["enum"]]
    return merged
