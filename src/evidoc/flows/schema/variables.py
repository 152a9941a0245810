"""Schemas that a run brings along: where its variables hold them, and whether they do."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from evidoc.flows.schema.check import Schema
from evidoc.flows.schema.wanted import extractable_schema
from evidoc.kernel.errors import Detail, InvalidRequest

_SOURCE = re.compile(r"variables\.([A-Za-z_][A-Za-z0-9_-]{0,99})")


def check_source(value: Any, path: str) -> Iterator[Detail]:
    """The faults of a ``schema_from``."""
    if not isinstance(value, str) or not _SOURCE.fullmatch(value):
        yield Detail(path, "must name a variable of the run, as in variables.schema")


def schema_of(config: Mapping[str, Any], parameters: Mapping[str, Any]) -> Schema:
    """The schema of an extract task without its references. Raises InvalidRequest where there is none or it is faulty.

    ``parameters`` are the run's variables.
    """
    source = config.get("schema_from")
    name = source.removeprefix("variables.") if source else ""
    if source and (parameters.get(name) is not None or "schema" not in config):
        if parameters.get(name) is None:
            raise InvalidRequest(details=[Detail(source, "is required: a JSON Schema of what to extract")])
        return extractable_schema(parameters[name], source)
    if "schema" not in config:
        raise InvalidRequest(details=[Detail("schema", "is required: a JSON Schema of what to extract")])
    return extractable_schema(config["schema"])


def check_variables(definition: Mapping[str, Any], parameters: Mapping[str, Any]) -> None:
    """Raises InvalidRequest, one detail per fault, where a run with these variables could not do its extract tasks.

    To be asked before a run is committed; ``definition`` is a valid one in the tasks notation.
    """
    faults: list[Detail] = []
    for task in definition.get("tasks", ()):
        if task.get("type") == "extract":
            try:
                schema_of(task.get("config", {}), parameters)
            except InvalidRequest as error:
                faults.extend(error.details)
    if faults:
        raise InvalidRequest("The run's variables do not hold what the flow needs", list(dict.fromkeys(faults)))
