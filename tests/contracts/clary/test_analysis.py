from typing import Any

import httpx
import pytest

from evidoc.contracts.clary import shapes
from tests.contracts.clary.wire import fits, refused


def test_text_comes_page_by_page_with_layout_and_tables(client: httpx.Client, invoice: dict[str, Any]) -> None:
    options = {"include_layout": True, "include_tables": True, "include_images": False}
    answer = client.post("/v1/analysis/extract-text", json={"document_id": invoice["document_id"], "options": options})
    body = fits(shapes.ExtractedText, answer)
    page = body["pages"][0]
    assert body["text"] == page["text"]
    assert (page["page_number"], page["page_index"]) == (1, 0)
    assert (page["width"], page["height"]) == (595, 842)
    assert page["method"] == "born_digital_text"
    elements = page["layout"]["elements"]
    assert {element["type"] for element in elements} == {"line", "word"}
    for element in elements:
        assert page["text"][element["char_start"] : element["char_end"]] == element["text"]
        assert 0 <= element["x"] <= element["x"] + element["width"] <= 595
        assert 0 <= element["y"] <= element["y"] + element["height"] <= 842
    table = next(table for table in page["tables"] if table["columns"] == 4)
    assert table["data"][1] == ["Benchtop centrifuge, model C-200", "2", "1,480.00", "2,960.00"]
    for cell in table["cells"]:
        spans = (page["text"][span["char_start"] : span["char_end"]] for span in cell["spans"])
        assert "\n".join(spans) == cell["text"]


def test_layout_and_tables_can_be_left_out(client: httpx.Client, invoice: dict[str, Any]) -> None:
    options = {"include_layout": False, "include_tables": False}
    answer = client.post("/v1/analysis/extract-text", json={"document_id": invoice["document_id"], "options": options})
    page = fits(shapes.ExtractedText, answer)["pages"][0]
    assert "layout" not in page
    assert "tables" not in page


def test_entities_answer_for_themselves(client: httpx.Client, invoice: dict[str, Any]) -> None:
    document_id = invoice["document_id"]
    pages = client.post("/v1/analysis/extract-text", json={"document_id": document_id}).json()["pages"]
    wanted = [
        "invoice_number",
        {"name": "order_reference", "type": "identifier", "labels": ["Purchase order"]},
        "no_such_thing_at_all",
    ]
    custom = [{"name": "order_number", "pattern": "HV-[0-9]{5}"}]
    answer = client.post(
        "/v1/analysis/extract-entities",
        json={"document_id": document_id, "entities": wanted, "custom_entities": custom},
    )
    body = fits(shapes.ExtractedEntities, answer)
    found = {entity["type"]: entity for entity in body["entities"]}
    assert found["invoice_number"]["value"] == "LI-2026-0417"
    assert found["order_reference"]["value"] == "HV-88213"
    assert found["order_number"]["value"] == "HV-88213"
    assert body["missing"] == ["no_such_thing_at_all"]
    for entity in body["entities"]:
        assert 0 <= entity["confidence"] <= 1
        assert entity["page"] == 1
        for evidence in entity["evidence"]:
            span = slice(evidence["location"]["char_start"], evidence["location"]["char_end"])
            assert pages[evidence["page_index"]]["text"][span] == evidence["quote"]
            assert evidence["doc_id"] == document_id


def test_line_items_are_one_entity_of_rows(client: httpx.Client, invoice: dict[str, Any]) -> None:
    answer = client.post(
        "/v1/analysis/extract-entities", json={"document_id": invoice["document_id"], "entities": ["line_items"]}
    )
    (entity,) = fits(shapes.ExtractedEntities, answer)["entities"]
    assert len(entity["value"]) == len(entity["rows"]) == 5
    assert entity["value"][1] == {
        "description": "Rotor set, 24 x 1.5 ml",
        "quantity": "4",
        "unit_price": "215.50",
        "amount": "862.00",
    }
    amount = entity["rows"][0]["amount"]
    assert (amount["value_raw"], amount["value_normalized"]) == ("2,960.00", "2960.00")
    assert amount["evidence"][0]["quote"] == "2,960.00"


def test_a_pattern_that_would_run_for_ever_is_refused_by_name(client: httpx.Client) -> None:
    document_id = client.post("/v1/documents", files={"file": ("a.txt", b"a" * 60 + b"!")}).json()["document_id"]
    custom = [{"name": "honest", "pattern": "a!"}, {"name": "trap", "pattern": "(a|aa)+b"}]
    answer = client.post("/v1/analysis/extract-entities", json={"document_id": document_id, "custom_entities": custom})
    (detail,) = refused(answer, 400)["details"]
    assert detail["field"] == "trap.pattern"
    assert "too long" in detail["message"]
    assert client.get("/health").status_code == 200


def test_a_document_is_classified(client: httpx.Client, invoice: dict[str, Any]) -> None:
    document_id = invoice["document_id"]
    options = {"multi_label": False, "confidence_threshold": 0.0}
    answer = client.post(
        "/v1/analysis/classify",
        json={"document_id": document_id, "categories": ["invoice", "contract", "resume"], "options": options},
    )
    body = fits(shapes.Classified, answer)
    assert body["classifications"][0]["category"] == "invoice"
    builtin = fits(shapes.Classified, client.post("/v1/analysis/classify", json={"document_id": document_id}))
    assert builtin["classifications"][0]["category"] == "invoice"


def test_a_summary_quotes_the_document(client: httpx.Client, invoice: dict[str, Any]) -> None:
    document_id = invoice["document_id"]
    pages = client.post("/v1/analysis/extract-text", json={"document_id": document_id}).json()["pages"]
    options = {"max_length": 500, "format": "paragraph", "focus": ["key_points", "conclusions"]}
    answer = client.post("/v1/analysis/summarize", json={"document_id": document_id, "options": options})
    body = fits(shapes.Summarized, answer)
    assert 0 < len(body["summary"]) <= 500
    for evidence in (*body["evidence"], *body["key_point_evidence"]):
        span = slice(evidence["location"]["char_start"], evidence["location"]["char_end"])
        assert pages[evidence["page_index"]]["text"][span] == evidence["quote"]
    assert body["summary"] == " ".join(" ".join(evidence["quote"].split()) for evidence in body["evidence"])


def test_tables_come_on_their_own(client: httpx.Client, invoice: dict[str, Any]) -> None:
    answer = client.post("/v1/analysis/extract-tables", json={"document_id": invoice["document_id"]})
    tables = fits(shapes.ExtractedTables, answer)["tables"]
    assert any(table["data"][0] == ["Description", "Quantity", "Unit price", "Amount"] for table in tables)


@pytest.mark.parametrize("verb", ["extract-text", "extract-entities", "classify", "summarize", "extract-tables"])
def test_each_refuses_an_unknown_or_missing_document(client: httpx.Client, verb: str) -> None:
    unknown = client.post(f"/v1/analysis/{verb}", json={"document_id": "doc_unknown"})
    assert refused(unknown, 404)["code"] == "document_not_found"
    missing = refused(client.post(f"/v1/analysis/{verb}", json={}), 400)
    assert missing["details"] == [{"field": "document_id", "message": "is required"}]


@pytest.mark.parametrize(
    ("verb", "more", "field"),
    [
        ("extract-text", {"options": {"include_layout": "yes"}}, "options.include_layout"),
        ("extract-entities", {"entities": "date"}, "entities"),
        ("extract-entities", {"entities": ["date", 5]}, "entities[1]"),
        ("extract-entities", {"entities": [{"labels": ["x"]}]}, "entities[0].name"),
        ("extract-entities", {"entities": [{"name": "x", "type": "colour"}]}, "entities[0].type"),
        ("extract-entities", {"custom_entities": [{"name": "x"}]}, "custom_entities[0].pattern"),
        ("extract-entities", {"custom_entities": [{"name": "x", "pattern": "("}]}, "custom_entities[0].pattern"),
        ("classify", {"categories": []}, "categories"),
        ("classify", {"options": {"confidence_threshold": 2}}, "options.confidence_threshold"),
        ("summarize", {"options": {"max_length": 0}}, "options.max_length"),
        ("summarize", {"options": {"format": "poem"}}, "options.format"),
    ],
)
def test_a_bad_option_is_named(
    client: httpx.Client, invoice: dict[str, Any], verb: str, more: dict[str, Any], field: str
) -> None:
    answer = client.post(f"/v1/analysis/{verb}", json={"document_id": invoice["document_id"], **more})
    assert refused(answer, 400)["details"][0]["field"] == field
