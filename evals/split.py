"""Files of several documents: DEV documents put one after the other, parted again.

Half of the files mix kinds, half hold documents of one kind only, where nothing but the documents themselves tells
where one ends. Documents are dealt to two halves by how their first pages look; the weights were fitted on the first
(``training/split.py``), so the second is the one to look at. Readings are without OCR.
"""

import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from evals.documents import alike, halves
from evals.readings import readings
from evals.types import FOLDERS, documents
from evidoc.kernel.classification import Category
from evidoc.kernel.reading import Method, Page, Reading
from evidoc.understanding.split import split

MOST_PAGES = 25
"""Pages of a document that is taken."""

_LEAST_TEXT = 50
_DOCUMENTS_A_FILE = 6
CATEGORIES = tuple(Category(kind) for kind in FOLDERS)


@dataclass(frozen=True)
class Kept:
    """A document of a kind, with the half that it was dealt to."""

    kind: str
    pages: tuple[Page, ...]
    half: int


@dataclass(frozen=True)
class File:
    """Pages one after the other, with the first page and the kind of each document."""

    reading: Reading
    starts: tuple[int, ...]
    kinds: tuple[str, ...]


def kept_documents() -> list[Kept]:
    """The documents that have text and are not too long."""
    found = []
    for kind in FOLDERS:
        for _, reading in readings(documents(kind)):
            pages = tuple(reading.pages[index] for index in range(len(reading.pages)))
            if len(pages) <= MOST_PAGES and sum(len(page.text) for page in pages) >= _LEAST_TEXT:
                found.append((kind, pages))
    dealt = halves(alike([pages[0].text for _, pages in found]))
    return [Kept(kind, pages, half) for (kind, pages), half in zip(found, dealt, strict=True)]


def mixed_files(kept: Sequence[Kept], count: int, seed: int) -> Iterator[File]:
    """Files of documents of any kind, each kind as likely."""
    chance = random.Random(seed)
    by_kind = _by_kind(kept)
    for _ in range(count):
        yield _file([chance.choice(by_kind[chance.choice(list(by_kind))]) for _ in range(_DOCUMENTS_A_FILE)])


def files_of_one_kind(kept: Sequence[Kept], count: int, seed: int) -> Iterator[File]:
    """Files of documents of one kind."""
    chance = random.Random(seed)
    by_kind = _by_kind(kept)
    for _ in range(count):
        own = by_kind[chance.choice(list(by_kind))]
        yield _file(chance.sample(own, min(_DOCUMENTS_A_FILE, len(own))))


def _by_kind(kept: Sequence[Kept]) -> Mapping[str, list[Kept]]:
    by_kind: dict[str, list[Kept]] = {}
    for one in kept:
        by_kind.setdefault(one.kind, []).append(one)
    return {kind: own for kind, own in by_kind.items() if len(own) > 1}


def _file(documents_in_it: Sequence[Kept]) -> File:
    pages: list[Page] = []
    starts = []
    for one in documents_in_it:
        starts.append(len(pages))
        pages.extend(one.pages)
    numbered = tuple(replace(page, index=index) for index, page in enumerate(pages))
    return File(Reading(numbered), tuple(starts), tuple(one.kind for one in documents_in_it))


def _looking_alike(file: File) -> File:
    """The file with all pages of one size and read in one way."""
    pages = tuple(replace(page, width=595.0, height=842.0, method=Method.OCR) for page in file.reading.pages)
    return replace(file, reading=Reading(pages))


def _measured(files: Sequence[File]) -> str:
    right = given = wanted = pages = pages_right = whole = sections = every_page = 0
    for file in files:
        found = split(file.reading, CATEGORIES)
        starts = {section.first_page for section in found} - {0}
        truth = set(file.starts) - {0}
        right, given, wanted = right + len(starts & truth), given + len(starts), wanted + len(truth)
        every_page += len(file.reading.pages) - 1
        ends = [*(start - 1 for start in file.starts[1:]), len(file.reading.pages) - 1]
        true_sections = set(zip(file.starts, ends, file.kinds, strict=True))
        whole += len({(one.first_page, one.last_page, one.category) for one in found} & true_sections)
        sections += len(true_sections)
        kind_of = {page: kind for start, end, kind in true_sections for page in range(start, end + 1)}
        pages += len(file.reading.pages)
        pages_right += sum(
            kind_of[page] == one.category for one in found for page in range(one.first_page, one.last_page + 1)
        )
    precision, recall = right / max(given, 1), right / max(wanted, 1)
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    trivial = 2 * wanted / max(every_page + wanted, 1)
    return (
        f"{len(files)} | {sections} | {pages} | {precision:.1%} | {recall:.1%} | {f1:.1%} | {trivial:.1%} "
        f"| {pages_right / max(pages, 1):.1%} | {whole / max(sections, 1):.1%}"
    )


def report(count: int = 60) -> str:
    """The Markdown table of this eval."""
    kept = kept_documents()
    lines = [
        "| files | half | n | documents | pages | precision | recall | boundary F1 | F1 of a cut at each page "
        "| pages in the right category | documents right from first to last page, category too |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for half, told in ((0, "fitted on"), (1, "not fitted on")):
        own = [one for one in kept if one.half == half]
        alike_files = [_looking_alike(file) for file in mixed_files(own, count, half)]
        lines.append(f"| of several kinds, as if from one scanner | {told} | {_measured(alike_files)} |")
        lines.append(f"| of several kinds | {told} | {_measured(list(mixed_files(own, count, half)))} |")
        lines.append(f"| of one kind | {told} | {_measured(list(files_of_one_kind(own, count, half)))} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(report(int(sys.argv[1]) if len(sys.argv) > 1 else 60))
