"""The document types that Evidoc knows, and what their documents say of themselves.

A heading cue counts where it stands as a heading near the top; a body cue counts anywhere in the sampled
text. Cues are lower case and matched at word boundaries. Weights are small whole numbers, judged by how
seldom other types say the same; they were not fitted to any collection.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DocumentType:
    """One type: other names that callers use for it, its headings, and its body cues with their weights.

    ``kinds_of`` names wider types: whatever speaks for a wider one speaks for this one too, once this one has
    enough of its own. ``dwells`` says that its cues count by how often they are said: any contract mentions
    confidential information, a non-disclosure agreement is about nothing else. A cue of negative weight speaks
    against the type.
    """

    name: str
    aliases: tuple[str, ...]
    headings: tuple[str, ...]
    body: Mapping[str, int]
    kinds_of: tuple[str, ...] = ()
    dwells: bool = False


DOCUMENT_TYPES: tuple[DocumentType, ...] = (
    DocumentType(
        "invoice",
        ("bill", "tax invoice", "rechnung", "facture", "factura", "factuur", "fattura", "credit note", "invoices"),
        (
            *("invoice", "tax invoice", "commercial invoice", "proforma invoice", "pro forma invoice", "credit note"),
            *(
                "credit memo",
                "billing statement",
                "rechnung",
                "gutschrift",
                "teilrechnung",
                "schlussrechnung",
                "facture",
            ),
            *("avoir", "factura", "factura electronica", "factuur", "creditnota", "fattura", "fatura", "faktura"),
        ),
        {
            **dict.fromkeys(("invoice number", "invoice no", "invoice #", "invoice date", "bill to", "remit to"), 3),
            **dict.fromkeys(("rechnungsnummer", "rechnungsdatum", "rechnungs-nr", "rechnung nr", "leistungsdatum"), 3),
            **dict.fromkeys(("numéro de facture", "facture n", "date de facture", "factuurnummer", "factuurdatum"), 3),
            **dict.fromkeys(("número de factura", "fecha de factura", "numero fattura", "numer faktury", "nip"), 3),
            **dict.fromkeys(("amount due", "balance due", "due date", "payment terms", "zahlungsziel", "fällig"), 2),
            **dict.fromkeys(("vat", "iban", "mwst", "ust", "tva", "btw", "iva", "subtotal", "zwischensumme"), 1),
            **dict.fromkeys(("unit price", "einzelpreis", "prix unitaire", "precio unitario", "gesamtbetrag"), 1),
        },
    ),
    DocumentType(
        "receipt",
        ("till receipt", "sales receipt", "kassenbon", "quittung", "ticket", "bon", "receipts"),
        (
            "receipt",
            "sales receipt",
            "official receipt",
            "cash receipt",
            "cash sales",
            "kassenbon",
            "quittung",
            "ticket",
        ),
        {
            **dict.fromkeys(("cash", "change", "cashier", "receipt no", "receipt #", "bar gegeben", "rückgeld"), 2),
            **dict.fromkeys(("thank you", "please come again", "rounding", "rounding adj", "goods sold are not"), 2),
            **dict.fromkeys(("gst summary", "total sales", "simplified tax invoice", "kundenbeleg", "espèces"), 2),
            **dict.fromkeys(("qty", "visa", "mastercard", "table no", "terminal", "bediener", "wisselgeld"), 1),
        },
    ),
    DocumentType(
        "purchase_order",
        ("po", "purchase order", "order", "bestellung", "bon de commande", "orden de compra", "inkooporder"),
        (
            *("purchase order", "order", "work order", "order confirmation", "order change", "order response"),
            *("bestellung", "auftragsbestätigung", "bon de commande", "commande", "orden de compra", "pedido"),
            *("inkooporder", "bestelling", "ordine d'acquisto"),
        ),
        {
            **dict.fromkeys(("purchase order number", "purchase order no", "po number", "po no", "ship to"), 3),
            **dict.fromkeys(("bestellnummer", "bestelldatum", "n° de commande", "numéro de commande"), 2),
            **dict.fromkeys(("buyer", "seller", "delivery terms", "requested delivery", "acheteur", "vendeur"), 1),
            **dict.fromkeys(("order date", "order number", "lieferadresse", "date de commande", "incoterms"), 1),
        },
    ),
    DocumentType(
        "contract",
        ("agreement", "vertrag", "contrat", "contrato", "overeenkomst", "contratto", "contracts", "legal agreement"),
        (
            *("agreement", "contract", "amendment", "lease", "license agreement", "services agreement"),
            *("vertrag", "vereinbarung", "mietvertrag", "contrat", "contrato", "overeenkomst", "contratto"),
        ),
        {
            **dict.fromkeys(("by and between", "in witness whereof", "whereas", "governing law", "hereinafter"), 3),
            **dict.fromkeys(("hereby agree", "entire agreement", "force majeure", "termination", "indemnify"), 2),
            **dict.fromkeys(("the parties", "this agreement", "effective date", "herein", "hereunder", "thereof"), 1),
            **dict.fromkeys(
                ("vertragsparteien", "gerichtsstand", "entre les soussignés", "les parties", "partijen"), 3
            ),
        },
    ),
    DocumentType(
        "nda",
        ("non-disclosure agreement", "confidentiality agreement", "non disclosure agreement", "geheimhaltung"),
        (
            *("non-disclosure agreement", "nondisclosure agreement", "confidentiality agreement"),
            *("mutual non-disclosure agreement", "confidential disclosure agreement"),
            *(
                "non-disclosure",
                "nondisclosure",
                "confidentiality",
                "confidential information",
                "proprietary information",
            ),
            *("geheimhaltungsvereinbarung", "accord de confidentialité", "acuerdo de confidencialidad"),
        ),
        {
            **dict.fromkeys(("disclosing party", "receiving party", "confidentiality agreement"), 4),
            **dict.fromkeys(("confidential information", "evaluation material", "non-disclosure"), 3),
            **dict.fromkeys(("proprietary information", "trade secrets", "representatives", "this agreement"), 1),
        },
        kinds_of=("contract",),
        dwells=True,
    ),
    DocumentType(
        "tax_form",
        ("tax", "tax return", "tax form", "steuerformular", "irs form", "steuererklärung", "déclaration fiscale"),
        ("tax return", "income tax return", "schedule", "form", "certificate", "application", "steuererklärung"),
        {
            **dict.fromkeys(("internal revenue service", "department of the treasury", "omb no", "www.irs.gov"), 4),
            **dict.fromkeys(("taxpayer identification", "employer identification number", "tax year", "irs"), 2),
            **dict.fromkeys(("social security number", "see instructions", "paperwork reduction act", "finanzamt"), 2),
            **dict.fromkeys(("cat. no", "taxable", "withholding", "wages", "attach to", "check the box"), 1),
        },
    ),
    DocumentType(
        "registration_form",
        ("registration", "registration statement", "application form", "filing"),
        ("registration statement", "registration", "amendment to registration statement", "exhibit"),
        {
            **dict.fromkeys(("foreign agents registration act", "name of registrant", "registration no"), 3),
            **dict.fromkeys(("registrant", "pursuant to the", "foreign principal", "supplemental statement"), 2),
            **dict.fromkeys(("u.s. department of justice", "registration number"), 2),
        },
    ),
    DocumentType(
        "advertising_order",
        ("ad buy", "broadcast order", "media order", "insertion order", "ad order"),
        ("insertion order", "broadcast order", "station contract", "media order"),
        {
            **dict.fromkeys(("advertiser", "flight dates", "flight", "spots", "air date", "air time"), 3),
            **dict.fromkeys(("agency commission", "gross amount", "station", "daypart", "spot length", "ad-id"), 2),
            **dict.fromkeys(("broadcast", "estimate", "isci", "demo", "sales office"), 1),
        },
        kinds_of=("invoice", "contract", "purchase_order"),
    ),
    DocumentType(
        "scientific_paper",
        ("paper", "research paper", "article", "academic paper", "scientific article", "publication", "science"),
        ("abstract", "introduction", "references", "related work", "keywords"),
        {
            **dict.fromkeys(("et al", "arxiv", "doi", "theorem", "lemma", "in this paper", "we propose"), 3),
            **dict.fromkeys(("related work", "we show that", "experiments", "dataset", "university", "proof"), 2),
            **dict.fromkeys(("abstract", "references", "introduction", "conclusion", "fig", "section", "journal"), 1),
        },
    ),
    DocumentType(
        "report",
        ("annual report", "bericht", "rapport", "informe", "incident report", "investigation report", "study"),
        (
            *("report", "annual report", "final report", "accident report", "executive summary", "factual report"),
            *("table of contents", "bericht", "geschäftsbericht", "rapport", "informe", "newsletter"),
        ),
        {
            **dict.fromkeys(("executive summary", "findings", "recommendations", "probable cause"), 3),
            **dict.fromkeys(("this report", "accident", "incident", "investigation", "appendix", "summary of"), 2),
            **dict.fromkeys(
                ("study protocol", "clinical study", "synopsis", "list of abbreviations", "revision history"), 2
            ),
            **dict.fromkeys(("table of contents", "figure", "annual", "analysis", "overview", "survey"), 1),
        },
    ),
    DocumentType(
        "quote",
        ("quotation", "offer", "estimate", "angebot", "devis", "presupuesto", "offerte", "proposal"),
        (
            "quotation",
            "quote",
            "estimate",
            "proposal",
            "angebot",
            "kostenvoranschlag",
            "devis",
            "presupuesto",
            "offerte",
        ),
        {
            **dict.fromkeys(("valid until", "quote number", "quotation no", "angebotsnummer", "gültig bis"), 3),
            **dict.fromkeys(("we are pleased to offer", "validité", "bindefrist", "offertenummer"), 3),
        },
    ),
    DocumentType(
        "delivery_note",
        ("packing slip", "packing list", "lieferschein", "bon de livraison", "albarán", "pakbon"),
        ("delivery note", "packing slip", "packing list", "lieferschein", "bon de livraison", "albarán", "pakbon"),
        {
            **dict.fromkeys(("delivery note", "lieferschein", "packages", "gross weight", "carrier", "received by"), 2),
            **dict.fromkeys(("vat", "mwst", "ust", "tva", "iban", "total amount", "amount due", "payment terms"), -2),
            **dict.fromkeys(("invoice number", "rechnungsnummer", "rechnungsdatum", "numéro de facture"), -2),
        },
    ),
    DocumentType(
        "bank_statement",
        ("account statement", "kontoauszug", "relevé de compte", "extracto bancario", "rekeningafschrift"),
        ("bank statement", "account statement", "statement of account", "kontoauszug", "relevé de compte"),
        {
            **dict.fromkeys(("opening balance", "closing balance", "statement period", "saldo", "kontostand"), 3),
            **dict.fromkeys(("withdrawals", "deposits", "account number", "sort code", "valuta"), 2),
        },
    ),
    DocumentType(
        "payslip",
        ("pay slip", "paystub", "pay stub", "salary slip", "gehaltsabrechnung", "lohnabrechnung", "bulletin de paie"),
        ("payslip", "pay slip", "earnings statement", "gehaltsabrechnung", "lohnabrechnung", "bulletin de paie"),
        {
            **dict.fromkeys(
                ("net pay", "gross pay", "pay period", "year to date", "deductions", "sozialversicherung"), 2
            )
        },
    ),
    DocumentType(
        "claim_form",
        ("claim", "insurance claim", "schadenmeldung", "déclaration de sinistre", "schadeformulier"),
        ("claim form", "notice of claim", "accident report form", "schadenanzeige", "schadenmeldung"),
        {
            **dict.fromkeys(("claim number", "policy number", "date of loss", "claimant", "insured"), 3),
            **dict.fromkeys(("policyholder", "versicherungsnehmer", "schadennummer", "sinistre", "polisnummer"), 3),
        },
    ),
    DocumentType(
        "insurance_policy",
        ("policy", "insurance", "versicherungsschein", "police d'assurance"),
        ("insurance policy", "certificate of insurance", "policy schedule", "versicherungsschein"),
        {**dict.fromkeys(("policy period", "premium", "coverage", "deductible", "insurer", "sum insured"), 2)},
    ),
    DocumentType(
        "resume",
        ("cv", "curriculum vitae", "lebenslauf", "curriculum", "résumé"),
        ("curriculum vitae", "resume", "résumé", "lebenslauf", "work experience", "professional experience"),
        {**dict.fromkeys(("education", "work experience", "skills", "references available", "berufserfahrung"), 2)},
    ),
    DocumentType(
        "letter",
        ("correspondence", "brief", "lettre", "carta", "cover letter"),
        ("letter",),
        {
            **dict.fromkeys(("dear", "sincerely", "yours faithfully", "kind regards", "best regards"), 2),
            **dict.fromkeys(("sehr geehrte", "mit freundlichen grüßen", "cher monsieur", "madame, monsieur"), 3),
        },
    ),
    DocumentType(
        "email",
        ("e-mail", "mail", "message"),
        (),
        {**dict.fromkeys(("subject:", "from:", "to:", "sent:", "betreff:"), 2)},
    ),
)
"""In no particular order."""
