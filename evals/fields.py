"""Fields of whole documents, asked for by name only and with the schema that a user would write.

Baselines need no understanding: the largest amount, the first date, the first line, one regular expression. The halves
part the documents by template or vendor: figures that differ much say that a template was fitted.
"""

import re
import sys
from collections.abc import Iterator, Mapping, Sequence

from evals.documents import PIXELS, SETS, FieldSet, Labelled, documents, schema
from evals.scoring import DATE, MONEY, Answer, calibration_error, coverage_at, interval, normal, share
from evidoc.deciding.decide import decide
from evidoc.deciding.gate import check
from evidoc.kernel.decision import Decision
from evidoc.kernel.finding import Feature
from evidoc.understanding.features import features_for
from evidoc.understanding.find import find

HEAD = (
    "| set | by | feature | n | right | 95 % interval | strict | precision | baseline | one half | other half |\n"
    "|---|---|---|---|---|---|---|---|---|---|---|"
)
_AMOUNT = re.compile(r"(?<![\w.,])\d{1,3}(?:,\d{3})*\.\d{2}(?!\d)|(?<![\w.,])\d{1,3}(?:\.\d{3})*,\d{2}(?!\d)")
_DATE = re.compile(r"\d{1,4}[/.-]\d{1,2}[/.-]\d{2,4}")
_NUMBERED = re.compile(r"(?:contract|invoice|order)\s*(?:#|no\.?|number)\s*:?\s*([\w-]*\d[\w-]*)", re.IGNORECASE)


def _set(name: str) -> FieldSet:
    return PIXELS if name == PIXELS.name else SETS[name]


def features(name: str, by_schema: bool) -> tuple[Feature, ...]:
    """What is asked of a set's documents."""
    described = schema(name) if by_schema else None
    return features_for(described if described is not None else list(_set(name).kinds))


def answers(name: str, wanted: Sequence[Feature], step: int = 1) -> Iterator[tuple[Labelled, list[Answer]]]:
    """Each document with its scored answers. Raises where evidence does not hold."""
    for document in documents(name, step):
        decisions = decide(find(document.reading, wanted))
        check(document.reading, decisions)
        yield (
            document,
            [
                _answer(name, document, decision)
                for decision in decisions
                if decision.finding.feature.name in document.truths
            ],
        )


def _answer(name: str, document: Labelled, decision: Decision) -> Answer:
    feature = decision.finding.feature.name
    chosen = decision.selected[0] if decision.selected else None
    return Answer(
        document=document.name,
        feature=feature,
        kind=_set(name).kinds[feature],
        truths=document.truths[feature],
        raw=chosen.value.raw if chosen else None,
        normalized=chosen.value.normalized if chosen else None,
        confidence=chosen.confidence if chosen else 0.0,
        order=_set(name).order,
    )


def _baseline(document: Labelled, kind: str, feature: str, order: str) -> bool:
    """Whether the trivial answer is right."""
    text = "\n".join(page.text for page in document.reading.pages)
    guess = ""
    if kind == MONEY:
        guess = max(_AMOUNT.findall(text), key=lambda found: int(normal(MONEY, found, order) or 0), default="")
    elif kind == DATE:
        found = _DATE.findall(text)
        guess = found[1] if feature.endswith("_to") and len(found) > 1 else found[0] if found else ""
    elif kind == "identifier":
        numbered = _NUMBERED.search(text)
        guess = numbered[1] if numbered else ""
    else:
        guess = text.partition("\n")[0]
    return normal(kind, guess, order) in {normal(kind, truth, order) for truth in document.truths[feature]}


def measure(name: str, by_schema: bool, step: int = 1) -> tuple[list[str], list[Answer], list[bool]]:
    """Table rows of one set, all answers, and for each document whether every field is right."""
    scored: dict[str, list[tuple[Answer, int, bool]]] = {feature: [] for feature in _set(name).kinds}
    everything: list[Answer] = []
    whole: list[bool] = []
    for document, given in answers(name, features(name, by_schema), step):
        whole.append(all(answer.right for answer in given))
        for answer in given:
            trivial = _baseline(document, answer.kind, answer.feature, answer.order)
            scored[answer.feature].append((answer, document.half, trivial))
            everything.append(answer)
    rows = [_row(name, by_schema, feature, scored[feature]) for feature in scored if scored[feature]]
    return rows, everything, whole


def _row(name: str, by_schema: bool, feature: str, scored: Sequence[tuple[Answer, int, bool]]) -> str:
    given = [answer for answer, _, _ in scored]
    low, high = interval([answer.document for answer in given], [float(answer.right) for answer in given])
    halves = [
        share([answer for answer, half, _ in scored if half == each], lambda answer: answer.right) for each in (0, 1)
    ]
    answered = [answer for answer in given if answer.raw is not None]
    return (
        f"| {name} | {'schema' if by_schema else 'name'} | {feature} | {len(given)} "
        f"| {share(given, lambda answer: answer.right):.1%} | {low:.1%} to {high:.1%} "
        f"| {share(given, lambda answer: answer.strictly_right):.1%} "
        f"| {share(answered, lambda answer: answer.right):.1%} "
        f"| {sum(trivial for _, _, trivial in scored) / len(scored):.1%} | {halves[0]:.1%} | {halves[1]:.1%} |"
    )


def report(names: Sequence[str] = (), step: int = 1) -> str:
    """The Markdown tables of this eval."""
    lines = [HEAD]
    summary = [
        "| set | asked by | documents | all fields right | calibration error | coverage at 99 % precision |",
        "|---|---|---|---|---|---|",
    ]
    pooled: list[Answer] = []
    for name in names or SETS:
        for by_schema in (False, True):
            if by_schema and schema(name) is None:
                continue
            rows, given, whole = measure(name, by_schema, step)
            lines += rows
            pooled += given
            summary.append(_summary(name, "schema" if by_schema else "name", given, len(whole), sum(whole)))
    summary.append(_summary("all", "both", pooled, len({answer.document for answer in pooled}), None))
    return "\n".join([*lines, "", *summary, "", "Evidence invariant: held for every value (checked at the gate)."])


def _summary(name: str, asked: str, given: Sequence[Answer], count: int, whole: int | None) -> str:
    all_right = "" if whole is None else f"{whole / max(count, 1):.1%}"
    sure = f"{calibration_error(given):.3f} | {coverage_at(given, 0.99):.1%}"
    return f"| {name} | {asked} | {count} | {all_right} | {sure} |"


def by_feature(given: Sequence[Answer]) -> Mapping[str, list[Answer]]:
    """Answers grouped by feature."""
    grouped: dict[str, list[Answer]] = {}
    for answer in given:
        grouped.setdefault(answer.feature, []).append(answer)
    return grouped


if __name__ == "__main__":
    print(report(sys.argv[1:]))
