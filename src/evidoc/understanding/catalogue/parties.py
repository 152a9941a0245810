# ruff: noqa: E501 (a table: one row a language)
"""Names, addresses and terms of the catalogue."""

from evidoc.kernel.finding import FeatureType
from evidoc.understanding.catalogue.entry import Entry

_O, _A, _P, _T = FeatureType.ORGANIZATION, FeatureType.ADDRESS, FeatureType.PERSON, FeatureType.TEXT

_CUSTOMER = {
    "en": "Bill To|Billed To|Invoice To|Sold To|Customer|Client|Customer Name|Client Name|Buyer|Bill to Name|Billing Address|Billed to|Purchaser|Buyer Name|Invoiced to|"
    "Invoice Address|Consignee|Bill-To",
    "de": "Rechnungsempfänger|Rechnung an|Kunde|Käufer|Käufer/Leistungsempfänger|Rechnungsadresse|Leistungsempfänger|Auftraggeber|Empfänger|Rechnungsanschrift|An|"
    "Kundenname|Kundenadresse",
    "fr": "Facturé à|Client|Acheteur|Adresse de facturation|Destinataire|Facturer à|Nom du client",
    "es": "Facturar a|Cliente|Comprador|Datos del cliente|Dirección de facturación|Nombre del cliente|Facturado a",
    "nl": "Factuuradres|Klant|Factuur aan|Klantnaam|Koper|Aan|Afnemer",
    "it": "Cliente|Spett.le|Destinatario|Intestatario|Acquirente|Fatturare a",
    "pt": "Cliente|Faturar a|Adquirente|Exmo.(s) Sr.(s)",
    "pl": "Nabywca|Odbiorca|Kupujący",
}  # fmt: skip
_ISSUER = {
    "en": "Vendor|Supplier|Seller|Vendor Name|Supplier Name|Sold By|Issued By|Issuer|Company Name|Seller Name|Bill From|Service Provider|Merchant|From|Remit To",
    "de": "Verkäufer|Rechnungssteller|Lieferant|Rechnungsersteller|Aussteller|Auftragnehmer|Leistungserbringer|Anbieter",
    "fr": "Vendeur|Fournisseur|Émetteur|Émis par|Vendu par|Prestataire|De",
    "es": "Vendedor|Proveedor|Emisor|Emitido por|Datos del proveedor",
    "nl": "Leverancier|Verkoper|Afzender",
    "it": "Fornitore|Venditore|Cedente|Prestatore|Emittente",
    "pt": "Fornecedor|Vendedor|Emitente",
    "pl": "Sprzedawca|Wystawca|Dostawca",
}  # fmt: skip

PARTIES = (
    Entry(
        "vendor_name",
        _O,
        "vendor supplier supplier_name seller seller_name issuer issuer_name company company_name merchant merchant_name store store_name shop vendor_company "
        "lieferant fournisseur proveedor rechnungssteller partner_name from_company biller biller_name shop_name",
        _ISSUER,
        side="issuer",
    ),
    Entry(
        "customer_name",
        _O,
        "customer client client_name buyer buyer_name bill_to bill_to_name recipient recipient_name kunde kundenname acheteur customer_company sold_to purchaser "
        "billed_to invoice_to",
        _CUSTOMER,
        side="customer",
    ),
    Entry(
        "vendor_address",
        _A,
        "supplier_address seller_address issuer_address company_address store_address merchant_address address remit_to_address shop_address from_address",
        _ISSUER,
        {"en": "Address|Registered Office|Our Address", "de": "Anschrift|Adresse", "fr": "Adresse|Siège social", "es": "Dirección|Domicilio", "nl": "Adres", "it": "Indirizzo"},
        side="issuer",
    ),
    Entry(
        "customer_address",
        _A,
        "client_address buyer_address billing_address bill_to_address recipient_address rechnungsadresse",
        _CUSTOMER,
        {"en": "Address", "de": "Anschrift|Adresse", "fr": "Adresse", "es": "Dirección", "nl": "Adres", "it": "Indirizzo"},
        side="customer",
    ),
    Entry(
        "shipping_address",
        _A,
        "delivery_address ship_to ship_to_address lieferadresse deliver_to",
        {
            "en": "Ship To|Shipping Address|Delivery Address|Deliver To|Shipped To|Ship-To",
            "de": "Lieferadresse|Lieferanschrift|Warenempfänger|Abweichender Warenempfänger|Versandadresse|Lieferung an",
            "fr": "Adresse de livraison|Livré à|Livraison",
            "es": "Dirección de envío|Dirección de entrega|Enviar a",
            "nl": "Afleveradres|Bezorgadres|Leveradres|Verzendadres",
            "it": "Indirizzo di spedizione|Destinazione|Luogo di destinazione",
            "pt": "Morada de entrega",
        },
        side="customer",
    ),
    Entry(
        "advertiser",
        _O,
        "advertiser_name",
        {"en": "Advertiser|Advertiser Name|Client|Client Name", "de": "Werbetreibender|Werbekunde|Kunde", "fr": "Annonceur", "es": "Anunciante", "nl": "Adverteerder"},
        {"en": "Customer|Account"},
        side="customer",
    ),
    Entry(
        "agency",
        _O,
        "agency_name buying_agency",
        {"en": "Agency|Agency Name|Buying Agency", "de": "Agentur", "fr": "Agence", "es": "Agencia", "nl": "Bureau"},
    ),
    Entry("product", _T, "product_name product_description", {"en": "Product|Product Desc|Product Description|Brand", "de": "Produkt", "fr": "Produit", "es": "Producto"}),
    Entry("station", _T, "station_name property", {"en": "Station|Property|Channel"}),
    Entry("salesperson", _P, "sales_rep account_executive sales_person", {"en": "Salesperson|Sales Rep|Account Executive|Primary AE|Sales Person|Representative|Sales Agent", "de": "Verkäufer/in|Sachbearbeiter|Vertreter|Bearbeiter", "fr": "Commercial|Vendeur", "nl": "Verkoper"}),
    Entry("contact_name", _P, "contact contact_person buyer_contact ansprechpartner attention", {"en": "Contact|Contact Person|Attn|Attention|Buyer|Contact Name|Buying Contact|Billing Contact|Cashier", "de": "Ansprechpartner|Kontakt|z. Hd.|Ansprechpartnerin", "fr": "Contact|À l'attention de|Interlocuteur", "es": "Contacto|Persona de contacto|A la atención de", "nl": "Contactpersoon|T.a.v.", "it": "Referente|Contatto"}),
    Entry(
        "signer_name",
        _P,
        "signatory signed_by signatory_name name_of_signer signer",
        {
            "en": "Signed By|Signature|Name of Signer|Signatory|Print Name|Printed Name|Name and Title|Typed Name|By|Authorized Signature|Signed|Name of Signatory|/s/",
            "de": "Unterzeichner|Unterschrift|Gezeichnet|gez.",
            "fr": "Signataire|Signature|Signé par|Nom du signataire",
            "es": "Firmante|Firma|Firmado por|Nombre del firmante",
            "nl": "Ondertekenaar|Handtekening|Ondertekend door|Getekend door",
        },
        {"en": "Name", "de": "Name", "fr": "Nom", "es": "Nombre", "nl": "Naam"},
    ),
    Entry(
        "signer_title",
        _T,
        "signatory_title title_of_signer job_title position",
        {"en": "Title|Position|Job Title|Capacity|Its|Name and Title", "de": "Funktion|Position|Titel", "fr": "Fonction|Qualité|Titre|Poste", "es": "Cargo|Título|Puesto", "nl": "Functie|Titel"},
    ),
    Entry("insured_name", _P, "policyholder policyholder_name policy_holder insured claimant claimant_name", {"en": "Insured|Name of Insured|Policyholder|Policy Holder|Named Insured|Insured Name|Claimant|Claimant Name|Name of Claimant", "de": "Versicherungsnehmer|Versicherter|Anspruchsteller", "fr": "Assuré|Souscripteur|Nom de l'assuré", "es": "Asegurado|Tomador|Nombre del asegurado", "nl": "Verzekerde|Verzekeringnemer"}),
    Entry("insurer_name", _O, "insurer insurance_company", {"en": "Insurer|Insurance Company|Carrier|Underwriter", "de": "Versicherer|Versicherung", "fr": "Assureur|Compagnie d'assurance", "es": "Aseguradora", "nl": "Verzekeraar"}),
    Entry("bank_name", _O, "bank", {"en": "Bank|Bank Name", "de": "Bank|Bankname|Kreditinstitut|Bankverbindung", "fr": "Banque|Domiciliation", "es": "Banco", "nl": "Bank|Banknaam", "it": "Banca"}),
    Entry("account_holder", _O, "account_name beneficiary payee", {"en": "Account Holder|Account Name|Beneficiary|Payee|Payable To|Name of Account|Make checks payable to", "de": "Kontoinhaber|Zahlungsempfänger|Begünstigter", "fr": "Titulaire du compte|Bénéficiaire", "es": "Titular|Beneficiario", "nl": "Ten name van|T.n.v.|Rekeninghouder"}),
    Entry("registrant_name", _O, "registrant", {"en": "Name of Registrant|Registrant|Registrant Name"}),
    Entry(
        "payment_terms",
        FeatureType.DURATION,
        "terms payment_term terms_of_payment zahlungsbedingungen zahlungsziel",
        {
            "en": "Payment Terms|Terms|Terms of Payment|Payment Term|Net",
            "de": "Zahlungsbedingungen|Zahlungsziel|Zahlungskonditionen|Zahlbar innerhalb|Zahlbar|Zahlungsbedingung",
            "fr": "Conditions de paiement|Modalités de paiement|Délai de paiement|Conditions de règlement",
            "es": "Condiciones de pago|Forma de pago|Plazo de pago",
            "nl": "Betalingstermijn|Betalingscondities|Betaaltermijn|Betalingsvoorwaarden",
            "it": "Condizioni di pagamento|Termini di pagamento|Modalità di pagamento",
            "pt": "Condições de pagamento|Prazo de pagamento",
        },
    ),
    Entry("payment_method", _T, "payment_type method_of_payment", {"en": "Payment Method|Payment Mode|Method of Payment|Paid By|Payment Type|Pay Method", "de": "Zahlungsart|Zahlungsmethode|Zahlungsweise", "fr": "Mode de paiement|Moyen de paiement|Mode de règlement", "es": "Método de pago|Forma de pago", "nl": "Betaalmethode|Betaalwijze|Betaling"}),
    Entry("country", FeatureType.COUNTRY, "country_name", {"en": "Country|Country of Origin", "de": "Land|Ursprungsland", "fr": "Pays", "es": "País", "nl": "Land"}),
    Entry("document_title", _T, "title document_type subject betreff", {"en": "Subject|Re|Title", "de": "Betreff|Betr.", "fr": "Objet", "es": "Asunto", "nl": "Betreft|Onderwerp"}),
    Entry("description", _T, "notes comment remarks reason", {"en": "Description|Notes|Remarks|Comments|Details|Description of Loss|Description of Damage|Cause of Loss", "de": "Beschreibung|Bezeichnung|Bemerkungen|Bemerkung|Hinweis", "fr": "Description|Désignation|Remarques", "es": "Descripción|Observaciones|Concepto", "nl": "Omschrijving|Opmerkingen"}),
    Entry("term", FeatureType.DURATION, "duration contract_term term_length notice_period laufzeit", {"en": "Term|Duration|Contract Term|Notice Period|Initial Term|Term of Agreement", "de": "Laufzeit|Vertragslaufzeit|Dauer|Kündigungsfrist", "fr": "Durée|Durée du contrat|Préavis", "es": "Duración|Plazo|Vigencia", "nl": "Looptijd|Duur|Opzegtermijn"}),
)  # fmt: skip
