"""Bytes to Reading: the sandbox opens them, the OCR worker completes pages that are pictures."""

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path
from typing import Protocol

from evidoc.kernel.errors import ReaderCrashed
from evidoc.kernel.page_codec import decode_frame, decode_page
from evidoc.kernel.reading import Fault, Method, Page, Reading, Span, Words
from evidoc.kernel.stop import Stop
from evidoc.reading.page_image import PageImage, decode_page_image
from evidoc.reading.read_job import COUNT, FRAME, PAGE, PIXELS
from evidoc.reading.reader import READERS, ReadLimits
from evidoc.reading.sandbox import Sandbox

READ_JOB = "read"
READ_JOBS = {READ_JOB: "evidoc.reading.read_job:read"}
"""What a Sandbox must know in order to serve a DocumentReader."""


class Recogniser(Protocol):
    """Reads pixels."""

    def recognise(self, image: PageImage, stop: Stop | None = None, pages: int | None = None) -> Page:
        """The page that the pixels show, of a document of so many ``pages`` where that is known.

        Raises RunCancelled once ``stop`` is set.
        """


class DocumentReader:
    """Reads documents of every known type. Safe to share between threads; many may read at once.

    Without ``ocr``, pages that are pictures come out with what text they have and a fault that says so.
    """

    def __init__(self, sandbox: Sandbox, ocr: Recogniser | None = None, limits: ReadLimits | None = None) -> None:
        self._sandbox = sandbox
        self._ocr = ocr
        self._limits = limits or ReadLimits()

    def read(
        self,
        data: bytes | Path,
        content_type: str,
        filename: str = "",
        *,
        on_page: Callable[[Page], None],
        on_count: Callable[[int], None] | None = None,
        password: str | None = None,
        stop: Stop | None = None,
    ) -> Reading:
        """Hand each page to ``on_page`` in order; return what surrounds them (``pages`` empty).

        ``on_count`` is told how many pages there will be, where that is known before the first.
        Raises UnsupportedDocument, the DocumentUnreadable errors, Unavailable, and RunCancelled once ``stop`` is set.
        """
        arguments = {
            "content_type": content_type,
            "filename": filename,
            "password": password,
            "limits": asdict(self._limits),
        }
        moved: dict[int, tuple[Page, Page]] = {}
        # Closed on every way out, so that no child works on for a caller that has gone.
        with closing(self._sandbox.run(READ_JOB, arguments, data, stop=stop)) as results:
            expected, count = 0, None
            for result in results:
                kind, payload = result[:1], result[1:]
                try:
                    if kind == COUNT:
                        count = int(payload)
                        if on_count:
                            on_count(count)
                        continue
                    if kind == FRAME:
                        return _with_fields_moved(decode_frame(payload), moved)
                    page, before = self._page(kind, payload, stop, count)
                except ValueError as error:
                    raise ReaderCrashed("The reader of this document answered with garbage") from error
                if page.index != expected:
                    raise ReaderCrashed("The reader of this document lost a page")
                expected += 1
                if before is not None:
                    moved[page.index] = (before, page)
                on_page(page)
        raise ReaderCrashed

    def _page(self, kind: bytes, payload: bytes, stop: Stop | None, count: int | None) -> tuple[Page, Page | None]:
        """The finished page, and what it was before OCR added to its own text."""
        if kind == PAGE:
            return decode_page(payload), None
        if kind != PIXELS:
            raise ValueError("unknown kind of result")
        image = decode_page_image(payload)
        if self._ocr is None:
            return _unrecognised(image), image.born_digital
        # Seconds a page: a long scan must not keep other documents from being opened.
        with self._sandbox.slot_lent(stop):
            return self._ocr.recognise(image, stop, count), image.born_digital


def preloaded_readers() -> tuple[str, ...]:
    """What a Sandbox should import and call before it forks, so that no document pays for it."""
    modules = dict.fromkeys(where.partition(":")[0] for where in READERS.values())
    return (*modules, "evidoc.reading.readers.pdf:warm_up")


def _unrecognised(image: PageImage) -> Page:
    """The page without OCR: what text it has besides, and a fault."""
    fault = Fault("ocr_unavailable", "The page is a picture and no OCR is available", image.index)
    known = image.born_digital
    if known is None:
        size = (image.width, image.height)
        known = Page(image.index, "", *size, Method.OCR, Words.of(()), (), rotation=image.rotation, quality=0.0)
    return replace(known, faults=(*known.faults, *image.faults, fault))


def _with_fields_moved(frame: Reading, moved: Mapping[int, tuple[Page, Page]]) -> Reading:
    """``frame`` with the spans of form fields where OCR has changed the text that they stand in."""
    fields = []
    for field in frame.form_fields:
        pages = moved.get(field.page_index) if field.page_index is not None else None
        fields.append(replace(field, span=_moved_span(field.span, *pages)) if field.span and pages else field)
    return replace(frame, form_fields=tuple(fields))


def _moved_span(span: Span, before: Page, after: Page) -> Span | None:
    """Where the words of ``span`` stand in ``after``: words of the page's own keep their boxes. None if parted."""
    wanted = [before.words[index] for index in before.words.touching(*span)]
    first = next((word for word in after.words if wanted and word.box == wanted[0].box), None)
    if first is None:
        return None
    start = first.start + (span.start - wanted[0].start)
    end = start + (span.end - span.start)
    return Span(start, end) if after.text[start:end] == before.text[slice(*span)] else None
