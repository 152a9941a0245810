"""Pictures: PNG, JPEG, TIFF (many pages) and WebP become page images for OCR, one at a time.

Sizes are judged from the headers, before anything is decoded. What is decoded is lowered to what OCR can
use, so that memory stays bounded however many pixels the file has.
"""

import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from io import BytesIO
from mmap import mmap
from typing import IO, Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile

from evidoc.kernel.errors import DocumentDamaged, DocumentEmpty, DocumentTooComplex, EvidocError
from evidoc.kernel.reading import Fault, Method, Page, Reading, Words
from evidoc.reading.page_image import PageImage
from evidoc.reading.reader import Emit, Source

_FORMATS = ("PNG", "JPEG", "TIFF", "WEBP")

_MOST_PIXELS = 150_000_000
_MOST_DECODED_BYTES = 220_000_000
_BYTES_PER_PIXEL = {"L": 1, "1": 2, "P": 5, "PA": 5, "I;16": 5, "I;16B": 5, "I;16L": 5, "I": 6, "F": 6}
"""What Pillow spends on one pixel, the step to 8-bit samples included; every other mode takes four."""

_ENOUGH_PIXELS = 6_000_000
_ENOUGH_SHORT_SIDE = 1_200
_LONGEST_SIDE = 32_000

_ASSUMED_LONG_SIDE = 11.0
_ASSUMED_DPI = (72.0, 300.0)
_BELIEVED_DPI = (36.0, 2400.0)
_SCREEN_DPI, _LONGEST_AT_SCREEN_DPI, _LONGEST = 96.0, 15.0, 60.0

_ORIENTATION = 0x0112
_TURN = {3: 180, 4: 180, 5: 270, 6: 90, 7: 90, 8: 270}
"""Clockwise degrees of each EXIF orientation that turns; 4, 5 and 7 are mirror images besides."""
_TRANSPOSE = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SUBFILE_TYPE, _REDUCED_OR_MASK = 254, 0b101


class _Dpi(NamedTuple):
    across: float
    down: float


class ImageReader:
    """Emits every page of the picture as pixels; the OCR worker does the rest."""

    def read(self, source: Source, emit: Emit) -> Reading:
        """Raises DocumentDamaged for what is no picture, DocumentTooComplex for what is too large to decode."""
        if not len(source.data):
            raise DocumentEmpty
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of size and odd metadata; the checks here are stricter
            faults = _emit_pages(source, emit)
        return Reading(pages=(), faults=faults)


def _emit_pages(source: Source, emit: Emit) -> tuple[Fault, ...]:
    frame = index = damaged = 0
    with closing(_opened(source)) as picture:
        if picture.format != "TIFF":  # whose pages would have to be looked up one after the other
            emit.count(1)
        while True:
            if not _is_thumbnail(picture):
                if index >= source.limits.pages:
                    raise DocumentTooComplex(f"The picture has more than {source.limits.pages} pages")
                try:
                    emit.pixels(_page_image(source, picture, frame, index))
                except DocumentDamaged:
                    damaged += 1
                    emit(_unreadable_page(index))
                index += 1
            frame += 1
            try:
                if not _went_to(picture, frame):
                    break
            except DocumentDamaged:
                return (Fault("pages_missing", f"The picture is damaged after page {index}"),)
    if damaged == index:
        raise DocumentDamaged
    return ()


def _opened(source: Source) -> Image.Image:
    with _pillow():
        if isinstance(source.data, mmap):  # read where it lies, not copied
            source.data.seek(0)
            return Image.open(cast(IO[bytes], source.data), formats=_FORMATS)
        return Image.open(BytesIO(source.data), formats=_FORMATS)


def _is_thumbnail(picture: Image.Image) -> bool:
    """Whether the current frame of a TIFF is a smaller copy or a mask of another."""
    kind = getattr(picture, "tag_v2", {}).get(_SUBFILE_TYPE, 0)
    return isinstance(kind, int) and bool(kind & _REDUCED_OR_MASK)


def _went_to(picture: Image.Image, frame: int) -> bool:
    """Go on to the next page of a TIFF; False after the last. Animations count as their first picture."""
    if picture.format != "TIFF":
        return False
    with _pillow():
        try:
            picture.seek(frame)
        except EOFError:
            return False
        return True


def _page_image(source: Source, picture: Image.Image, frame: int, index: int) -> PageImage:
    """The current frame as pixels; one that ends early is given as far as it goes, with a fault."""
    with _pillow():
        dpi = _dpi(picture)
        size = _size_wanted(picture.width, picture.height, dpi, source.limits.page_pixels)
        _check_size(picture, size)
        used_dpi = max(dpi) * size[0] / (picture.width * max(dpi) / dpi.across)
    faults: tuple[Fault, ...] = ()
    try:
        pixels, orientation = _decoded(picture, size)
    except DocumentDamaged:
        pixels, orientation = _decoded_as_far_as_it_goes(source, frame, size)
        faults = (Fault("picture_truncated", f"The picture of page {index + 1} ends early", index),)
    return PageImage(
        index=index,
        width=pixels.width * 72 / used_dpi,
        height=pixels.height * 72 / used_dpi,
        rotation=_TURN.get(orientation, 0),
        dpi=used_dpi,
        pixels=pixels.tobytes(),
        columns=pixels.width,
        rows=pixels.height,
        channels=len(pixels.getbands()),
        faults=faults,
    )


def _unreadable_page(index: int) -> Page:
    width, height = 8.5 * 72, _ASSUMED_LONG_SIDE * 72
    fault = Fault("page_damaged", f"Page {index + 1} of the picture is damaged", index)
    return Page(index, "", width, height, Method.OCR, Words.of(()), (), quality=0.0, faults=(fault,))


def _orientation(picture: Image.Image) -> int:
    value = picture.getexif().get(_ORIENTATION, 1)
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _dpi(picture: Image.Image) -> _Dpi:
    """The resolution that the file states, if it makes a believable sheet; else that of a letter's long side.

    Cameras and screens write 72 or 96 into everything; a long receipt is assumed at 300 dpi at most.
    """
    longest = max(picture.size)
    stated = picture.info.get("dpi")
    if isinstance(stated, tuple) and len(stated) == 2:
        dpi = _Dpi(*(float(number) for number in stated))
        low, high = min(dpi), max(dpi)
        if _BELIEVED_DPI[0] <= low <= high <= _BELIEVED_DPI[1] and high <= 4 * low:
            limit = _LONGEST_AT_SCREEN_DPI if high <= _SCREEN_DPI else _LONGEST
            if 1.0 <= longest / high <= limit:
                return dpi
    assumed = min(max(longest / _ASSUMED_LONG_SIDE, _ASSUMED_DPI[0]), _ASSUMED_DPI[1])
    return _Dpi(assumed, assumed)


def _size_wanted(columns: int, rows: int, dpi: _Dpi, most: int) -> tuple[int, int]:
    """As many square pixels as OCR can use: a letter page at 250 dpi, or more where a side would get too short."""
    width, height = columns * max(dpi) / dpi.across, rows * max(dpi) / dpi.down
    scale = max((_ENOUGH_PIXELS / (width * height)) ** 0.5, _ENOUGH_SHORT_SIDE / min(width, height))
    scale = min(1.0, scale, (most / (width * height)) ** 0.5, _LONGEST_SIDE / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def _check_size(picture: Image.Image, wanted: tuple[int, int]) -> None:
    """Refuse what would not fit in memory. A JPEG can be decoded at a half, quarter or eighth of its size."""
    if picture.width * picture.height > _MOST_PIXELS:
        raise DocumentTooComplex(f"The picture has {picture.width} x {picture.height} pixels, which is too many")
    if picture.format in ("JPEG", "MPO"):
        picture.draft(None, wanted)
    if picture.width * picture.height * _BYTES_PER_PIXEL.get(picture.mode, 4) > _MOST_DECODED_BYTES:
        raise DocumentTooComplex(f"The picture has {picture.width} x {picture.height} pixels, which is too many")


def _decoded(picture: Image.Image, size: tuple[int, int]) -> tuple[Image.Image, int]:
    """The current frame upright, in grey or RGB, alpha laid on white, at ``size``; and its EXIF orientation."""
    with _pillow():
        # Loading turns a TIFF and forgets how; a PNG only knows its orientation once it is loaded.
        orientation = _orientation(picture) if picture.format == "TIFF" else 1
        picture.load()
        turn_needed = 1 if picture.format == "TIFF" else _orientation(picture)
        samples = _eight_bit(picture)
        if samples.size != size:
            samples = samples.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
        if samples.mode in ("RGBA", "LA"):
            white = Image.new("RGBA", samples.size, "white")
            white.alpha_composite(samples.convert("RGBA"))
            samples = white.convert("RGB")
        way = _TRANSPOSE.get(turn_needed)
        return (samples if way is None else samples.transpose(way)), max(orientation, turn_needed)


def _eight_bit(picture: Image.Image) -> Image.Image:
    """The picture as L, LA, RGB or RGBA, which can be scaled smoothly."""
    if picture.mode in ("1", "L", "LA", "RGB", "RGBA") and "transparency" not in picture.info:
        return picture.convert("L") if picture.mode == "1" else picture
    if picture.mode.startswith("I") or picture.mode == "F":
        return Image.fromarray(_stretched(np.asarray(picture)))
    if picture.has_transparency_data:
        return picture.convert("RGBA")
    return picture.convert("RGB")


def _stretched(samples: NDArray[Any]) -> NDArray[np.uint8]:
    """8-bit samples of deeper ones, whether the file uses their whole range or not."""
    top = float(np.nanmax(samples, initial=0.0))
    full = next((float(full) for full in (1, 255, 4095, 65535) if top <= full), max(top, 1.0))
    scaled = np.nan_to_num(samples.astype(np.float32) * np.float32(255 / full))
    return np.asarray(np.clip(scaled, 0, 255), np.uint8)


def _decoded_as_far_as_it_goes(source: Source, frame: int, size: tuple[int, int]) -> tuple[Image.Image, int]:
    """A frame that ends early, the rest blank. Raises DocumentDamaged where nothing at all can be seen."""
    with _pillow(), closing(_opened(source)) as again:
        again.seek(frame)
        _check_size(again, size)
        strict, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, True
        try:
            pixels, orientation = _decoded(again, size)
            pixels = pixels.copy()
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = strict
    if all(low == high for low, high in zip(*[iter(np.ravel(pixels.getextrema()))] * 2, strict=True)):
        raise DocumentDamaged
    return pixels, orientation


@contextmanager
def _pillow() -> Iterator[None]:
    """Whatever Pillow raises on hostile bytes, as one of ours."""
    try:
        yield
    except EvidocError:
        raise
    except (MemoryError, Image.DecompressionBombError) as error:
        raise DocumentTooComplex("The picture is too large to decode") from error
    except Exception as error:  # its decoders raise anything from SyntaxError to struct.error
        raise DocumentDamaged from error
