"""Candidates from e-invoice XML inside the document: exact, shown on the page where the page shows them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from evidoc.kernel.finding import AttachmentSource, Candidate, Evidence, Feature, FeatureType, Value
from evidoc.kernel.normalise import normalise
from evidoc.kernel.reading import Page, Reading, Span
from evidoc.understanding.einvoice.facts import EInvoice, Fact
from evidoc.understanding.einvoice.feature_names import fact_names
from evidoc.understanding.einvoice.find import einvoices
from evidoc.understanding.evidence import value_at
from evidoc.understanding.line_columns import Column, is_line_items, wanted_columns
from evidoc.understanding.locate import Locator, Occurrence
from evidoc.understanding.locate_rows import KnownCell, locate_rows

_NAME = "embedded_xml"
_SHOWN = 0.998
_NOT_SHOWN = 0.99
_SHOWN_SIGNALS: Mapping[str, float] = MappingProxyType({_NAME: 1.0, "shown_on_page": 1.0})
_HIDDEN_SIGNALS: Mapping[str, float] = MappingProxyType({_NAME: 1.0, "shown_on_page": 0.0})

_RULES: Mapping[FeatureType, str] = MappingProxyType(
    {
        FeatureType.MONEY: "money:point",
        FeatureType.NUMBER: "decimal:point",
        FeatureType.PERCENT: "decimal:point",
        FeatureType.DATE: "date:ymd",
        FeatureType.IDENTIFIER: "identifier",
        FeatureType.IBAN: "iban",
        FeatureType.BIC: "bic",
        FeatureType.VAT_ID: "vat_id",
        FeatureType.EMAIL: "email",
        FeatureType.PHONE: "phone",
        FeatureType.CURRENCY: "currency",
        FeatureType.ADDRESS: "address",
    }
)


class EmbeddedXmlExtractor:
    """Reads CII (Factur-X, ZUGFeRD, XRechnung), ZUGFeRD 1.0, Order-X and UBL; passes over documents without."""

    def propose(self, reading: Reading, features: Sequence[Feature]) -> Iterable[tuple[Feature, Candidate]]:
        """One candidate (for a feature that asks for many, several) for each feature that the XML answers."""
        invoice = next(einvoices(reading), None)
        if invoice is None:
            return
        locator = Locator(reading.pages)
        for feature in features:
            if is_line_items(feature):
                if invoice.lines:
                    yield feature, _table(invoice, feature, locator)
                continue
            for fact in _facts(invoice, feature):
                value = _value(invoice, fact, feature.labels, locator)
                yield feature, _candidate(_as_duration(value) if feature.type is FeatureType.DURATION else value)


def _facts(invoice: EInvoice, feature: Feature) -> Iterator[Fact]:
    for name in fact_names(feature, order="Order" in invoice.title or "CIO" in invoice.title):
        if name in invoice.facts:
            yield from invoice.facts[name] if feature.many else invoice.facts[name][:1]
            return


def _candidate(value: Value, rows: tuple[Mapping[str, Value], ...] = ()) -> Candidate:
    shown = bool(value.evidence)
    return Candidate(
        candidate_id="",
        value=value,
        score=_SHOWN if shown else _NOT_SHOWN,
        proposed_by=_NAME,
        rows=rows,
        signals=_SHOWN_SIGNALS if shown else _HIDDEN_SIGNALS,
    )


def _value(invoice: EInvoice, fact: Fact, labels: Sequence[str], locator: Locator) -> Value:
    if len(fact.parts) > 1:
        return _of_parts(invoice, fact, locator)
    return _shown(invoice, fact, locator.best(fact.type, fact.text, labels))


def _as_duration(value: Value) -> Value:
    """The same words read as a length of time, where they say one."""
    said = normalise("duration", value.raw)
    return replace(value, rule="duration", normalized=said) if said else value


def _shown(invoice: EInvoice, fact: Fact, place: Occurrence | None) -> Value:
    source = AttachmentSource(invoice.attachment, fact.path, fact.text)
    if place is None:
        rule = _RULES.get(fact.type, "text")
        return Value(fact.text, normalise(rule, fact.text), rule, (), _unit(fact), source)
    return place.value(_unit(fact), source)


def _unit(fact: Fact) -> str | None:
    return fact.unit if fact.type is FeatureType.MONEY else None


def _of_parts(invoice: EInvoice, fact: Fact, locator: Locator) -> Value:
    """An address: where its lines stand nearest to each other; those that stand nowhere else are left out."""
    found = [places for part in fact.parts if (places := locator.occurrences(FeatureType.TEXT, part))]
    if not found:
        return _shown(invoice, fact, None)
    rarest = min(found, key=len)
    chosen = min(
        ([_nearest(places, anchor) for places in found] for anchor in rarest),
        key=lambda group: max(place.line for place in group) - min(place.line for place in group),
    )
    page = chosen[0].page
    spans = sorted({span for place in chosen if place.page is page for span in place.spans})
    source = AttachmentSource(invoice.attachment, fact.path, fact.text)
    return value_at(page, spans, "address", None, source)


def _nearest(places: Sequence[Occurrence], anchor: Occurrence) -> Occurrence:
    return min(places, key=lambda place: (place.page is not anchor.page, abs(place.line - anchor.line)))


def _table(invoice: EInvoice, feature: Feature, locator: Locator) -> Candidate:
    """The rows of the XML, each cell with evidence where the page shows it."""
    columns = wanted_columns(feature)
    known = [{name: KnownCell(fact.type, fact.text) for name, fact in line.items()} for line in invoice.lines]
    rows: list[Mapping[str, Value]] = []
    located = locate_rows(locator, known)
    for line, places in zip(invoice.lines, located, strict=True):
        row: dict[str, Value] = {}
        for name, column in columns.items():
            fact = _cell(line, column)
            if fact is not None:
                row[name] = _shown(invoice, fact, places.get(column))
        rows.append(row)
    pages = {place.page.index: place.page for places in located for place in places.values()}
    evidence = [piece for row in rows for cell in row.values() for piece in cell.evidence]
    return _candidate(_whole(invoice, pages, evidence), tuple(rows))


def _cell(line: Mapping[str, Fact], column: Column) -> Fact | None:
    if column is Column.UNIT:
        quantity = line.get(Column.QUANTITY)
        return (
            Fact(FeatureType.TEXT, quantity.unit, f"{quantity.path}/@unitCode") if quantity and quantity.unit else None
        )
    return line.get(column)


def _whole(invoice: EInvoice, pages: Mapping[int, Page], evidence: Sequence[Evidence]) -> Value:
    """The table as one value: from its first cell to its last, page by page."""
    source = AttachmentSource(invoice.attachment, invoice.lines_path, "")
    spans = {
        index: Span(
            min(piece.char_start for piece in evidence if piece.page_index == index),
            max(piece.char_end for piece in evidence if piece.page_index == index),
        )
        for index in sorted({piece.page_index for piece in evidence})
    }
    if not spans:
        text = "\n".join(" ".join(fact.text for fact in line.values()) for line in invoice.lines)
        return Value(
            text, normalise("text", text), "text", (), None, AttachmentSource(source.attachment, source.path, text)
        )
    parts = [value_at(pages[index], [span], "text") for index, span in spans.items()]
    raw = "\n".join(part.raw for part in parts)
    return Value(raw, normalise("text", raw), "text", tuple(part.evidence[0] for part in parts), None, source)
