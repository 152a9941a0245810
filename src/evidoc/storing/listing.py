"""What several tables share in their queries: pages of a list, and failures in columns."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Row, Table, func, select

from evidoc.kernel.records import Failure, Listing
from evidoc.storing.database import Transaction

T = TypeVar("T")

_LARGEST = 2**63 - 1
"""The largest number that a database takes; there is nothing beyond it either."""


def newest_first(
    transaction: Transaction,
    table: Table,
    conditions: list[ColumnElement[bool]],
    limit: int,
    offset: int,
    make: Callable[[Row[Any]], T],
) -> Listing[T]:
    """One page of the rows that meet all ``conditions``, newest first, and how many there are in all."""
    (identity, *_) = table.primary_key.columns
    return page_of(transaction, table, conditions, (table.c.created_at.desc(), identity.desc()), limit, offset, make)


def page_of(
    transaction: Transaction,
    table: Table,
    conditions: list[ColumnElement[bool]],
    order: Sequence[ColumnElement[Any]],
    limit: int,
    offset: int,
    make: Callable[[Row[Any]], T],
) -> Listing[T]:
    """One page of the rows that meet all ``conditions``, in this order, and how many there are in all."""
    total = transaction.execute(select(func.count()).select_from(table).where(*conditions)).scalar_one()
    rows = transaction.execute(
        select(table).where(*conditions).order_by(*order).limit(limit).offset(min(offset, _LARGEST))
    )
    return Listing(tuple(make(row) for row in rows), total, limit, offset)


def failure_columns(failure: Failure | None) -> dict[str, str | None]:
    """The columns that keep ``failure``."""
    return {
        "failure_code": failure.code if failure else None,
        "failure_message": failure.message if failure else None,
        "failure_task_id": failure.task_id if failure else None,
    }


def failure_of(row: Row[Any]) -> Failure | None:
    """The failure that a row keeps."""
    if row.failure_code is None:
        return None
    return Failure(row.failure_code, row.failure_message or "", row.failure_task_id)
