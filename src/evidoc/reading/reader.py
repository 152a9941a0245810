"""The promise that every reader keeps: bytes of one format in, pages out, one at a time.

A reader runs inside the sandbox's child process: it may be killed at any moment, and everything it is given
is hostile. It hands each page on as soon as it is finished, so that memory does not grow with pages.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from mmap import mmap
from types import MappingProxyType
from typing import Protocol

from evidoc.kernel.reading import Page, Reading
from evidoc.kernel.registry import Registry
from evidoc.reading.page_image import PageImage

PDF = "application/pdf"
PNG = "image/png"
JPEG = "image/jpeg"
TIFF = "image/tiff"
WEBP = "image/webp"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HTML = "text/html"
EML = "message/rfc822"
CSV = "text/csv"
MARKDOWN = "text/markdown"
TEXT = "text/plain"


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """What one document may ask for; beyond it, reading ends with DocumentTooComplex.

    ``page_pixels`` bounds the picture made of one page, whose resolution is lowered to fit; ``page_chars``
    bounds the text of one page; ``unpacked_bytes`` what a packed format may unfold to, ``attachment_bytes`` one
    file inside the document.
    """

    pages: int = 5_000
    page_pixels: int = 16_000_000
    page_chars: int = 2_000_000
    unpacked_bytes: int = 256 * 1024 * 1024
    attachment_bytes: int = 16 * 1024 * 1024
    dpi: int = 200


@dataclass(frozen=True, slots=True)
class Source:
    """The bytes to read (a large document's are mapped, not copied) and what is known of them."""

    data: bytes | mmap
    content_type: str
    filename: str = ""
    password: str | None = None
    limits: ReadLimits = ReadLimits()


class Emit(Protocol):
    """Takes finished pages, in order of their index."""

    def count(self, pages: int) -> None:
        """Say how many pages there will be; only a reader that knows before the first."""

    def __call__(self, page: Page) -> None:
        """Hand on a page that is complete."""

    def pixels(self, image: PageImage) -> None:
        """Hand on a page as pixels, for the OCR worker to complete."""


class Reader(Protocol):
    """Reads one format."""

    def read(self, source: Source, emit: Emit) -> Reading:
        """Hand every page to ``emit``; return what surrounds them (``pages`` empty).

        Raises the kernel's DocumentUnreadable errors.
        """


READERS: Mapping[str, str] = MappingProxyType(
    {
        PDF: "evidoc.reading.readers.pdf:PdfReader",
        PNG: "evidoc.reading.readers.image:ImageReader",
        JPEG: "evidoc.reading.readers.image:ImageReader",
        TIFF: "evidoc.reading.readers.image:ImageReader",
        WEBP: "evidoc.reading.readers.image:ImageReader",
        DOCX: "evidoc.reading.readers.word:WordReader",
        XLSX: "evidoc.reading.readers.sheet:SheetReader",
        HTML: "evidoc.reading.readers.html:HtmlReader",
        EML: "evidoc.reading.readers.email:EmailReader",
        CSV: "evidoc.reading.readers.sheet:CsvReader",
        MARKDOWN: "evidoc.reading.readers.markdown:MarkdownReader",
        TEXT: "evidoc.reading.readers.text:TextReader",
        "application/xml": "evidoc.reading.readers.text:TextReader",
        "text/xml": "evidoc.reading.readers.text:TextReader",
    }
)


def reader_registry() -> Registry[type[Reader]]:
    """Which class reads which content type; none is loaded before it is asked for."""
    return Registry("content type", READERS)
