"""What callers want extracted, as they write it: names, objects, patterns of their own; made into features."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from evidoc.flows.options import Option, boolean, check_options, either, list_of, text
from evidoc.kernel.errors import Detail, InvalidRequest
from evidoc.kernel.finding import Feature, FeatureType
from evidoc.understanding.features import features_for
from evidoc.understanding.pattern import LONGEST_PATTERN, compile_pattern

MOST_FEATURES = 200


def _pattern(value: Any, path: str) -> Iterator[Detail]:
    faults = list(text(LONGEST_PATTERN)(value, path))
    yield from faults
    if not faults:
        try:
            compile_pattern(value, path)
        except InvalidRequest as error:
            yield from error.details


_ENTITY = {
    "name": Option(text(200), required=True),
    "type": Option(text(50)),
    "labels": Option(list_of(text(200), 100)),
    "description": Option(text(2000)),
    "pattern": Option(_pattern),
    "columns": Option(list_of(text(200), 100)),
    "many": Option(boolean),
}
_CUSTOM = {
    "name": Option(text(200), required=True),
    "pattern": Option(_pattern, required=True),
    "labels": Option(list_of(text(200), 100)),
    "description": Option(text(2000)),
    "many": Option(boolean),
}


def check_entities(value: Any, path: str) -> Iterator[Detail]:
    """The faults of a list of entities: names, or objects with name, type, labels, description, pattern, columns."""
    one = either(Mapping, lambda item, at: check_options(item, _ENTITY, at), text(200))
    faults = list(list_of(one, MOST_FEATURES)(value, path))
    yield from faults or _feature_faults(value, path)


def check_custom(value: Any, path: str) -> Iterator[Detail]:
    """The faults of a list of custom entities: objects with name and pattern."""
    faults = list(list_of(lambda item, at: check_options(item, _CUSTOM, at), MOST_FEATURES)(value, path))
    yield from faults or _feature_faults(_patterns(value), path)


def wanted_features(
    entities: Sequence[str | Mapping[str, Any]], custom: Sequence[Mapping[str, Any]], path: str = ""
) -> tuple[Feature, ...]:
    """The features of both lists. Raises InvalidRequest with one detail per fault, fields named from ``path`` on."""
    at = f"{path}." if path else ""
    faults = [*check_entities(_plain(entities), f"{at}entities"), *check_custom(_plain(custom), f"{at}custom_entities")]
    if faults:
        raise InvalidRequest(details=faults)
    return features_for([*entities, *_patterns(custom)])


def _patterns(custom: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [{**item, "type": FeatureType.PATTERN.value} for item in custom]


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _feature_faults(wanted: Sequence[str | Mapping[str, Any]], path: str) -> Iterator[Detail]:
    try:
        features_for(wanted)
    except InvalidRequest as error:
        for detail in error.details:
            yield Detail(f"{path}{detail.field}", detail.message)
