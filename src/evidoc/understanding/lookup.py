"""The catalogue's entries by name, by printed label, and all labels together."""

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cache

from evidoc.understanding.catalogue.amounts import AMOUNTS
from evidoc.understanding.catalogue.dates import DATES
from evidoc.understanding.catalogue.entry import Entry
from evidoc.understanding.catalogue.identifiers import IDENTIFIERS
from evidoc.understanding.catalogue.parties import PARTIES
from evidoc.understanding.tokens import key_of

ENTRIES: tuple[Entry, ...] = (*DATES, *AMOUNTS, *IDENTIFIERS, *PARTIES)

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_PARTS = re.compile(r"[^\w]+|_+")


def words_of(name: str) -> tuple[str, ...]:
    """The words of a feature's name, lower case: ``dueDate``, ``due-date`` and ``Due Date`` are alike."""
    return tuple(part.lower() for part in _PARTS.split(_CAMEL.sub("_", name)) if part)


@cache
def by_name() -> Mapping[tuple[str, ...], Entry]:
    """Entries by the words of each of their names, and by each clear label (``rechnungsnummer`` is one)."""
    found: dict[tuple[str, ...], Entry] = {}
    for entry in ENTRIES:
        for name in (entry.name, *entry.also.split()):
            found.setdefault(key_of(" ".join(words_of(name))), entry)
    for entry in ENTRIES:
        for label in entry.all_labels():
            key = key_of(label)
            if key and key != ("#",):
                found.setdefault(key, entry)
    return found


def entry_for(name: str) -> Entry | None:
    """The entry that a feature's name means, if the catalogue knows it."""
    return by_name().get(key_of(" ".join(words_of(name))))


@cache
def labels_of_all() -> Mapping[tuple[str, ...], Mapping[str, float]]:
    """Every label's key to the entries that use it, each with 1 for a clear label and 0.6 for a weak one."""
    found: dict[tuple[str, ...], dict[str, float]] = defaultdict(dict)
    for entry in ENTRIES:
        for labels, strength in ((entry.all_labels(), 1.0), (entry.weak_labels(), 0.6)):
            for label in labels:
                key = key_of(label)
                if key:
                    found[key].setdefault(entry.name, strength)
    return found


@cache
def type_of_entry() -> Mapping[str, Entry]:
    """Entries by their own name."""
    return {entry.name: entry for entry in ENTRIES}
