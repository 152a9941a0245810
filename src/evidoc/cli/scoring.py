"""How answers are scored: equality after normalising by type, bootstrapped intervals, calibration in equal bins.

The normalising here is written apart from the product's rules on purpose, so that it can find them wrong: money to
cents (the last separator followed by two digits is the decimal mark), dates to ISO, identifiers to their letters and
digits, names casefolded without punctuation.
"""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

MONEY, DATE, IDENTIFIER, NAME = "money", "date", "identifier", "name"
BINS = 15
RESAMPLES = 1000
_MONTHS = {
    name: number
    for number, names in enumerate(
        "jan feb mar|mär apr may|mai jun jul aug sep oct|okt nov dec|dez".split(" "),
        1,
    )
    for name in names.split("|")
}


@dataclass(frozen=True)
class Answer:
    """One feature of one document: what is true, what was said (None: nothing), how surely."""

    document: str
    feature: str
    kind: str
    truths: tuple[str, ...]
    raw: str | None
    normalized: str | None
    confidence: float
    order: str
    on_truth: bool = False

    @property
    def right(self) -> bool:
        """Equal to a truth after normalising."""
        if self.raw is None:
            return False
        said = normal(self.kind, self.normalized if self.kind == DATE else self.raw, self.order)
        return said in {normal(self.kind, truth, self.order) for truth in self.truths}

    @property
    def strictly_right(self) -> bool:
        """Equal to a truth as a string, white space at the ends aside."""
        return self.raw is not None and self.raw.strip() in {truth.strip() for truth in self.truths}


def normal(kind: str, text: str | None, order: str) -> str:
    """``text`` as it is compared."""
    text = text or ""
    if kind == MONEY:
        return _money(text)
    if kind == DATE:
        return _date(text, order) or _name(text)
    return re.sub(r"[\W_]", "", text).casefold() if kind == IDENTIFIER else _name(text)


def _name(text: str) -> str:
    return " ".join(re.sub(r"[^\w\s]|_", " ", text.casefold()).split())


def _money(text: str) -> str:
    marks = re.sub(r"[^\d.,()-]", "", text)
    negative = marks.startswith(("-", "(")) or marks.endswith("-")
    decimals = re.search(r"[.,](\d{2}|\d)$", marks.strip("()-"))
    digits = re.sub(r"\D", "", marks)
    if not digits:
        return ""
    cents = int(digits) * (1 if decimals and len(decimals[1]) == 2 else 10 if decimals else 100)
    return str(-cents if negative else cents)


def _date(text: str, order: str) -> str:
    pieces = re.findall(r"\d+|[^\W\d_]+", text.casefold())
    numbers = [piece for piece in pieces if piece.isdigit()]
    month = next((_MONTHS[piece[:3]] for piece in pieces if piece[:3] in _MONTHS), None)
    if len(numbers) == 1 and len(numbers[0]) == len("20200131"):
        numbers = [numbers[0][:4], numbers[0][4:6], numbers[0][6:]]
    if month is not None and len(numbers) >= 2:
        day, year = (numbers[1], numbers[0]) if len(numbers[0]) == 4 else (numbers[0], numbers[1])
        return _iso(year, month, int(day))
    if len(numbers) < 3:
        return ""
    parts = dict(zip("ymd" if len(numbers[0]) == 4 else order, numbers, strict=False))
    return _iso(parts["y"], int(parts["m"]), int(parts["d"]))


def _iso(year: str, month: int, day: int) -> str:
    whole = int(year) if len(year) > 2 else int(year) + (2000 if int(year) < 70 else 1900)
    try:
        return date(whole, month, day).isoformat()
    except ValueError:
        return ""


def interval(documents: Sequence[str], values: Sequence[float]) -> tuple[float, float]:
    """95 % interval of the mean of ``values``, by resampling whole documents."""
    grouped: dict[str, list[float]] = {}
    for document, value in zip(documents, values, strict=True):
        grouped.setdefault(document, []).append(value)
    groups = [(sum(group), len(group)) for group in grouped.values()]
    chance = random.Random(0)
    means = []
    for _ in range(RESAMPLES):
        drawn = chance.choices(groups, k=len(groups))
        means.append(sum(total for total, _ in drawn) / max(sum(count for _, count in drawn), 1))
    means.sort()
    return means[int(0.025 * RESAMPLES)], means[int(0.975 * RESAMPLES) - 1]


def calibration_error(answers: Sequence[Answer]) -> float:
    """Expected calibration error over what was answered: 15 bins of equal mass."""
    given = sorted((answer for answer in answers if answer.raw is not None), key=lambda answer: answer.confidence)
    error = 0.0
    for number in range(BINS):
        part = given[number * len(given) // BINS : (number + 1) * len(given) // BINS]
        if part:
            gap = sum(answer.confidence for answer in part) - sum(answer.right for answer in part)
            error += abs(gap) / len(given)
    return error


def coverage_at(answers: Sequence[Answer], precision: float) -> float:
    """Share of all questions answered by the surest answers that are together right ``precision`` of the time."""
    given = sorted((answer for answer in answers if answer.raw is not None), key=lambda answer: -answer.confidence)
    right, covered = 0, 0
    for number, answer in enumerate(given, 1):
        right += answer.right
        last_of_its_confidence = number == len(given) or given[number].confidence < answer.confidence
        if last_of_its_confidence and right >= precision * number:
            covered = number
    return covered / max(len(answers), 1)


def share(answers: Sequence[Answer], which: Callable[[Answer], bool]) -> float:
    """Share of the answers for which ``which`` holds."""
    return sum(which(answer) for answer in answers) / max(len(answers), 1)
