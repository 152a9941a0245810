"""Values that fit a schema: the fields of the DEV sets asked for by JSON Schema, and what documents do not hold.

The first table is to be held against that of ``fields``: asking by a schema should cost nothing. The second asks
every document for things that no document of its set has, nested and flat; whatever is given is wrong.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from evals.documents import SETS, Labelled, documents, schema
from evals.scoring import DATE, MONEY, Answer, share
from evidoc.deciding.gate import check_values
from evidoc.flows.builtins import BUILTINS
from evidoc.flows.schema.check import Schema, plain_schema
from evidoc.flows.schema.fill import extract
from evidoc.kernel.decision import Verdict
from evidoc.kernel.value_output import ValueOutput

_TYPES = {MONEY: {"type": "number"}, DATE: {"type": "string", "format": "date"}}
_FLOWS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "receipts": (
        "receipt-extractor",
        {
            "company": "/merchant/name",
            "address": "/merchant/address",
            "date": "/date",
            "total": "/totalAmount",
        },
    ),
    "e-invoices": (
        "invoice-extractor",
        {"vendor_name": "/vendor/name", "invoice_number": "/invoiceNumber", "total_amount": "/totalAmount"},
    ),
    "small-invoices": (
        "invoice-extractor",
        {
            "vendor_name": "/vendor/name",
            "invoice_number": "/invoiceNumber",
            "invoice_date": "/invoiceDate",
            "total_amount": "/totalAmount",
            "net_amount": "/netAmount",
        },
    ),
}
"""Set to the built-in flow for such documents, and where it puts each of the set's features."""

_TEXT, _NUMBER, _DAY = {"type": "string"}, {"type": "number"}, {"type": "string", "format": "date"}
NOT_THERE: Mapping[str, Any] = {
    "birthDate": _DAY,
    "weightKg": _NUMBER,
    "bloodType": _TEXT,
    "licensePlate": _TEXT,
    "roomNumber": _TEXT,
    "premium": _NUMBER,
    "tenantName": _TEXT,
    "insurer": _TEXT,
    "warrantyMonths": {"type": "integer"},
    "isSmoker": {"type": "boolean"},
    "interestRate": _NUMBER,
    "doctor": {"type": "object", "properties": {"name": _TEXT, "specialty": _TEXT}},
    "flight": {"type": "object", "properties": {"number": _TEXT, "departureDate": _DAY, "gate": _TEXT}},
    "diagnoses": {"type": "array", "items": _TEXT},
    "passengerAges": {"type": "array", "items": {"type": "integer"}},
    "maritalStatus": {"enum": ["single", "married", "divorced"]},
}
"""What no document of the sets holds."""


def json_schema(name: str, *, described: bool) -> Schema:
    """The schema that asks for a set's features, by name only or with the labels that a user would write."""
    told = {one["name"]: one for one in schema(name) or ()} if described else {}
    properties = {
        feature: {
            **_TYPES.get(kind, _TEXT),
            **({"x-labels": told[feature]["labels"]} if told.get(feature, {}).get("labels") else {}),
        }
        for feature, kind in SETS[name].kinds.items()
    }
    return plain_schema({"type": "object", "properties": properties})


def outputs(name: str, asked: Schema, step: int) -> Iterator[tuple[Labelled, ValueOutput]]:
    """What is extracted from each document. Raises where evidence does not hold or a value does not fit."""
    for document in documents(name, step):
        output, unfit = extract(document.reading, asked)
        if unfit:
            raise AssertionError(f"{document.name}: {unfit[0]}")
        check_values(
            document.reading, ((at, leaf.value) for at, leaf in output.leaves.items() if leaf.value is not None)
        )
        yield document, output


def _answers(name: str, found: Sequence[tuple[Labelled, ValueOutput]], places: Mapping[str, str]) -> list[Answer]:
    given = []
    for document, output in found:
        for feature, truths in document.truths.items():
            leaf = output.leaves.get(places[feature])
            given.append(
                Answer(
                    document=document.name,
                    feature=feature,
                    kind=SETS[name].kinds[feature],
                    truths=truths,
                    raw=leaf.raw if leaf else None,
                    normalized=leaf.normalized if leaf else None,
                    confidence=leaf.confidence if leaf else 0.0,
                    order=SETS[name].order,
                )
            )
    return given


def _row(name: str, asked: str, given: Sequence[Answer]) -> Iterator[str]:
    for feature in dict.fromkeys(answer.feature for answer in given):
        own = [answer for answer in given if answer.feature == feature]
        answered = [answer for answer in own if answer.raw is not None]
        yield (
            f"| {name} | {asked} | {feature} | {len(own)} | {share(own, lambda answer: answer.right):.1%} "
            f"| {share(answered, lambda answer: answer.right):.1%} |"
        )


def report(names: Sequence[str] = (), step: int = 1) -> str:
    """The Markdown tables of this eval."""
    lines = ["| set | asked by | feature | n | right | precision |", "|---|---|---|---|---|---|"]
    absent = ["| set | documents | not there, asked for | given | kept as sure |", "|---|---|---|---|---|"]
    for name in names or SETS:
        flat = {feature: f"/{feature}" for feature in SETS[name].kinds}
        asks = [("schema", json_schema(name, described=False), flat)]
        if schema(name) is not None:
            asks.append(("schema with labels", json_schema(name, described=True), flat))
        if name in _FLOWS:
            slug, places = _FLOWS[name]
            asks.append((slug, plain_schema(next(flow.output for flow in BUILTINS if flow.slug == slug)), places))
        for asked, wanted, places in asks:
            lines += _row(name, asked, _answers(name, list(outputs(name, wanted, step)), places))
        absent.append(_absent(name, step))
    return "\n".join([*lines, "", *absent, "", "Every value fitted its schema; the evidence invariant held."])


def _absent(name: str, step: int) -> str:
    wanted = plain_schema({"type": "object", "properties": dict(NOT_THERE)})
    found = [output for _, output in outputs(name, wanted, step)]
    asked = len(found) * (len(NOT_THERE) + 3)
    leaves = [leaf for output in found for leaf in output.leaves.values()]
    sure = sum(leaf.verdict is Verdict.KEEP for leaf in leaves)
    return f"| {name} | {len(found)} | {asked} | {len(leaves)} ({len(leaves) / asked:.1%}) | {sure} |"


if __name__ == "__main__":
    print(report(sys.argv[1:]))
