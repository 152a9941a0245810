"""Which flows start by themselves when a document comes in."""

from fnmatch import fnmatchcase

from evidoc.flows.graph import Trigger
from evidoc.kernel.records import DocumentRecord


def fires(trigger: Trigger, document: DocumentRecord) -> bool:
    """Whether this document sets off the trigger: all of its filter's keys that are given must match.

    Media types and names are compared without regard to case; ``*`` and ``?`` stand for any characters, and a bare
    ``*`` or ``*/*`` matches every document.
    """
    if trigger.type != "document_upload":
        return False
    kinds, names = trigger.mime_types, trigger.filename
    if kinds and not any(matches(document.content_type, kind) for kind in kinds):
        return False
    if names and not any(matches(document.name, name) for name in names):
        return False
    return all(key in document.metadata and document.metadata[key] == value for key, value in trigger.metadata.items())


def matches(text: str, pattern: str) -> bool:
    """Whether a text fits a pattern, without regard to case; ``*`` and ``?`` stand for any characters."""
    return fnmatchcase(text.casefold(), pattern.casefold())
