"""Rows arrive once, in tables that are made and widened for them; errors tell no secrets."""

import socket
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from evidoc.delivering.columns import IDENTITY, ColumnType, column_name
from evidoc.delivering.rows import RowColumn, Rows
from evidoc.kernel.errors import DeliveryFailed, DeliveryRefused


@pytest.fixture
def rows(tmp_path: Path) -> Iterator[Rows]:
    with closing(Rows({}, tmp_path)) as opened:
        yield opened


def row(execution: str = "exec_1", task: str = "store", **values: Any) -> list[RowColumn]:
    identity = dict.fromkeys(IDENTITY, "") | {"execution_id": execution, "task_id": task}
    kinds = {"total": ColumnType.NUMERIC, "day": ColumnType.DATE}
    return [
        *(RowColumn(name, ColumnType.TEXT, value) for name, value in identity.items()),
        *(RowColumn(name, kinds.get(name, ColumnType.TEXT), value) for name, value in values.items()),
    ]


def query(folder: Path, sql: str, name: str = "default_database.sqlite") -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(folder / name)) as database:
        return database.execute(sql).fetchall()


def test_a_table_is_made_with_typed_columns(rows: Rows, tmp_path: Path) -> None:
    assert rows.write("default_database", "invoices", row(total="1234.50", day="2024-03-05", vendor="Nord & Süd"))
    assert query(tmp_path, "SELECT execution_id, total, day, vendor FROM invoices") == [
        ("exec_1", 1234.5, "2024-03-05", "Nord & Süd")
    ]
    types = {name: kind for _, name, kind, *_ in query(tmp_path, "PRAGMA table_info(invoices)")}
    assert (types["total"], types["day"], types["vendor"]) == ("NUMERIC", "DATE", "TEXT")


def test_the_same_row_is_written_once(rows: Rows, tmp_path: Path) -> None:
    assert rows.write("default_database", "invoices", row(total="1"))
    assert not rows.write("default_database", "invoices", row(total="2"))
    assert rows.write("default_database", "invoices", row(task="again", total="3"))
    assert query(tmp_path, "SELECT total FROM invoices ORDER BY total") == [(1,), (3,)]


def test_a_table_is_widened_and_keeps_what_it_holds(rows: Rows, tmp_path: Path) -> None:
    rows.write("default_database", "invoices", row(vendor="a"))
    rows.write("default_database", "invoices", row("exec_2", total="5", VENDOR="b"))
    found = query(tmp_path, "SELECT vendor, total FROM invoices ORDER BY execution_id")
    assert found == [("a", None), ("b", 5)]


def test_a_table_of_the_operators_own_is_written_to_as_it_is(rows: Rows, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "default_database.sqlite")) as database:
        database.execute('CREATE TABLE "Order" (id INTEGER PRIMARY KEY, "group" TEXT, total REAL)')
    rows.write("default_database", "Order", row(group="x", total="7.25"))
    assert query(tmp_path, 'SELECT id, "group", total, task_id FROM "Order"') == [(1, "x", 7.25, "store")]


def test_a_value_that_does_not_fit_an_operators_column_is_refused(rows: Rows, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "default_database.sqlite")) as database:
        database.execute("CREATE TABLE t (note INTEGER)")
    with pytest.raises(DeliveryRefused, match="note"):
        rows.write("default_database", "t", row(note="secret words"))
    assert query(tmp_path, "SELECT count(*) FROM t") == [(0,)]


def test_text_goes_into_a_column_of_bytes_as_utf8(rows: Rows, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "default_database.sqlite")) as database:
        database.execute("CREATE TABLE t (note BLOB)")
    rows.write("default_database", "t", row(note="Süd"))
    assert query(tmp_path, "SELECT note FROM t") == [("Süd".encode(),)]


@pytest.mark.parametrize("table", ["sqlite_mine", "shown", "elsewhere.t", "times"])
def test_what_no_second_try_helps_is_refused(rows: Rows, tmp_path: Path, table: str) -> None:
    with closing(sqlite3.connect(tmp_path / "default_database.sqlite")) as database:
        database.execute("CREATE VIEW shown AS SELECT 1 AS note")
        database.execute("CREATE TABLE times (note TIME)")
    with pytest.raises(DeliveryRefused) as refusal:
        rows.write("default_database", table, row(note="secret words"))
    assert "secret" not in str(refusal.value)


def test_names_are_quoted_and_never_run(rows: Rows, tmp_path: Path) -> None:
    evil = 'x" TEXT); DROP TABLE invoices; --'
    rows.write("default_database", "invoices", row(vendor="a"))
    rows.write("default_database", "invoices", row("exec_2", **{evil: "b"}))
    assert query(tmp_path, "SELECT count(*) FROM invoices") == [(2,)]


def test_many_writers_make_one_table_and_lose_no_row(rows: Rows, tmp_path: Path) -> None:
    together = threading.Barrier(8)
    raised: list[BaseException] = []

    def write(number: int) -> None:
        together.wait()
        try:
            for _ in range(2):
                rows.write("default_database", "invoices", row(f"exec_{number}", **{f"column_{number % 3}": "x"}))
        except BaseException as error:  # noqa: BLE001
            raised.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not raised
    assert query(tmp_path, "SELECT count(*), count(DISTINCT execution_id) FROM invoices") == [(8, 8)]


def test_two_processes_worth_of_rooms_share_a_table(tmp_path: Path) -> None:
    with closing(Rows({}, tmp_path)) as one, closing(Rows({}, tmp_path)) as other:
        assert one.write("default_database", "t", row(a="1"))
        assert other.write("default_database", "t", row("exec_2", b="2"))
        assert one.write("default_database", "t", row("exec_3", a="1", b="2"))
        assert not other.write("default_database", "t", row("exec_3", a="1", b="2"))


def test_a_named_connection_is_used(tmp_path: Path) -> None:
    with closing(Rows({"books": f"sqlite:///{tmp_path / 'books.sqlite'}"}, tmp_path)) as rows:
        assert rows.names == ("books", "default_database")
        rows.write("books", "t", row(a="1"))
    assert query(tmp_path, "SELECT a FROM t", "books.sqlite") == [("1",)]


def test_an_unknown_connection_is_refused(rows: Rows) -> None:
    with pytest.raises(DeliveryRefused, match="default_database"):
        rows.write("nowhere", "t", row())


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("postgresql+psycopg://someone:hunter2@127.0.0.1:1/db", DeliveryFailed),
        ("nosuchdb://someone:hunter2@host/db", DeliveryRefused),
        ("not a url with hunter2", DeliveryRefused),
        ("sqlite:////nowhere/hunter2/db.sqlite", DeliveryFailed),
    ],
)
def test_errors_tell_neither_password_nor_value(tmp_path: Path, url: str, kind: type[Exception]) -> None:
    with closing(Rows({"foreign": url}, tmp_path)) as rows, pytest.raises(kind) as caught:
        rows.write("foreign", "t", row(vendor="Secret Vendor"))
    told = f"{caught.value} {caught.value!r}"
    assert "foreign" in told
    assert "hunter2" not in told
    assert "Secret" not in told


def test_a_database_that_does_not_answer_keeps_no_other_waiting(tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        url = f"postgresql+psycopg://someone@127.0.0.1:{silent.getsockname()[1]}/db"
        with closing(Rows({"silent": url}, tmp_path)) as rows:
            failed: list[str] = []

            def write() -> None:
                try:
                    rows.write("silent", "t", row())
                except DeliveryFailed as error:
                    failed.append(error.code)

            stuck = threading.Thread(target=write)
            stuck.start()
            silent.settimeout(20)
            with closing(silent.accept()[0]):
                assert rows.write("default_database", "t", row())
                assert stuck.is_alive()
                silent.close()
            stuck.join(20)
    assert failed == ["delivery_failed"]


@pytest.mark.parametrize(
    ("name", "taken", "column"),
    [
        ("total_amount", (), "total_amount"),
        ("Total Amount (EUR)", (), "total_amount_eur"),
        ("2nd party", (), "_2nd_party"),
        ("größe", (), "größe"),
        ("!!!", (), "value"),
        ("task_id", IDENTITY, "task_id_2"),
        ("x" * 200, (), "x" * 60),
    ],
)
def test_columns_are_named_for_features(name: str, taken: tuple[str, ...], column: str) -> None:
    assert column_name(name, taken) == column
