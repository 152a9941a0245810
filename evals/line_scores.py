"""Line items against the truth: rows matched one to one at best total, then cell F1, bootstrapped over documents.

A cell is right when it equals the truth after normalising: numbers by value, descriptions casefolded without
punctuation. ``loosely`` also counts a description right where one of the two begins with the other (at least one
whole word): a truth may leave out the notes that a table prints under a name. A column that the truth of a document
does not have at all is not scored there.
"""

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

Row = Mapping[str, str]
NUMERIC = frozenset({"quantity", "unit_price", "amount"})
COLUMNS = ("description", "quantity", "unit_price", "amount")
_RESAMPLES = 1000


@dataclass(frozen=True)
class LineScore:
    """Cells of one document: right, found and wanted, in all and by column."""

    document: str
    right: Mapping[str, int]
    loosely_right: Mapping[str, int]
    found: Mapping[str, int]
    wanted: Mapping[str, int]
    rows_found: int
    rows_wanted: int


def score(document: str, truth: Sequence[Row], found: Sequence[Row]) -> LineScore:
    """Match the rows, then count cells; a wrong cell counts against precision and recall."""
    weights = [
        [sum(_equal(column, one.get(column), other.get(column), loosely=True) for column in COLUMNS) for other in found]
        for one in truth
    ]
    pairs = assign(weights)
    told = {column for row in truth for column in COLUMNS if row.get(column)}
    strict = dict.fromkeys(COLUMNS, 0)
    loose = dict.fromkeys(COLUMNS, 0)
    for one, other in pairs:
        for column in COLUMNS:
            strict[column] += _equal(column, truth[one].get(column), found[other].get(column), loosely=False)
            loose[column] += _equal(column, truth[one].get(column), found[other].get(column), loosely=True)
    return LineScore(
        document,
        strict,
        loose,
        {column: sum(1 for row in found if row.get(column) and column in told) for column in COLUMNS},
        {column: sum(1 for row in truth if row.get(column)) for column in COLUMNS},
        len(found),
        len(truth),
    )


def assign(weights: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    """Pairs (row, column) of largest total weight, each used once: the Hungarian algorithm with potentials, O(n^3)."""
    if not weights or not weights[0]:
        return []
    if len(weights) > len(weights[0]):
        return [(row, column) for column, row in assign(list(zip(*weights, strict=True)))]
    rows, columns = len(weights), len(weights[0])
    row_potential, column_potential = [0.0] * (rows + 1), [0.0] * (columns + 1)
    row_of, way = [0] * (columns + 1), [0] * (columns + 1)
    for row in range(1, rows + 1):
        row_of[0], column = row, 0
        least, used = [float("inf")] * (columns + 1), [False] * (columns + 1)
        while row_of[column]:
            used[column] = True
            current, delta, following = row_of[column], float("inf"), 0
            for other in range(1, columns + 1):
                if used[other]:
                    continue
                cost = -weights[current - 1][other - 1] - row_potential[current] - column_potential[other]
                if cost < least[other]:
                    least[other], way[other] = cost, column
                if least[other] < delta:
                    delta, following = least[other], other
            for other in range(columns + 1):
                if used[other]:
                    row_potential[row_of[other]] += delta
                    column_potential[other] -= delta
                else:
                    least[other] -= delta
            column = following
        while column:
            row_of[column], column = row_of[way[column]], way[column]
    return [(row_of[column] - 1, column - 1) for column in range(1, columns + 1) if row_of[column]]


def summary(scores: Sequence[LineScore], *, loosely: bool = False) -> dict[str, float]:
    """Cell F1 over all documents with its 95 % interval, F1 by column, row F1 by count, and n."""
    figures = {"n": float(len(scores)), "rows": float(sum(one.rows_wanted for one in scores))}
    figures["f1"] = _f1(scores, COLUMNS, loosely)
    figures["low"], figures["high"] = _interval(scores, loosely)
    for column in COLUMNS:
        figures[column] = _f1(scores, (column,), loosely)
    figures["row_count_right"] = sum(one.rows_found == one.rows_wanted for one in scores) / max(len(scores), 1)
    return figures


def table_row(name: str, scores: Sequence[LineScore]) -> str:
    """One line of a Markdown table: name, n, rows, cell F1 with interval (strict, loosely), by column."""
    strict, loose = summary(scores), summary(scores, loosely=True)
    columns = " | ".join(f"{100 * strict[column]:.1f}" for column in COLUMNS)
    return (
        f"| {name} | {int(strict['n'])} | {int(strict['rows'])} "
        f"| {100 * strict['f1']:.1f} ({100 * strict['low']:.0f} to {100 * strict['high']:.0f}) "
        f"| {100 * loose['f1']:.1f} | {columns} | {100 * strict['row_count_right']:.0f} |"
    )


TABLE_HEAD = (
    "| line items | n | rows | cell F1, % (95 %) | description loosely | description | quantity | unit price | amount "
    "| row count right |\n|---|---|---|---|---|---|---|---|---|---|"
)


def _f1(scores: Sequence[LineScore], columns: Sequence[str], loosely: bool) -> float:
    right = sum((one.loosely_right if loosely else one.right)[column] for one in scores for column in columns)
    found = sum(one.found[column] for one in scores for column in columns)
    wanted = sum(one.wanted[column] for one in scores for column in columns)
    return 2 * right / (found + wanted) if found + wanted else 0.0


def _interval(scores: Sequence[LineScore], loosely: bool) -> tuple[float, float]:
    if not scores:
        return 0.0, 0.0
    chance = random.Random(7)
    drawn = sorted(_f1(chance.choices(scores, k=len(scores)), COLUMNS, loosely) for _ in range(_RESAMPLES))
    return drawn[int(0.025 * _RESAMPLES)], drawn[int(0.975 * _RESAMPLES)]


def _equal(column: str, truth: str | None, found: str | None, *, loosely: bool) -> bool:
    if not truth or not found:
        return False
    if column in NUMERIC:
        return _number(truth) is not None and _number(truth) == _number(found)
    one, other = _plain(truth), _plain(found)
    if one == other:
        return True
    return (
        loosely
        and bool(one)
        and bool(other)
        and (f"{one} ".startswith(f"{other} ") or f"{other} ".startswith(f"{one} "))
    )


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w]+", " ", text.casefold()).split())
