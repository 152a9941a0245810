from datetime import timedelta
from pathlib import Path

import pytest

from evidoc.kernel.errors import DocumentNotFound
from evidoc.kernel.records import DocumentStatus, Failure
from evidoc.storing.contents import ORIGINAL
from evidoc.storing.store import Store
from tests.storing.records import ORG, OTHER, document


def test_a_document_comes_back_as_it_was_added(store: Store) -> None:
    record = document(name="Müller – Rechnung.pdf", metadata={"case": "7", "deep": {"list": [1, None, "ü"]}})
    store.documents.add(record)
    assert store.documents.get(ORG, record.document_id) == record


def test_another_organisation_sees_nothing_and_changes_nothing(store: Store) -> None:
    record = document()
    store.documents.add(record)
    unknown = "doc_never_was"
    for document_id in (record.document_id, unknown):
        refusals = []
        for attempt in (
            lambda id_: store.documents.get(OTHER, id_),
            lambda id_: store.documents.set_processed(OTHER, id_, 1),
            lambda id_: store.documents.set_failed(OTHER, id_, Failure("x", "y")),
            lambda id_: store.documents.delete(OTHER, id_),
        ):
            with pytest.raises(DocumentNotFound) as refusal:
                attempt(document_id)
            refusals.append((refusal.value.message, refusal.value.details))
        assert refusals == [("Document not found", ())] * 4
    assert store.documents.list(OTHER, 10, 0).total == 0
    assert store.documents.get(ORG, record.document_id) == record


def test_a_list_is_newest_first_and_counts_all_that_match(store: Store) -> None:
    first = document()
    records = [
        document(
            created_at=first.created_at + timedelta(seconds=number),
            content_type="text/csv" if number % 2 else "application/pdf",
        )
        for number in range(5)
    ]
    for record in records:
        store.documents.add(record)
    page = store.documents.list(ORG, limit=2, offset=1)
    assert [item.document_id for item in page.items] == [records[3].document_id, records[2].document_id]
    assert (page.total, page.limit, page.offset) == (5, 2, 1)
    assert store.documents.list(ORG, 10, 0, content_type="text/csv").total == 2
    assert store.documents.list(ORG, 10, 0, status=DocumentStatus.FAILED).total == 0
    for beyond in (99, 2**63, 10**30):
        assert store.documents.list(ORG, 10, beyond).items == ()


def test_a_document_ends_once(store: Store) -> None:
    record = document()
    store.documents.add(record)
    assert store.documents.set_processed(ORG, record.document_id, 12)
    assert not store.documents.set_processed(ORG, record.document_id, 13)
    assert not store.documents.set_failed(ORG, record.document_id, Failure("document_damaged", "late"))
    kept = store.documents.get(ORG, record.document_id)
    assert (kept.status, kept.page_count, kept.failure) == (DocumentStatus.PROCESSED, 12, None)


def test_a_failure_says_why(store: Store) -> None:
    record = document()
    store.documents.add(record)
    failure = Failure("document_damaged", "The document is damaged and cannot be opened")
    assert store.documents.set_failed(ORG, record.document_id, failure)
    kept = store.documents.get(ORG, record.document_id)
    assert (kept.status, kept.failure) == (DocumentStatus.FAILED, failure)


def test_the_sweep_finds_what_is_still_being_processed_in_every_organisation(store: Store) -> None:
    mine, theirs, done = document(), document(org_id=OTHER), document()
    for record in (mine, theirs, done):
        store.documents.add(record)
    store.documents.set_processed(ORG, done.document_id, 1)
    assert {record.document_id for record in store.documents.unfinished()} == {mine.document_id, theirs.document_id}


class HalfWay(Exception):
    pass


def test_several_facts_are_kept_together_or_not_at_all(store: Store) -> None:
    first, second = document(), document()

    def add_both() -> None:
        with store.database.write() as on:
            store.documents.add(first, on=on)
            store.documents.add(second, on=on)
            assert store.documents.get(ORG, first.document_id, on=on) == first
            raise HalfWay

    with pytest.raises(HalfWay):
        add_both()
    assert store.documents.list(ORG, 10, 0).total == 0


def test_a_deletion_that_is_rolled_back_deletes_nothing(store: Store, tmp_path: Path) -> None:
    record = document()
    (tmp_path / "source").write_bytes(b"abc")
    store.contents.put_file(ORG, record.document_id, ORIGINAL, tmp_path / "source")
    store.documents.add(record)

    def delete() -> None:
        with store.database.write() as on:
            store.documents.delete(ORG, record.document_id, on=on)
            raise HalfWay

    with pytest.raises(HalfWay):
        delete()
    assert store.documents.get(ORG, record.document_id) == record
    assert b"".join(store.contents.open_file(ORG, record.document_id, ORIGINAL)) == b"abc"
