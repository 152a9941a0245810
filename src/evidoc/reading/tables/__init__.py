"""Tables of one page: drawn lines and the way words stand give rows, columns and merged cells."""

from evidoc.reading.tables.find import find_tables
from evidoc.reading.tables.ruling import Ruling

__all__ = ["Ruling", "find_tables"]
