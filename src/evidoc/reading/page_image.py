"""A page as pixels, on its way from the reader that made them to OCR, and its bytes across process walls.

No pickle: the bytes come from a process that opened a hostile document, so decoding checks every number.
"""

import json
import struct
from dataclasses import dataclass, field

from evidoc.kernel.page_codec import decode_page, encode_page
from evidoc.kernel.reading import Fault, Page

_LENGTHS = struct.Struct("<3I")
_MAX_SIDE = 65_535


@dataclass(frozen=True, slots=True)
class PageImage:
    """The pixels of one page as it is shown, and what its reader knows of it.

    ``width`` and ``height`` are in points; ``rotation`` is the clockwise quarter turn, in degrees, that the
    reader already applied (a PDF's /Rotate, a photo's EXIF orientation). ``pixels`` are 8-bit samples, row
    after row without padding, ``channels`` 1 (grey) or 3 (RGB). ``dpi`` is that of the pixels. ``born_digital``
    is the text that the page has besides; OCR keeps it and adds what it lacks. ``faults`` end on the page.
    """

    index: int
    width: float
    height: float
    rotation: int
    dpi: float
    pixels: bytes | bytearray | memoryview = field(repr=False)
    columns: int
    rows: int
    channels: int = 1
    born_digital: Page | None = None
    faults: tuple[Fault, ...] = ()

    def __post_init__(self) -> None:
        sides_fit = 0 < self.columns <= _MAX_SIDE and 0 < self.rows <= _MAX_SIDE
        if self.channels not in (1, 3) or not sides_fit:
            raise ValueError(f"no page image is {self.columns} x {self.rows} x {self.channels}")
        if len(self.pixels) != self.columns * self.rows * self.channels:
            raise ValueError("the pixels are not as many as the size says")
        if not (self.width > 0 and self.height > 0 and self.dpi > 0):
            raise ValueError("a page image needs a size in points and a resolution")


def encode_page_image(image: PageImage) -> bytes:
    """The bytes of one page image."""
    header = {
        "index": image.index,
        "width": image.width,
        "height": image.height,
        "rotation": image.rotation,
        "dpi": image.dpi,
        "columns": image.columns,
        "rows": image.rows,
        "channels": image.channels,
        "faults": [[fault.code, fault.message, fault.page_index] for fault in image.faults],
    }
    head = json.dumps(header, separators=(",", ":")).encode()
    born_digital = encode_page(image.born_digital) if image.born_digital is not None else b""
    lengths = _LENGTHS.pack(len(head), len(born_digital), len(image.pixels))
    return b"".join((lengths, head, born_digital, image.pixels))


def decode_page_image(data: bytes) -> PageImage:
    """The page image that ``encode_page_image`` wrote; its pixels are a view of ``data``. Else raises ValueError."""
    try:
        head_length, page_length, pixels_length = _LENGTHS.unpack_from(data)
        page_start = _LENGTHS.size + head_length
        pixels_start = page_start + page_length
        if pixels_start + pixels_length != len(data):
            raise ValueError("page image bytes have the wrong length")
        header = json.loads(data[_LENGTHS.size : page_start])
        return PageImage(
            index=int(header["index"]),
            width=float(header["width"]),
            height=float(header["height"]),
            rotation=int(header["rotation"]),
            dpi=float(header["dpi"]),
            pixels=memoryview(data)[pixels_start:],
            columns=int(header["columns"]),
            rows=int(header["rows"]),
            channels=int(header["channels"]),
            born_digital=decode_page(data[page_start:pixels_start]) if page_length else None,
            faults=tuple(Fault(*fault) for fault in header["faults"]),
        )
    except (struct.error, KeyError, TypeError, OverflowError) as error:
        raise ValueError("not the bytes of a page image") from error
