"""Questions about one document are answered from its reading, once it is processed."""

from pathlib import Path

import pytest

from evidoc.kernel.decision import Verdict
from evidoc.kernel.errors import DocumentDamaged, Forbidden, InvalidRequest
from evidoc.kernel.principal import DEFAULT_ORG, Principal
from evidoc.kernel.records import DocumentRecord
from tests.flows.open_house import INVOICE_LINES, WHO, OpenHouse, write_pdf


@pytest.fixture(scope="module")
def document(house: OpenHouse, tmp_path_factory: pytest.TempPathFactory) -> DocumentRecord:
    return house.upload(write_pdf(tmp_path_factory.mktemp("files") / "invoice.pdf"))


def test_a_question_waits_until_the_document_is_processed(house: OpenHouse, invoice: Path) -> None:
    fresh = house.documents.receive(WHO, invoice, "invoice.pdf")
    assert house.analysis.text(WHO, fresh.document_id).pages[0].text == "\n".join(INVOICE_LINES)


def test_values_come_with_evidence_that_holds(house: OpenHouse, document: DocumentRecord) -> None:
    decisions = house.analysis.entities(
        WHO,
        document.document_id,
        ["invoice_number", {"name": "due", "type": "date", "labels": ["Due date"]}, "iban"],
        [{"name": "euros", "pattern": r"[\d,.]+ EUR"}],
    )
    number, due, iban, euros = decisions
    assert [item.value.raw for item in number.selected] == ["NW-2024-118"]
    assert [item.value.normalized for item in due.selected] == ["2024-04-04"]
    assert iban.verdict is Verdict.MISSING
    assert [item.value.raw for item in euros.selected] == ["1,234.50 EUR"]
    text = house.analysis.text(WHO, document.document_id).pages[0].text
    for decision in decisions:
        for candidate in decision.selected:
            for piece in candidate.value.evidence:
                assert text[piece.char_start : piece.char_end] == piece.quote


def test_without_wishes_the_usual_values_of_its_type_are_given(house: OpenHouse, document: DocumentRecord) -> None:
    names = [item.finding.feature.name for item in house.analysis.entities(WHO, document.document_id)]
    assert "total_amount" in names


def test_bad_wishes_are_refused_with_their_paths(house: OpenHouse, document: DocumentRecord) -> None:
    with pytest.raises(InvalidRequest) as caught:
        house.analysis.entities(WHO, document.document_id, ["ok", {"name": "x", "type": "moon"}], [{"name": "y"}])
    assert [detail.field for detail in caught.value.details] == ["entities[1].type", "custom_entities[0].pattern"]


def test_a_pattern_that_would_run_for_ever_ends(house: OpenHouse, tmp_path: Path) -> None:
    document = house.upload(write_pdf(tmp_path / "long.pdf", ("a" * 60 + "!",)))
    wanted = [{"name": "good", "pattern": "a!"}, {"name": "evil", "pattern": r"(a|aa)+b"}]
    with pytest.raises(InvalidRequest, match="too long") as caught:
        house.analysis.entities(WHO, document.document_id, ["total_amount"], wanted)
    assert [detail.field for detail in caught.value.details] == ["evil.pattern"]


def test_it_is_classified_and_summed_up(house: OpenHouse, document: DocumentRecord) -> None:
    assert house.analysis.classify(WHO, document.document_id, ["contract", "invoice"])[0].category == "invoice"
    found = house.analysis.summarize(WHO, document.document_id, max_length=200)
    text = house.analysis.text(WHO, document.document_id).pages[0].text
    assert all(text[piece.char_start : piece.char_end] == piece.quote for piece in found.summary.sentences)
    assert house.analysis.tables(WHO, document.document_id) == ()


def test_a_failed_document_answers_with_its_own_failure(house: OpenHouse, tmp_path: Path) -> None:
    path = tmp_path / "broken.pdf"
    path.write_bytes(b"%PDF-1.7\nnothing\n%%EOF\n")
    document = house.upload(path)
    with pytest.raises(DocumentDamaged):
        house.analysis.text(WHO, document.document_id)


def test_whoever_may_not_read_is_told_nothing(house: OpenHouse, document: DocumentRecord) -> None:
    nobody = Principal(DEFAULT_ORG, frozenset())
    with pytest.raises(Forbidden):
        house.analysis.text(nobody, document.document_id)
    with pytest.raises(Forbidden):
        house.analysis.entities(nobody, document.document_id)
