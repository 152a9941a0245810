"""Questions about one document, answered from its one reading."""

from collections.abc import Mapping, Sequence
from typing import Any

from evidoc.kernel.classification import Classification
from evidoc.kernel.decision import Decision
from evidoc.kernel.output import FoundTable, SummaryOutput
from evidoc.kernel.principal import Principal
from evidoc.kernel.reading import Reading


class AnalysisOperations:
    """The verbs of analysis. Each waits for the document to be processed, and answers with its failure if it failed."""

    def text(self, who: Principal, document_id: str) -> Reading:
        """All that the document says."""
        raise NotImplementedError

    def entities(
        self,
        who: Principal,
        document_id: str,
        wanted: Sequence[str | Mapping[str, Any]] = (),
        custom: Sequence[Mapping[str, Any]] = (),
    ) -> tuple[Decision, ...]:
        """Values of the features wanted: names or objects (name, type, labels, description); ``custom`` by pattern."""
        raise NotImplementedError

    def classify(
        self,
        who: Principal,
        document_id: str,
        categories: Sequence[str] | None = None,
        multi_label: bool = False,
        threshold: float = 0.0,
    ) -> tuple[Classification, ...]:
        """The categories that it belongs to, likeliest first (built-in types where none are given)."""
        raise NotImplementedError

    def summarize(
        self,
        who: Principal,
        document_id: str,
        max_length: int = 500,
        format: str = "paragraph",  # noqa: A002 - the word of the summary's own option
        focus: Sequence[str] = (),
    ) -> SummaryOutput:
        """Its most telling sentences, at most ``max_length`` characters together."""
        raise NotImplementedError

    def tables(self, who: Principal, document_id: str) -> tuple[FoundTable, ...]:
        """Its tables, in reading order."""
        raise NotImplementedError
