"""Document types: the built-in types against the folder that a document lies in.

The classifier's weights were judged, not fitted, so all documents are test documents. Readings are without
OCR: a scan without a text layer counts among the unread, apart.
"""

import random
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from evals.readings import data_folder, readings
from evidoc.understanding.classify import classify

FOLDERS: Mapping[str, tuple[str, ...]] = {
    "invoice": ("e-invoices/documents", "small-invoices"),
    "contract": ("contracts/documents",),
    "nda": ("ndas/documents",),
    "advertising_order": ("ad-buys/documents",),
    "registration_form": ("registrations/documents",),
    "report": ("types/report",),
    "tax_form": ("types/tax-form",),
    "purchase_order": ("types/purchase-order",),
    "scientific_paper": ("types/scientific-paper",),
}
_MOST_A_TYPE = 60
_LEAST_TEXT = 50


def documents(kind: str) -> Iterator[Path]:
    """Up to 60 documents of a type, the same ones every time."""
    paths = [path for folder in FOLDERS[kind] for path in sorted((data_folder() / folder).glob("*.pdf"))]
    random.Random(0).shuffle(paths)
    yield from paths[:_MOST_A_TYPE]


def report() -> str:
    """The Markdown table of this eval."""
    lines = ["| type | n | right | taken for | unread |", "|---|---|---|---|---|"]
    right_of_all = Counter[bool]()
    for kind in FOLDERS:
        said = Counter[str]()
        for _, reading in readings(documents(kind)):
            if sum(len(page.text) for page in reading.pages) < _LEAST_TEXT:
                said["unread"] += 1
                continue
            (best,) = classify(reading)
            said[best.category] += 1
        unread = said.pop("unread", 0)
        count = said.total()
        right = said.pop(kind, 0)
        right_of_all[True] += right
        right_of_all[False] += count - right
        mistaken = ", ".join(f"{name} {times}" for name, times in said.most_common(3))
        lines.append(f"| {kind} | {count} | {100 * right / max(count, 1):.0f} % | {mistaken} | {unread} |")
    total = right_of_all.total()
    lines.append(f"| all | {total} | {100 * right_of_all[True] / max(total, 1):.1f} % | | |")
    return "\n".join(lines)


if __name__ == "__main__":
    if not (data_folder() / "types").is_dir():
        sys.exit(f"There are no documents by type in {data_folder()}; set EVIDOC_DEV_DATA")
    print(report())
