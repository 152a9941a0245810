"""A tiny press: pages with words and rulings, set in even characters of 5 points by 10."""

from dataclasses import dataclass, field

from evidoc.kernel.reading import Box, Line, Method, Page, Table, Word, Words
from evidoc.reading.tables import Ruling

WIDE, HIGH = 5.0, 10.0


@dataclass
class Press:
    """``put`` sets a text with its left edge at x, ``put_right`` with its right edge there; y is the top."""

    lines: list[list[tuple[str, Box]]] = field(default_factory=list)
    rulings: list[Ruling] = field(default_factory=list)

    def put(self, x: float, y: float, text: str) -> None:
        line = []
        for word in text.split():
            line.append((word, Box(x, y, x + WIDE * len(word) - 0.5, y + HIGH)))
            x += WIDE * (len(word) + 1) - 2.0
        self.lines.append(line)

    def put_right(self, x: float, y: float, text: str) -> None:
        wide = sum(WIDE * (len(word) + 1) - 2.0 for word in text.split()) - WIDE + 2.0
        self.put(x - wide, y, text)

    def row(self, y: float, *texts: str, at: tuple[float, ...]) -> None:
        """Texts side by side; a negative place is a right edge; an empty text is left out."""
        for x, text in zip(at, texts, strict=True):
            if text and x < 0:
                self.put_right(-x, y, text)
            elif text:
                self.put(x, y, text)

    def rule(self, y: float, x0: float, x1: float) -> None:
        self.rulings.append(Ruling(x0, y, x1, y))

    def wall(self, x: float, y0: float, y1: float) -> None:
        self.rulings.append(Ruling(x, y0, x, y1))

    def page(self, width: float = 600.0, height: float = 800.0) -> Page:
        text, words, lines = "", [], []
        for line in self.lines:
            first = len(words)
            text += "\n" if text else ""
            for index, (word, box) in enumerate(line):
                text += " " if index else ""
                words.append(Word(len(text), len(text) + len(word), box))
                text += word
            if line:
                lines.append(Line(first, len(words)))
        return Page(0, text, width, height, Method.BORN_DIGITAL, Words.of(words), tuple(lines))


def texts(page: Page, table: Table) -> list[list[str]]:
    """What the cells say, by rows; a merged cell stands where it starts, None where it goes on."""
    rows: list[list[str | None]] = [[None] * table.columns for _ in range(table.rows)]
    for cell in table.cells:
        rows[cell.row][cell.column] = page.cell_text(cell)
    return rows
