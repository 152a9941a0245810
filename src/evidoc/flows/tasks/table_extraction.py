"""Give the document's tables, with cells, their text and their boxes."""

from collections.abc import Mapping
from typing import ClassVar

from evidoc.flows.options import Option, whole_number
from evidoc.flows.render import tables_output
from evidoc.flows.task import Work
from evidoc.kernel.output import TablesOutput


class TableExtraction:
    """``min_rows`` and ``min_columns`` (both 1 where not given) leave small tables out."""

    options: ClassVar[Mapping[str, Option]] = {
        "min_rows": Option(whole_number(1, 10_000)),
        "min_columns": Option(whole_number(1, 1_000)),
    }

    def run(self, work: Work) -> TablesOutput:
        """The tables, in reading order. Raises why the document cannot be read."""
        rows, columns = work.config.get("min_rows", 1), work.config.get("min_columns", 1)
        return work.from_reading(lambda reading: tables_output(reading, rows, columns))
