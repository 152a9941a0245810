"""A caller's JSON Schema, checked and made plain: references put in place, so that nothing is ever looked up again.

Draft 2020-12, of which older drafts that say the same pass too. References lead to other places of the same schema
only; nothing is fetched.
"""

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from jsonschema import Draft202012Validator

from evidoc.flows.options import json_type
from evidoc.kernel.errors import Detail, InvalidRequest
from evidoc.understanding.pattern import compile_pattern

Schema = Mapping[str, Any]

MOST_BYTES = 128 * 1024
MOST_DEPTH = 50
"""How deep schemas may lie in each other, references put in place."""

MOST_SCHEMAS = 2_000
"""How many schemas a schema may come to when its references are put in place."""

_MOST_FAULTS = 20
_LONGEST_MESSAGE = 200
_MOST_JSON_DEPTH = 4 * MOST_DEPTH
_DIALECTS = ("draft-06", "draft-07", "draft/2019-09", "draft/2020-12")

ONE_SCHEMA = frozenset(
    "additionalProperties items contains not if then else propertyNames unevaluatedItems unevaluatedProperties".split()
)
"""Keywords that hold a schema."""

LISTS_OF_SCHEMAS = frozenset("allOf anyOf oneOf prefixItems".split())
"""Keywords that hold a list of schemas."""

NAMED_SCHEMAS = frozenset("properties patternProperties dependentSchemas".split())
"""Keywords that hold schemas by name."""

_LEFT_OUT = frozenset(
    "$schema $id $defs definitions $anchor $dynamicAnchor $recursiveAnchor $comment $vocabulary contentSchema "
    "default examples".split()
)
_VALUES = frozenset("enum const default examples".split())
"""Keywords that hold values, which may be anything."""

_LONG_LIST = 100
_NOT_FOLLOWED = ("$dynamicRef", "$recursiveRef")


def check_schema(value: Any, path: str) -> Iterator[Detail]:
    """The faults of a schema, each by its place below ``path``."""
    try:
        plain_schema(value, path)
    except InvalidRequest as error:
        yield from error.details


def plain_schema(value: Any, path: str = "schema") -> Schema:
    """The schema without references. Raises InvalidRequest with one detail per fault, named from ``path`` on."""
    if not isinstance(value, Mapping):
        raise InvalidRequest(details=[Detail(path, f"must be a JSON Schema object, not {json_type(value)}")])
    if _depth(value) > _MOST_JSON_DEPTH:
        raise InvalidRequest(details=[Detail(path, "is nested too deeply")])
    text = json.dumps(value, ensure_ascii=False)
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > MOST_BYTES:
        raise InvalidRequest(details=[Detail(path, f"must not be larger than {MOST_BYTES} bytes; this is {size}")])
    plain, faults = _plain(text)
    if faults:
        details = [Detail(f"{path}{detail.field}", detail.message) for detail in faults[:_MOST_FAULTS]]
        raise InvalidRequest("The schema cannot be used", details)
    return plain


@lru_cache(maxsize=64)
def _plain(text: str) -> tuple[Schema, tuple[Detail, ...]]:
    """Both by the text: a definition is looked at many times, and its schemas are mostly the same."""
    schema = json.loads(text)
    faults = [*_dialect_faults(schema), *_mixed_lists(schema)]
    try:
        faults = faults or list(_faults_by_metaschema(schema))
    except RecursionError:
        faults.append(Detail("", "is nested too deeply"))
    if faults:
        return {}, tuple(faults)
    inlining = _Inlining(schema)
    plain = inlining.plain(schema, "", 1, ())
    faults = inlining.faults
    if not faults and not _is_object(plain):
        faults = [Detail("", "must describe an object: type object with properties")]
    return (plain if isinstance(plain, dict) else {}), tuple(faults)


def _dialect_faults(schema: Schema) -> Iterator[Detail]:
    named = schema.get("$schema")
    if isinstance(named, str) and not any(dialect in named for dialect in _DIALECTS):
        yield Detail(".$schema", f"is not a dialect that is known here; known are {', '.join(_DIALECTS)}")


def _mixed_lists(value: Any, path: str = "") -> Iterator[Detail]:
    """Long lists of names that are not all names.

    The metaschema wants names to differ, and where they cannot be sorted each is compared with each: for a minute, in
    one schema of allowed size.
    """
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if isinstance(inner, Mapping | list) and name not in _VALUES:
                yield from _mixed_lists(inner, f"{path}.{name}")
    else:
        if len(value) > _LONG_LIST and len({isinstance(inner, str) for inner in value}) > 1:
            yield Detail(path, "must hold names only")
        for number, inner in enumerate(value):
            if isinstance(inner, Mapping | list):
                yield from _mixed_lists(inner, f"{path}[{number}]")


def _faults_by_metaschema(schema: Schema) -> Iterator[Detail]:
    for number, error in enumerate(Draft202012Validator(Draft202012Validator.META_SCHEMA).iter_errors(schema)):
        if number == _MOST_FAULTS:
            return
        message = error.message if len(error.message) <= _LONGEST_MESSAGE else f"{error.message[:_LONGEST_MESSAGE]}..."
        yield Detail(_dotted(error.absolute_path), message)


def _dotted(steps: Any) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)


def _is_object(schema: Any) -> bool:
    if not isinstance(schema, Mapping):
        return False
    kinds = schema.get("type", "object")
    return (kinds == "object" or "object" in kinds) and any(
        key in schema for key in ("properties", "allOf", "anyOf", "oneOf")
    )


def _depth(value: Any) -> int:
    """How deep objects and lists lie in each other, counted no further than what is too much; without recursion."""
    depth, level = 0, [value]
    while level and depth <= _MOST_JSON_DEPTH:
        depth += 1
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, Mapping) else outer)
            if isinstance(inner, Mapping | list)
        ]
    return depth


class _Inlining:
    """Puts references in place, and notes what cannot be done."""

    def __init__(self, root: Schema) -> None:
        self._root = root
        self._count = 0
        self.faults: list[Detail] = []

    def plain(self, schema: Any, path: str, depth: int, within: tuple[str, ...]) -> Any:
        """``schema`` with everything that it refers to; ``within`` are the references that lead here."""
        if not isinstance(schema, Mapping):
            return schema
        self._count += 1
        if self._count == MOST_SCHEMAS + 1:
            self.faults.append(Detail("", f"comes to more than {MOST_SCHEMAS} schemas with its references in place"))
        if depth > MOST_DEPTH and not self.faults:
            self.faults.append(Detail(path, f"lies deeper than {MOST_DEPTH} schemas in each other"))
        if self.faults:
            return {}
        self._check_words(schema, path)
        own = {
            key: self._inside(key, value, f"{path}.{key}", depth, within)
            for key, value in schema.items()
            if key not in _LEFT_OUT and key != "$ref"
        }
        if "$ref" not in schema:
            return _with_null(own)
        target = self._target(schema["$ref"], f"{path}.$ref", depth, within)
        if not own:
            return target
        overlap = not isinstance(target, dict) or own.keys() & target.keys() - {"title", "description"}
        return {**own, "allOf": [*own.get("allOf", ()), target]} if overlap else {**target, **own}

    def _inside(self, key: str, value: Any, path: str, depth: int, within: tuple[str, ...]) -> Any:
        if key in ONE_SCHEMA:
            return self.plain(value, path, depth + 1, within)
        if key in LISTS_OF_SCHEMAS:
            return [self.plain(one, f"{path}[{number}]", depth + 1, within) for number, one in enumerate(value)]
        if key in NAMED_SCHEMAS:
            return {name: self.plain(one, f"{path}.{name}", depth + 1, within) for name, one in value.items()}
        return value

    def _target(self, reference: str, path: str, depth: int, within: tuple[str, ...]) -> Any:
        if not reference.startswith("#") or (len(reference) > 1 and not reference.startswith("#/")):
            self.faults.append(Detail(path, "only places of this schema (#/...) can be referred to; none is fetched"))
            return {}
        if reference in within or reference == "#":
            self.faults.append(
                Detail(path, f"runs in a circle: {' -> '.join((*within, reference))[:_LONGEST_MESSAGE]}")
            )
            return {}
        target: Any = self._root
        for step in reference.split("/")[1:]:
            name = unquote(step).replace("~1", "/").replace("~0", "~")
            if isinstance(target, Mapping) and name in target:
                target = target[name]
            elif isinstance(target, list) and name.isascii() and name.isdecimal() and int(name) < len(target):
                target = target[int(name)]
            else:
                self.faults.append(Detail(path, f"there is nothing at {reference[:_LONGEST_MESSAGE]}"))
                return {}
        return self.plain(target, path, depth, (*within, reference))

    def _check_words(self, schema: Schema, path: str) -> None:
        for key in _NOT_FOLLOWED:
            if key in schema:
                self.faults.append(Detail(f"{path}.{key}", "is not followed here; use $ref"))
        patterns = [(f"{path}.pattern", schema["pattern"])] if "pattern" in schema else []
        patterns += [(f"{path}.patternProperties", pattern) for pattern in schema.get("patternProperties", ())]
        for at, pattern in patterns:
            try:
                compile_pattern(pattern, at)
            except InvalidRequest as error:
                self.faults.extend(error.details)


def _with_null(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with OpenAPI's ``nullable`` said in JSON Schema's own words."""
    if schema.pop("nullable", None) is not True:
        return schema
    if isinstance(schema.get("type"), str):
        schema["type"] = [schema["type"], "null"]
    elif isinstance(schema.get("type"), list) and "null" not in schema["type"]:
        schema["type"] = [*schema["type"], "null"]
    if isinstance(schema.get("enum"), list) and None not in schema["enum"]:
        schema["enum"] = [*schema["enum"], None]
    return schema
