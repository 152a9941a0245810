"""Contracts and NDAs: what their prose says, asked by feature name only, through finding and deciding.

A single value is right when it equals the truth after normalising by type. Parties are many: each is matched
by name (casefolded, without punctuation; one containing the other counts where both are longer than five
characters). A missing answer to an empty truth counts for nothing. Half of the documents (by a hash of the file's
name) was looked at while the clauses' reader was written; the other half was only scored.
"""

import hashlib
import json
import random
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.readings import data_folder, readings
from evidoc.deciding.decide import decide
from evidoc.kernel.decision import Decision
from evidoc.kernel.normalise import normalise
from evidoc.kernel.reading import Reading
from evidoc.understanding.features import features_for
from evidoc.understanding.find import find

CONTRACTS = ("document_name", "parties", "agreement_date", "effective_date", "expiration_date", "governing_law")
NDAS = ("party", "jurisdiction", "effective_date", "term")
_MANY = ("parties", "party")
_ROUNDS = 1000


@dataclass(frozen=True)
class Tally:
    """What one document adds to the figures of one field; ``unseen`` documents were only scored."""

    unseen: bool
    right: int
    said: int
    truths: int


def report() -> str:
    """The Markdown table of this eval."""
    lines = [
        "| | field | n | precision | recall | F1 (95 %) | F1 of the unseen half |",
        "|---|---|---|---|---|---|---|",
    ]
    for folder, names in (("contracts", CONTRACTS), ("ndas", NDAS)):
        tallies = evaluate(folder, names)
        lines += [f"| {folder} | {name} | {_row(tallies[name])} |" for name in names]
    return "\n".join(lines)


def evaluate(folder: str, names: Sequence[str]) -> Mapping[str, list[Tally]]:
    """One tally a document for each field."""
    place = data_folder() / folder
    labels = {
        place / label["file"]: label["fields"]
        for label in map(json.loads, (place / "labels.jsonl").read_text().splitlines())
    }
    features = features_for(names)
    tallies: dict[str, list[Tally]] = {name: [] for name in names}
    for path, reading in readings(labels):
        for decision in decide(find(reading, features)):
            name = decision.finding.feature.name
            tallies[name].append(_tally(_unseen(path), decision, _truths(name, labels[path].get(name)), reading))
    return tallies


def _unseen(path: Path) -> bool:
    return bool(hashlib.sha256(path.name.encode()).digest()[0] & 1)


def _tally(unseen: bool, decision: Decision, truths: Sequence[str], reading: Reading) -> Tally:
    name = decision.finding.feature.name
    for candidate in decision.selected:
        for piece in candidate.value.evidence:
            assert reading.pages[piece.page_index].text[piece.char_start : piece.char_end] == piece.quote
    said = list(dict.fromkeys(_key(name, candidate.value.normalized) for candidate in decision.selected))
    if name in _MANY:
        return Tally(
            unseen, sum(any(_same_name(one, truth) for one in said) for truth in truths), len(said), len(truths)
        )
    return Tally(unseen, int(bool(said) and said[0] in truths), len(said[:1]), int(bool(truths)))


def _truths(name: str, given: object) -> list[str]:
    if name == "parties" and isinstance(given, str):
        # Each party is followed by its defined terms in brackets.
        values = [re.sub(r"\(.*", "", part) for part in given.split(";")]
    else:
        values = [str(value) for value in given] if isinstance(given, list) else [str(given)] if given else []
    return [key for value in values if (key := _truth_key(name, value))]


def _truth_key(name: str, value: str) -> str:
    if name.endswith("_date"):
        american = re.fullmatch(r"\d{1,2}/\d{1,2}/\d{2,4}", value)
        return normalise("date:mdy", value) if american else value if re.fullmatch(r"\d{4}-\d\d-\d\d", value) else ""
    return normalise("duration", value) if name == "term" else _plain(value)


def _key(name: str, normalized: str) -> str:
    return normalized if name.endswith("_date") or name == "term" else _plain(normalized)


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _same_name(one: str, other: str) -> bool:
    return one == other or (min(len(one), len(other)) > 5 and (one in other or other in one))


def _row(tallies: Sequence[Tally]) -> str:
    precision, recall, f1 = _figures(tallies)
    dice = random.Random(0)
    rounds = sorted(_figures(dice.choices(tallies, k=len(tallies)))[2] for _ in range(_ROUNDS))
    low, high = rounds[int(0.025 * _ROUNDS)], rounds[int(0.975 * _ROUNDS)]
    truths = sum(tally.truths for tally in tallies)
    unseen = _figures([tally for tally in tallies if tally.unseen])[2]
    return f"{truths} | {precision:.2f} | {recall:.2f} | {f1:.2f} ({low:.2f} to {high:.2f}) | {unseen:.2f}"


def _figures(tallies: Sequence[Tally]) -> tuple[float, float, float]:
    right = sum(tally.right for tally in tallies)
    said, truths = sum(tally.said for tally in tallies), sum(tally.truths for tally in tallies)
    precision, recall = right / said if said else 0.0, right / truths if truths else 0.0
    return precision, recall, 2 * right / (said + truths) if said + truths else 0.0


if __name__ == "__main__":
    if not (data_folder() / "contracts").is_dir():
        sys.exit(f"There are no contracts with truth in {data_folder()}; set EVIDOC_DEV_DATA")
    print(report())
