# ruff: noqa: E501 (a table: one row a language)
"""Dates and periods of the catalogue."""

from evidoc.kernel.finding import FeatureType
from evidoc.understanding.catalogue.entry import Entry

_D = FeatureType.DATE

DATES = (
    Entry(
        "invoice_date",
        _D,
        "date document_date issue_date date_of_issue bill_date receipt_date purchase_date rechnungsdatum transaction_date datum",
        {
            "en": "Invoice Date|Date of Invoice|Invoice Issue Date|Bill Date|Billing Date|Date of Issue|Issue Date|Date Issued|Tax Date|"
            "Receipt Date|Statement Date|Document Date|Transaction Date|Date of Purchase|Tax Point",
            "de": "Rechnungsdatum|Datum der Rechnung|Belegdatum|Ausstellungsdatum|Rechnung vom|Re.-Datum|Rg.-Datum",
            "fr": "Date de facture|Date de facturation|Date de la facture|Date facture|Date d'émission|Facture du|Émise le|Date d'édition",
            "es": "Fecha de factura|Fecha factura|Fecha de emisión|Fecha de expedición|Fecha emisión",
            "nl": "Factuurdatum|Factuur datum|Datum factuur",
            "it": "Data fattura|Data della fattura|Data documento|Data di emissione|Data emissione",
            "pt": "Data da fatura|Data da factura|Data de emissão|Data de emissao|Data do documento",
            "pl": "Data wystawienia|Data faktury",
        },
        {"en": "Date|Dated|Issued|Created", "de": "Datum|vom", "fr": "Date|le", "es": "Fecha", "nl": "Datum", "it": "Data", "pt": "Data"},
    ),
    Entry(
        "due_date",
        _D,
        "payment_due_date date_due pay_by payment_date faelligkeitsdatum",
        {
            "en": "Due Date|Payment Due|Payment Due Date|Due By|Pay By|Date Due|Payable By|Payment Due By|Due On|Payment Date|Please remit until|"
            "Invoice Due Date|Balance Due Date",
            "de": "Fälligkeitsdatum|Fällig am|Fälligkeit|Zahlbar bis|Zahlungsziel|Fällig|Zahlungstermin|Zu zahlen bis|überweisen Sie bis zum|"
            "Zahlung bis|netto bis",
            "fr": "Date d'échéance|Échéance|À payer avant le|Date limite de paiement|Date d'exigibilité|Payable le|À régler avant le",
            "es": "Fecha de vencimiento|Vencimiento|Fecha vencimiento|Fecha límite de pago|Vence",
            "nl": "Vervaldatum|Verval datum|Uiterste betaaldatum|Te betalen voor|Betalen voor|Uiterlijk te betalen",
            "it": "Data di scadenza|Scadenza|Data scadenza",
            "pt": "Data de vencimento|Vencimento|Data vencimento",
            "pl": "Termin płatności|Termin zapłaty",
        },
    ),
    Entry(
        "order_date",
        _D,
        "purchase_order_date po_date date_of_order bestelldatum",
        {
            "en": "Order Date|Date of Order|PO Date|Purchase Order Date|Date Ordered",
            "de": "Bestelldatum|Auftragsdatum|Bestellung vom",
            "fr": "Date de commande|Date de la commande|Commande du",
            "es": "Fecha de pedido|Fecha del pedido|Fecha pedido",
            "nl": "Orderdatum|Besteldatum|Bestel datum",
            "it": "Data ordine|Data dell'ordine",
            "pt": "Data da encomenda|Data do pedido",
        },
    ),
    Entry(
        "delivery_date",
        _D,
        "ship_date shipping_date date_of_delivery service_date supply_date lieferdatum leistungsdatum",
        {
            "en": "Delivery Date|Date of Delivery|Ship Date|Shipping Date|Shipped|Date Shipped|Date of Supply|Service Date|Date of Service|Supply Date",
            "de": "Lieferdatum|Leistungsdatum|Liefer- und Leistungsdatum|Leistungszeitpunkt|Liefertermin|Tag der Lieferung|Lieferung am|Versanddatum",
            "fr": "Date de livraison|Livraison le|Date de prestation|Date d'expédition",
            "es": "Fecha de entrega|Fecha entrega|Fecha de envío",
            "nl": "Leverdatum|Leveringsdatum|Datum levering|Verzenddatum",
            "it": "Data di consegna|Data consegna|Data spedizione",
            "pt": "Data de entrega",
            "pl": "Data dostawy|Data sprzedaży|Data dostawy/wykonania usługi",
        },
    ),
    Entry(
        "print_date",
        _D,
        "printed_on",
        {
            "en": "Print Date|Printed|Printed on|Print Time|Run On|Run Date|As of|Changes as of|Generated",
            "de": "Druckdatum|Gedruckt am",
            "fr": "Imprimé le",
        },
    ),
    Entry(
        "order_change_date",
        _D,
        "revision_date last_modified",
        {"en": "Original Date|Revision Date|Last Modified|Last Mod|Date Revised|Version Date|Modified|Updated|Form Revised"},
    ),
    Entry(
        "incident_date",
        _D,
        "date_of_loss loss_date accident_date date_of_incident schadendatum",
        {
            "en": "Incident Date|Date of Incident|Date of Loss|Loss Date|Accident Date|Date of Accident|Date of Occurrence|Date of Event",
            "de": "Schadendatum|Schadentag|Unfalldatum|Tag des Schadens|Schadenstag",
            "fr": "Date du sinistre|Date de l'accident|Date de l'incident",
            "es": "Fecha del siniestro|Fecha del accidente|Fecha del incidente",
            "nl": "Schadedatum|Datum schade|Datum ongeval",
        },
    ),
    Entry(
        "effective_date",
        _D,
        "agreement_date commencement_date contract_date policy_start_date inception_date",
        {
            "en": "Effective Date|Commencement Date|Inception Date|Agreement Date|Contract Date|Effective as of|Dated as of|made as of|entered into as of",
            "de": "Vertragsdatum|Datum des Inkrafttretens|Inkrafttreten|Versicherungsbeginn",
            "fr": "Date d'effet|Date d'entrée en vigueur|Prise d'effet",
            "es": "Fecha de entrada en vigor|Fecha efectiva|Fecha de efecto",
            "nl": "Ingangsdatum",
        },
    ),
    Entry(
        "expiry_date",
        _D,
        "expiration_date valid_until expires end_of_contract policy_end_date",
        {
            "en": "Expiry Date|Expiration Date|Expires|Valid Until|Date of Expiry|Exp. Date|Expires on|Valid Thru",
            "de": "Ablaufdatum|Gültig bis|Versicherungsablauf|Ablauf",
            "fr": "Date d'expiration|Valable jusqu'au|Date de fin de validité",
            "es": "Fecha de caducidad|Válido hasta|Fecha de expiración",
            "nl": "Verloopdatum|Geldig tot|Vervaldag",
        },
    ),
    Entry(
        "birth_date",
        _D,
        "date_of_birth dob geburtsdatum",
        {
            "en": "Date of Birth|Birth Date|DOB|Born|Born on|Birthdate",
            "de": "Geburtsdatum|Geboren am|geb.",
            "fr": "Date de naissance|Né le|Née le",
            "es": "Fecha de nacimiento",
            "nl": "Geboortedatum",
            "it": "Data di nascita",
            "pt": "Data de nascimento",
        },
    ),
    Entry(
        "file_date",
        _D,
        "filing_date date_filed date_signed signature_date signing_date",
        {
            "en": "Filing Date|Date Filed|Filed|Date of Signature|Signature Date|Date Signed|Signed on|Dated|day of",
            "de": "Einreichungsdatum|Unterzeichnet am",
            "fr": "Date de dépôt|Date de signature|Fait le",
            "es": "Fecha de presentación|Fecha de firma",
            "nl": "Datum ondertekening",
        },
        {"en": "Date", "de": "Datum", "es": "Fecha"},
    ),
    Entry(
        "period_from",
        _D,
        "period_start start_date date_start from_date service_period_from billing_period_start valid_from begin_date from",
        {
            "en": "Start Date|Period Start|From|Period From|Begin Date|Date From|Start|Service From|Valid From|Period|Billing Period|Service Period|"
            "Invoice Period|Statement Period|Billing Cycle",
            "de": "Beginn|Startdatum|Von|Leistungszeitraum|Abrechnungszeitraum|Zeitraum|Rechnungszeitraum|Lieferzeitraum|Gültig ab",
            "fr": "Date de début|Début|Période|Période de facturation|Date de debut de prestation|Du",
            "es": "Fecha de inicio|Inicio|Período|Periodo|Periodo de facturación|Desde",
            "nl": "Begindatum|Startdatum|Periode|Van|Factuurperiode",
            "it": "Data inizio|Periodo|Dal",
            "pt": "Data de início|Período",
        },
        place="first",
    ),
    Entry(
        "period_to",
        _D,
        "period_end end_date date_end to_date service_period_to billing_period_end thru_date to",
        {
            "en": "End Date|Period End|To|Period To|Date To|End|Service To|Through|Period|Billing Period|Service Period|Invoice Period|"
            "Statement Period|Billing Cycle",
            "de": "Ende|Enddatum|Bis|Leistungszeitraum|Abrechnungszeitraum|Zeitraum|Rechnungszeitraum|Lieferzeitraum",
            "fr": "Date de fin|Fin|Période|Période de facturation|Date de fin de prestation|Au",
            "es": "Fecha de fin|Fin|Período|Periodo|Periodo de facturación|Hasta",
            "nl": "Einddatum|Periode|Tot|Factuurperiode",
            "it": "Data fine|Periodo|Al",
            "pt": "Data de fim|Período",
        },
        place="second",
    ),
)  # fmt: skip
