"""The flows that every organisation has from the start; each version of them that was published stays as it was."""

from evidoc.flows.builtins.builtin import BuiltinFlow, generic_extractor
from evidoc.flows.builtins.contract import CONTRACT_EXTRACTOR
from evidoc.flows.builtins.invoice import INVOICE_EXTRACTOR
from evidoc.flows.builtins.receipt import RECEIPT_EXTRACTOR

DOCUMENT_EXTRACTOR = generic_extractor(
    "document-extractor",
    "Document extractor",
    "Reads any document and extracts what a JSON Schema, given with the run as variables.schema, asks for.",
    1,
)

BUILTINS: tuple[BuiltinFlow, ...] = (
    INVOICE_EXTRACTOR,
    RECEIPT_EXTRACTOR,
    CONTRACT_EXTRACTOR,
    DOCUMENT_EXTRACTOR,
)
"""All of them, for the server to publish when it starts."""

__all__ = ["BUILTINS", "BuiltinFlow"]
