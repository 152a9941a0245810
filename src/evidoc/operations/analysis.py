"""Questions about one document, answered from its one reading."""

from collections.abc import Mapping, Sequence
from typing import Any

from evidoc.flows.house import House
from evidoc.flows.process import Processing, error_of
from evidoc.flows.render import found_tables
from evidoc.flows.wanted import wanted_features
from evidoc.kernel.classification import Classification
from evidoc.kernel.decision import Decision
from evidoc.kernel.output import FoundTable, SummaryOutput
from evidoc.kernel.principal import Principal, Scope
from evidoc.kernel.reading import Reading
from evidoc.kernel.records import DocumentRecord
from evidoc.operations.permission import require

WAIT_SECONDS = 60.0


class AnalysisOperations:
    """The verbs of analysis.

    Each waits, ``wait_seconds`` at most, until the document is processed (then DocumentProcessing), and answers with
    the document's own failure if it failed.
    """

    def __init__(self, house: House, processing: Processing, wait_seconds: float = WAIT_SECONDS) -> None:
        self._understander = house.understander
        self._processing = processing
        self._wait_seconds = wait_seconds

    def text(self, who: Principal, document_id: str) -> Reading:
        """All that the document says."""
        return self._reading(self._processed(who, document_id))

    def entities(
        self,
        who: Principal,
        document_id: str,
        wanted: Sequence[str | Mapping[str, Any]] = (),
        custom: Sequence[Mapping[str, Any]] = (),
    ) -> tuple[Decision, ...]:
        """Values of the features wanted: names or objects (name, type, labels, description); ``custom`` by pattern.

        With neither, the values that documents of its type usually have. Raises InvalidRequest.
        """
        require(who, Scope.READ)
        features = wanted_features(wanted, custom)
        document = self._processed(who, document_id)
        if features:
            return self._understander.entities(self._reading(document), features)
        results = self._processing.results_of(document)
        return results.understood.decisions if results else ()

    def classify(
        self,
        who: Principal,
        document_id: str,
        categories: Sequence[str] | None = None,
        multi_label: bool = False,
        threshold: float = 0.0,
    ) -> tuple[Classification, ...]:
        """The categories that it belongs to, likeliest first (built-in types where none are given)."""
        reading = self._reading(self._processed(who, document_id))
        return self._understander.classify(reading, categories, multi_label=multi_label, threshold=threshold)

    def summarize(
        self,
        who: Principal,
        document_id: str,
        max_length: int = 500,
        format: str = "paragraph",  # noqa: A002 - the word of the summary's own option
        focus: Sequence[str] = (),
    ) -> SummaryOutput:
        """Its most telling sentences, at most ``max_length`` characters together."""
        reading = self._reading(self._processed(who, document_id))
        return SummaryOutput(self._understander.summarize(reading, max_length, format, focus), format)

    def tables(self, who: Principal, document_id: str) -> tuple[FoundTable, ...]:
        """Its tables, in reading order."""
        return tuple(found_tables(self._reading(self._processed(who, document_id))))

    def _processed(self, who: Principal, document_id: str) -> DocumentRecord:
        require(who, Scope.READ)
        document = self._processing.wait(who.org_id, document_id, self._wait_seconds)
        if document.failure is not None:
            raise error_of(document.failure)
        return document

    def _reading(self, document: DocumentRecord) -> Reading:
        return self._processing.reading_of(document)
