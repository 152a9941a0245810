"""What stands in a document. The server waits for a document that it is still processing."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from evidoc_client.answers import Classified, Entities, Summary, Tables, Text
from evidoc_client.call import Call, Json, shape
from evidoc_client.verb import Verb

T = TypeVar("T")

Wanted = str | Mapping[str, Any]
"""A value that is wanted: its name, or an object with name, type, labels, description, pattern, columns."""


class AnalysisVerbs:
    """What stands in a document. Nothing is changed by asking."""

    @Verb
    def entities(
        self, document_id: str, entities: Sequence[Wanted] = (), custom_entities: Sequence[Mapping[str, str]] = ()
    ) -> Call[Entities]:
        """Values, each with its evidence: by name, described, or ({"name", "pattern"}) by regular expression.

        Without any, those that are usual for the kind of document.
        """
        return entities_call(document_id, entities, custom_entities)

    @Verb
    def classify(
        self,
        document_id: str,
        categories: Sequence[str] | None = None,
        *,
        multi_label: bool = False,
        confidence_threshold: float = 0.0,
    ) -> Call[Classified]:
        """Which of the categories it belongs to, likeliest first; without any, the built-in kinds of document."""
        asked: dict[str, Any] = {"multi_label": multi_label, "confidence_threshold": confidence_threshold}
        chosen = {} if categories is None else {"categories": list(categories)}
        return _call("classify", Classified, document_id, {**chosen, "options": asked})

    @Verb
    def summarize(
        self, document_id: str, *, max_length: int = 500, bullets: bool = False, focus: Sequence[str] = ()
    ) -> Call[Summary]:
        """A summary of at most ``max_length`` characters, made of its own sentences."""
        style = "bullets" if bullets else "paragraph"
        options = {"max_length": max_length, "format": style, "focus": list(focus)}
        return _call("summarize", Summary, document_id, {"options": options})

    @Verb
    def text(self, document_id: str, *, layout: bool = True, tables: bool = True) -> Call[Text]:
        """Its text, page by page; with ``layout`` the place of every line and word is in each page's ``raw``."""
        options = {"include_layout": layout, "include_tables": tables}
        return _call("extract-text", Text, document_id, {"options": options})

    @Verb
    def tables(self, document_id: str) -> Call[Tables]:
        """Its tables."""
        return _call("extract-tables", Tables, document_id, {})


def entities_call(
    document_id: str, entities: Sequence[Wanted] = (), custom_entities: Sequence[Mapping[str, str]] = ()
) -> Call[Entities]:
    """The request for values."""
    wanted = {"entities": list(entities), "custom_entities": list(custom_entities)}
    return _call("extract-entities", Entities, document_id, wanted)


def _call(verb: str, kind: type[T], document_id: str, asked: Mapping[str, Any]) -> Call[T]:
    return Call("POST", f"/v1/analysis/{verb}", shape(kind), body=Json({"document_id": document_id, **asked}))
