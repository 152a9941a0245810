"""Scanned documents that take an OCR its time."""

import io

from PIL import Image, ImageDraw, ImageFont


def scan(pages: int) -> bytes:
    """A PDF of pictures of pages full of lines, each different."""
    images = [_page(number) for number in range(pages)]
    kept = io.BytesIO()
    images[0].save(kept, "PDF", save_all=True, append_images=images[1:], resolution=100)
    return kept.getvalue()


def _page(number: int) -> Image.Image:
    image = Image.new("1", (640, 420), 1)
    drawing, font = ImageDraw.Draw(image), ImageFont.load_default(18)
    for line in range(10):
        drawing.text((30, 30 + 36 * line), f"Page {number} line {line}: parcels {number * 31 + line} weighed", 0, font)
    return image
