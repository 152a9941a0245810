"""Reading and understanding for one command: nothing is kept, no server runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from evidoc.flows.understand import Understander, Understood
from evidoc.flows.wanted import wanted_features
from evidoc.kernel.decision import Decision
from evidoc.kernel.errors import NotFound
from evidoc.kernel.output import SummaryOutput
from evidoc.kernel.reading import Page, Reading
from evidoc.reading.read import DocumentReader
from evidoc.receiving.accept import UploadLimits, accept


@dataclass(frozen=True, slots=True)
class Desk:
    """The rooms that a document passes before anything is kept. Errors are those of the house."""

    reader: DocumentReader
    understander: Understander
    limits: UploadLimits

    def read(self, file: Path, password: str | None = None) -> Reading:
        """What the document in ``file`` says."""
        if not file.is_file():
            raise NotFound(f"There is no file {file}")
        receipt = accept(file, file.name, None, self.limits)
        pages: list[Page] = []
        frame = self.reader.read(file, receipt.content_type, receipt.filename, on_page=pages.append, password=password)
        return replace(frame, pages=tuple(pages))

    def understand(self, reading: Reading) -> Understood:
        """What kind of document it is, and the values usual for its kind."""
        return self.understander.process(reading)

    def find(self, reading: Reading, wanted: Sequence[str | Mapping[str, Any]]) -> tuple[Decision, ...]:
        """The values that are wanted, by name or described."""
        return self.understander.entities(reading, wanted_features(wanted, ()))

    def summarize(self, reading: Reading, max_length: int) -> SummaryOutput:
        """The document in its own sentences."""
        return SummaryOutput(self.understander.summarize(reading, max_length, "paragraph", ()))
