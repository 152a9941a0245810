"""What a thief of the disk, or of a backup, can read: nothing; and after a deletion nobody can."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from evidoc.kernel.errors import ContentDamaged, DocumentNotFound
from evidoc.kernel.reading import Reading
from evidoc.kernel.records import TaskRecord, TaskStatus
from evidoc.storing.contents import ORIGINAL
from evidoc.storing.schema import document_keys
from evidoc.storing.sealed import SealedReader
from evidoc.storing.store import Store
from tests.storing.records import ORG, document, flow, page, run

SECRET = "Zwetschgenkuchen"


@pytest.fixture
def store(sqlite_store: Store) -> Store:
    return sqlite_store


def everything(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())


def wrapped_key(store: Store, document_id: str) -> bytes:
    with store.database.read() as transaction:
        query = select(document_keys.c.wrapped).where(document_keys.c.document_id == document_id)
        return bytes(transaction.execute(query).scalar_one())


def keep_all_kinds_of_content(store: Store, tmp_path: Path) -> str:
    record = document(metadata={"about": SECRET.upper()})
    (tmp_path / "source").write_text(SECRET * 10)
    store.contents.put_file(ORG, record.document_id, ORIGINAL, tmp_path / "source")
    (tmp_path / "source").unlink()
    store.documents.add(record)
    with store.contents.write_reading(ORG, record.document_id) as writer:
        writer.add(page(0, SECRET))
        writer.finish(Reading(()))
    store.contents.put_json(ORG, record.document_id, f"out of {SECRET.lower()}", {"value": SECRET})
    graph = flow()
    store.flows.add(graph)
    execution = run(graph.flow_id, document_id=record.document_id, parameters={"to": SECRET.upper()})
    ended = TaskRecord(execution.run_id, "t", "x", TaskStatus.COMPLETED, has_output=True)
    store.runs.add(execution, [replace(ended, status=TaskStatus.PENDING)])
    sealed = store.contents.sealer(ORG, record.document_id).seal_json("t", {"value": SECRET}, 10_000)
    assert sealed is not None
    store.runs.note(ORG, execution.run_id, [ended], {"t": sealed})
    return record.document_id


def test_no_content_lies_on_the_disk_in_the_clear(store: Store, folder: Path, tmp_path: Path) -> None:
    keep_all_kinds_of_content(store, tmp_path)
    on_disk = everything(folder)
    assert SECRET.encode() not in on_disk
    assert SECRET.lower().encode() not in on_disk
    assert SECRET not in " ".join(str(file) for file in folder.rglob("*"))


def test_after_a_deletion_nothing_of_the_document_is_left(store: Store, folder: Path, tmp_path: Path) -> None:
    document_id = keep_all_kinds_of_content(store, tmp_path)
    key = wrapped_key(store, document_id)
    assert key in everything(folder)
    assert SECRET.upper().encode() in everything(folder)
    store.documents.delete(ORG, document_id)
    on_disk = everything(folder)
    assert key not in on_disk
    assert SECRET.upper().encode() not in on_disk
    assert not [file for file in (folder / "blobs").rglob("*") if file.is_file()]
    for attempt in (
        lambda: store.documents.get(ORG, document_id),
        lambda: store.contents.open_file(ORG, document_id, ORIGINAL),
        lambda: store.contents.open_reading(ORG, document_id),
        lambda: store.contents.put_json(ORG, document_id, "late", 1),
        lambda: store.documents.delete(ORG, document_id),
    ):
        with pytest.raises(DocumentNotFound):
            attempt()


def test_of_many_deleted_documents_no_key_is_left(store: Store, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(b"x")
    keys = {}
    for number in range(120):  # enough for pages of the table to split and merge
        record = document()
        store.contents.put_file(ORG, record.document_id, ORIGINAL, tmp_path / "source")
        store.documents.add(record)
        keys[record.document_id] = wrapped_key(store, record.document_id)
        if number % 3 == 2:
            gone = list(keys)[number // 3]
            store.documents.delete(ORG, gone)
    kept = {record.document_id for record in store.documents.list(ORG, 200, 0).items}
    on_disk = everything(folder)
    assert len(kept) == 80
    for document_id, key in keys.items():
        assert (key in on_disk) == (document_id in kept)


def test_a_copy_of_the_bytes_kept_aside_is_unreadable_after_the_deletion(
    store: Store, folder: Path, tmp_path: Path
) -> None:
    document_id = keep_all_kinds_of_content(store, tmp_path)
    shutil.copytree(folder / "blobs", tmp_path / "aside")
    store.documents.delete(ORG, document_id)
    shutil.copytree(tmp_path / "aside", folder / "blobs", dirs_exist_ok=True)
    with pytest.raises(DocumentNotFound):
        store.contents.open_file(ORG, document_id, ORIGINAL)
    store.close()
    again = Store.open(folder)
    blob = again.contents._blobs.open(document_id, f"file:{ORIGINAL}")
    with pytest.raises(DocumentNotFound):
        again.contents.open_file(ORG, document_id, ORIGINAL)
    again.close()
    assert blob is not None
    with pytest.raises(ContentDamaged):
        SealedReader(blob, bytes(32), f"{document_id}\nfile:{ORIGINAL}".encode())


def test_the_start_removes_what_a_crash_left_of_a_deletion(
    store: Store, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document_id = keep_all_kinds_of_content(store, tmp_path)
    other = keep_all_kinds_of_content(store, tmp_path)
    monkeypatch.setattr(store.documents, "_erase_content", lambda *_ids: None)
    store.documents.delete(ORG, document_id)
    left = [file for file in (folder / "blobs").rglob("*") if file.is_file()]
    store.close()
    again = Store.open(folder)
    kept = [file for file in (folder / "blobs").rglob("*") if file.is_file()]
    assert len(kept) == len(left) // 2
    assert again.contents.get_json(ORG, other, f"out of {SECRET.lower()}") == {"value": SECRET}
    again.close()


def test_the_start_removes_what_a_crash_left_of_an_upload(store: Store, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(b"never received whole")
    store.contents.put_file(ORG, "doc_begun", ORIGINAL, tmp_path / "source")
    (folder / "blobs" / "incoming" / "half").write_bytes(b"half a blob")
    store.close()
    again = Store.open(folder)
    assert not [file for file in (folder / "blobs").rglob("*") if file.is_file()]
    with pytest.raises(DocumentNotFound):
        again.contents.open_file(ORG, "doc_begun", ORIGINAL)
    again.close()
