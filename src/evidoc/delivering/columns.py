"""The columns of delivered rows: which there are always, how they are named, what their values become."""

import re
from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Date, Numeric, String, Text
from sqlalchemy.types import TypeEngine

from evidoc.kernel.errors import DeliveryRefused


class ColumnType(StrEnum):
    """The types of the columns that Evidoc makes."""

    TEXT = "text"
    NUMERIC = "numeric"
    DATE = "date"


KEY = ("execution_id", "task_id")
"""What a row is known by."""

IDENTITY = ("document_id", "execution_id", "task_id", "workflow_id", "created_at", "confidence", "review")
"""The columns that every row has: whose it is, then how sure its values are (a JSON object of column names
and probabilities) and which of them a person should look at (a JSON list of column names)."""

_LONGEST = 60


def identity_columns() -> list[Column[Any]]:
    """The columns that a new table begins with."""
    text: list[Column[Any]] = [Column(name, String(64), nullable=name not in KEY) for name in IDENTITY[:5]]
    return [*text, Column("confidence", Text), Column("review", Text)]


def sql_type(kind: ColumnType) -> TypeEngine[Any]:
    """The SQL type of a new column. Some databases cut the decimals off a bare NUMERIC."""
    if kind is ColumnType.NUMERIC:
        exact = Numeric(38, 10)
        return Numeric().with_variant(exact, "mysql", "mariadb", "mssql", "oracle")
    return Date() if kind is ColumnType.DATE else Text()


def column_name(name: str, taken: Collection[str]) -> str:
    """A column's name for a feature's: lower case, words joined by ``_``, none of those in ``taken``."""
    plain = re.sub(r"\W+", "_", name.lower()).strip("_")[:_LONGEST] or "value"
    if plain[0].isdigit():
        plain = f"_{plain}"
    wanted, number = plain, 2
    while wanted in taken:
        wanted, number = f"{plain}_{number}", number + 1
    return wanted


def bound_value(value: str | None, kind: TypeEngine[Any], column: str) -> Any:
    """``value`` as a column of this type takes it. Raises DeliveryRefused, naming the column, where it does not."""
    if value is None:
        return None
    try:
        wanted = kind.python_type
    except NotImplementedError:
        return value
    try:
        if wanted in (Decimal, float):
            return Decimal(value)
        if wanted is bytes:
            return value.encode()
        if wanted is int:
            return int(Decimal(value))
        if wanted is date:
            return date.fromisoformat(value)
        if wanted is datetime:
            return datetime.fromisoformat(value)
    except (ValueError, InvalidOperation) as error:
        raise DeliveryRefused(f"The column {column!r} takes {wanted.__name__} values, and this is none") from error
    return value
