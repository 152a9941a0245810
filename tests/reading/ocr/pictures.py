"""Pictures of text, drawn in the test, with where every word was drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import reportlab
from PIL import Image, ImageDraw, ImageFont

from evidoc.kernel.reading import Box, Line, Method, Page, Word, Words
from evidoc.reading.page_image import PageImage

DPI = 150.0
_FONT = Path(reportlab.__file__).parent / "fonts" / "Vera.ttf"


@dataclass(frozen=True)
class Drawn:
    """A grey picture and its words with their boxes in pixels."""

    picture: Image.Image
    words: tuple[tuple[str, Box], ...]


def drawn(lines: Sequence[tuple[float, float, str]], size: tuple[int, int] = (700, 400), points: float = 22.0) -> Drawn:
    """Text at places (x, y of its top left, in pixels)."""
    picture = Image.new("L", size, 255)
    draw = ImageDraw.Draw(picture)
    font = ImageFont.truetype(str(_FONT), points)
    words: list[tuple[str, Box]] = []
    for x, y, text in lines:
        draw.text((x, y), text, font=font, fill=0)
        offset = 0
        for word in text.split(" "):
            start = x + font.getlength(text[:offset])
            left, top, right, bottom = font.getbbox(word)
            words.append((word, Box(start + left, y + top, start + right, y + bottom)))
            offset += len(word) + 1
    return Drawn(picture, tuple(words))


def page_image(picture: Image.Image, dpi: float = DPI, born_digital: Page | None = None) -> PageImage:
    """The picture as a reader would hand it on."""
    return PageImage(
        index=0,
        width=picture.width * 72 / dpi,
        height=picture.height * 72 / dpi,
        rotation=0,
        dpi=dpi,
        pixels=picture.tobytes(),
        columns=picture.width,
        rows=picture.height,
        channels=len(picture.getbands()),
        born_digital=born_digital,
    )


def page_of(words: Sequence[Sequence[tuple[str, Box]]], width: float = 300, height: float = 200) -> Page:
    """A born-digital page with these lines of words."""
    columns: list[Word] = []
    lines: list[Line] = []
    text = ""
    for line in words:
        first = len(columns)
        text += "\n" if text else ""
        for number, (word, box) in enumerate(line):
            text += " " if number else ""
            columns.append(Word(len(text), len(text) + len(word), box))
            text += word
        lines.append(Line(first, len(columns)))
    return Page(0, text, width, height, Method.BORN_DIGITAL, Words.of(columns), tuple(lines))
