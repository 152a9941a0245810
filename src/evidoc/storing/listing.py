"""What several tables share in their queries: pages of a list, and failures in columns."""

from collections.abc import Callable, Collection, Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Row, Table, func, null, select

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
    without: Collection[str] = (),
) -> Listing[T]:
    """One page of the rows that meet all ``conditions``, newest first, and how many there are in all."""
    (identity, *_) = table.primary_key.columns
    order = (table.c.created_at.desc(), identity.desc())
    return page_of(transaction, table, conditions, order, limit, offset, make, without)


def page_of(
    transaction: Transaction,
    table: Table,
    conditions: list[ColumnElement[bool]],
    order: Sequence[ColumnElement[Any]],
    limit: int,
    offset: int,
    make: Callable[[Row[Any]], T],
    without: Collection[str] = (),
) -> Listing[T]:
    """One page of the rows that meet all ``conditions``, in this order, and how many there are in all.

    The columns named in ``without`` are not read; they are None in the rows.
    """
    total = transaction.execute(select(func.count()).select_from(table).where(*conditions)).scalar_one()
    columns = (null().label(column.name) if column.name in without else column for column in table.c)
    rows = transaction.execute(
        select(*columns)
        .select_from(table)
        .where(*conditions)
        .order_by(*order)
        .limit(limit)
        .offset(min(offset, _LARGEST))
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
