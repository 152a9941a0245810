"""Fits the map from score to probability (src/evidoc/deciding/calibration_table.py) on the DEV data.

    python -m training.calibration [--write]

For every feature of every second document, asked by name and by schema: the facts of the leading candidate, and
whether it was right. Logistic regression, weights held toward zero (L2), score, lead and support kept from turning
negative, each set of documents counting alike. The error printed is honest: fitted on one half of the templates,
measured on the other, both ways. ``--write`` then fits on all and writes the table.
"""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from evals.documents import SETS, Labelled, documents, schema
from evals.fields import features
from evals.scoring import DATE, normal
from evidoc.deciding import calibration_table
from evidoc.deciding.agree import choose
from evidoc.deciding.calibrate import facts
from evidoc.kernel.finding import Candidate, Feature
from evidoc.understanding.find import find

MONOTONE = ("odds", "lead", "support")
_L2 = 0.01
_STEPS = 4000
_RATE = 0.05
_BINS = 15
_STEP = 2


@dataclass(frozen=True)
class Example:
    """A leading candidate: what is known of it, and whether it is right."""

    set_name: str
    half: int
    facts: dict[str, float]
    right: bool


def examples(names: Sequence[str] = tuple(SETS), step: int = 1) -> Iterator[Example]:
    """One for each question of every ``step``-th DEV document that has a candidate."""
    for name in names:
        for by_schema in (False, True):
            if by_schema and schema(name) is None:
                continue
            wanted = features(name, by_schema)
            for document in documents(name, step):
                yield from _examples(name, document, wanted)


def _examples(name: str, document: Labelled, wanted: Sequence[Feature]) -> Iterator[Example]:
    for choice in choose(find(document.reading, wanted)):
        feature = choice.finding.feature.name
        if feature in document.truths and choice.leader is not None:
            seen = facts(choice.open(), choice.checked(choice.leader), choice.support)
            yield Example(name, document.half, seen, _right(name, document, feature, choice.leader))


def _right(name: str, document: Labelled, feature: str, leader: Candidate) -> bool:
    kind, order = SETS[name].kinds[feature], SETS[name].order
    said = normal(kind, leader.value.normalized if kind == DATE else leader.value.raw, order)
    return said in {normal(kind, truth, order) for truth in document.truths[feature]}


def fit(given: Sequence[Example]) -> dict[str, float]:
    """The weights of the facts, by projected gradient descent with Adam's step sizes (Kingma and Ba, 2014)."""
    names = ["intercept", *sorted({name for example in given for name in example.facts})]
    matrix = np.array([[1.0, *(example.facts.get(name, 0.0) for name in names[1:])] for example in given])
    right = np.array([float(example.right) for example in given])
    counts = Counter(example.set_name for example in given)
    weight = np.array([1.0 / counts[example.set_name] ** 0.5 for example in given])
    weight /= weight.sum()
    penalty = np.array([0.0 if name == "intercept" else _L2 for name in names])
    floor = np.array([0.0 if name in MONOTONE else -np.inf for name in names])
    weights, first, second = np.zeros(len(names)), np.zeros(len(names)), np.zeros(len(names))
    for step in range(1, _STEPS + 1):
        guess = 1.0 / (1.0 + np.exp(-matrix @ weights))
        slope = matrix.T @ (weight * (guess - right)) + penalty * weights
        first, second = 0.9 * first + 0.1 * slope, 0.999 * second + 0.001 * slope**2
        weights -= _RATE * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-9)
        weights = np.maximum(weights, floor)
    return {name: round(float(value), 3) for name, value in zip(names, weights, strict=True)}


def probability(table: dict[str, float], example: Example) -> float:
    """What ``table`` makes of an example."""
    total = table["intercept"] + sum(table.get(name, 0.0) * value for name, value in example.facts.items())
    return float(1.0 / (1.0 + np.exp(-total)))


def error(pairs: Sequence[tuple[float, bool]]) -> float:
    """Expected calibration error, bins of equal mass."""
    ranked = sorted(pairs)
    parts = [ranked[n * len(ranked) // _BINS : (n + 1) * len(ranked) // _BINS] for n in range(_BINS)]
    return sum(abs(sum(p for p, _ in part) - sum(right for _, right in part)) for part in parts) / max(len(ranked), 1)


def main() -> None:
    """Print the error, held out; write the table where asked to."""
    given = list(examples(step=_STEP))
    held_out: list[tuple[float, bool]] = []
    for half in (0, 1):
        table = fit([example for example in given if example.half != half])
        pairs = [(probability(table, example), example.right) for example in given if example.half == half]
        print(f"fitted on half {1 - half}: error on half {half} {error(pairs):.3f} (n={len(pairs)})")
        held_out += pairs
    print(f"held out, together: {error(held_out):.3f}")
    table = fit(given)
    print(f"on all: {error([(probability(table, example), example.right) for example in given]):.3f}", table)
    if "--write" in sys.argv:
        rows = "\n".join(f'        "{name}": {value},' for name, value in table.items())
        path = Path(calibration_table.__file__)
        head, _, rest = path.read_text().partition("MappingProxyType(\n    {\n")
        path.write_text(f"{head}MappingProxyType(\n    {{\n{rows}\n    }}{rest.partition('    }')[2]}")


if __name__ == "__main__":
    main()
