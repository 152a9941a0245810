"""Where OASIS UBL 2.1 keeps things: Invoice, CreditNote and Order (Peppol BIS, XRechnung and plain UBL)."""

from evidoc.kernel.finding import FeatureType
from evidoc.understanding.einvoice.facts import Source, Vocabulary

ROOTS = frozenset({"Invoice", "CreditNote", "Order"})
NAMESPACE = "urn:oasis:names:specification:ubl:schema:xsd:"

_SELLER = "AccountingSupplierParty|SellerSupplierParty/Party"
_BUYER = "AccountingCustomerParty|BuyerCustomerParty/Party"
_SUMS = "LegalMonetaryTotal|AnticipatedMonetaryTotal|RequestedMonetaryTotal"
_TAX_SCHEME = "PartyTaxScheme[TaxScheme/ID=VAT]/CompanyID"

_TEXT = FeatureType.TEXT
_IDENTIFIER = FeatureType.IDENTIFIER
_MONEY = FeatureType.MONEY
_DATE = FeatureType.DATE
_ORGANIZATION = FeatureType.ORGANIZATION


def _under(*paths: str) -> tuple[str, ...]:
    """Line paths, for invoices (the line itself) and for orders (a LineItem within the line)."""
    return (*paths, *(f"LineItem/{path}" for path in paths))


VOCABULARY = Vocabulary(
    facts={
        "document_number": Source(_IDENTIFIER, ("ID",)),
        "document_type": Source(_TEXT, ("InvoiceTypeCode|CreditNoteTypeCode|OrderTypeCode",)),
        "issue_date": Source(_DATE, ("IssueDate",)),
        "due_date": Source(_DATE, ("DueDate", "PaymentMeans/PaymentDueDate", "PaymentTerms/PaymentDueDate")),
        "delivery_date": Source(
            _DATE,
            (
                "Delivery/ActualDeliveryDate",
                "Delivery/RequestedDeliveryPeriod/EndDate",
                "Delivery/RequestedDeliveryPeriod/StartDate",
            ),
        ),
        "period_start": Source(_DATE, ("InvoicePeriod/StartDate",)),
        "period_end": Source(_DATE, ("InvoicePeriod/EndDate",)),
        "currency": Source(FeatureType.CURRENCY, ("DocumentCurrencyCode",)),
        "gross_total": Source(_MONEY, (f"{_SUMS}/TaxInclusiveAmount", f"{_SUMS}/PayableAmount")),
        "net_total": Source(_MONEY, (f"{_SUMS}/TaxExclusiveAmount", f"{_SUMS}/LineExtensionAmount")),
        "lines_total": Source(_MONEY, (f"{_SUMS}/LineExtensionAmount",)),
        "tax_total": Source(_MONEY, ("TaxTotal/TaxAmount",)),
        "amount_due": Source(_MONEY, (f"{_SUMS}/PayableAmount",)),
        "prepaid": Source(_MONEY, (f"{_SUMS}/PrepaidAmount",)),
        "discount_total": Source(_MONEY, (f"{_SUMS}/AllowanceTotalAmount",)),
        "charge_total": Source(_MONEY, (f"{_SUMS}/ChargeTotalAmount",)),
        "tax_rate": Source(FeatureType.PERCENT, ("TaxTotal/TaxSubtotal/TaxCategory/Percent",), many=True),
        "vendor_name": Source(
            _ORGANIZATION, (f"{_SELLER}/PartyLegalEntity/RegistrationName", f"{_SELLER}/PartyName/Name")
        ),
        "vendor_vat_id": Source(FeatureType.VAT_ID, (f"{_SELLER}/{_TAX_SCHEME}",)),
        "vendor_tax_number": Source(_IDENTIFIER, (f"{_SELLER}/PartyTaxScheme[TaxScheme/ID=TAX]/CompanyID",)),
        "vendor_number": Source(_IDENTIFIER, (f"{_SELLER}/PartyIdentification/ID",)),
        "vendor_email": Source(FeatureType.EMAIL, (f"{_SELLER}/Contact/ElectronicMail",)),
        "vendor_phone": Source(FeatureType.PHONE, (f"{_SELLER}/Contact/Telephone",)),
        "vendor_contact": Source(FeatureType.PERSON, (f"{_SELLER}/Contact/Name",)),
        "customer_name": Source(
            _ORGANIZATION, (f"{_BUYER}/PartyLegalEntity/RegistrationName", f"{_BUYER}/PartyName/Name")
        ),
        "customer_vat_id": Source(FeatureType.VAT_ID, (f"{_BUYER}/{_TAX_SCHEME}",)),
        "customer_number": Source(_IDENTIFIER, (f"{_BUYER}/PartyIdentification/ID",)),
        "order_number": Source(_IDENTIFIER, ("OrderReference/ID",)),
        "contract_number": Source(_IDENTIFIER, ("ContractDocumentReference/ID", "Contract/ID")),
        "delivery_note_number": Source(_IDENTIFIER, ("DespatchDocumentReference/ID",)),
        "buyer_reference": Source(_TEXT, ("BuyerReference", "CustomerReference")),
        "payment_reference": Source(_TEXT, ("PaymentMeans/PaymentID",)),
        "payment_terms": Source(_TEXT, ("PaymentTerms/Note",)),
        "iban": Source(FeatureType.IBAN, ("PaymentMeans/PayeeFinancialAccount/ID",)),
        "bic": Source(
            FeatureType.BIC,
            (
                "PaymentMeans/PayeeFinancialAccount/FinancialInstitutionBranch/ID",
                "PaymentMeans/PayeeFinancialAccount/FinancialInstitutionBranch/FinancialInstitution/ID",
            ),
        ),
    },
    line="InvoiceLine|CreditNoteLine|OrderLine",
    cells={
        "description": Source(_TEXT, _under("Item/Name", "Item/Description", "Note")),
        "quantity": Source(FeatureType.NUMBER, _under("InvoicedQuantity|CreditedQuantity|Quantity")),
        "unit_price": Source(_MONEY, _under("Price/PriceAmount")),
        "amount": Source(_MONEY, _under("LineExtensionAmount")),
        "tax_rate": Source(
            FeatureType.PERCENT,
            _under("Item/ClassifiedTaxCategory/Percent", "TaxTotal/TaxSubtotal/TaxCategory/Percent"),
        ),
        "item_number": Source(
            _IDENTIFIER, _under("Item/SellersItemIdentification/ID", "Item/StandardItemIdentification/ID")
        ),
        "position": Source(_IDENTIFIER, _under("ID")),
    },
    currency=("DocumentCurrencyCode",),
    address=("StreetName BuildingNumber", "AdditionalStreetName", "AddressLine/Line", "PostalZone CityName"),
    addresses={
        "vendor_address": f"{_SELLER}/PostalAddress",
        "customer_address": f"{_BUYER}/PostalAddress",
        "delivery_address": "Delivery/DeliveryLocation/Address",
    },
)
"""What UBL 2.1 and EN 16931's UBL syntax define, by the names that Evidoc gives it."""
