"""The invoice extractor."""

from evidoc.flows.builtins.builtin import day, extractor, number, record, rows, text

_PARTY = {"name": text(), "address": text(), "vatId": text()}

INVOICE_EXTRACTOR = extractor(
    "invoice-extractor",
    "Invoice extractor",
    "Reads an invoice or a credit note: its numbers and dates, who sends it to whom, its amounts and its lines.",
    1,
    record(
        invoiceNumber=text("The number of the invoice, as printed"),
        invoiceDate=day("The day it was issued"),
        dueDate=day("The last day for paying it"),
        orderNumber=text("The number of the order that it answers"),
        vendor=record(**_PARTY),
        customer=record(**_PARTY),
        currency=text("ISO 4217"),
        netAmount=number("Without tax"),
        taxAmount=number("All taxes together"),
        totalAmount=number("With tax"),
        iban=text("The account to pay to"),
        lineItems=rows(description=text(), quantity=number(), unitPrice=number(), amount=number()),
    ),
)
