"""`evidoc eval`: how often Evidoc is right on documents whose truth is known."""

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import track

from evidoc.cli.labels import Labelled, date_order, labelled, names_of
from evidoc.cli.scoring import DATE, IDENTIFIER, MONEY, NAME, Answer, calibration_error, interval, normal, share
from evidoc.cli.wanted import Wanted, wanted_of
from evidoc.kernel.decision import Decision
from evidoc.kernel.errors import EvidocError
from evidoc.kernel.finding import FeatureType
from evidoc.kernel.reading import Reading
from evidoc.server.desk import Desk, open_desk
from evidoc.server.settings import load

_KINDS: Mapping[FeatureType, str] = {
    FeatureType.MONEY: MONEY,
    FeatureType.NUMBER: MONEY,
    FeatureType.PERCENT: MONEY,
    FeatureType.DATE: DATE,
    **dict.fromkeys(
        (FeatureType.IDENTIFIER, FeatureType.IBAN, FeatureType.BIC, FeatureType.VAT_ID, FeatureType.PHONE), IDENTIFIER
    ),
}
_HEAD = (
    "| asked by | feature | n | right | 95 % interval | strict | precision | baseline |\n"
    "|---|---|---|---|---|---|---|---|"
)
_AMOUNT = re.compile(r"(?<![\w.,])\d{1,3}(?:,?\d{3})*\.\d{2}(?!\d)|(?<![\w.,])\d{1,3}(?:\.?\d{3})*,\d{2}(?!\d)")
_DATE = re.compile(r"\d{1,4}[/.-]\d{1,2}[/.-]\d{2,4}")
_NUMBERED = re.compile(r"(?:contract|invoice|order)\s*(?:#|no\.?|number)\s*:?\s*([\w-]*\d[\w-]*)", re.IGNORECASE)

Scored = tuple[Answer, bool]
"""An answer, and whether the trivial answer would have been right."""


@click.command("eval")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file instead.")
@click.option("--first", type=click.IntRange(min=1), help="Only so many documents.")
def evaluate(folder: Path, out: Path | None, first: int | None) -> None:
    """Score the documents in FOLDER, whose truth is in its labels.jsonl.

    A line of labels.jsonl is {"file": "scans/7.pdf", "fields": {"total_amount": "12.50", "date": "2026-03-12"}}. Values
    are asked for by the names of the fields; where a features.yaml lies beside the labels, with what it says as well.

    right: equal after normalising (money to cents, dates to ISO, identifiers to letters and digits, names without case
    and punctuation); strict: equal as printed; precision: right among those that were answered; baseline: the largest
    amount, the first date, the number after "invoice no", else the first line. Exits with 1 if any file could not be
    read; its fields count as not found.

    \b
    Example:
      evidoc eval my-invoices --out accuracy.md
    """
    documents = labelled(folder)[:first]
    if not documents:
        raise click.ClickException(f"{folder / 'labels.jsonl'} labels no document")
    ways: dict[str, Wanted] = {"name": names_of(documents)}
    if (folder / "features.yaml").exists():
        ways["schema"] = wanted_of(None, folder / "features.yaml") or ()
    order = date_order(documents)
    answers: dict[str, list[Scored]] = {way: [] for way in ways}
    unread: list[str] = []
    with open_desk(load()) as desk:
        for document in _with_progress(documents):
            reading = _read(desk, document, unread)
            for way, wanted in ways.items():
                answers[way] += _score(desk, document, reading, wanted, order)
    text = _report(answers, len(documents))
    if out is not None:
        out.write_text(text, encoding="utf-8")
    else:
        click.echo(text, nl=False)
    for problem in unread:
        click.echo(problem, err=True)
    sys.exit(1 if unread else 0)


def _read(desk: Desk, document: Labelled, unread: list[str]) -> Reading:
    try:
        return desk.read(document.file)
    except EvidocError as error:
        unread.append(f"{document.file}: {error.message}")
        return Reading(())


def _score(desk: Desk, document: Labelled, reading: Reading, wanted: Wanted, order: str) -> Iterable[Scored]:
    text = "\n".join(page.text for page in reading.pages)
    for decision in desk.find(reading, wanted):
        if decision.finding.feature.name in document.truths:
            answer = _answer(document, decision, order)
            yield answer, _is_right(_trivial(answer.kind, text, order), answer)


def _answer(document: Labelled, decision: Decision, order: str) -> Answer:
    feature = decision.finding.feature
    chosen = decision.selected[0] if decision.selected else None
    return Answer(
        document=str(document.file),
        feature=feature.name,
        kind=_KINDS.get(feature.type, NAME),
        truths=document.truths[feature.name],
        raw=chosen.value.raw if chosen else None,
        normalized=chosen.value.normalized if chosen else None,
        confidence=chosen.confidence if chosen else 0.0,
        order=order,
    )


def _trivial(kind: str, text: str, order: str) -> str:
    """What somebody would answer who understands nothing."""
    if kind == MONEY:
        return max(_AMOUNT.findall(text), key=lambda found: int(normal(MONEY, found, order) or 0), default="")
    if kind == DATE:
        found = _DATE.search(text)
        return found[0] if found else ""
    if kind == IDENTIFIER:
        numbered = _NUMBERED.search(text)
        return numbered[1] if numbered else ""
    return text.partition("\n")[0]


def _is_right(guess: str, answer: Answer) -> bool:
    said = normal(answer.kind, guess, answer.order)
    return said in {normal(answer.kind, truth, answer.order) for truth in answer.truths}


def _report(answers: Mapping[str, Sequence[Scored]], count: int) -> str:
    lines = [_HEAD]
    for way, scored in answers.items():
        features = dict.fromkeys(answer.feature for answer, _ in scored)
        lines += [_row(way, feature, [each for each in scored if each[0].feature == feature]) for feature in features]
    lines.append("")
    for way, scored in answers.items():
        given = [answer for answer, _ in scored]
        wrong = {answer.document for answer in given if not answer.right}
        whole, error = 1 - len(wrong) / count, calibration_error(given)
        lines.append(f"By {way}: {count} documents, all fields right in {whole:.1%}; calibration error {error:.3f}.")
    return "\n".join(lines) + "\n"


def _row(way: str, feature: str, scored: Sequence[Scored]) -> str:
    given = [answer for answer, _ in scored]
    low, high = interval([answer.document for answer in given], [float(answer.right) for answer in given])
    answered = [answer for answer in given if answer.raw is not None]
    figures: tuple[Any, ...] = (
        f"{share(given, lambda answer: answer.right):.1%}",
        f"{low:.1%} to {high:.1%}",
        f"{share(given, lambda answer: answer.strictly_right):.1%}",
        f"{share(answered, lambda answer: answer.right):.1%}",
        f"{sum(trivial for _, trivial in scored) / len(scored):.1%}",
    )
    return f"| {way} | {feature} | {len(given)} | {' | '.join(figures)} |"


def _with_progress(documents: Sequence[Labelled]) -> Iterable[Labelled]:
    console = Console(stderr=True)
    if len(documents) < 2 or not console.is_terminal:
        return documents
    return track(documents, "Reading", console=console, transient=True)
