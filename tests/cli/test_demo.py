from pathlib import Path

from evidoc.cli.sample_invoice import LINES, TOTAL, TOTALS, sample_invoice
from tests.cli.conftest import Call


def test_the_sample_adds_up_and_is_the_same_every_time() -> None:
    def number(text: str) -> float:
        return float(text.replace(",", "").removeprefix("EUR "))

    assert all(number(quantity) * number(price) == number(amount) for _, quantity, price, amount in LINES)
    assert sum(number(amount) for *_, amount in LINES) == number(TOTALS[0][1])
    assert round(number(TOTALS[0][1]) + number(TOTALS[1][1]), 2) == number(TOTAL[1])
    assert sample_invoice() == sample_invoice()


def test_the_demo_shows_the_main_job_from_end_to_end(call: Call, tmp_path: Path) -> None:
    shown = call("demo", "--data", str(tmp_path / "demo")).stdout
    for promised in (
        "document_parser → entity_extraction → database_connector",
        "LI-2026-0417",
        "2026-03-12",
        "5161.20 EUR",
        "Larkspur Instruments Ltd",
        "“12 March 2026”",
        "Sterile tubes, box of 500",
        "The row that database_connector wrote",
        "The built-in flow invoice-extractor",
        "5161.2          “EUR 5,161.20”, page 1",
        "make serve",
        "/docs",
    ):
        assert promised in shown
    assert (tmp_path / "demo" / "sample-invoice.pdf").read_bytes() == sample_invoice()


def test_the_demo_writes_over_nothing(call: Call, tmp_path: Path) -> None:
    refused = call("demo", "--data", str(tmp_path))
    assert refused.returncode == 2
    assert "exists already" in refused.stderr
