"""The DEV sets with truth for fields: their documents, readings, truths, and halves by template or vendor."""

import csv
import json
import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from evals.readings import data_folder, readings
from evals.scoring import DATE, IDENTIFIER, MONEY, NAME
from evidoc.kernel.reading import Box, Line, Method, Page, Reading, Word, Words

JPEG = "image/jpeg"


@dataclass(frozen=True)
class FieldSet:
    """A DEV set: its folder, the kind of each feature, and how its all-numeric dates are ordered."""

    name: str
    kinds: Mapping[str, str]
    order: str


_RECEIPT = {"company": NAME, "date": DATE, "address": NAME, "total": MONEY}
PIXELS = FieldSet("receipts-from-pixels", _RECEIPT, "dmy")
"""The receipts that come with a picture, read end to end by OCR: minutes, so only where it is named."""

SETS: Mapping[str, FieldSet] = {
    each.name: each
    for each in (
        FieldSet(
            "ad-buys",
            {
                "contract_num": IDENTIFIER,
                "advertiser": NAME,
                "gross_amount": MONEY,
                "flight_from": DATE,
                "flight_to": DATE,
            },
            "mdy",
        ),
        FieldSet("receipts", _RECEIPT, "dmy"),
        FieldSet(
            "registrations",
            {
                "registrant_name": NAME,
                "registration_num": IDENTIFIER,
                "file_date": DATE,
                "signer_name": NAME,
                "signer_title": NAME,
                "foreign_principle_name": NAME,
            },
            "mdy",
        ),
        FieldSet("e-invoices", {"vendor_name": NAME, "invoice_number": IDENTIFIER, "total_amount": MONEY}, "dmy"),
        FieldSet(
            "small-invoices",
            {
                "vendor_name": NAME,
                "invoice_number": IDENTIFIER,
                "invoice_date": DATE,
                "total_amount": MONEY,
                "net_amount": MONEY,
            },
            "dmy",
        ),
    )
}
_SMALL = {
    "vendor_name": "issuer",
    "invoice_number": "invoice_number",
    "invoice_date": "date",
    "total_amount": "amount",
    "net_amount": "amount_untaxed",
}


@dataclass(frozen=True)
class Labelled:
    """A document with what is true of it. ``half`` is 0 or 1, the same for all documents of a template or vendor."""

    name: str
    reading: Reading
    truths: Mapping[str, tuple[str, ...]]
    half: int


def schema(name: str) -> list[dict[str, Any]] | None:
    """The features.yaml that lies beside the labels, where one does."""
    path = _folder(name) / "features.yaml"
    return yaml.safe_load(path.read_text())["features"] if path.exists() else None


def documents(name: str, step: int = 1) -> Iterator[Labelled]:
    """Each ``step``-th document of a set, with its reading from the page: embedded XML is left out.

    Scans are read by OCR only where EVIDOC_EVAL_OCR=1 says so: it takes seconds a page.
    """
    rows = _small_invoices() if name == "small-invoices" else _rows(_folder(name))
    if name == PIXELS.name:
        rows = [row for row in rows if row["path"]]
    rows = rows[::step]
    if name == "receipts":
        read = [_receipt(row["lines"]) for row in rows]
    elif name == PIXELS.name:
        read = [reading for _, reading in readings((row["path"] for row in rows), JPEG, ocr=True)]
    else:
        read = [_stripped(reading) for reading in _read(rows)]
    dealt = halves(_templates(name, rows, read))
    for row, reading, half in zip(rows, read, dealt, strict=True):
        truths = {feature: _as_tuple(truth) for feature, truth in row["fields"].items() if _as_tuple(truth)}
        yield Labelled(row["name"], reading, truths, half)


def _folder(name: str) -> Path:
    return data_folder() / name.removesuffix("-from-pixels")


def _rows(folder: Path) -> list[dict[str, Any]]:
    rows = [json.loads(line) for line in (folder / "labels.jsonl").read_text().splitlines()]
    return [
        {
            **row,
            "name": row.get("file") or row["id"],
            "path": folder / row["file"] if "file" in row else None,
            "lines": folder / row["lines"] if "lines" in row else None,
        }
        for row in rows
    ]


def _small_invoices() -> list[dict[str, Any]]:
    rows = []
    for path in sorted((data_folder() / "small-invoices").glob("*.json")):
        pdf = path.with_suffix(".pdf")
        if pdf.exists():
            (truth,) = json.loads(path.read_text())
            fields = {name: str(truth[key]) for name, key in _SMALL.items() if key in truth}
            rows.append({"name": pdf.name, "path": pdf, "fields": fields})
    return rows


def _as_tuple(truth: str | list[str] | None) -> tuple[str, ...]:
    return tuple(text for text in (truth if isinstance(truth, list) else [truth]) if text)


def _read(rows: Sequence[Mapping[str, Any]]) -> Iterator[Reading]:
    for _, reading in readings((row["path"] for row in rows), ocr=os.environ.get("EVIDOC_EVAL_OCR") == "1"):
        yield reading


def _stripped(reading: Reading) -> Reading:
    return Reading(reading.pages, (), reading.form_fields, reading.faults, reading.properties)


def _receipt(path: Path) -> Reading:
    """Printed lines with their corners as a page; words share a line's width by their letters."""
    words: list[tuple[str, Box]] = []
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        for row in csv.reader(file, quoting=csv.QUOTE_NONE):
            if len(row) < 9:
                continue
            corners = [float(number) for number in row[:8]]
            text = ",".join(row[8:])
            left, top, right, bottom = min(corners[::2]), min(corners[1::2]), max(corners[::2]), max(corners[1::2])
            width = (right - left) / max(len(text), 1)
            for found in re.finditer(r"\S+", text):
                box = Box(left + found.start() * width, top, left + found.end() * width, bottom)
                words.append((found.group(), box))
    return Reading((_page(words),))


def _page(words: Sequence[tuple[str, Box]]) -> Page:
    lines: list[list[tuple[str, Box]]] = []
    for text, box in sorted(words, key=lambda word: word[1].y0 + word[1].y1):
        middle = (box.y0 + box.y1) / 2
        line = lines[-1] if lines else None
        if line is not None and line[-1][1].y0 < middle < line[-1][1].y1:
            line.append((text, box))
        else:
            lines.append([(text, box)])
    kept: list[Word] = []
    parts: list[str] = []
    spans: list[Line] = []
    size = 0
    for line in lines:
        first = len(kept)
        for text, box in sorted(line, key=lambda word: word[1].x0):
            kept.append(Word(size, size + len(text), box))
            parts.append(text)
            size += len(text) + 1
        spans.append(Line(first, len(kept)))
    ends = {line.end_word for line in spans}
    joined = "".join(text + ("\n" if number in ends else " ") for number, text in enumerate(parts, 1)).rstrip("\n")
    width = max((word.box.x1 for word in kept), default=1.0)
    height = max((word.box.y1 for word in kept), default=1.0)
    return Page(0, joined, width, height, Method.OCR, Words.of(kept), tuple(spans), dpi=150.0)


def _templates(name: str, rows: Sequence[Mapping[str, Any]], read: Sequence[Reading]) -> list[str]:
    if name in ("receipts", PIXELS.name):
        return [re.sub(r"\W", "", row["fields"].get("company", "")).casefold()[:12] for row in rows]
    if name in ("e-invoices", "small-invoices"):
        return [re.sub(r"\W", "", row["fields"].get("vendor_name", "")).casefold()[:10] for row in rows]
    if name == "registrations":
        return [row["template"] for row in rows]
    return alike([reading.pages[0].text if reading.pages else "" for reading in read])


def alike(texts: Sequence[str], least: float = 0.5) -> list[str]:
    """Layout families: first pages that share half of their common words with the family's first member."""
    bags = [set(re.findall(r"[a-z]{3,}", text.casefold())) for text in texts]
    counts = Counter(word for bag in bags for word in bag)
    common = {word for word, count in counts.items() if count >= max(4, 0.03 * len(texts))}
    families: list[set[str]] = []
    named: list[str] = []
    for bag in bags:
        printed = bag & common
        shares = [len(printed & family) / max(len(printed | family), 1) for family in families]
        best = max(range(len(shares)), key=shares.__getitem__, default=-1)
        if best < 0 or shares[best] < least:
            families.append(printed)
            best = len(families) - 1
        named.append(str(best))
    return named


def halves(templates: Sequence[str]) -> list[int]:
    """Templates dealt out to two halves of like size, the largest first."""
    half: dict[str, int] = {}
    sizes = [0, 0]
    for template, size in sorted(Counter(templates).items(), key=lambda item: (-item[1], item[0])):
        half[template] = int(sizes[1] < sizes[0])
        sizes[half[template]] += size
    return [half[template] for template in templates]
