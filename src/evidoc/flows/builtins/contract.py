"""The contract extractor."""

from evidoc.flows.builtins.builtin import day, extractor, record, text

CONTRACT_EXTRACTOR = extractor(
    "contract-extractor",
    "Contract extractor",
    "Reads a contract or a non-disclosure agreement: what it is, between whom, from when to when, under which law.",
    1,
    record(
        title=text("What the contract calls itself"),
        parties={"type": "array", "items": text(), "description": "Who agrees"},
        agreementDate=day("The day it was made"),
        effectiveDate=day("The day it takes effect"),
        expirationDate=day("The day it ends"),
        term=text("How long it holds, as an ISO 8601 duration"),
        governingLaw=text("The state or country whose law holds"),
    ),
)
