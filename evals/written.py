"""Puts what was measured into a page of docs/, between its markers, with the machine named."""

import os
import platform
import re
from datetime import UTC, datetime
from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"


def write_measured(page: Path, part: str, text: str) -> None:
    """Replace what ``page`` says of ``part``; a part that it has no place for is put at its end."""
    begin, end = f"<!-- measured: {part} -->", f"<!-- end of {part} -->"
    block = f"{begin}\n\n{text.strip()}\n\n{machine()}\n\n{end}"
    written = page.read_text()
    place = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    if not place.search(written):
        written = f"{written.rstrip()}\n\n{block}\n"
    page.write_text(place.sub(lambda _: block, written))


def machine() -> str:
    """When and on what, in a sentence."""
    load = os.getloadavg()[0]
    return (
        f"Measured on {datetime.now(UTC):%d %B %Y}: CPython {platform.python_version()}, {platform.system()} "
        f"{platform.machine()}, {_processor()}, {os.cpu_count()} processors, load {load:.1f}."
    )


def _processor() -> str:
    names = Path("/proc/cpuinfo")
    if names.exists():
        found = re.search(r"^model name\s*:\s*(.+)$", names.read_text(), re.MULTILINE)
        if found:
            return found[1].strip()
    return platform.processor() or "unknown processor"
