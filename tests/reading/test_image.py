import io
import struct
import tracemalloc
import zlib
from mmap import mmap

import numpy as np
import pytest
from PIL import Image

from evidoc.kernel.errors import DocumentDamaged, DocumentEmpty, DocumentTooComplex
from evidoc.reading.reader import ReadLimits, Source
from evidoc.reading.readers.image import ImageReader
from tests.reading.collect import Collected, read
from tests.reading.ocr.pictures import drawn

PICTURE = drawn([(40, 30, "Delivery note 5512"), (40, 90, "Rotterdam")], size=(400, 200)).picture


def saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def pixels(collected: Collected) -> np.ndarray:
    (image,) = collected.images
    shape = (image.rows, image.columns, image.channels)
    return np.frombuffer(image.pixels, np.uint8).reshape(shape).mean(axis=2)


def png_header(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(1_000_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "WEBP"])
@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "CMYK", "RGBA", "LA", "PA", "I;16"])
def test_every_kind_of_sample_shows_the_same_page(kind: str, mode: str) -> None:
    if mode == "I;16":
        picture = Image.fromarray(np.asarray(PICTURE).astype(np.uint16) * 257)
    else:
        picture = PICTURE.convert("RGB").convert(mode)
    try:
        data = saved(picture, kind, **({"lossless": True} if kind == "WEBP" else {}))
    except (OSError, KeyError):
        pytest.skip(f"{kind} holds no {mode}")
    assert np.abs(pixels(read(ImageReader(), data)) - np.asarray(PICTURE)).mean() < 4


def test_what_is_transparent_is_white() -> None:
    ink = Image.new("RGBA", PICTURE.size, (0, 0, 0, 0))
    ink.putalpha(Image.eval(PICTURE, lambda grey: 255 - grey))
    assert np.abs(pixels(read(ImageReader(), saved(ink, "PNG"))) - np.asarray(PICTURE)).mean() < 4


def test_twelve_bits_in_sixteen_are_not_black() -> None:
    picture = Image.fromarray(np.asarray(PICTURE).astype(np.uint16) * 16)
    assert pixels(read(ImageReader(), saved(picture, "TIFF"))).max() > 250


@pytest.mark.parametrize(("orientation", "turn", "way"), [(3, 180, 180), (6, 90, 90), (8, 270, 270)])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_a_photo_is_shown_upright(kind: str, orientation: int, turn: int, way: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    collected = read(ImageReader(), saved(PICTURE.rotate(way, expand=True), kind, exif=exif))
    (image,) = collected.images
    assert image.rotation == turn
    assert (image.columns, image.rows) == PICTURE.size
    assert image.width > image.height
    assert np.abs(pixels(collected) - np.asarray(PICTURE)).mean() < 6


def test_a_stated_resolution_gives_the_size_of_the_page() -> None:
    (image,) = read(ImageReader(), saved(PICTURE, "PNG", dpi=(100, 100))).images
    assert (image.width, image.height) == pytest.approx((288, 144), abs=0.1)
    assert image.dpi == pytest.approx(100, abs=0.1)


def test_a_screen_resolution_on_a_large_photo_is_not_believed() -> None:
    (image,) = read(ImageReader(), saved(Image.new("L", (1700, 2200), 255), "JPEG", dpi=(72, 72))).images
    assert (image.width, image.height) == pytest.approx((612, 792))


def test_a_fax_is_stretched_to_square_pixels() -> None:
    (image,) = read(ImageReader(), saved(Image.new("1", (864, 500), 1), "TIFF", dpi=(204, 98))).images
    assert (image.columns, image.rows) == (864, 1041)
    assert (image.width, image.height) == pytest.approx((864 * 72 / 204, 500 * 72 / 98), abs=0.5)


def test_a_large_picture_comes_smaller_with_its_resolution() -> None:
    (image,) = read(
        ImageReader(), saved(Image.new("1", (6800, 8800), 1), "TIFF", dpi=(800, 800), compression="group4")
    ).images
    assert 5_500_000 < image.columns * image.rows <= 6_100_000
    assert (image.width, image.height) == pytest.approx((612, 792), abs=1)
    assert image.dpi == pytest.approx(image.columns / 8.5, rel=0.01)


def test_a_long_receipt_keeps_its_letters() -> None:
    (image,) = read(ImageReader(), saved(Image.new("L", (1200, 12_000), 255), "PNG")).images
    assert image.columns >= 1_100


def test_every_page_of_a_tiff_is_a_page() -> None:
    more = [PICTURE.convert("1"), PICTURE.rotate(90, expand=True)]
    data = saved(PICTURE, "TIFF", save_all=True, append_images=more, compression="tiff_lzw")
    images = read(ImageReader(), data).images
    assert [image.index for image in images] == [0, 1, 2]
    assert [(image.columns, image.rows) for image in images] == [(400, 200), (400, 200), (200, 400)]
    with pytest.raises(DocumentTooComplex):
        read(ImageReader(), data, pages=2)


def test_a_bomb_is_refused_by_its_header() -> None:
    tracemalloc.start()
    for side in (60_000, 10_000):
        with pytest.raises(DocumentTooComplex):
            read(ImageReader(), png_header(side, side))
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_picture_that_ends_early_is_given_as_far_as_it_goes(kind: str) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (900, 700), np.uint8)
    data = saved(Image.fromarray(noise), kind)
    (image,) = read(ImageReader(), data[: len(data) // 2]).images
    assert [fault.code for fault in image.faults] == ["picture_truncated"]


def test_a_tiff_that_ends_early_says_that_pages_are_missing() -> None:
    data = saved(PICTURE, "TIFF", save_all=True, append_images=[PICTURE, PICTURE], compression="tiff_lzw")
    collected = read(ImageReader(), data[: len(data) * 2 // 3])
    assert len(collected.images) + len(collected.pages) in (1, 2)
    assert collected.reading is not None
    assert [fault.code for fault in collected.reading.faults] == ["pages_missing"]


@pytest.mark.parametrize(
    "data", [b"no picture", b"\x89PNG\r\n\x1a\n", b"II*\0\xff\xff\xff\xff", b"\xff\xd8\xff\xe0" * 9]
)
def test_what_is_no_picture_is_damaged(data: bytes) -> None:
    with pytest.raises(DocumentDamaged):
        read(ImageReader(), data)


def test_nothing_is_empty() -> None:
    with pytest.raises(DocumentEmpty):
        read(ImageReader(), b"")


def test_mapped_bytes_are_read_in_place() -> None:
    data = saved(PICTURE, "PNG")
    with mmap(-1, len(data)) as mapped:
        mapped.write(data)
        collected = Collected()
        ImageReader().read(Source(mapped, "image/png", limits=ReadLimits()), collected)
        assert np.array_equal(pixels(collected), np.asarray(PICTURE))
