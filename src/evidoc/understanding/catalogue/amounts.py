# ruff: noqa: E501 (a table: one row a language)
"""Amounts, rates and the like of the catalogue."""

from evidoc.kernel.finding import FeatureType
from evidoc.understanding.catalogue.entry import Entry

_M = FeatureType.MONEY

AMOUNTS = (
    Entry(
        "total_amount",
        _M,
        "total invoice_total grand_total amount_total total_gross gross_total total_due total_incl_tax total_including_tax total_price amount "
        "invoice_amount sum gesamtbetrag rechnungsbetrag montant_total importe_total",
        {
            "en": "Grand Total|Invoice Total|Total Amount|Total Amount Due|Total Due|Amount Due|Total Invoice Amount|Total Payable|Amount Payable|"
            "Balance Due|Total incl. VAT|Total incl. GST|Total including VAT|Total including GST|Total including tax|Total inclusive of GST|Total with tax|"
            "Due Payable|Total to Pay|Total Sales|Total Rounded|Rounded Total|Total After Rounding|Nett Total|Net Total Payable|Final Total|"
            "Total Amount Payable|Amount Total|Total Price|Total Sales Inclusive GST|Total Inclusive GST|Total After Adj|Gross Total|Gross Amount|"
            "Total Gross|Total Charges|Total Payment|Order Total|Total $|Total RM|Total EUR|Net Amount Due|Total inclusive tax|Total (inc. tax)|"
            "Total Sales incl. GST|Total amt incl. GST|Total Amt|Round Total|Rounding Total|Total Incl|Total (incl. GST)|Total amount incl. GST",
            "de": "Gesamtbetrag|Rechnungsbetrag|Endbetrag|Gesamtsumme|Rechnungssumme|Zu zahlender Betrag|Zahlbetrag|Bruttobetrag|Gesamt|Gesamt brutto|"
            "Rechnungsendbetrag|Rechnungssumme Brutto|Bruttosumme|Summe brutto|Gesamtbetrag inkl. MwSt|Zu zahlen|Rechnungsgesamtbetrag|"
            "Gesamtbetrag brutto|Endsumme|Brutto|Gesamt inkl. MwSt|Fälliger Betrag|Betrag fällig|Total inkl. MwSt|Überweisungsbetrag|"
            "Gesamt-Brutto|Gesamtpreis|Total Brutto",
            "fr": "Total TTC|Montant TTC|Net à payer|Montant total|Total à payer|Montant à payer|Total général|Montant total TTC|Total T.T.C.|"
            "Reste à payer|Solde à payer|Total facture|Montant dû|Total net TTC|À payer",
            "es": "Total a pagar|Importe total|Total factura|Total con IVA|Importe a pagar|Total IVA incluido|Monto total|Total general|TOTAL EUR",
            "nl": "Totaal te betalen|Totaalbedrag|Te betalen|Totaal incl. BTW|Totaal inclusief BTW|Factuurbedrag|Eindtotaal|Totaal factuur|Totaalprijs|"
            "Totaal bedrag|Te voldoen",
            "it": "Totale fattura|Totale documento|Importo totale|Totale da pagare|Totale dovuto|Netto a pagare|Totale ivato",
            "pt": "Total a pagar|Valor total|Total da fatura|Total geral|Total documento",
            "pl": "Do zapłaty|Razem do zapłaty|Wartość brutto|Kwota brutto|Razem brutto",
        },
        {"en": "Total|Totals|Amount|Balance|Net Total|Nett", "de": "Summe|Betrag|Total", "fr": "Total|Montant", "es": "Total|Importe|Monto", "nl": "Totaal|Bedrag",
         "it": "Totale|Importo", "pt": "Total|Valor", "pl": "Razem|Suma|Ogółem"},
        part="gross",
    ),
    Entry(
        "gross_amount",
        _M,
        "gross total_gross_amount brutto bruttobetrag amount_gross gross_sum",
        {
            "en": "Gross Total|Gross Amount|Total Gross|Gross|Gross Amt|Total Gross Amount|Grand Total|Gross Billing|Total Gross Dollars|Gross Dollars|"
            "Total Dollars|Total $|Gross Price|Actual Gross Billing|Gross Sum|Order Total|Total Order|Total Amount",
            "de": "Bruttobetrag|Brutto|Gesamt brutto|Summe brutto|Gesamtbetrag brutto|Rechnungssumme Brutto|Gesamtbetrag",
            "fr": "Montant brut|Total brut|Brut|Montant TTC|Total TTC",
            "es": "Importe bruto|Bruto|Total bruto",
            "nl": "Brutobedrag|Bruto|Bruto totaal|Totaal incl. BTW",
            "it": "Importo lordo|Lordo|Totale lordo",
            "pt": "Valor bruto|Bruto",
            "pl": "Wartość brutto|Brutto",
        },
        {"en": "Total|Totals|Amount", "de": "Summe|Betrag", "fr": "Total", "es": "Total", "nl": "Totaal", "it": "Totale", "pt": "Total", "pl": "Razem"},
        part="gross",
    ),
    Entry(
        "net_amount",
        _M,
        "subtotal sub_total amount_untaxed total_net net_total untaxed_amount total_excl_tax net nettobetrag zwischensumme montant_ht",
        {
            "en": "Subtotal|Sub-Total|Sub Total|Net Amount|Net Total|Total Net|Total excl. VAT|Total excl. GST|Amount excl. VAT|Total before tax|Taxable Amount|"
            "Untaxed Amount|Net|Amount excl. tax|Total excluding tax|Total ex VAT|Total Excl|Sub Total excl GST|Amt. excl. GST|Total without tax|Net Value",
            "de": "Nettobetrag|Netto|Gesamt netto|Summe netto|Rechnungssumme Netto|Zwischensumme|Nettosumme|Gesamtbetrag netto|Warenwert|Nettowert|"
            "Summe Nettobeträge|Rechnungssumme ohne USt|Gesamt-Netto|Entgelt",
            "fr": "Total HT|Montant HT|Sous-total|Total H.T.|Total hors taxes|Montant total HT|Base HT|Total net HT",
            "es": "Base imponible|Subtotal|Importe neto|Total sin IVA|Neto|Total neto",
            "nl": "Totaal excl. BTW|Exclusief BTW|Grondslag|Subtotaal|Totaal excl. BTW|Totaal exclusief BTW|Netto|Bedrag excl. BTW|Netto bedrag|Nettobedrag",
            "it": "Imponibile|Totale imponibile|Subtotale|Netto|Totale netto",
            "pt": "Base tributável|Subtotal|Total líquido|Valor líquido|Incidência",
            "pl": "Wartość netto|Netto|Kwota netto|Razem netto",
        },
        part="net",
    ),
    Entry(
        "tax_amount",
        _M,
        "vat_amount tax total_tax vat gst sales_tax tax_total amount_tax mwst ust steuerbetrag montant_tva iva",
        {
            "en": "VAT|VAT Amount|Tax|Tax Amount|Total Tax|Total VAT|VAT Total|Sales Tax|GST|GST Amount|Total GST|GST Payable|HST|Tax Total|Taxes",
            "de": "Umsatzsteuer|Mehrwertsteuer|MwSt|MwSt.-Betrag|USt|USt.-Betrag|Steuerbetrag|Summe Umsatzsteuer|zzgl. Umsatzsteuer|zzgl. MwSt|USt. Gesamt|"
            "Gesamtbetrag USt|Gesamtsteuer|Summe MwSt|enthaltene MwSt|Gesamtumsatzsteuer",
            "fr": "TVA|Montant TVA|Total TVA|T.V.A.|Montant de la TVA|Taxes",
            "es": "IVA|Cuota IVA|Importe IVA|Total IVA|Cuota|Impuestos",
            "nl": "BTW|BTW bedrag|Totaal BTW|Btw-bedrag",
            "it": "IVA|Imposta|Totale IVA|Totale imposta",
            "pt": "IVA|Total IVA|Valor IVA|Imposto",
            "pl": "VAT|Kwota VAT|Podatek VAT|Wartość VAT",
        },
        part="tax",
    ),
    Entry(
        "amount_due",
        _M,
        "balance_due amount_payable payable outstanding_amount net_amount_due offener_betrag balance",
        {
            "en": "Amount Due|Balance Due|Total Due|Net Amount Due|Amount Payable|Outstanding Balance|Total Amount Due|Balance|Please Pay|Amount Owed|"
            "Outstanding Amount|Amount to Pay|Due Payable",
            "de": "Zahlbetrag|Zu zahlender Betrag|Offener Betrag|Fälliger Betrag|Zu zahlen|Restbetrag|Überweisungsbetrag",
            "fr": "Net à payer|Montant dû|Reste à payer|Solde à payer|Montant à payer|À payer",
            "es": "Total a pagar|Importe pendiente|Saldo pendiente|Importe a pagar",
            "nl": "Te betalen|Openstaand bedrag|Nog te betalen|Totaal te betalen|Te voldoen",
            "it": "Totale da pagare|Importo dovuto|Netto a pagare|Saldo",
            "pt": "Total a pagar|Valor a pagar|Saldo",
            "pl": "Do zapłaty|Pozostało do zapłaty",
        },
        part="due",
    ),
    Entry(
        "amount_paid",
        _M,
        "paid payment_amount prepaid_amount cash_paid",
        {
            "en": "Amount Paid|Paid|Payments|Payment Received|Cash|Cash Tendered|Tendered|Credit Card|Visa|Mastercard|Amount Tendered|Payment|Deposit|Prepaid",
            "de": "Bereits bezahlt|Bezahlt|Gezahlt|Anzahlung|Gegeben|Bar",
            "fr": "Déjà payé|Acompte|Payé|Montant payé",
            "es": "Pagado|Anticipo",
            "nl": "Betaald|Reeds betaald|Aanbetaling|Voldaan",
        },
        part="paid",
    ),
    Entry(
        "change_amount",
        _M,
        "change change_due",
        {"en": "Change|Change Due|Change Amt|Cash Change", "de": "Rückgeld|Zurück", "fr": "Rendu|Monnaie", "es": "Cambio", "nl": "Wisselgeld|Terug"},
        part="paid",
    ),
    Entry(
        "rounding_amount",
        _M,
        "rounding rounding_adjustment",
        {"en": "Rounding|Rounding Adj|Rounding Adjustment|Round Adj|Rounding Amount|Rnd Adj", "de": "Rundung", "fr": "Arrondi", "nl": "Afronding"},
        part="part",
    ),
    Entry(
        "discount_amount",
        _M,
        "discount rebate allowance rabatt commission agency_commission",
        {
            "en": "Discount|Total Discount|Discount Amount|Allowance|Rebate|Savings|You saved|Agency Commission|Commission|Less Discount|Comm|Agency Comm",
            "de": "Rabatt|Skonto|Nachlass|Sondernachlass|Abschlag|Summe der Abschläge|Rabattbetrag",
            "fr": "Remise|Rabais|Réduction|Escompte",
            "es": "Descuento|Dto",
            "nl": "Korting",
            "it": "Sconto",
            "pt": "Desconto",
            "pl": "Rabat",
        },
        part="part",
    ),
    Entry(
        "shipping_amount",
        _M,
        "shipping shipping_cost freight delivery_cost shipping_fee versandkosten",
        {
            "en": "Shipping|Shipping Cost|Shipping & Handling|Freight|Delivery Charge|Delivery Fee|Postage|Shipping Charges|Carriage",
            "de": "Versandkosten|Versand|Porto|Lieferkosten|Fracht|Frachtkosten|Summe der Zuschläge",
            "fr": "Frais de port|Frais de livraison|Port|Livraison",
            "es": "Gastos de envío|Envío|Portes",
            "nl": "Verzendkosten|Bezorgkosten|Portokosten",
            "it": "Spese di spedizione|Spedizione|Trasporto",
            "pt": "Portes de envio|Portes",
        },
        part="part",
    ),
    Entry(
        "unit_price",
        _M,
        "price rate price_per_unit einzelpreis",
        {
            "en": "Unit Price|Price|Rate|Price per Unit|Unit Cost|List Price",
            "de": "Einzelpreis|Stückpreis|Preis|Preis pro Einheit",
            "fr": "Prix unitaire|P.U.|Prix",
            "es": "Precio unitario|Precio",
            "nl": "Stukprijs|Prijs|Eenheidsprijs",
            "it": "Prezzo unitario|Prezzo",
            "pt": "Preço unitário|Preço",
            "pl": "Cena jednostkowa|Cena",
        },
        part="part",
    ),
    Entry("share_amount", _M, "market_total", {"en": "Share|Market|Competitive Share|Order Share"}, part="part"),
    Entry(
        "premium",
        _M,
        "premium_amount insurance_premium total_premium",
        {
            "en": "Premium|Total Premium|Annual Premium|Premium Amount|Policy Premium",
            "de": "Prämie|Jahresbeitrag|Versicherungsprämie|Beitrag",
            "fr": "Prime|Prime totale|Cotisation",
            "es": "Prima|Prima total",
            "nl": "Premie|Jaarpremie",
        },
    ),
    Entry(
        "claim_amount",
        _M,
        "claimed_amount loss_amount damage_amount schadenhoehe",
        {
            "en": "Claim Amount|Amount Claimed|Loss Amount|Estimated Loss|Amount of Loss|Amount of Claim|Estimated Damage|Total Claimed",
            "de": "Schadenhöhe|Schadensumme|Forderungsbetrag",
            "fr": "Montant réclamé|Montant du sinistre|Montant du préjudice",
            "es": "Importe reclamado|Importe del siniestro",
            "nl": "Schadebedrag|Geclaimd bedrag",
        },
    ),
    Entry(
        "salary",
        _M,
        "gross_salary net_salary net_pay gross_pay wage",
        {"en": "Net Pay|Gross Pay|Salary|Gross Salary|Net Salary", "de": "Bruttogehalt|Nettogehalt|Auszahlungsbetrag", "fr": "Salaire brut|Salaire net|Net payé"},
    ),
    Entry(
        "tax_rate",
        FeatureType.PERCENT,
        "vat_rate tax_percent vat_percent mwst_satz steuersatz gst_rate",
        {
            "en": "VAT Rate|Tax Rate|VAT %|Tax %|GST Rate|VAT|Tax|GST|Sales Tax",
            "de": "Steuersatz|MwSt.-Satz|USt. Satz|USt.-Satz|MwSt %|MwSt|USt|zzgl. Umsatzsteuer",
            "fr": "Taux TVA|Taux de TVA|TVA %|TVA",
            "es": "Tipo IVA|% IVA|IVA",
            "nl": "BTW-tarief|BTW %|BTW",
            "it": "Aliquota|Aliquota IVA|IVA",
            "pt": "Taxa IVA|IVA",
            "pl": "Stawka VAT|VAT %",
        },
    ),
    Entry(
        "currency",
        FeatureType.CURRENCY,
        "currency_code invoice_currency waehrung devise moneda",
        {
            "en": "Currency|Invoice Currency|Currency Code",
            "de": "Währung|Beträge in|Rechnungswährung",
            "fr": "Devise|Monnaie",
            "es": "Moneda|Divisa",
            "nl": "Valuta|Munteenheid",
            "it": "Valuta|Divisa",
            "pt": "Moeda",
            "pl": "Waluta",
        },
    ),
    Entry(
        "quantity",
        FeatureType.NUMBER,
        "qty total_quantity total_qty count units number_of_items spots",
        {
            "en": "Quantity|Qty|Total Qty|Total Quantity|No. of Items|Item Count|Items|Total Items|Units|Total Spots|Spots|# Spots|Aired Spots|Total Units",
            "de": "Menge|Anzahl|Stückzahl",
            "fr": "Quantité|Qté|Nombre",
            "es": "Cantidad|Cant.",
            "nl": "Aantal",
            "it": "Quantità|Qtà",
            "pt": "Quantidade|Qtd",
            "pl": "Ilość",
        },
    ),
)  # fmt: skip
