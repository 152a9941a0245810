"""How the weights of ``understanding/split.py`` were fitted: ``python -m training.split``.

A logistic regression with a ridge, on the pages of files made of DEV documents of one half (``evals/split.py``).
Weights whose sign contradicts what the signal means are held at nought. DEV documents come from many sources, while the
documents of one scan look alike and often have no page numbers: each file is also taken as if it were so.
"""

from collections.abc import Sequence

import numpy as np

from evals.split import CATEGORIES, File, files_of_one_kind, kept_documents, mixed_files
from evidoc.understanding.page_facts import PageFacts, page_facts
from evidoc.understanding.split import WEIGHTS, signals

_FILES = 300
_RIDGE = 1.0
_STEPS = 4000
_RATE = 0.5
_LOOK = ("other_look", "other_letters")
_NUMBERS = ("first_of_count", "number_one", "next_number", "later_number", "number_gone", "after_the_last")
_HIDDEN: Sequence[Sequence[str]] = ((), _LOOK, _NUMBERS, (*_LOOK, *_NUMBERS))
"""What is hidden in turn, so that the other signals learn to stand alone."""

_FOR = frozenset(
    "first_of_count number_one number_gone after_the_last title other_id other_look other_letters ended_early "
    "other_kind".split()
)


def rows(files: Sequence[File]) -> tuple[np.ndarray, np.ndarray]:
    """A row of signals for each page but the first of a file, and whether a document begins with it."""
    names = list(WEIGHTS)
    table, truth = [], []
    known: dict[int, PageFacts] = {}
    for file in files:
        # A document is in many files; its pages are numbered anew in each, but share their words.
        for page in file.reading.pages:
            if id(page.words) not in known:
                known[id(page.words)] = page_facts(page, CATEGORIES)
        facts = [known[id(page.words)] for page in file.reading.pages]
        for number in range(1, len(facts)):
            found = signals(facts, number)
            if facts[number].blank:
                continue
            for hidden in _HIDDEN:
                table.append([0.0 if name in hidden else found.get(name, 0.0) for name in names])
                truth.append(float(number in file.starts))
    return np.array(table), np.array(truth)


def fitted(table: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    """Weights by name."""
    names = list(WEIGHTS)
    signs = np.array([0 if name == "always" else 1 if name in _FOR else -1 for name in names])
    weights = np.zeros(len(names))
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-(table @ weights)))
        slope = table.T @ (chance - truth) / len(truth) + _RIDGE * weights * (signs != 0) / len(truth)
        weights -= _RATE * slope
        weights = np.where(signs * weights < 0, 0.0, weights)
    return {name: round(float(weight), 2) for name, weight in zip(names, weights, strict=True)}


def main() -> None:
    """Fit and print."""
    kept = [one for one in kept_documents() if one.half == 0]
    files = [*mixed_files(kept, _FILES, 10), *files_of_one_kind(kept, _FILES, 11)]
    for name, weight in fitted(*rows(files)).items():
        print(f'        "{name}": {weight},')


if __name__ == "__main__":
    main()
