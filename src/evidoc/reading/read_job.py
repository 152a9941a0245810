"""The sandbox's job of reading: which reader, and how its pages cross to the other side."""

from collections.abc import Callable, Mapping
from mmap import mmap
from typing import Any

from evidoc.kernel.errors import UnsupportedDocument
from evidoc.kernel.page_codec import encode_frame, encode_page
from evidoc.kernel.reading import Page
from evidoc.reading.page_image import PageImage, encode_page_image
from evidoc.reading.reader import ReadLimits, Source, reader_registry

COUNT = b"N"
PAGE = b"P"
PIXELS = b"I"
FRAME = b"F"


class Sender:
    """Keeps the promise of ``Emit``: each page becomes one result, marked with what it is."""

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self._send = send

    def count(self, pages: int) -> None:
        """Send how many pages there will be."""
        self._send(COUNT + str(pages).encode())

    def __call__(self, page: Page) -> None:
        """Send a finished page."""
        self._send(PAGE + encode_page(page))

    def pixels(self, image: PageImage) -> None:
        """Send a page that needs OCR."""
        self._send(PIXELS + encode_page_image(image))


def read(arguments: Mapping[str, Any], data: bytes | mmap, send: Callable[[bytes], None]) -> None:
    """Read ``data``; runs in the sandbox's child. Last comes what surrounds the pages."""
    readers = reader_registry()
    if arguments["content_type"] not in readers:
        raise UnsupportedDocument
    source = Source(
        data=data,
        content_type=arguments["content_type"],
        filename=arguments["filename"],
        password=arguments["password"],
        limits=ReadLimits(**arguments["limits"]),
    )
    reading = readers.get(source.content_type)().read(source, Sender(send))
    send(FRAME + encode_frame(reading))
