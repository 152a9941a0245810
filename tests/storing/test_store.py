import os
import secrets
import signal
import stat
import subprocess
import sys
from base64 import b64encode
from pathlib import Path

import pytest

from evidoc.kernel.errors import CannotStart, DataFolderInUse, WrongMasterKey
from evidoc.storing.contents import ORIGINAL
from evidoc.storing.store import Store
from tests.storing.records import ORG, OTHER, document


@pytest.fixture
def store(sqlite_store: Store) -> Store:
    return sqlite_store


WRITER = """
import sys
from pathlib import Path
from evidoc.kernel.reading import Reading
from evidoc.storing.store import Store
from tests.storing.records import ORG, OTHER, document, page

folder, source = Path(sys.argv[1]), Path(sys.argv[2])
store = Store.open(folder)
while True:
    record = document()
    store.contents.put_file(ORG, record.document_id, "original", source)
    store.documents.add(record)
    with store.contents.write_reading(ORG, record.document_id) as writer:
        for number in range(3):
            writer.add(page(number, f"page {number} of {record.document_id}"))
        writer.finish(Reading(()))
    store.documents.set_processed(ORG, record.document_id, 3)
    print(record.document_id, flush=True)
"""


COMMAND = """
import sys
from pathlib import Path
from evidoc.storing.store import Store
from tests.storing.records import OTHER, document

store = Store.open(Path(sys.argv[1]), exclusive=False)
for _ in range(60):
    store.documents.add(document(org_id=OTHER))
store.close()
"""


def owner_only(file: Path) -> bool:
    return not stat.S_IMODE(file.stat().st_mode) & 0o077


def test_what_it_makes_only_its_owner_may_read(store: Store, folder: Path) -> None:
    assert all(owner_only(folder / name) for name in (".", "master.key", "evidoc.sqlite", "blobs"))


def test_a_document_survives_a_restart(store: Store, folder: Path) -> None:
    record = document()
    store.documents.add(record)
    store.close()
    again = Store.open(folder)
    assert again.documents.get(ORG, record.document_id) == record
    again.close()


def test_one_server_at_a_time_and_commands_beside_it(store: Store, folder: Path) -> None:
    with pytest.raises(DataFolderInUse, match=str(os.getpid())):
        Store.open(folder)
    beside = Store.open(folder, exclusive=False)
    record = document()
    beside.documents.add(record)
    beside.close()
    assert store.documents.get(ORG, record.document_id) == record
    store.close()
    Store.open(folder).close()


def test_two_processes_write_at_once_and_both_are_kept(store: Store, folder: Path) -> None:
    root = Path(__file__).parents[2]
    with subprocess.Popen([sys.executable, "-c", COMMAND, folder], cwd=root) as command:
        written = 0
        while command.poll() is None:
            store.documents.add(document())
            written += 1
    assert command.returncode == 0
    assert store.documents.list(OTHER, 1, 0).total == 60
    assert store.documents.list(ORG, 1, 0).total == written


def test_a_command_beside_a_server_removes_nothing_of_an_upload_under_way(
    store: Store, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "source").write_bytes(b"abc")
    store.contents.put_file(ORG, "doc_begun", ORIGINAL, tmp_path / "source")
    Store.open(folder, exclusive=False).close()
    assert b"".join(store.contents.open_file(ORG, "doc_begun", ORIGINAL)) == b"abc"


def test_the_second_start_loads_no_migration_machinery(store: Store, folder: Path) -> None:
    store.close()
    script = "import sys; from pathlib import Path; from evidoc.storing.store import Store; "
    script += "Store.open(Path(sys.argv[1])).close(); sys.exit('alembic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script, folder], check=False).returncode == 0


def test_another_master_key_is_refused_at_the_start(store: Store, folder: Path) -> None:
    store.close()
    (folder / "master.key").write_text(b64encode(secrets.token_bytes(32)).decode())
    with pytest.raises(WrongMasterKey, match="not the one"):
        Store.open(folder)
    with pytest.raises(WrongMasterKey, match="not the one"):
        Store.open(folder, master_key=secrets.token_bytes(32))


def test_a_missing_master_key_is_never_made_anew(store: Store, folder: Path) -> None:
    store.close()
    (folder / "master.key").unlink()
    with pytest.raises(WrongMasterKey, match="missing"):
        Store.open(folder)
    assert not (folder / "master.key").exists()


@pytest.mark.parametrize("damage", ["", "not a key", "QUJD"])
def test_a_damaged_master_key_is_refused(store: Store, folder: Path, damage: str) -> None:
    store.close()
    (folder / "master.key").write_text(damage)
    with pytest.raises(WrongMasterKey):
        Store.open(folder)


def test_a_given_master_key_is_used_and_not_written(folder: Path) -> None:
    key = secrets.token_bytes(32)
    for spelling in (key, key.hex(), b64encode(key).decode(), f" {key.hex()}\n"):
        Store.open(folder, master_key=spelling).close()
    assert not (folder / "master.key").exists()
    with pytest.raises(WrongMasterKey):
        Store.open(folder)


def test_a_refused_start_lets_go_of_the_folder(store: Store, folder: Path) -> None:
    store.close()
    with pytest.raises(WrongMasterKey):
        Store.open(folder, master_key=secrets.token_bytes(32))
    Store.open(folder).close()


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CannotStart, match="cannot be used"):
        Store.open(tmp_path / "file")
    with pytest.raises(CannotStart, match="cannot be used"):
        Store.open(tmp_path / "file" / "below")


def test_a_file_that_is_no_database_is_refused(folder: Path) -> None:
    folder.mkdir()
    (folder / "evidoc.sqlite").write_bytes(b"this was never a database" * 1000)
    with pytest.raises(CannotStart, match="not a database"):
        Store.open(folder)


def test_a_database_that_cannot_be_named_is_refused(folder: Path) -> None:
    with pytest.raises(CannotStart, match="cannot be opened"):
        Store.open(folder, database_url="nonsense")


@pytest.mark.parametrize("after", [1, 4, 9])
def test_a_writer_killed_in_the_middle_leaves_nothing_half_done(folder: Path, tmp_path: Path, after: int) -> None:
    source = tmp_path / "source"
    source.write_bytes(secrets.token_bytes(300_000))
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, folder, source], stdout=subprocess.PIPE, cwd=root, text=True
    ) as writer:
        assert writer.stdout is not None
        acknowledged = [writer.stdout.readline().strip() for _ in range(after)]
        writer.send_signal(signal.SIGKILL)
        acknowledged += [line.strip() for line in writer.stdout if line.endswith("\n")]
    assert len(acknowledged) >= after
    store = Store.open(folder)
    listed = {record.document_id for record in store.documents.list(ORG, 10_000, 0).items}
    assert set(acknowledged) <= listed
    for document_id in listed:
        assert b"".join(store.contents.open_file(ORG, document_id, ORIGINAL)) == source.read_bytes()
        reading = store.contents.open_reading(ORG, document_id)
        if document_id in acknowledged:
            assert reading is not None
            assert reading.pages[2].text == f"page 2 of {document_id}"
    blobs = [file for file in (folder / "blobs").rglob("*") if file.is_file()]
    readings = sum(store.contents.open_reading(ORG, document_id) is not None for document_id in listed)
    assert len(blobs) == len(listed) + readings
    store.close()
