"""Which fact of an e-invoice answers which feature: by the feature's name, else by its labels."""

from collections.abc import Mapping

from evidoc.kernel.finding import Feature
from evidoc.understanding.tokens import key_of

_NAMES: Mapping[str, str] = {
    "document_number": (
        "invoice number|invoice no|invoice id|bill number|document number|document id|order number of order|"
        "rechnungsnummer|numéro de facture|facture numéro|número de factura|factuurnummer|numero fattura|number|"
        "invoice reference|credit note number|receipt number|belegnummer"
    ),
    "document_type": "document type|type|invoice type|document kind",
    "issue_date": (
        "invoice date|issue date|date|date of issue|document date|bill date|rechnungsdatum|date de facture|"
        "fecha de factura|factuurdatum|date of invoice|issued|datum|belegdatum|data fattura"
    ),
    "due_date": (
        "due date|payment due date|date due|pay by|fälligkeitsdatum|date d'échéance|vervaldatum|fecha de vencimiento|"
        "fällig am"
    ),
    "delivery_date": (
        "delivery date|service date|date of supply|supply date|leistungsdatum|lieferdatum|date de livraison|leverdatum"
    ),
    "period_start": "period start|billing period start|service period start|start date|from",
    "period_end": "period end|billing period end|service period end|end date|to",
    "currency": "currency|invoice currency|currency code|währung|devise|moneda|valuta",
    "gross_total": (
        "total amount|total|gross amount|grand total|invoice total|gross total|total gross|amount|amount total|"
        "total incl tax|total with tax|total including tax|gesamtbetrag|bruttobetrag|montant ttc|total ttc|"
        "totaalbedrag|importe total|invoice amount|total inc vat|total incl vat"
    ),
    "net_total": (
        "net amount|subtotal|net total|total net|amount untaxed|untaxed amount|nettobetrag|total ht|montant ht|"
        "tax basis|total excl tax|total without tax|taxable amount|tax base|net|base imponible|subtotaal|sub total"
    ),
    "lines_total": "lines total|line total|sum of lines|line items total",
    "tax_total": (
        "tax amount|vat amount|total tax|tax total|tax|vat|total vat|amount tax|steuerbetrag|umsatzsteuer|"
        "montant tva|btw bedrag|vat total|sales tax|total tax amount|iva|tva|btw|mwst"
    ),
    "amount_due": (
        "amount due|balance due|payable amount|due amount|amount payable|zahlbetrag|net à payer|te betalen|balance|"
        "total due"
    ),
    "prepaid": "prepaid amount|amount paid|paid amount|deposit|prepaid|paid",
    "discount_total": "discount|discount amount|total discount|allowance total|discount total",
    "charge_total": "charges|charge total|total charges|shipping|freight",
    "tax_rate": "tax rate|vat rate|tax percent|vat percentage|steuersatz|taux tva|btw tarief|tax percentage",
    "vendor_name": (
        "vendor name|vendor|seller|seller name|supplier|supplier name|issuer|company|company name|merchant|"
        "merchant name|biller|from name|lieferant|verkäufer|rechnungssteller|fournisseur|vendeur|proveedor|"
        "leverancier|sender"
    ),
    "vendor_address": (
        "vendor address|seller address|supplier address|company address|address|merchant address|issuer address"
    ),
    "vendor_vat_id": (
        "vendor vat id|vat id|vat number|vendor vat number|seller vat id|supplier vat id|vat registration number|"
        "ust idnr|ust id|umsatzsteuer id|numéro tva|tva intracommunautaire|btw nummer|nif|partita iva|vat|vat no|"
        "vendor vat|supplier vat number|seller vat number|vat identification number"
    ),
    "vendor_tax_number": (
        "vendor tax number|tax number|tax id|vendor tax id|steuernummer|supplier tax id|seller tax id|"
        "tax registration number"
    ),
    "vendor_number": "vendor number|vendor id|supplier number|supplier id|lieferantennummer|seller id",
    "vendor_email": "vendor email|seller email|supplier email|email",
    "vendor_phone": "vendor phone|seller phone|supplier phone|phone|telephone",
    "vendor_contact": "vendor contact|contact person|contact|contact name",
    "customer_name": (
        "customer name|customer|buyer|buyer name|client|client name|bill to|bill to name|kunde|käufer|acheteur|"
        "cliente|klant|recipient|recipient name|invoice recipient|rechnungsempfänger|purchaser"
    ),
    "customer_address": (
        "customer address|buyer address|billing address|client address|bill to address|recipient address"
    ),
    "customer_vat_id": (
        "customer vat id|buyer vat id|customer vat number|client vat number|buyer vat number|customer vat|"
        "recipient vat id"
    ),
    "customer_number": (
        "customer number|customer id|client number|kundennummer|numéro client|klantnummer|account number|buyer id|"
        "client id|customer no"
    ),
    "delivery_address": "delivery address|shipping address|ship to address|ship to|lieferadresse",
    "order_number": (
        "purchase order number|order number|po number|purchase order|order reference|order id|bestellnummer|"
        "numéro de commande|bon de commande|ordernummer|número de pedido|po|purchase order no|order no|"
        "customer order number|auftragsnummer|bestellung"
    ),
    "contract_number": "contract number|contract reference|contract|vertragsnummer|contract id|contract num",
    "delivery_note_number": (
        "delivery note number|delivery note|lieferscheinnummer|despatch advice|packing slip number|delivery number"
    ),
    "buyer_reference": "buyer reference|customer reference|your reference|leitweg id|reference|ihr zeichen",
    "payment_reference": "payment reference|remittance information|verwendungszweck|payment id",
    "payment_terms": (
        "payment terms|terms of payment|terms|zahlungsbedingungen|conditions de paiement|betalingsvoorwaarden|"
        "payment conditions"
    ),
    "iban": "iban|vendor iban|bank account|account iban|bank account number|supplier iban|seller iban",
    "bic": "bic|swift|bic swift|swift code|vendor bic|bic code|swift bic",
    "account_number": "account number|bank account number",
}


def _by_key() -> dict[tuple[str, ...], tuple[str, ...]]:
    found: dict[tuple[str, ...], tuple[str, ...]] = {}
    for fact, names in _NAMES.items():
        for name in names.split("|"):
            found[key_of(name)] = (*found.get(key_of(name), ()), fact)
    return found


_BY_KEY = _by_key()


def fact_names(feature: Feature, *, order: bool = False) -> tuple[str, ...]:
    """The facts that may answer ``feature``, likeliest first; none where neither its name nor its labels mean one.

    In an ``order``, the number of the order is the document's own.
    """
    names = list(_BY_KEY.get(key_of(_spaced(feature.name)), ()))
    if not names:
        meant = [name for label in feature.labels for name in _BY_KEY.get(key_of(label), ())]
        names = [name for name in dict.fromkeys(meant) if meant.count(name) * 2 >= len(feature.labels)][:1]
    if order:
        names = ["document_number" if name == "order_number" else name for name in names]
        names += ["issue_date"] if key_of(_spaced(feature.name)) == key_of("order date") else []
    return tuple(dict.fromkeys(names))


def _spaced(name: str) -> str:
    """``invoiceNumber`` and ``invoice_number`` as ``invoice number``."""
    pairs = zip(f" {name}", name, strict=False)
    marks = [f" {mark}" if mark.isupper() and before.islower() else mark for before, mark in pairs]
    return "".join(marks).replace("_", " ").replace("-", " ")
