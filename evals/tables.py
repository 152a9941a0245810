"""Tables found against tables as people marked them: cell adjacency F1, as in the ICDAR-2013 competition.

Every cell that says something is related to the next such cell to its right and below it. A relation is right
where the truth has the same two texts (white space aside) related the same way on the same page. A document's
precision, recall and F1 come from its relations; the figure is the mean over documents, with a 95 % interval
bootstrapped over them. A document whose tables are all missed counts 0.

Detection asks less: is there, for each marked table, a found one that covers the same area (IoU >= 0.5)?
"""

import random
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from evals.readings import data_folder, readings
from evidoc.kernel.reading import Box, Page, Reading, Table, union

Relation = tuple[int, str, str, str]
"""Page index, text, text of the neighbour, "right" or "below"."""


@dataclass(frozen=True)
class PlacedText:
    """A cell as both sides give it: rows and columns ``[first, end)``."""

    text: str
    row: int
    end_row: int
    column: int
    end_column: int


@dataclass(frozen=True)
class MarkedTable:
    page_index: int
    box: Box  # y upwards, as the truth has it
    cells: tuple[PlacedText, ...]


@dataclass(frozen=True)
class Score:
    document: str
    right: int
    found: int
    marked: int
    tables_right: int
    tables_found: int
    tables_marked: int

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.marked if self.marked else 0.0

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.found + self.marked) if self.found + self.marked else 1.0


def relations(page_index: int, cells: Sequence[PlacedText]) -> Iterator[Relation]:
    """Neighbours to the right and below; blank cells are looked through."""
    said = [cell for cell in cells if cell.text]
    at = {
        (row, column): cell
        for cell in said
        for row in range(cell.row, cell.end_row)
        for column in range(cell.column, cell.end_column)
    }
    rows = max((cell.end_row for cell in said), default=0)
    columns = max((cell.end_column for cell in said), default=0)
    for cell in said:
        right = {
            id(other): other
            for row in range(cell.row, cell.end_row)
            if (other := _first(at.get((row, column)) for column in range(cell.end_column, columns)))
        }
        below = {
            id(other): other
            for column in range(cell.column, cell.end_column)
            if (other := _first(at.get((row, column)) for row in range(cell.end_row, rows)))
        }
        for other in right.values():
            yield page_index, cell.text, other.text, "right"
        for other in below.values():
            yield page_index, cell.text, other.text, "below"


def _first(cells: Iterable[PlacedText | None]) -> PlacedText | None:
    return next((cell for cell in cells if cell is not None), None)


def normal(text: str) -> str:
    """What two texts must share: white space, soft hyphens and compatibility forms aside."""
    return re.sub(r"[\s\u00ad\ufffe]+", "", unicodedata.normalize("NFKC", text)).casefold()


def read_truth(path: Path) -> list[MarkedTable]:
    """The marked tables of one ``*-str.xml``, one a page region."""
    tables = []
    for region in etree.parse(path).iter("region"):
        cells, boxes = [], []
        for cell in region.iter("cell"):
            row, column = int(cell.get("start-row")), int(cell.get("start-col"))
            end_row, end_column = int(cell.get("end-row", row)), int(cell.get("end-col", column))
            text = normal(cell.findtext("content") or "")
            cells.append(PlacedText(text, row, end_row + 1, column, end_column + 1))
            box = cell.find("bounding-box")
            boxes.append(Box(*(float(box.get(name)) for name in ("x1", "y1", "x2", "y2"))))
        tables.append(MarkedTable(int(region.get("page")) - 1, union(boxes), tuple(cells)))
    return tables


def placed(page: Page, table: Table) -> list[PlacedText]:
    return [
        PlacedText(
            normal(page.cell_text(cell)),
            cell.row,
            cell.row + cell.row_span,
            cell.column,
            cell.column + cell.column_span,
        )
        for cell in table.cells
    ]


def score(document: str, pages: Iterable[Page], truth: Sequence[MarkedTable]) -> Score:
    found: Counter[Relation] = Counter()
    places: list[tuple[int, Box]] = []
    for page in pages:
        for table in page.tables:
            found.update(relations(page.index, placed(page, table)))
            inked = [page.box_of(*span) for cell in table.cells for span in cell.spans]
            box = union(inked) if inked else table.box
            places.append((page.index, Box(box.x0, page.height - box.y1, box.x1, page.height - box.y0)))
    marked = Counter(relation for table in truth for relation in relations(table.page_index, table.cells))
    return Score(
        document=document,
        right=(found & marked).total(),
        found=found.total(),
        marked=marked.total(),
        tables_right=sum(_covered(table, places) for table in truth),
        tables_found=len(places),
        tables_marked=len(truth),
    )


def _covered(table: MarkedTable, places: Sequence[tuple[int, Box]]) -> bool:
    return any(page == table.page_index and _iou(table.box, box) >= 0.5 for page, box in places)


def _iou(one: Box, other: Box) -> float:
    wide = min(one.x1, other.x1) - max(one.x0, other.x0)
    high = min(one.y1, other.y1) - max(one.y0, other.y0)
    if wide <= 0 or high <= 0:
        return 0.0
    return wide * high / (one.width * one.height + other.width * other.height - wide * high)


def interval(figures: Sequence[float], rounds: int = 2000) -> tuple[float, float]:
    """The 95 % interval of the mean, bootstrapped."""
    dice = random.Random(0)
    means = sorted(sum(dice.choices(figures, k=len(figures))) / len(figures) for _ in range(rounds))
    return means[int(0.025 * rounds)], means[int(0.975 * rounds)]


def summary(scores: Sequence[Score]) -> dict[str, float]:
    """The figures over documents: ``f1``, ``precision`` and ``recall`` are means, ``pooled_f1`` is of all relations."""
    n = len(scores)
    low, high = interval([one.f1 for one in scores])
    right, found = sum(one.right for one in scores), sum(one.found for one in scores)
    tables_right = sum(one.tables_right for one in scores)
    return {
        "n": n,
        "f1": sum(one.f1 for one in scores) / n,
        "f1_low": low,
        "f1_high": high,
        "precision": sum(one.precision for one in scores) / n,
        "recall": sum(one.recall for one in scores) / n,
        "pooled_f1": 2 * right / (found + sum(one.marked for one in scores)),
        "table_recall": tables_right / sum(one.tables_marked for one in scores),
        "table_precision": min(1.0, tables_right / max(1, sum(one.tables_found for one in scores))),
    }


def evaluate(folder: Path, read: Callable[[Iterable[Path]], Iterable[tuple[Path, Reading]]]) -> list[Score]:
    """Every document of ``folder``, as ``read`` reads it, against its truth."""
    return [
        score(file.stem, reading.pages, read_truth(folder / "truth" / f"{file.stem}-str.xml"))
        for file, reading in read(sorted((folder / "documents").glob("*.pdf")))
    ]


def report(scores: Sequence[Score]) -> Mapping[str, dict[str, float]]:
    """The figures of all documents and of each half (by origin), which is how tuning is kept honest."""
    halves = {"all": list(scores)}
    for one in scores:
        halves.setdefault(one.document.partition("-")[0], []).append(one)
    return {name: summary(members) for name, members in halves.items()}


def main() -> dict[str, dict[str, float]]:
    """Score the DEV documents; the figures of all and of each half."""
    return dict(report(evaluate(data_folder() / "tables", readings)))


def show(scores: Sequence[Score]) -> None:
    for one in scores:
        tables = f"{one.tables_right}/{one.tables_marked} of {one.tables_found}"
        print(f"{one.document:10} P {one.precision:.3f} R {one.recall:.3f} F1 {one.f1:.3f}  tables {tables}")
    for name, figures in report(scores).items():
        print(name, {key: round(value, 3) for key, value in figures.items()})


if __name__ == "__main__":
    if not (data_folder() / "tables").is_dir():
        sys.exit(f"There are no tables with truth in {data_folder()}; set EVIDOC_DEV_DATA")
    show(evaluate(data_folder() / "tables", readings))
