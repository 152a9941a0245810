"""The receipt extractor."""

from evidoc.flows.builtins.builtin import day, extractor, number, record, rows, text

RECEIPT_EXTRACTOR = extractor(
    "receipt-extractor",
    "Receipt extractor",
    "Reads a till receipt: where and when something was bought, what was paid, and for what.",
    1,
    record(
        merchant=record(name=text("The shop"), address=text()),
        date=day("The day of the purchase"),
        receiptNumber=text(),
        currency=text("ISO 4217"),
        taxAmount=number("All taxes together"),
        totalAmount=number("What was to be paid, tax included"),
        paymentMethod=text(),
        lineItems=rows(description=text(), quantity=number(), unitPrice=number(), amount=number()),
    ),
)
