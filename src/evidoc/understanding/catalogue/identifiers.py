# ruff: noqa: E501 (a table: one row a language)
"""Identifiers of the catalogue."""

from evidoc.kernel.finding import FeatureType
from evidoc.understanding.catalogue.entry import Entry

_I = FeatureType.IDENTIFIER

IDENTIFIERS = (
    Entry(
        "invoice_number",
        _I,
        "invoice_no invoice_num invoice_id bill_number bill_no receipt_number receipt_no document_number rechnungsnummer numero_facture number",
        {
            "en": "Invoice Number|Invoice ID|Invoice|Tax Invoice Number|Tax Invoice|Bill Number|Bill ID|Inv Number|Receipt Number|Receipt|Document Number|Doc Number|"
            "Credit Note Number|Credit Note|Bill|Statement Number|Your Invoice|Invoice Reference|Rcpt Number|Slip|Cash Bill Number",
            "de": "Rechnungsnummer|Rechnung Nr.|Rechnung|Rechnungs-Nr.|Rg.-Nr.|Re.-Nr.|Belegnummer|Beleg-Nr.|Rechnungs-ID|Gutschrift Nr.|Gutschrift|Gutschriftsnummer|"
            "Beleg|Korrekturrechnung Nr.|Rechnungskorrektur Nr.|Stornorechnung Nr.|Handelsrechnung Nr.",
            "fr": "Facture N°|Numéro de facture|N° de facture|Facture numéro|N° facture|Facture|Avoir N°|Avoir|Réf. facture|Référence facture",
            "es": "Factura Nº|Número de factura|Nº de factura|N.º factura|Factura|Nº factura|Factura número",
            "nl": "Factuurnummer|Factuur nr.|Factuur|Factuurnr",
            "it": "Fattura n.|Numero fattura|Fattura|N. fattura|Numero documento",
            "pt": "Fatura N.º|Número da fatura|Factura|Fatura|Nº da fatura",
            "pl": "Faktura nr|Numer faktury|Faktura VAT nr|Nr faktury|Faktura VAT|Faktura",
        },
        {"en": "Number|Reference|No|Ref", "de": "Nr.|Nummer", "fr": "Numéro|N°|Référence", "es": "Número", "nl": "Nummer"},
    ),
    Entry(
        "order_number",
        _I,
        "order_no order_num order_id sales_order_number bestellnummer auftragsnummer commande_numero",
        {
            "en": "Order Number|Order ID|Order|Sales Order Number|Sales Order|Order Reference|Your Order|Our Order|SO Number|Order / Rev|Agency Order Number|"
            "Alt Order Number|Job Number|Booking ID|Booking Number",
            "de": "Bestellnummer|Auftragsnummer|Auftrags-Nr.|Bestell-Nr.|Bestellung Nr.|Auftrag Nr.|Ihre Bestellung|Bestellung|Auftrag|Bestellreferenz|"
            "Auftragsbestätigung Nr.",
            "fr": "Numéro de commande|N° de commande|Commande N°|Commande|N° bon de vente|Votre commande",
            "es": "Número de pedido|Nº de pedido|Pedido|Pedido Nº|Su pedido",
            "nl": "Ordernummer|Bestelnummer|Order nr.|Bestelling|Opdrachtnummer",
            "it": "Numero ordine|Ordine n.|Ordine|N. ordine",
            "pt": "Número da encomenda|Encomenda|Nº encomenda|Pedido",
            "pl": "Numer zamówienia|Zamówienie nr",
        },
        {
            "en": "Purchase Order Number|Purchase Order|PO Number|P.O. Number|PO|P.O.|Customer PO|Your Order Number",
            "fr": "Bon de commande|N° bon de commande",
            "es": "Orden de compra",
            "nl": "Inkoopordernummer|Inkooporder|Uw ordernummer",
            "it": "Ordine d'acquisto|Vostro ordine",
            "pt": "Ordem de compra",
        },
    ),
    Entry(
        "purchase_order_number",
        _I,
        "po_number po_no purchase_order po_num po purchase_order_id customer_order_number bestellreferenz",
        {
            "en": "PO Number|P.O. Number|Purchase Order Number|Purchase Order|P/O Number|PO|P.O.|Customer PO|Customer Order Number|Your Order Number|Cust PO",
            "de": "Bestellnummer|Ihre Bestellnummer|Bestell-Nr.|Bestellung Nr.|Kundenbestellnummer|Bestellreferenz|Bestellung Nr. Kunde",
            "fr": "N° bon de commande|Bon de commande|Numéro de bon de commande|Votre commande|Réf. commande",
            "es": "Orden de compra|Nº orden de compra|Su pedido",
            "nl": "Inkoopordernummer|Uw bestelnummer|Inkooporder|Uw ordernummer",
            "it": "Ordine d'acquisto|Vostro ordine",
            "pt": "Ordem de compra",
        },
    ),
    Entry(
        "contract_number",
        _I,
        "contract_no contract_num contract_id agreement_number agreement_no vertragsnummer numero_contrat",
        {
            "en": "Contract Number|Contract ID|Contract|Contract / Revision|Contract Ref|Agreement Number|Agreement|Contract Reference",
            "de": "Vertragsnummer|Vertrags-Nr.|Vertrag Nr.|Vertrag|Vertragskonto",
            "fr": "N° de contrat|Numéro de contrat|Contrat N°|N° contrat|Contrat",
            "es": "Número de contrato|Nº de contrato|Contrato|Nº contrato",
            "nl": "Contractnummer|Contract nr.|Overeenkomstnummer",
            "it": "Numero contratto|Contratto n.|Contratto",
            "pt": "Número do contrato|Contrato",
            "pl": "Numer umowy|Umowa nr",
        },
        {"en": "Order / Rev|Order Number|Order|Invoice Number|Reference|Hdln Number|Headline Number"},
    ),
    Entry(
        "customer_number",
        _I,
        "customer_no customer_id client_number client_id customer_account kundennummer numero_client",
        {
            "en": "Customer Number|Customer ID|Client Number|Client ID|Customer|Cust. No.|Customer Account|Customer Code|Client Code|Your Customer Number|Customer Ref|"
            "Member Number|Advertiser Code|Agency Code",
            "de": "Kundennummer|Kunden-Nr.|Kd.-Nr.|Kundennr|Ihre Kundennummer|Debitorennummer|Debitor",
            "fr": "N° de client|Numéro client|N° client|Code client|Réf. client|Référence client|Identifiant",
            "es": "Número de cliente|Nº de cliente|Código de cliente|Cliente Nº|Nº cliente",
            "nl": "Klantnummer|Debiteurnummer|Klant nr.|Klantnr|Relatienummer|Debiteurennummer",
            "it": "Codice cliente|Numero cliente|Cod. cliente",
            "pt": "Número de cliente|Código do cliente",
            "pl": "Numer klienta|Nr klienta",
        },
    ),
    Entry(
        "account_number",
        _I,
        "account_no account_id account_num bank_account kontonummer numero_compte",
        {
            "en": "Account Number|Account ID|A/C Number|Bank Account|Acct. No.|Account|Bank Account Number|Acct|Your Account Number",
            "de": "Kontonummer|Konto-Nr.|Kontonr|Konto|Buchungskonto|Kto",
            "fr": "Numéro de compte|N° de compte|Compte",
            "es": "Número de cuenta|Nº de cuenta|Cuenta|Cuenta bancaria",
            "nl": "Rekeningnummer|Rekening|Bankrekening",
            "it": "Numero conto|Conto corrente|C/C",
            "pt": "Número da conta|Conta",
            "pl": "Numer konta|Numer rachunku|Konto",
        },
    ),
    Entry(
        "payment_reference",
        _I,
        "payment_ref remittance_reference reference_number reference ref_no zahlungsreferenz verwendungszweck",
        {
            "en": "Payment Reference|Reference Number|Reference|Your Reference|Our Reference|Ref. No.|Ref|Payment Ref|Remittance Reference|Buyer Reference",
            "de": "Zahlungsreferenz|Verwendungszweck|Referenz|Referenznummer|Ihr Zeichen|Unser Zeichen|Aktenzeichen|Referenz (bitte bei Zahlung angeben)|"
            "Referenz des Käufers|Weitere Referenz|Buchungsreferenz",
            "fr": "Référence de paiement|Référence|Votre référence|Notre référence|Réf.",
            "es": "Referencia de pago|Referencia|Su referencia|Ref.",
            "nl": "Betalingskenmerk|Kenmerk|Referentie|Uw referentie|Uw kenmerk|Ons kenmerk",
            "it": "Riferimento|Vostro riferimento|Causale",
            "pt": "Referência|Referência de pagamento",
        },
    ),
    Entry(
        "policy_number",
        _I,
        "policy_no policy_id insurance_number versicherungsnummer policennummer",
        {
            "en": "Policy Number|Policy ID|Policy|Insurance Number|Certificate Number",
            "de": "Versicherungsnummer|Policennummer|Versicherungsschein-Nr.|Versicherungsscheinnummer|Police Nr.|Vertragsnummer",
            "fr": "Numéro de police|N° de police|Police N°|N° de contrat",
            "es": "Número de póliza|Nº de póliza|Póliza|Póliza Nº",
            "nl": "Polisnummer|Polis nr.|Polis",
            "it": "Numero polizza|Polizza n.|Polizza",
            "pt": "Número da apólice|Apólice",
        },
    ),
    Entry(
        "claim_number",
        _I,
        "claim_no claim_id case_number case_id file_number schadennummer",
        {
            "en": "Claim Number|Claim ID|Claim|Case Number|Case ID|File Number|Loss Number|Claim Reference|Claim File Number|Matter Number",
            "de": "Schadennummer|Schaden-Nr.|Schadensnummer|Aktenzeichen|Fallnummer|Schadenfall Nr.",
            "fr": "Numéro de sinistre|N° de sinistre|Sinistre N°|N° de dossier|Référence sinistre",
            "es": "Número de siniestro|Nº de siniestro|Siniestro|Número de expediente",
            "nl": "Schadenummer|Dossiernummer|Claimnummer",
            "it": "Numero sinistro|Sinistro n.|Numero pratica",
        },
    ),
    Entry(
        "registration_number",
        _I,
        "registration_no registration_num company_number company_registration_number trade_register_number handelsregisternummer siret siren kvk",
        {
            "en": "Registration Number|Registration|Company Number|Company Registration Number|Company Reg. No.|Reg. No.|Co. Reg. No.|Company No|Registered Number|"
            "License Number|Registration ID|Co No",
            "de": "Registernummer|Handelsregisternummer|Handelsregister|Handelsreg.|HRB|HRA|Registriernummer|Registrierungsnummer",
            "fr": "SIRET|SIREN|RCS|N° d'enregistrement|Numéro d'immatriculation|N° SIRET",
            "es": "Número de registro|Registro Mercantil|Nº de registro",
            "nl": "KvK-nummer|KvK|KvK nr.|Registratienummer|Inschrijvingsnummer|Handelsregister",
            "it": "REA|Registro imprese|Numero REA",
            "pt": "Número de registo|Conservatória",
            "pl": "KRS|REGON",
        },
    ),
    Entry(
        "delivery_note_number",
        _I,
        "delivery_note delivery_number lieferscheinnummer tracking_number shipment_number waybill_number",
        {
            "en": "Delivery Note Number|Delivery Note|Delivery Number|DO Number|Tracking Number|Shipment Number|Waybill Number|AWB|Packing Slip Number",
            "de": "Lieferschein-Nr.|Lieferscheinnummer|Lieferschein|Lieferung Nr.|Sendungsnummer",
            "fr": "N° bon de livraison|Bon de livraison|Numéro de suivi",
            "es": "Albarán|Nº de albarán|Número de seguimiento",
            "nl": "Pakbonnummer|Pakbon|Leverbon|Zendingnummer",
            "it": "DDT|Documento di trasporto|Bolla",
        },
    ),
    Entry("project_number", _I, "project_id project estimate_number", {"en": "Project Number|Project ID|Estimate Number|Estimate|Est Number|Quote Number|Quotation Number", "de": "Projektnummer|Projekt-Nr.|Angebotsnummer|Angebot Nr.", "fr": "N° de projet|Réf projet|Devis N°", "nl": "Projectnummer|Offertenummer"}),
    Entry("article_number", _I, "item_number sku product_code part_number", {"en": "Item Number|SKU|Part Number|Product Code|Item Code|GTIN|Article Number|ASIN|EAN|GLN", "de": "Artikelnummer|Art.-Nr.|Artikel-Nr.|Seriennummer", "fr": "Référence article|Code article", "nl": "Artikelnummer|Serienummer"}),
    Entry("phone", FeatureType.PHONE, "phone_number telephone tel telephone_number mobile mobile_number telefon", {"en": "Phone|Phone Number|Telephone|Tel|Tel Number|Mobile|Call|Main|Cell|Contact Number", "de": "Telefon|Tel.|Fon|Mobil|Telefonnummer|Rufnummer", "fr": "Téléphone|Tél.|Portable|Mobile", "es": "Teléfono|Tel.|Móvil", "nl": "Telefoon|Tel.|Mobiel", "it": "Telefono|Cellulare", "pt": "Telefone|Telemóvel"}),
    Entry("fax", FeatureType.PHONE, "fax_number telefax", {"en": "Fax|Fax Number|Facsimile", "de": "Telefax|Fax"}),
    Entry("email", FeatureType.EMAIL, "email_address e_mail mail contact_email", {"en": "Email|E-Mail|Email Address|Mail", "de": "E-Mail|Mail", "fr": "Courriel|E-mail", "es": "Correo electrónico|Correo", "nl": "E-mail|E-mailadres"}),
    Entry("website", FeatureType.URL, "url web homepage internet site", {"en": "Website|Web|URL|Homepage|Internet|Web Site", "de": "Internet|Webseite", "fr": "Site web|Site internet"}),
    Entry("iban", FeatureType.IBAN, "iban_number bank_iban", {"en": "IBAN|IBAN Number|IBAN Code", "de": "IBAN-Nr."}),
    Entry("bic", FeatureType.BIC, "swift bic_code swift_code bic_swift", {"en": "BIC|SWIFT|SWIFT Code|BIC/SWIFT|SWIFT/BIC|BIC Code"}),
    Entry(
        "vat_id",
        FeatureType.VAT_ID,
        "vat_number vat_no vat_reg_no tax_id tax_number vendor_vat_id supplier_vat_id seller_vat_id ust_id umsatzsteuer_id tva_intracom btw_nummer nif gstin gst_number "
        "vendor_tax_id vendor_vat_number supplier_vat_number",
        {
            "en": "VAT Number|VAT ID|VAT Reg. No.|VAT Registration Number|Tax ID|GST Number|GST Reg No|GST ID|GSTIN|Tax Registration Number|VAT Reg Number|VAT|Tax Number|EIN|"
            "GST ID No|GST Registration Number|ABN|Federal Tax ID|Tax ID Number",
            "de": "USt-IdNr.|USt-ID|Umsatzsteuer-Identifikationsnummer|USt.-Id.-Nr.|USt-Ident-Nr.|Umsatzsteuer-ID|UID|UID-Nr.|USt.-Identnr.|MwSt-Nr.|UST-ID-Nr.|Ust.-ID Nr.",
            "fr": "N° TVA|TVA intracommunautaire|N° TVA intracommunautaire|Numéro de TVA|N° TVA Intra|TVA intracom|Numéro TVA|Identification TVA",
            "es": "NIF|CIF|NIF/CIF|CIF/NIF|N.I.F.|C.I.F.|NIF IVA",
            "nl": "BTW-nummer|BTW nr.|BTW-ID|BTW-identificatienummer|Btw nr",
            "it": "Partita IVA|P. IVA|P.IVA|Codice fiscale|C.F.",
            "pt": "NIF|Contribuinte|NIPC|Nº contribuinte|CNPJ",
            "pl": "NIP",
        },
        side="issuer",
    ),
    Entry(
        "customer_vat_id",
        FeatureType.VAT_ID,
        "buyer_vat_id client_vat_id customer_vat_number customer_tax_id buyer_vat_number buyer_tax_id",
        {
            "en": "Customer VAT Number|Your VAT Number|Customer VAT ID|Buyer VAT|Client VAT",
            "de": "Ihre USt-IdNr.|Ihre USt-ID|Kunden-USt-ID|Ihre USt.-IdentNr.",
            "fr": "Votre N° TVA|TVA client|Votre numéro de TVA",
            "nl": "Uw BTW-nummer|Klant BTW-nummer",
        },
        {"en": "VAT Number|VAT ID|Tax ID|GSTIN", "de": "USt-IdNr.|USt-ID|USt.-Id.-Nr.", "fr": "N° TVA|TVA intracommunautaire", "nl": "BTW-nummer", "it": "Partita IVA", "es": "NIF|CIF"},
        side="customer",
    ),
    Entry(
        "tax_number",
        _I,
        "steuernummer national_tax_number fiscal_code",
        {"en": "Tax Number|Tax Reference|TIN", "de": "Steuernummer|Steuer-Nr.|St.-Nr.", "es": "Número fiscal", "it": "Codice fiscale"},
    ),
)  # fmt: skip
