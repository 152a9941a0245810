"""E-invoices, whose XML is the truth: read exactly from the XML, and read from the page with the XML taken away."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from evals.line_scores import COLUMNS, TABLE_HEAD, LineScore, Row, score, table_row
from evals.lines import LINE_ITEMS, lines_from_pages
from evals.readings import data_folder, readings
from evidoc.kernel.finding import Candidate, Feature, FeatureType
from evidoc.kernel.reading import Reading
from evidoc.understanding.einvoice.facts import EInvoice
from evidoc.understanding.einvoice.find import einvoices
from evidoc.understanding.extractors.embedded_xml import EmbeddedXmlExtractor

FIELDS: Mapping[str, str] = {
    "invoice_number": "document_number",
    "invoice_date": "issue_date",
    "due_date": "due_date",
    "delivery_date": "delivery_date",
    "total_amount": "gross_total",
    "net_amount": "net_total",
    "tax_amount": "tax_total",
    "amount_due": "amount_due",
    "currency": "currency",
    "vendor_name": "vendor_name",
    "vendor_address": "vendor_address",
    "vendor_vat_id": "vendor_vat_id",
    "customer_name": "customer_name",
    "customer_address": "customer_address",
    "iban": "iban",
    "bic": "bic",
    "order_number": "order_number",
    "payment_terms": "payment_terms",
}
"""The features asked for, and the fact of the XML that is their truth."""


@dataclass
class XmlScore:
    """How many values the XML has, how many came out equal to it, and how many the page shows."""

    fields: int = 0
    fields_right: int = 0
    fields_shown: int = 0
    cells: int = 0
    cells_right: int = 0
    cells_shown: int = 0
    labels: int = 0
    labels_right: int = 0
    wrong: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Document:
    """A labelled e-invoice and its reading."""

    path: Path
    reading: Reading
    label: Mapping[str, object]

    @property
    def invoice(self) -> EInvoice | None:
        return next(einvoices(self.reading), None)


def documents(folder: Path) -> Iterator[Document]:
    """The labelled documents of ``e-invoices``."""
    lines = (folder / "labels.jsonl").read_text().splitlines()
    labels = {folder / label["file"]: label for label in map(json.loads, lines)}
    for path, reading in readings(labels):
        yield Document(path, reading, labels[path])


def score_xml(document: Document, totals: XmlScore) -> None:
    """Add one document's exact reading to ``totals``."""
    invoice = document.invoice
    if invoice is None:
        totals.wrong.append(f"{document.path.name}: no e-invoice")
        return
    features = [Feature(name, FeatureType.TEXT, (name.replace("_", " "),)) for name in FIELDS]
    found = {
        feature.name: candidate
        for feature, candidate in EmbeddedXmlExtractor().propose(document.reading, [*features, LINE_ITEMS])
    }
    for name, fact in FIELDS.items():
        if fact in invoice.facts:
            totals.fields += 1
            candidate = found.get(name)
            source = candidate.value.source if candidate else None
            right = source is not None and source.quote == invoice.facts[fact][0].text
            totals.fields_right += right
            totals.fields_shown += bool(candidate and candidate.value.evidence)
            if not right:
                totals.wrong.append(f"{document.path.name}: {name}")
    _score_rows(invoice, found.get(LINE_ITEMS.name), totals)
    for name, truth in dict(document.label["fields"]).items():  # type: ignore[call-overload]
        totals.labels += 1
        candidate = found.get(name)
        said = candidate.value.source.quote if candidate and candidate.value.source else ""
        totals.labels_right += " ".join(said.split()) == " ".join(str(truth).split())


def _score_rows(invoice: EInvoice, candidate: Candidate | None, totals: XmlScore) -> None:
    rows = candidate.rows if candidate else ()
    for number, line in enumerate(invoice.lines):
        for column in COLUMNS:
            if column in line:
                value = rows[number].get(column) if number < len(rows) else None
                totals.cells += 1
                totals.cells_right += bool(value and value.source and value.source.quote == line[column].text)
                totals.cells_shown += bool(value and value.evidence)


def score_pages(document: Document) -> LineScore | None:
    """Line items from the page alone, against the XML; None where the XML has none."""
    invoice = document.invoice
    if invoice is None or not invoice.lines:
        return None
    return score(document.path.name, truth_of(invoice), lines_from_pages(document.reading))


def truth_of(invoice: EInvoice) -> list[Row]:
    """The XML's lines as rows; lines without a number are texts, not items."""
    rows = [{column: line[column].text for column in COLUMNS if column in line} for line in invoice.lines]
    return [row for row in rows if len(row) > 1]


def orders(folder: Path) -> list[LineScore]:
    """Order-X files: line items from the page against the XML."""
    paths = sorted(folder.glob("*.pdf"))
    documents = [Document(path, reading, {}) for path, reading in readings(paths)]
    return [found for document in documents if (found := score_pages(document)) is not None]


def report() -> str:
    """The Markdown tables of this eval."""
    totals = XmlScore()
    native: list[LineScore] = []
    styled: list[LineScore] = []
    for document in documents(data_folder() / "e-invoices"):
        score_xml(document, totals)
        found = score_pages(document)
        if found is not None:
            (native if document.label["native_layout"] else styled).append(found)
    rows = [
        table_row("e-invoices, XML stripped, own layout", native),
        table_row("e-invoices, XML stripped, one stylesheet", styled),
        table_row("Order-X, XML stripped", orders(data_folder() / "types" / "purchase-order")),
    ]
    return "\n".join((_xml_report(totals), "", TABLE_HEAD, *rows))


def _xml_report(totals: XmlScore) -> str:
    def share(part: int, whole: int) -> str:
        return f"{100 * part / max(whole, 1):.1f} % of {whole}"

    lines: Sequence[str] = (
        "| e-invoice XML | equal to the XML | shown on a page, with evidence |\n|---|---|---|",
        f"| fields | {share(totals.fields_right, totals.fields)} | {share(totals.fields_shown, totals.fields)} |",
        f"| cells of lines | {share(totals.cells_right, totals.cells)} | {share(totals.cells_shown, totals.cells)} |",
        f"| labelled fields | {share(totals.labels_right, totals.labels)} | |",
        *(f"wrong: {name}" for name in totals.wrong),
    )
    return "\n".join(lines)


if __name__ == "__main__":
    print(report())
