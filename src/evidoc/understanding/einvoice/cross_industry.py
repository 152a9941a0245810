"""Where UN/CEFACT Cross Industry messages keep things: CII D16B (Factur-X, ZUGFeRD 2, XRechnung), ZUGFeRD 1.0, Order-X.

ZUGFeRD 1.0 has the same tree under older names, Order-X the same under a root of its own; a step that names both
serves all three.
"""

from evidoc.kernel.finding import FeatureType
from evidoc.understanding.einvoice.facts import Source, Vocabulary

ROOTS = frozenset({"CrossIndustryInvoice", "CrossIndustryDocument", "SCRDMCCBDACIOMessageStructure"})

_DOCUMENT = "ExchangedDocument|HeaderExchangedDocument"
_TRADE = "SupplyChainTradeTransaction|SpecifiedSupplyChainTradeTransaction"
_AGREEMENT = f"{_TRADE}/ApplicableHeaderTradeAgreement|ApplicableSupplyChainTradeAgreement"
_DELIVERY = f"{_TRADE}/ApplicableHeaderTradeDelivery|ApplicableSupplyChainTradeDelivery"
_SETTLEMENT = f"{_TRADE}/ApplicableHeaderTradeSettlement|ApplicableSupplyChainTradeSettlement"
_SUMS = (
    f"{_SETTLEMENT}/SpecifiedTradeSettlementHeaderMonetarySummation|SpecifiedTradeSettlementMonetarySummation"
    "|SpecifiedTradeSettlementOrderMonetarySummation"
)
_SELLER = f"{_AGREEMENT}/SellerTradeParty"
_BUYER = f"{_AGREEMENT}/BuyerTradeParty"
_MEANS = f"{_SETTLEMENT}/SpecifiedTradeSettlementPaymentMeans"
_TERMS = f"{_SETTLEMENT}/SpecifiedTradePaymentTerms"
_LINE_AGREEMENT = "SpecifiedLineTradeAgreement|SpecifiedSupplyChainTradeAgreement"
_LINE_DELIVERY = "SpecifiedLineTradeDelivery|SpecifiedSupplyChainTradeDelivery"
_LINE_SETTLEMENT = "SpecifiedLineTradeSettlement|SpecifiedSupplyChainTradeSettlement"

_TEXT = FeatureType.TEXT
_IDENTIFIER = FeatureType.IDENTIFIER
_MONEY = FeatureType.MONEY
_DATE = FeatureType.DATE
_ORGANIZATION = FeatureType.ORGANIZATION
_NUMBER = FeatureType.NUMBER


def _clean_date(text: str) -> str:
    """The day of UN/CEFACT formats 102 (CCYYMMDD), 203 and 204 (with a time behind it)."""
    return text[:8] if text[:8].isdecimal() else text


VOCABULARY = Vocabulary(
    facts={
        "document_number": Source(_IDENTIFIER, (f"{_DOCUMENT}/ID",)),
        "document_type": Source(_TEXT, (f"{_DOCUMENT}/TypeCode",)),
        "issue_date": Source(_DATE, (f"{_DOCUMENT}/IssueDateTime/DateTimeString|DateTime",)),
        "due_date": Source(_DATE, (f"{_TERMS}/DueDateDateTime/DateTimeString|DateTime",)),
        "delivery_date": Source(
            _DATE,
            (
                f"{_DELIVERY}/ActualDeliverySupplyChainEvent/OccurrenceDateTime/DateTimeString|DateTime",
                f"{_DELIVERY}/RequestedDeliverySupplyChainEvent/OccurrenceDateTime/DateTimeString|DateTime",
            ),
        ),
        "period_start": Source(_DATE, (f"{_SETTLEMENT}/BillingSpecifiedPeriod/StartDateTime/DateTimeString|DateTime",)),
        "period_end": Source(_DATE, (f"{_SETTLEMENT}/BillingSpecifiedPeriod/EndDateTime/DateTimeString|DateTime",)),
        "currency": Source(FeatureType.CURRENCY, (f"{_SETTLEMENT}/InvoiceCurrencyCode|OrderCurrencyCode",)),
        "gross_total": Source(_MONEY, (f"{_SUMS}/GrandTotalAmount",)),
        "net_total": Source(_MONEY, (f"{_SUMS}/TaxBasisTotalAmount", f"{_SUMS}/LineTotalAmount")),
        "lines_total": Source(_MONEY, (f"{_SUMS}/LineTotalAmount",)),
        "tax_total": Source(_MONEY, (f"{_SUMS}/TaxTotalAmount",)),
        "amount_due": Source(_MONEY, (f"{_SUMS}/DuePayableAmount",)),
        "prepaid": Source(_MONEY, (f"{_SUMS}/TotalPrepaidAmount",)),
        "discount_total": Source(_MONEY, (f"{_SUMS}/AllowanceTotalAmount",)),
        "charge_total": Source(_MONEY, (f"{_SUMS}/ChargeTotalAmount",)),
        "tax_rate": Source(
            FeatureType.PERCENT,
            (f"{_SETTLEMENT}/ApplicableTradeTax/RateApplicablePercent|ApplicablePercent",),
            many=True,
        ),
        "vendor_name": Source(_ORGANIZATION, (f"{_SELLER}/Name",)),
        "vendor_vat_id": Source(FeatureType.VAT_ID, (f"{_SELLER}/SpecifiedTaxRegistration/ID[@schemeID=VA]",)),
        "vendor_tax_number": Source(_IDENTIFIER, (f"{_SELLER}/SpecifiedTaxRegistration/ID[@schemeID=FC]",)),
        "vendor_number": Source(_IDENTIFIER, (f"{_SELLER}/ID",)),
        "vendor_email": Source(
            FeatureType.EMAIL, (f"{_SELLER}/DefinedTradeContact/EmailURIUniversalCommunication/URIID",)
        ),
        "vendor_phone": Source(
            FeatureType.PHONE, (f"{_SELLER}/DefinedTradeContact/TelephoneUniversalCommunication/CompleteNumber",)
        ),
        "vendor_contact": Source(FeatureType.PERSON, (f"{_SELLER}/DefinedTradeContact/PersonName",)),
        "customer_name": Source(_ORGANIZATION, (f"{_BUYER}/Name",)),
        "customer_vat_id": Source(FeatureType.VAT_ID, (f"{_BUYER}/SpecifiedTaxRegistration/ID[@schemeID=VA]",)),
        "customer_number": Source(_IDENTIFIER, (f"{_BUYER}/ID",)),
        "order_number": Source(_IDENTIFIER, (f"{_AGREEMENT}/BuyerOrderReferencedDocument/IssuerAssignedID|ID",)),
        "contract_number": Source(_IDENTIFIER, (f"{_AGREEMENT}/ContractReferencedDocument/IssuerAssignedID|ID",)),
        "delivery_note_number": Source(
            _IDENTIFIER,
            (
                f"{_DELIVERY}/DeliveryNoteReferencedDocument/IssuerAssignedID|ID",
                f"{_DELIVERY}/DespatchAdviceReferencedDocument/IssuerAssignedID|ID",
            ),
        ),
        "buyer_reference": Source(_TEXT, (f"{_AGREEMENT}/BuyerReference",)),
        "payment_reference": Source(_TEXT, (f"{_SETTLEMENT}/PaymentReference",)),
        "payment_terms": Source(_TEXT, (f"{_TERMS}/Description",)),
        "iban": Source(FeatureType.IBAN, (f"{_MEANS}/PayeePartyCreditorFinancialAccount/IBANID",)),
        "bic": Source(FeatureType.BIC, (f"{_MEANS}/PayeeSpecifiedCreditorFinancialInstitution/BICID",)),
        "account_number": Source(_IDENTIFIER, (f"{_MEANS}/PayeePartyCreditorFinancialAccount/ProprietaryID",)),
    },
    line=f"{_TRADE}/IncludedSupplyChainTradeLineItem",
    cells={
        "description": Source(
            _TEXT,
            (
                "SpecifiedTradeProduct/Name",
                "SpecifiedTradeProduct/Description",
                "AssociatedDocumentLineDocument/IncludedNote/Content",
            ),
        ),
        "quantity": Source(_NUMBER, (f"{_LINE_DELIVERY}/BilledQuantity|AgreedQuantity|RequestedQuantity",)),
        "unit_price": Source(
            _MONEY,
            (
                f"{_LINE_AGREEMENT}/NetPriceProductTradePrice/ChargeAmount",
                f"{_LINE_AGREEMENT}/GrossPriceProductTradePrice/ChargeAmount",
            ),
        ),
        "amount": Source(
            _MONEY,
            (
                f"{_LINE_SETTLEMENT}/SpecifiedTradeSettlementLineMonetarySummation"
                "|SpecifiedTradeSettlementMonetarySummation/LineTotalAmount",
            ),
        ),
        "tax_rate": Source(
            FeatureType.PERCENT,
            (f"{_LINE_SETTLEMENT}/ApplicableTradeTax/RateApplicablePercent|ApplicablePercent",),
        ),
        "item_number": Source(
            _IDENTIFIER, ("SpecifiedTradeProduct/SellerAssignedID", "SpecifiedTradeProduct/GlobalID")
        ),
        "position": Source(_IDENTIFIER, ("AssociatedDocumentLineDocument/LineID",)),
    },
    currency=(f"{_SETTLEMENT}/InvoiceCurrencyCode|OrderCurrencyCode",),
    address=("LineOne", "LineTwo", "LineThree", "PostcodeCode CityName"),
    addresses={
        "vendor_address": f"{_SELLER}/PostalTradeAddress",
        "customer_address": f"{_BUYER}/PostalTradeAddress",
        "delivery_address": f"{_DELIVERY}/ShipToTradeParty/PostalTradeAddress",
    },
    clean_date=_clean_date,
)
"""What Factur-X 1.0, ZUGFeRD 1.0 and 2, and Order-X 1.0 define, by the names that Evidoc gives it."""
