import errno
import os
import threading
from pathlib import Path

import pytest

from evidoc.kernel.errors import ContentDamaged, DocumentNotFound, StorageFull
from evidoc.kernel.reading import Attachment, Fault, FormField, Reading, Span
from evidoc.storing.contents import ORIGINAL
from evidoc.storing.store import Store
from tests.storing.records import ORG, OTHER, document, page


@pytest.fixture
def source(tmp_path: Path) -> Path:
    file = tmp_path / "letter.txt"
    file.write_bytes(b"Dear Sir or Madam. " * 20_000)
    return file


@pytest.fixture
def document_id(store: Store, source: Path) -> str:
    record = document()
    store.contents.put_file(ORG, record.document_id, ORIGINAL, source)
    store.documents.add(record)
    return record.document_id


def blobs(folder: Path) -> list[Path]:
    return [file for file in (folder / "blobs").rglob("*") if file.is_file()]


def write_reading(store: Store, document_id: str, texts: list[str]) -> None:
    with store.contents.write_reading(ORG, document_id) as writer:
        for number, text in enumerate(texts):
            writer.add(page(number, text))
        writer.finish(Reading(()))


def test_a_file_comes_back(store: Store, document_id: str, source: Path) -> None:
    assert b"".join(store.contents.open_file(ORG, document_id, ORIGINAL)) == source.read_bytes()


def test_an_empty_file_comes_back(store: Store, document_id: str, tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    store.contents.put_file(ORG, document_id, "attachment", tmp_path / "empty")
    assert b"".join(store.contents.open_file(ORG, document_id, "attachment")) == b""


def test_a_reading_comes_back_with_all_that_surrounds_it(store: Store, document_id: str) -> None:
    frame = Reading(
        pages=(),
        attachments=(Attachment("a.xml", "text/xml", 4, b"<a/>"),),
        form_fields=(FormField("name", "Ada", 0, Span(0, 3)),),
        faults=(Fault("font_missing", "A font is missing", 1),),
        properties={"title": "Tëst"},
    )
    pages = [page(number, f"page {number} says something") for number in range(30)]
    with store.contents.write_reading(ORG, document_id) as writer:
        for one in pages:
            writer.add(one)
        writer.finish(frame)
    reading = store.contents.open_reading(ORG, document_id)
    assert reading is not None
    assert len(reading.pages) == 30
    assert list(reading.pages) == pages
    assert reading.pages[-1] == pages[29]
    assert reading.pages[3:5] == pages[3:5]
    assert (reading.attachments, reading.form_fields) == (frame.attachments, frame.form_fields)
    assert (reading.faults, reading.properties) == (frame.faults, frame.properties)
    with pytest.raises(IndexError):
        reading.pages[30]


def test_a_reading_without_pages_comes_back(store: Store, document_id: str) -> None:
    write_reading(store, document_id, [])
    reading = store.contents.open_reading(ORG, document_id)
    assert reading is not None
    assert list(reading.pages) == []


def test_before_it_is_read_there_is_no_reading_and_no_result(store: Store, document_id: str) -> None:
    assert store.contents.open_reading(ORG, document_id) is None
    assert store.contents.get_json(ORG, document_id, "results") is None


def test_a_reading_that_breaks_off_leaves_the_earlier_one(store: Store, document_id: str, folder: Path) -> None:
    write_reading(store, document_id, ["the first one"])
    kept = blobs(folder)

    def break_off() -> None:
        with store.contents.write_reading(ORG, document_id) as writer:
            writer.add(page(0, "the second one"))
            raise RuntimeError("broke off")

    def forget_to_finish() -> None:
        with store.contents.write_reading(ORG, document_id) as writer:
            writer.add(page(0, "the third one"))

    with pytest.raises(RuntimeError, match="broke off"):
        break_off()
    with pytest.raises(ValueError, match="not finished"):
        forget_to_finish()
    reading = store.contents.open_reading(ORG, document_id)
    assert reading is not None
    assert reading.pages[0].text == "the first one"
    assert blobs(folder) == kept


def test_pages_come_in_their_order(store: Store, document_id: str) -> None:
    with pytest.raises(ValueError, match="page 1 came where page 0 was due"):
        write_reading_from(store, document_id, 1)


def write_reading_from(store: Store, document_id: str, index: int) -> None:
    with store.contents.write_reading(ORG, document_id) as writer:
        writer.add(page(index, "early"))


def test_an_open_reading_outlives_its_replacement_and_its_document(store: Store, document_id: str) -> None:
    write_reading(store, document_id, ["old one", "old two"])
    reading = store.contents.open_reading(ORG, document_id)
    assert reading is not None
    write_reading(store, document_id, ["new one"])
    store.documents.delete(ORG, document_id)
    assert [one.text for one in reading.pages] == ["old one", "old two"]


def test_many_threads_read_one_reading(store: Store, document_id: str) -> None:
    write_reading(store, document_id, [f"page {number}" for number in range(50)])
    reading = store.contents.open_reading(ORG, document_id)
    assert reading is not None
    seen: list[list[str]] = []
    threads = [
        threading.Thread(target=lambda: seen.append([reading.pages[number].text for number in range(50)]))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [[f"page {number}" for number in range(50)]] * 4


@pytest.mark.parametrize("value", [{"a": [1, 2.5, None, "ü", "\ud800"]}, [], "text", 0])
def test_a_value_comes_back(store: Store, document_id: str, value: object) -> None:
    store.contents.put_json(ORG, document_id, "runs/exec_1/some task", value)
    store.contents.put_json(ORG, document_id, "other", "other")
    assert store.contents.get_json(ORG, document_id, "runs/exec_1/some task") == value


@pytest.mark.parametrize("name", ["../../escape", "/etc/passwd", "a" * 5000, "", "\x00", "nul\nline"])
def test_no_name_leads_out_of_the_folder(store: Store, document_id: str, folder: Path, name: str) -> None:
    store.contents.put_json(ORG, document_id, name, 1)
    assert store.contents.get_json(ORG, document_id, name) == 1
    outside = [file for file in folder.parent.rglob("*") if "escape" in file.name or "passwd" in file.name]
    assert not outside


def test_another_organisation_can_neither_read_nor_write(store: Store, document_id: str, source: Path) -> None:
    write_reading(store, document_id, ["mine"])
    store.contents.put_json(ORG, document_id, "results", "mine")
    contents = store.contents
    for whose, which in ((OTHER, document_id), (ORG, "doc_never_was")):
        for attempt in (
            lambda org, one: contents.open_file(org, one, ORIGINAL),
            lambda org, one: contents.open_reading(org, one),
            lambda org, one: contents.get_json(org, one, "results"),
            lambda org, one: contents.put_json(org, one, "results", "theirs"),
            lambda org, one: contents.write_reading(org, one).__enter__(),
        ):
            with pytest.raises(DocumentNotFound):
                attempt(whose, which)
    with pytest.raises(DocumentNotFound):
        contents.put_file(OTHER, document_id, ORIGINAL, source)
    assert contents.get_json(ORG, document_id, "results") == "mine"


@pytest.mark.parametrize("harm", ["cut", "flip", "swap", "remove"])
def test_altered_content_is_noticed_never_shown(store: Store, document_id: str, folder: Path, harm: str) -> None:
    (original,) = blobs(folder)
    store.contents.put_json(ORG, document_id, "results", "x" * 1000)
    (other,) = set(blobs(folder)) - {original}
    if harm == "cut":
        os.truncate(original, original.stat().st_size - 1)
    elif harm == "flip":
        data = bytearray(original.read_bytes())
        data[len(data) // 2] ^= 1
        original.write_bytes(data)
    elif harm == "swap":
        other.replace(original)
    else:
        original.unlink()
    with pytest.raises(ContentDamaged):
        list(store.contents.open_file(ORG, document_id, ORIGINAL))


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_said_and_leaves_what_was_there(
    store: Store, document_id: str, folder: Path, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.contents.put_json(ORG, document_id, "results", "before")
    kept = blobs(folder)

    def full(_descriptor: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageFull):
        store.contents.put_json(ORG, document_id, "results", "after")
    monkeypatch.undo()
    assert store.contents.get_json(ORG, document_id, "results") == "before"
    assert blobs(folder) == kept


def test_an_upload_that_is_given_up_leaves_nothing(store: Store, source: Path, folder: Path) -> None:
    store.contents.put_file(ORG, "doc_begun", ORIGINAL, source)
    assert blobs(folder)
    store.contents.erase(ORG, "doc_begun")
    assert not blobs(folder)
    with pytest.raises(DocumentNotFound):
        store.contents.open_file(ORG, "doc_begun", ORIGINAL)


def test_giving_up_too_late_takes_nothing_from_a_received_document(
    store: Store, document_id: str, source: Path
) -> None:
    store.contents.erase(ORG, document_id)
    assert b"".join(store.contents.open_file(ORG, document_id, ORIGINAL)) == source.read_bytes()


def test_what_is_written_while_the_document_is_erased_does_not_stay(
    store: Store, document_id: str, folder: Path
) -> None:
    def write_and_erase() -> None:
        with store.contents.write_reading(ORG, document_id) as writer:
            writer.add(page(0, "late"))
            store.documents.delete(ORG, document_id)
            writer.finish(Reading(()))

    with pytest.raises(DocumentNotFound):
        write_and_erase()
    assert not blobs(folder)
