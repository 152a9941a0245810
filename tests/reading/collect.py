"""Runs a reader on bytes made in a test and keeps what it emits."""

from dataclasses import dataclass, field

from evidoc.kernel.reading import Page, Reading
from evidoc.reading.page_image import PageImage
from evidoc.reading.reader import Reader, ReadLimits, Source


@dataclass
class Collected:
    """An Emit that remembers."""

    pages: list[Page] = field(default_factory=list)
    images: list[PageImage] = field(default_factory=list)
    reading: Reading | None = None

    def __call__(self, page: Page) -> None:
        self.pages.append(page)

    def count(self, pages: int) -> None:
        pass

    def pixels(self, image: PageImage) -> None:
        self.images.append(image)

    @property
    def text(self) -> str:
        return "\f".join(page.text for page in self.pages)


def read(reader: Reader, data: bytes, content_type: str = "", **limits: int) -> Collected:
    """What ``reader`` makes of ``data``; every page is checked against what all pages promise."""
    collected = Collected()
    collected.reading = reader.read(Source(memoryview(data), content_type, limits=ReadLimits(**limits)), collected)
    for index, page in enumerate(collected.pages):
        assert page.index == index
        check_page(page)
    return collected


def check_page(page: Page) -> None:
    """Words are slices without white space, in order, inside the page; lines cover them; cells lie in their tables."""
    assert page.text == "\n".join(
        " ".join(page.text[word.start : word.end] for word in page.words[line.first_word : line.end_word])
        for line in page.lines
    )
    assert [line.first_word for line in page.lines] == [0, *(line.end_word for line in page.lines[:-1])][
        : len(page.lines)
    ]
    assert (page.lines[-1].end_word if page.lines else 0) == len(page.words)
    for word in page.words:
        text = page.text[word.start : word.end]
        assert text
        assert not any(character.isspace() for character in text)
        assert -1 <= word.box.x0 <= word.box.x1 <= page.width + 1
        assert -1 <= word.box.y0 <= word.box.y1 <= page.height + 1
    for table in page.tables:
        taken: set[int] = set()
        for cell in table.cells:
            assert table.box.covers(cell.box, 0.5)
            assert cell.row + cell.row_span <= table.rows
            assert cell.column + cell.column_span <= table.columns
            for start, end in cell.spans:
                assert not taken.intersection(range(start, end))
                taken.update(range(start, end))
                assert cell.box.covers(page.box_of(start, end), 1.0)
