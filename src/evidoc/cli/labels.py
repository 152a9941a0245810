"""A folder of documents with what is true of them: ``labels.jsonl``, and ``features.yaml`` where one lies beside it.

A line of the labels is an object: ``file``, a path relative to the folder, and ``fields``, the truth by the name of the
feature, a text or a list of texts of which any is right. A line without a file is passed over.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click


@dataclass(frozen=True, slots=True)
class Labelled:
    """A document and its truths by feature."""

    file: Path
    truths: Mapping[str, tuple[str, ...]]


def labelled(folder: Path) -> tuple[Labelled, ...]:
    """The documents of a folder that have labels. Raises click.ClickException, naming the line at fault."""
    labels = folder / "labels.jsonl"
    try:
        lines = labels.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise click.ClickException(f"{labels} cannot be read: {error}") from None
    given = [_labelled(folder, line, f"{labels}, line {at}") for at, line in enumerate(lines, 1) if line.strip()]
    return tuple(document for document in given if document is not None)


def names_of(documents: Iterable[Labelled]) -> tuple[str, ...]:
    """The features that any document has a truth for, in the order in which they first appear."""
    return tuple(dict.fromkeys(name for document in documents for name in document.truths))


def date_order(documents: Iterable[Labelled]) -> str:
    """Which of day and month comes first in dates of digits (dmy or mdy): as most truths that can only be one say."""
    votes = 0
    for document in documents:
        for text in (text for truths in document.truths.values() for text in truths):
            found = re.fullmatch(r"\s*(\d{1,2})[/.-](\d{1,2})[/.-]\d{2,4}\s*", text)
            if found:
                votes += (int(found[1]) > 12) - (int(found[2]) > 12)
    return "mdy" if votes < 0 else "dmy"


def _labelled(folder: Path, line: str, place: str) -> Labelled | None:
    try:
        label = json.loads(line)
        truths = {name: _texts(truth) for name, truth in label["fields"].items() if _texts(truth)}
        return Labelled(folder / label["file"], truths) if "file" in label else None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise click.ClickException(f"{place} is no object with file and fields") from None


def _texts(truth: Any) -> tuple[str, ...]:
    given = truth if isinstance(truth, list) else [truth]
    return tuple(str(text) for text in given if text is not None and str(text).strip())
