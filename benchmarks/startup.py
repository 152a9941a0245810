"""From the command `evidoc serve` on an empty folder to the first answer of /health; beside it, Python alone."""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measurement import Measurement
from benchmarks.served import serving

_ROUNDS = 5


def measure() -> Iterator[Measurement]:
    """Milliseconds, medians of interleaved rounds."""
    served, bare = [], []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(_ROUNDS):
            began = time.perf_counter()
            with serving(Path(folder) / str(number)):
                served.append(1000 * (time.perf_counter() - began))
            began = time.perf_counter()
            subprocess.run([sys.executable, "-c", "pass"], check=True)
            bare.append(1000 * (time.perf_counter() - began))
    python = statistics.median(bare)
    yield Measurement(
        "start of the server to its first answer", "ms", statistics.median(served), python, "Python alone"
    )
