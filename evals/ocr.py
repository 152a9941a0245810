"""Receipts read from their pixels against their printed lines as people typed them.

Words are compared as bags: strictly (split at white space, as typed) and plainly (runs of letters and digits,
case aside: typists part signs from words differently). ``bag_error`` counts wrong, missing and surplus characters
against those typed. ``rows`` asks what a receipt lives by: of all neighbours printed on one row (a label and
its amount) whose words were both read, how many stand on one line of the text. Figures are over all words,
with a 95 % interval bootstrapped over receipts for ``plain_f1``; CPU seconds are the OCR process's own.

    python -m evals.ocr [how many receipts, default 30]
"""

import random
import re
import resource
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.readings import data_folder
from evidoc.kernel.reading import Box, Page
from evidoc.reading.ocr import OcrWorker
from evidoc.reading.page_image import PageImage
from evidoc.reading.reader import Source
from evidoc.reading.readers.image import ImageReader


@dataclass(frozen=True)
class Typed:
    """A printed line as typed; its box is in pixels."""

    text: str
    box: Box


@dataclass(frozen=True)
class Bags:
    """How much two bags share."""

    shared: int
    found: int
    typed: int

    @classmethod
    def of(cls, found: Sequence[str], typed: Sequence[str]) -> "Bags":
        return cls((Counter(found) & Counter(typed)).total(), len(found), len(typed))

    @staticmethod
    def f1(bags: Sequence["Bags"]) -> float:
        return 2 * sum(bag.shared for bag in bags) / max(1, sum(bag.found + bag.typed for bag in bags))


@dataclass(frozen=True)
class Score:
    receipt: str
    strict: Bags
    plain: Bags
    characters: Bags
    rows_kept: int
    rows: int


class _Images:
    """An Emit for pictures."""

    def __init__(self) -> None:
        self.images: list[PageImage] = []

    def __call__(self, page: Page) -> None:
        raise ValueError("a receipt's page is damaged")

    def count(self, pages: int) -> None:
        pass

    def pixels(self, image: PageImage) -> None:
        self.images.append(image)


def evaluate(folder: Path, count: int, seed: int = 7) -> Iterator[Score]:
    """The scores of ``count`` receipts drawn at random, read one by one."""
    files = sorted((folder / "documents").glob("*.jpg"))
    chosen = sorted(random.Random(seed).sample(files, min(count, len(files))))
    with OcrWorker() as ocr:
        for file in chosen:
            emit = _Images()
            ImageReader().read(Source(file.read_bytes(), "image/jpeg", file.name), emit)
            yield score(file.stem, ocr.recognise(emit.images[0]), typed_lines(folder / "lines" / f"{file.stem}.csv"))


def typed_lines(path: Path) -> list[Typed]:
    typed = []
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        *corners, text = line.split(",", 8)
        if len(corners) == 8:
            xs, ys = [float(x) for x in corners[::2]], [float(y) for y in corners[1::2]]
            typed.append(Typed(text, Box(min(xs), min(ys), max(xs), max(ys))))
    return typed


def score(receipt: str, page: Page, typed: Sequence[Typed]) -> Score:
    text = "\n".join(line.text for line in typed)
    lines = [_plain(page.text[slice(*page.line_span(line))]) for line in page.lines]
    read = {word for line in lines for word in line}
    rows = [(left, right) for left, right in _neighbours(typed) if left in read and right in read]
    return Score(
        receipt,
        strict=Bags.of(page.text.split(), text.split()),
        plain=Bags.of(_plain(page.text), _plain(text)),
        characters=Bags.of("".join(page.text.casefold().split()), "".join(text.casefold().split())),
        rows_kept=sum(any(left in line and right in line for line in lines) for left, right in rows),
        rows=len(rows),
    )


def _plain(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())


def _neighbours(typed: Sequence[Typed]) -> Iterator[tuple[str, str]]:
    """The words that face each other across the gap between two pieces of one printed row."""
    for piece in typed:
        beside = [
            other
            for other in typed
            if other.box.x0 >= piece.box.x1
            and min(piece.box.y1, other.box.y1) - max(piece.box.y0, other.box.y0)
            > 0.6 * min(piece.box.height, other.box.height)
        ]
        if beside:
            nearest = min(beside, key=lambda other: other.box.x0)
            left, right = _plain(piece.text), _plain(nearest.text)
            if left and right:
                yield left[-1], right[0]


def summary(scores: Sequence[Score]) -> dict[str, float]:
    dice = random.Random(0)
    draws = sorted(Bags.f1([one.plain for one in dice.choices(scores, k=len(scores))]) for _ in range(1000))
    characters = [one.characters for one in scores]
    wrong = sum(bag.found + bag.typed - 2 * bag.shared for bag in characters)
    return {
        "n": len(scores),
        "plain_f1": Bags.f1([one.plain for one in scores]),
        "plain_f1_low": draws[25],
        "plain_f1_high": draws[975],
        "strict_f1": Bags.f1([one.strict for one in scores]),
        "bag_error": wrong / sum(bag.typed for bag in characters),
        "rows": sum(one.rows_kept for one in scores) / max(1, sum(one.rows for one in scores)),
    }


def main(count: int = 30) -> dict[str, float]:
    """Score ``count`` receipts of the DEV data."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    scores = list(evaluate(data_folder() / "receipts", count))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return summary(scores) | {"cpu_s_per_page": seconds / len(scores), "peak_mb": after.ru_maxrss / 1024}


if __name__ == "__main__":
    if not (data_folder() / "receipts" / "documents").is_dir():
        sys.exit(f"There are no receipts in {data_folder()}; set EVIDOC_DEV_DATA")
    print({name: round(figure, 4) for name, figure in main(*map(int, sys.argv[1:])).items()})
