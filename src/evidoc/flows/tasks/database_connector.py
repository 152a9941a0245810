"""Write what the tasks before it found as one row into a table of a named database."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from evidoc.delivering.rows import DEFAULT_CONNECTION
from evidoc.flows.options import Option, list_of, mapping_of, text
from evidoc.flows.row import row_columns
from evidoc.flows.task import Work
from evidoc.kernel.errors import Detail
from evidoc.kernel.output import RowOutput


def _table_name(value: Any, path: str) -> Iterator[Detail]:
    parts = value.split(".") if isinstance(value, str) else []
    if not 1 <= len(parts) <= 2 or not all(part.isidentifier() and len(part) <= 60 for part in parts):
        yield Detail(path, "must be a table's name: letters, digits and _, perhaps after a schema's name and a dot")


class DatabaseConnector:
    """``connection`` (default_database), ``table``, and which values become columns.

    ``columns`` names the features to write (all of them where not given); ``mapping`` names, for each column,
    where its value comes from: a feature, ``parameters.x`` of the run, or ``metadata.x``, ``name``, ``content_type``
    and ``sha256`` of the document.
    """

    options: ClassVar[Mapping[str, Option]] = {
        "connection": Option(text(100)),
        "table": Option(_table_name, required=True),
        "columns": Option(list_of(text(100), 200)),
        "mapping": Option(mapping_of(text(200), 200)),
    }

    def run(self, work: Work) -> RowOutput:
        """The row, whether it was written now or by an earlier try. Raises DeliveryFailed and DeliveryRefused."""
        connection = work.config.get("connection", DEFAULT_CONNECTION)
        columns = row_columns(work)
        work.house.rows.write(connection, work.config["table"], columns)
        row = {column.name: column.value for column in columns}
        return RowOutput(connection, work.config["table"], row)
