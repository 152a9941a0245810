import errno
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text

from evidoc.kernel.errors import StorageFull, Unavailable
from evidoc.storing import database as module
from evidoc.storing import log_sync
from evidoc.storing.database import Database, sqlite_file
from evidoc.storing.schema import installation
from evidoc.storing.store import Store
from tests.storing.records import ORG, document


@pytest.fixture
def store(sqlite_store: Store) -> Store:
    return sqlite_store


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 1), ("foreign_keys", 1), ("secure_delete", 1), ("temp_store", 2)],
)
def test_what_is_committed_is_durable_and_what_is_deleted_is_overwritten(
    store: Store, pragma: str, value: object
) -> None:
    with store.database.read() as transaction:
        assert transaction.execute(text(f"PRAGMA {pragma}")).scalar() == value


def test_many_threads_write_and_nothing_is_lost(store: Store) -> None:
    def write(_: int) -> None:
        for _ in range(100):
            store.documents.add(document())

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    assert store.documents.list(ORG, 1, 0).total == 400


def test_a_reader_sees_one_state_while_others_write(store: Store) -> None:
    with store.database.read() as before:
        assert store.documents.list(ORG, 1, 0, on=before).total == 0
        writer = threading.Thread(target=store.documents.add, args=(document(),))
        writer.start()
        writer.join()
        assert store.documents.list(ORG, 1, 0, on=before).total == 0
    assert store.documents.list(ORG, 1, 0).total == 1


def test_a_second_write_inside_the_first_is_told_to_join_it(store: Store) -> None:
    with store.database.write(), pytest.raises(RuntimeError, match="on="):
        store.documents.add(document())


def test_a_locked_database_is_unavailable_not_an_accident(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BUSY_SECONDS", 0)
    monkeypatch.setattr(module, "_PRAGMAS", ("PRAGMA busy_timeout = 1",))
    hasty = Database(sqlite_file(folder / "evidoc.sqlite"))
    with store.database.write(), pytest.raises(Unavailable), hasty.write():
        pass
    hasty.close()


def test_a_full_disk_is_said_and_leaves_nothing_half_done(store: Store) -> None:
    store.documents.add(document())
    with store.database.write() as transaction:
        pages = transaction.execute(text("PRAGMA page_count")).scalar()

    def fill() -> None:
        with store.database.write() as transaction:
            transaction.execute(text(f"PRAGMA max_page_count = {pages}"))
            try:
                for _ in range(200):
                    store.documents.add(document(metadata={"note": "x" * 4096}), on=transaction)
            finally:
                transaction.execute(text("PRAGMA max_page_count = 1000000"))

    with pytest.raises(StorageFull):
        fill()
    assert store.documents.list(ORG, 1, 0).total == 1


def test_what_was_deleted_leaves_the_log_even_when_a_reader_held_it_at_first(store: Store, folder: Path) -> None:
    record = document(name="Agatha Zwetschgenbaum")
    store.documents.add(record)
    log = folder / "evidoc.sqlite-wal"
    with store.database.read() as older:
        store.documents.list(ORG, 1, 0, on=older)
        deleter = threading.Thread(target=store.documents.delete, args=(ORG, record.document_id))
        deleter.start()
        deleter.join()
        assert b"Zwetschgenbaum" in log.read_bytes()
    store.documents.add(document())
    assert b"Zwetschgenbaum" not in log.read_bytes() + (folder / "evidoc.sqlite").read_bytes()


class Disk:
    """A disk that takes its time: ``reached`` once it is asked to synchronise, which ends when it is ``let_go``."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.reached, self.let_go = threading.Event(), threading.Event()
        self.count = 0
        self.error: OSError | None = None
        monkeypatch.setattr(log_sync.os, "fdatasync", self._synchronise)

    def _synchronise(self, _file: int) -> None:
        self.count += 1
        self.reached.set()
        assert self.let_go.wait(PATIENCE)
        if self.error is not None:
            raise self.error


PATIENCE = 30.0


def test_nothing_is_acknowledged_or_shown_before_it_is_on_the_disk(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = Disk(monkeypatch)
    record = document()
    looked, returned = threading.Event(), []

    def write() -> None:
        store.documents.add(record)
        returned.append("written")

    def read() -> None:
        with store.database.read() as on:
            assert store.documents.get(ORG, record.document_id, on=on) == record
            looked.set()
        returned.append("read")

    writer, reader = threading.Thread(target=write), threading.Thread(target=read)
    writer.start()
    assert disk.reached.wait(PATIENCE)
    reader.start()
    assert looked.wait(PATIENCE)
    assert returned == []
    disk.let_go.set()
    for thread in (writer, reader):
        thread.join(PATIENCE)
    assert sorted(returned) == ["read", "written"]


def test_commits_made_while_the_disk_is_busy_share_the_next_synchronisation(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = Disk(monkeypatch)
    log = store.database._log
    assert log is not None
    before = log._committed
    writers = [threading.Thread(target=store.documents.add, args=(document(),)) for _ in range(9)]
    for writer in writers:
        writer.start()
    committed = threading.Event()
    while log._committed < before + 9:
        committed.wait(0.001)
    disk.let_go.set()
    for writer in writers:
        writer.join(PATIENCE)
    assert disk.count == 2
    assert log._durable == before + 9


@pytest.mark.parametrize(("code", "error"), [(errno.ENOSPC, StorageFull), (errno.EIO, Unavailable)])
def test_a_disk_that_fails_is_said_and_asked_again(
    store: Store, monkeypatch: pytest.MonkeyPatch, code: int, error: type[Exception]
) -> None:
    disk = Disk(monkeypatch)
    disk.let_go.set()
    disk.error = OSError(code, "no")
    with pytest.raises(error):
        store.documents.add(document())
    disk.error = None
    store.documents.add(document())
    assert store.documents.list(ORG, 1, 0).total == 2


def test_a_row_is_inserted_where_it_is_absent(store: Store) -> None:
    row = {"name": "probe", "value": b"first"}
    with store.database.write() as on:
        assert on.insert_if_absent(installation, row)
        assert not on.insert_if_absent(installation, row | {"value": b"second"})
        assert on.execute(text("SELECT value FROM installation WHERE name = 'probe'")).scalar() == b"first"
