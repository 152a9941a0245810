"""The rooms that read and understand, built from settings; and a desk of them for one command, which keeps nothing."""

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from evidoc.flows.understand import JOBS as UNDERSTAND_JOBS
from evidoc.flows.understand import WARM_UPS, Understander, Understood
from evidoc.flows.wanted import wanted_features
from evidoc.kernel.decision import Decision
from evidoc.kernel.errors import NotFound
from evidoc.kernel.output import SummaryOutput
from evidoc.kernel.reading import Page, Reading
from evidoc.reading.ocr import OcrWorker
from evidoc.reading.read import READ_JOBS, DocumentReader, preloaded_readers
from evidoc.reading.reader import ReadLimits
from evidoc.reading.sandbox import Sandbox
from evidoc.reading.sandbox_limits import SandboxLimits
from evidoc.receiving.accept import UploadLimits, accept, inspect
from evidoc.server.settings import Settings


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
        inspect(file, receipt.content_type, self.limits)
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


@contextmanager
def open_desk(settings: Settings) -> Iterator[Desk]:
    """A desk, and a temporary folder for what it unpacks, gone afterwards."""
    with (
        tempfile.TemporaryDirectory(prefix="evidoc-") as folder,
        reading_rooms(settings, Path(folder)) as (reader, understander),
    ):
        yield Desk(reader, understander, upload_limits(settings))


@contextmanager
def reading_rooms(settings: Settings, scratch: Path) -> Iterator[tuple[DocumentReader, Understander]]:
    """The rooms that open documents and their texts, in one sandbox whose children work under ``scratch``."""
    places = max(settings.readers or processors() + 1, 2)
    with ExitStack() as closing:
        sandbox = Sandbox(
            {**READ_JOBS, **UNDERSTAND_JOBS},
            scratch,
            SandboxLimits(
                memory_bytes=settings.sandbox_memory_bytes,
                cpu_seconds=settings.sandbox_seconds,
                wall_seconds=settings.sandbox_seconds,
                concurrent=places,
            ),
            preload=(*preloaded_readers(), *WARM_UPS),
        )
        closing.callback(sandbox.close)
        sandbox.start()
        ocr = OcrWorker(settings.ocr_idle_seconds, settings.ocr_processes)
        closing.callback(ocr.close)
        limits = ReadLimits(pages=settings.max_pages, unpacked_bytes=settings.max_unpacked_bytes)
        yield DocumentReader(sandbox, ocr, limits), Understander(sandbox, questions_at_once=places - 1)


def upload_limits(settings: Settings) -> UploadLimits:
    """What a document may be."""
    return UploadLimits(
        max_bytes=settings.max_upload_bytes,
        max_unpacked_bytes=settings.max_unpacked_bytes,
        max_pages=settings.max_pages,
        max_pixels=settings.max_pixels,
    )


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
