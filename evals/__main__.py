"""Accuracy on the DEV data, all of it or the parts named: ``python -m evals [fields lines einvoices ...]``.

Each part prints its table; together they are what docs/accuracy.md quotes.
"""

import platform
import sys
import time
from collections.abc import Callable, Mapping

from evals import contracts, einvoices, fields, lines, ocr, tables, types
from evals.readings import data_folder


def _figures(given: Mapping[str, object]) -> str:
    return "\n".join(f"- {name}: {figure}" for name, figure in given.items())


PARTS: Mapping[str, Callable[[], str]] = {
    "fields": fields.report,
    "einvoices": einvoices.report,
    "lines": lines.report,
    "tables": lambda: _figures(tables.main()),
    "types": types.report,
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
    print(f"Python {platform.python_version()} on {platform.system()} {platform.machine()}")
    for name in wanted or PARTS:
        started = time.monotonic()
        print(f"\n## {name}\n\n{PARTS[name]()}\n\n({time.monotonic() - started:.0f} s)", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
