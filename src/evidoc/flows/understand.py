"""Questions to a stored reading, answered in a sandboxed child; what comes back is checked at the gate."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from evidoc.deciding.gate import check
from evidoc.flows.understand_job import pack
from evidoc.kernel.classification import Classification
from evidoc.kernel.decision import Decision
from evidoc.kernel.decision_codec import decisions_from_json, feature_to_json
from evidoc.kernel.errors import ReaderCrashed
from evidoc.kernel.finding import Feature
from evidoc.kernel.output import summary_from_json
from evidoc.kernel.page_codec import encode_frame, encode_page
from evidoc.kernel.reading import Reading
from evidoc.kernel.summary import Summary
from evidoc.reading.sandbox import Sandbox
from evidoc.storing.reading_file import StoredPages

JOBS: Mapping[str, str] = MappingProxyType(
    {
        "understand.process": "evidoc.flows.understand_job:process",
        "understand.entities": "evidoc.flows.understand_job:entities",
        "understand.classify": "evidoc.flows.understand_job:classify_document",
        "understand.summarize": "evidoc.flows.understand_job:summarize_document",
    }
)
"""The sandbox's jobs that understanding needs."""


@dataclass(frozen=True, slots=True)
class Understood:
    """What every document is asked: its likeliest types, and the features that documents of its type have."""

    classifications: tuple[Classification, ...] = ()
    decisions: tuple[Decision, ...] = field(default=())


class Understander:
    """Asks a reading. Each question raises DocumentTooComplex or ReaderCrashed where the text is too much for it."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def process(self, reading: Reading) -> Understood:
        """The document's types, best first, and the built-in features of the best."""
        answer = self._ask("process", reading, {})
        return Understood(_classifications(answer["classifications"]), _checked(reading, answer["decisions"]))

    def entities(self, reading: Reading, features: Sequence[Feature]) -> tuple[Decision, ...]:
        """One decision for each feature, in order."""
        if not features:
            return ()
        wanted = [feature_to_json(feature) for feature in features]
        return _checked(reading, self._ask("entities", reading, {"features": wanted}))

    def classify(
        self, reading: Reading, categories: Sequence[str] | None, *, multi_label: bool, threshold: float
    ) -> tuple[Classification, ...]:
        """The categories (None: the built-in types) that the document belongs to, likeliest first."""
        names = None if categories is None else list(categories)
        question = {"categories": names, "multi_label": multi_label, "threshold": threshold}
        return _classifications(self._ask("classify", reading, question))

    def summarize(self, reading: Reading, max_length: int, style: str, focus: Sequence[str]) -> Summary:
        """At most ``max_length`` characters of the document's own sentences."""
        question = {"max_length": max_length, "format": style, "focus": list(focus)}
        return summary_from_json(self._ask("summarize", reading, question))

    def _ask(self, question: str, reading: Reading, arguments: Mapping[str, Any]) -> Any:
        data = pack([encode_frame(reading), *_encoded_pages(reading)])
        answer = b"".join(self._sandbox.run(f"understand.{question}", arguments, data))
        try:
            return json.loads(answer)
        except ValueError as error:
            raise ReaderCrashed() from error


def _encoded_pages(reading: Reading) -> Iterable[bytes]:
    pages = reading.pages
    if isinstance(pages, StoredPages):
        return (pages.part(index) for index in range(len(pages)))
    return (encode_page(page) for page in pages)


def _checked(reading: Reading, answer: Any) -> tuple[Decision, ...]:
    """The decisions of a child that hostile text may have taken over, once every piece of evidence holds."""
    try:
        decisions = decisions_from_json(answer)
    except (ValueError, TypeError) as error:
        raise ReaderCrashed() from error
    check(reading, decisions)
    return decisions


def _classifications(answer: Sequence[Sequence[Any]]) -> tuple[Classification, ...]:
    return tuple(Classification(str(category), float(confidence)) for category, confidence in answer)
