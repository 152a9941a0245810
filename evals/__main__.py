"""Accuracy on the DEV data, all of it or the parts named: ``python -m evals [fields lines einvoices ...]``.

Each part prints its tables and writes them into docs/accuracy.md. Everything is read end to end, scans by OCR, which
takes minutes the first time; EVIDOC_EVAL_OCR=0 leaves scans unread.
"""

import os
import sys
import time
from collections.abc import Callable, Mapping

from evals import contracts, einvoices, fields, lines, ocr, schemas, split, tables, types
from evals.documents import PIXELS, SETS
from evals.readings import data_folder
from evals.written import DOCS, machine, write_measured


def _figures(given: Mapping[str, object]) -> str:
    """Named figures as a table, or one row for each named group of them."""
    if all(isinstance(group, Mapping) for group in given.values()):
        groups = {name: group for name, group in given.items() if isinstance(group, Mapping)}
        columns = list(dict.fromkeys(column for group in groups.values() for column in group))
        rows = [[name, *(_shown(group.get(column, "")) for column in columns)] for name, group in groups.items()]
        head = ["", *columns]
    else:
        rows = [[name, _shown(figure)] for name, figure in given.items()]
        head = ["", "figure"]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows))


def _shown(figure: object) -> str:
    return f"{figure:.3f}" if isinstance(figure, float) else str(figure)


def _fields() -> str:
    return fields.report([*SETS, *([PIXELS.name] if os.environ["EVIDOC_EVAL_OCR"] == "1" else [])])


PARTS: Mapping[str, Callable[[], str]] = {
    "fields": _fields,
    "einvoices": einvoices.report,
    "lines": lines.report,
    "tables": lambda: _figures(tables.main()),
    "types": types.report,
    "split": split.report,
    "schemas": schemas.report,
    "contracts": contracts.report,
    "ocr": lambda: _figures(ocr.main()),
}


def main(wanted: list[str]) -> int:
    """Run the parts; an exit code."""
    unknown = [name for name in wanted if name not in PARTS]
    if unknown:
        print(f"There is no part called {', '.join(unknown)}; there are {', '.join(PARTS)}")
        return 2
    if not data_folder().is_dir():
        print(f"There is no DEV data in {data_folder()}; set EVIDOC_DEV_DATA to where it lies")
        return 2
    os.environ.setdefault("EVIDOC_EVAL_OCR", "1")
    print(machine())
    for name in wanted or PARTS:
        started = time.monotonic()
        text = PARTS[name]()
        print(f"\n## {name}\n\n{text}\n\n({time.monotonic() - started:.0f} s)", flush=True)
        write_measured(DOCS / "accuracy.md", name, text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
