"""What a command is asked to find: names on the command line, or a file that describes them."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import yaml

Wanted = Sequence[str | Mapping[str, Any]]

Asked = Wanted | Mapping[str, Any] | None
"""Names and descriptions; or a JSON Schema; or what is usual for the kind of document."""


def wanted_of(fields: str | None, schema: Path | None) -> Wanted | None:
    """The wishes; None where there are none. Raises click.ClickException for a schema that cannot be used."""
    wishes: list[str | Mapping[str, Any]] = []
    if schema is not None:
        wishes += _from_file(schema)
    if fields is not None:
        wishes += [name.strip() for name in fields.split(",") if name.strip()]
        if not wishes:
            raise click.UsageError("--fields names nothing")
    return wishes or None


def json_schema_of(schema: Path | None) -> Mapping[str, Any] | None:
    """The JSON Schema in a file; None where the file lists features, or where there is none."""
    found = None if schema is None else _parsed(schema)
    return found if isinstance(found, Mapping) and isinstance(found.get("properties"), Mapping) else None


def object_of(file: Path) -> Mapping[str, Any]:
    """The object in a YAML or JSON file. Raises click.ClickException."""
    found = _parsed(file)
    if not isinstance(found, Mapping):
        raise click.ClickException(f"{file} holds no object")
    return found


def _parsed(file: Path) -> Any:
    try:
        text = file.read_text(encoding="utf-8")
        return json.loads(text) if file.suffix.lower() == ".json" else yaml.safe_load(text)
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise click.ClickException(f"{file} cannot be read: {' '.join(str(error).split())}") from None


def _from_file(schema: Path) -> list[str | Mapping[str, Any]]:
    """A list of names and objects, or an object that holds one under ``features`` or ``entities``."""
    found = _parsed(schema)
    if isinstance(found, Mapping):
        found = found.get("features", found.get("entities", found))
    if isinstance(found, Mapping):
        found = [{"name": name, **(about or {})} for name, about in found.items() if isinstance(about or {}, Mapping)]
    if not isinstance(found, list) or not all(isinstance(item, str | Mapping) for item in found):
        raise click.ClickException(f"{schema} holds no list of features")
    return found
