import json
from pathlib import Path

import pytest

from evidoc.cli.labels import Labelled, date_order
from evidoc.cli.sample_invoice import sample_invoice
from tests.cli.conftest import Call


def label(folder: Path, *lines: object) -> Path:
    folder.mkdir()
    (folder / "labels.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return folder


def rows(table: str) -> dict[tuple[str, str], list[str]]:
    """Figures by how was asked and for what."""
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines() if line[:1] == "|"]
    return {(way, feature): figures for way, feature, *figures in cells[2:]}


def test_a_folder_with_labels_is_scored_by_name_and_by_schema(call: Call, tmp_path: Path) -> None:
    truths = {"invoice_number": "LI-2026-0417", "total_amount": "5161.20", "invoice_date": "2026-03-12"}
    folder = label(
        tmp_path / "mine",
        {"file": "right.pdf", "fields": truths},
        {"file": "wrong.pdf", "fields": {**truths, "invoice_number": ["LI-2026-0418", "LI-2026-0419"]}},
        {"id": "a line without a file", "fields": truths},
    )
    for name in ("right.pdf", "wrong.pdf"):
        (folder / name).write_bytes(sample_invoice())
    (folder / "features.yaml").write_text("features:\n  - {name: invoice_number, type: identifier}\n")
    scored = call("eval", str(folder))
    assert scored.returncode == 0
    found = rows(scored.stdout)
    # n, right, interval, strict, precision, baseline
    assert found["name", "invoice_number"][:5] == ["2", "50.0%", "0.0% to 100.0%", "50.0%", "50.0%"]
    assert found["name", "total_amount"] == ["2", "100.0%", "100.0% to 100.0%", "0.0%", "100.0%", "100.0%"]
    assert found["name", "invoice_date"][:2] == ["2", "100.0%"]
    assert [feature for way, feature in found if way == "schema"] == ["invoice_number"]
    assert "By name: 2 documents, all fields right in 50.0%" in scored.stdout


def test_a_file_that_cannot_be_read_is_told_and_counts_as_not_found(call: Call, tmp_path: Path) -> None:
    fields = {"total_amount": "5161.20"}
    folder = label(tmp_path / "mine", {"file": "a.pdf", "fields": fields}, {"file": "gone.pdf", "fields": fields})
    (folder / "a.pdf").write_bytes(sample_invoice())
    scored = call("eval", str(folder), "--out", str(tmp_path / "table.md"))
    assert scored.returncode == 1
    assert "gone.pdf" in scored.stderr
    assert rows((tmp_path / "table.md").read_text())["name", "total_amount"][:2] == ["2", "50.0%"]


@pytest.mark.parametrize(
    ("labels", "sentence"),
    [(None, "labels.jsonl cannot be read"), ("{}\n", "line 1 is no object"), ("", "labels no document")],
)
def test_a_folder_that_cannot_be_scored_is_told_why(
    call: Call, tmp_path: Path, labels: str | None, sentence: str
) -> None:
    if labels is not None:
        (tmp_path / "labels.jsonl").write_text(labels)
    refused = call("eval", str(tmp_path))
    assert refused.returncode == 1
    assert sentence in " ".join(refused.stderr.split())


@pytest.mark.parametrize(
    ("truths", "order"),
    [(("02/16/20", "11/18/19"), "mdy"), (("27/11/2017", "03/02/2016"), "dmy"), (("1/2/20", "2026-03-12"), "dmy")],
)
def test_the_truths_tell_whether_day_or_month_comes_first(truths: tuple[str, ...], order: str) -> None:
    assert date_order([Labelled(Path("a"), {"date": truths})]) == order
