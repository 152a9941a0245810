"""What the config of each kind of node may hold in the public format."""

from collections.abc import Iterator, Mapping
from typing import Any

from evidoc.flows.input_mapping import FIELD_SOURCES, KINDS
from evidoc.flows.options import (
    Check,
    Option,
    boolean,
    check_options,
    either,
    json_type,
    list_of,
    mapping_of,
    one_of,
    text,
    whole_number,
)
from evidoc.flows.references import check_flow
from evidoc.flows.schema.check import check_schema
from evidoc.flows.schema.variables import check_source
from evidoc.flows.tasks.combine import STRATEGIES
from evidoc.flows.tasks.output import MOST_FIELDS, TRANSFORMS
from evidoc.flows.tasks.trigger import LONGEST_TIMEOUT_MS
from evidoc.kernel.errors import Detail

MOST_CATEGORIES = 200


def anything(_value: Any, _path: str) -> Iterator[Detail]:
    """No fault in whatever it is."""
    return iter(())


def _consensus(value: Any, path: str) -> Iterator[Detail]:
    yield from check_options(
        value,
        {
            "runs": Option(whole_number(1, 100), required=True),
            "strategy": Option(one_of("majority", "unanimous")),
            "onTie": Option(one_of("random", "fail", "retry")),
            "parallel": Option(boolean),
            "includeMetadata": Option(boolean),
            "level": Option(one_of("object", "field")),
            "retryOnFailure": Option(boolean),
            "maxRetries": Option(whole_number(0, 100)),
        },
        path,
    )


def _reasoning(value: Any, path: str) -> Iterator[Detail]:
    yield from check_options(
        value,
        {
            "enabled": Option(boolean),
            "effort": Option(one_of("low", "medium", "high")),
            "max_tokens": Option(whole_number(1, 10_000_000)),
            "exclude": Option(boolean),
        },
        path,
    )


def _schema(value: Any, path: str) -> Iterator[Detail]:
    if isinstance(value, str):
        yield Detail(path, f"there is no schema {value[:60]!r} to refer to here; give the schema itself")
    else:
        yield from check_schema(value, path)


def _no_asset(what: str) -> Check:
    def check(value: Any, path: str) -> Iterator[Detail]:
        yield Detail(path, f"there is no {what} {str(value)[:60]!r} to refer to here")

    return check


_CATEGORY = either(
    Mapping,
    lambda value, path: check_options(
        value, {"name": Option(text(), required=True), "description": Option(text(2000))}, path
    ),
    text(),
)
_CATEGORIES = list_of(_CATEGORY, MOST_CATEGORIES, 1)


def _sources(value: Any, path: str) -> Iterator[Detail]:
    yield from (text() if isinstance(value, str) else list_of(text(), 100))(value, path)


_MAPPING_NEEDED = {"artifact": "path", "merge": "artifactPath", "construct": "fields"}
_MAPPING = {
    "type": Option(one_of(*KINDS), required=True),
    "path": Option(text()),
    "artifactPath": Option(text()),
    "fields": Option(mapping_of(lambda value, path: _field(value, path), 200)),
}
_FIELD = {
    "source": Option(one_of(*FIELD_SOURCES), required=True),
    "path": Option(text()),
    "value": Option(anything),
}
_FIELD_NEEDED = {"artifact": "path", "literal": "value"}


def _mapping(value: Any, path: str) -> Iterator[Detail]:
    yield from _needing(value, _MAPPING, path, "type", _MAPPING_NEEDED)


def _field(value: Any, path: str) -> Iterator[Detail]:
    yield from _needing(value, _FIELD, path, "source", _FIELD_NEEDED)


def _needing(
    value: Any, options: Mapping[str, Option], path: str, kind: str, needed: Mapping[str, str]
) -> Iterator[Detail]:
    yield from check_options(value, options, path)
    name = needed.get(str(value.get(kind))) if isinstance(value, Mapping) else None
    if name is not None and name not in value:
        yield Detail(f"{path}.{name}", f"is required where the {kind} is {value[kind]}")


_ASKING = {
    "providerRef": Option(text()),
    "consensus": Option(_consensus),
    "maxTokens": Option(whole_number(1, 10_000_000)),
}
"""What a node that a model may answer can hold."""

CONFIGS: Mapping[str, Mapping[str, Option]] = {
    "parse": {
        **_ASKING,
        "format": Option(one_of("text", "markdown", "html", "json")),
        "describeFigures": Option(boolean),
        "includeImages": Option(boolean),
        "citations": Option(anything),
        "chunked": Option(anything),
    },
    "extract": {
        **_ASKING,
        "schema": Option(_schema),
        "schemaFrom": Option(check_source),
        "reasoning": Option(_reasoning),
    },
    "split": {
        **_ASKING,
        "categories": Option(_CATEGORIES),
        "schemas": Option(mapping_of(check_schema, MOST_CATEGORIES)),
        "schemaRef": Option(_no_asset("schema")),
        "includeOther": Option(boolean),
    },
    "categorize": {**_ASKING, "categories": Option(_CATEGORIES), "promptRef": Option(anything)},
    "trigger": {
        "flowRef": Option(check_flow, required=True),
        "providerOverrides": Option(mapping_of(text())),
        "inputMapping": Option(_mapping),
        "mergeMetrics": Option(boolean),
        "timeout": Option(whole_number(1, LONGEST_TIMEOUT_MS)),
    },
    "output": {
        "name": Option(text()),
        "source": Option(_sources),
        "transform": Option(one_of(*TRANSFORMS)),
        "fields": Option(list_of(text(), MOST_FIELDS)),
    },
    "combine": {"strategy": Option(one_of(*STRATEGIES)), "source": Option(_sources)},
}
"""The kinds of node that run here, and what their configs may hold; each may repeat its kind as ``type``."""

UNSUPPORTED: Mapping[str, str] = {
    "chunk": "chunk is not supported: extract reads long documents by itself; split parts one into sections",
}
"""Kinds of node that are known and do not run here, and what to do instead."""


def config_faults(kind: str, config: Any, path: str) -> Iterator[Detail]:
    """The faults of a config, unknown keys excepted."""
    if not isinstance(config, Mapping):
        yield Detail(path, f"must be an object, not {json_type(config)}")
        return
    options = CONFIGS[kind]
    yield from check_options({key: config[key] for key in config if key in options}, options, path)
    if config.get("type", kind) != kind:
        yield Detail(f"{path}.type", f"must be {kind!r}, as the step's nodeType is")
    if kind == "split":
        yield from _split_faults(config, path)
    if kind == "extract" and "schema" not in config and "schemaFrom" not in config:
        yield Detail(f"{path}.schema", "is required")
    if kind == "output" and config.get("transform") == "pick" and not config.get("fields"):
        yield Detail(f"{path}.fields", "is required where the transform is pick")


def _split_faults(config: Mapping[str, Any], path: str) -> Iterator[Detail]:
    if "categories" in config and "schemas" in config:
        yield Detail(f"{path}.schemas", "cannot stand beside categories")
    elif not any(config.get(name) for name in ("categories", "schemas", "schemaRef")):
        yield Detail(f"{path}.categories", "is required")
