"""Runs every module of this folder that has a ``measure()``, prints what it measured, writes docs/performance.md."""

import importlib
import pkgutil
import sys
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

import benchmarks
from benchmarks.measurement import Measurement
from evals.written import DOCS, write_measured

_HEADINGS = ("What", "Measured", "Beside it", "Ratio", "Target")


def main(chosen: list[str]) -> None:
    for module in sorted(info.name for info in pkgutil.iter_modules(benchmarks.__path__)):
        if module.startswith("__") or (chosen and module not in chosen):
            continue
        measure = getattr(importlib.import_module(f"benchmarks.{module}"), "measure", None)
        if measure is not None:
            _tell(module, [_row(measurement) for measurement in measure()])


def _tell(module: str, rows: Sequence[tuple[str, ...]]) -> None:
    table = Table(title=f"{module}: measured side by side in this run")
    for heading in _HEADINGS:
        table.add_column(heading)
    for row in rows:
        table.add_row(*row)
    Console(width=140).print(table)
    lines = [f"| {' | '.join(_HEADINGS)} |", "|---" * len(_HEADINGS) + "|", *(f"| {' | '.join(row)} |" for row in rows)]
    write_measured(DOCS / "performance.md", module, "\n".join(lines))


def _row(measurement: Measurement) -> tuple[str, ...]:
    beside = f"{measurement.reference:.1f} {measurement.reference_name}" if measurement.reference else ""
    ratio = "" if measurement.ratio is None else f"{measurement.ratio:.2f}"
    target = ""
    if measurement.target is not None:
        sign = "≥" if measurement.larger_is_better else "≤"
        target = f"{sign} {measurement.target:g} {'✓' if measurement.reached else '✗'}"
    return measurement.what, f"{measurement.value:.1f} {measurement.unit}", beside, ratio, target


if __name__ == "__main__":
    main(sys.argv[1:])
