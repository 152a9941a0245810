"""Runs every module of this folder that has a ``measure()``, and prints what it measured."""

import importlib
import pkgutil
import sys
from collections.abc import Iterator

from rich.console import Console
from rich.table import Table

import benchmarks
from benchmarks.measurement import Measurement


def main(chosen: list[str]) -> None:
    table = Table(title="Measured side by side in this run")
    for heading in ("What", "Measured", "Beside it", "Ratio", "Target"):
        table.add_column(heading)
    for measurement in _measurements(chosen):
        table.add_row(*_row(measurement))
    Console(width=140).print(table)


def _measurements(chosen: list[str]) -> Iterator[Measurement]:
    for module in sorted(info.name for info in pkgutil.iter_modules(benchmarks.__path__)):
        if module.startswith("__") or (chosen and module not in chosen):
            continue
        measure = getattr(importlib.import_module(f"benchmarks.{module}"), "measure", None)
        if measure is not None:
            yield from measure()


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
