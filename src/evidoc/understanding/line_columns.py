"""The columns of line items: what callers call them and what is printed over them."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from evidoc.kernel.finding import Feature, FeatureType
from evidoc.understanding.tokens import key_of


class Column(StrEnum):
    """What a column of line items can hold."""

    DESCRIPTION = "description"
    QUANTITY = "quantity"
    UNIT = "unit"
    UNIT_PRICE = "unit_price"
    AMOUNT = "amount"
    TAX_RATE = "tax_rate"
    TAX_AMOUNT = "tax_amount"
    GROSS_AMOUNT = "gross_amount"
    DISCOUNT = "discount"
    ITEM_NUMBER = "item_number"
    POSITION = "position"
    DATE = "date"


USUAL = ("description", "quantity", "unit_price", "amount")
"""The columns of a row when the caller names none."""

TYPES: Mapping[Column, FeatureType] = {
    Column.DESCRIPTION: FeatureType.TEXT,
    Column.QUANTITY: FeatureType.NUMBER,
    Column.UNIT: FeatureType.TEXT,
    Column.UNIT_PRICE: FeatureType.MONEY,
    Column.AMOUNT: FeatureType.MONEY,
    Column.TAX_RATE: FeatureType.PERCENT,
    Column.TAX_AMOUNT: FeatureType.MONEY,
    Column.GROSS_AMOUNT: FeatureType.MONEY,
    Column.DISCOUNT: FeatureType.NUMBER,
    Column.ITEM_NUMBER: FeatureType.IDENTIFIER,
    Column.POSITION: FeatureType.IDENTIFIER,
    Column.DATE: FeatureType.DATE,
}

TEXTS = frozenset({Column.DESCRIPTION, Column.UNIT, Column.ITEM_NUMBER, Column.POSITION, Column.DATE})
"""The columns that hold words, codes or dates rather than numbers to count with."""

_HEADERS: Mapping[Column, str] = {
    Column.DESCRIPTION: (
        "description|item|items|desc|item desc|code desc|item name desc|description item|item description|product|"
        "products|product name|service|services|details|particulars|"
        "article|goods|activity|item name|description of goods|work|program|programme|title|name|"
        "beschreibung|bezeichnung|artikelbezeichnung|artikel|produkt|leistung|leistungen|text|warenbezeichnung|"
        "bezeichnung der leistung|leistungsbeschreibung|artikelbeschreibung|produktbezeichnung|position|positionen|"
        "désignation|libellé|produit|prestation|désignation des produits|détail|intitulé|"
        "descripción|concepto|producto|artículo|detalle|servicio|denominación|"
        "omschrijving|beschrijving|artikelomschrijving|productomschrijving|dienst|"
        "descrizione|articolo|prodotto|descrizione articolo|servizio|"
        "descrição|produto|artigo|designação|serviço|"
        "nazwa|nazwa towaru|nazwa towaru lub usługi|opis|towar|usługa|nazwa usługi"
    ),
    Column.QUANTITY: (
        "quantity|qty|quant|units|count|hours|hrs|pcs|pieces|qty ordered|ordered|shipped|qty shipped|spots|days|nights|"
        "menge|anzahl|stück|stk|stückzahl|stunden|std|tage|liefermenge|einheiten|"
        "quantité|qté|qte|nombre|nb|heures|"
        "cantidad|cant|unidades|uds|horas|"
        "aantal|hoeveelheid|stuks|uren|aant|"
        "quantità|qtà|qta|q tà|q ta|ore|"
        "quantidade|qtd|qtde|"
        "ilość|liczba|szt"
    ),
    Column.UNIT: (
        "unit|uom|unit of measure|um|einheit|me|mengeneinheit|vpe|unité|unidad|eenheid|unità|u m|unidade|un|jm|j m|"
        "jednostka"
    ),
    Column.UNIT_PRICE: (
        "unit price|price|u price|uprice|s price|u p|rsp|rate|unit cost|cost|price per unit|unit rate|price each|each|"
        "net price|hourly rate|"
        "list price|"
        "einzelpreis|e preis|preis|stückpreis|ep|einzel|preis pro einheit|nettopreis|einheitspreis|stundensatz|"
        "preis stück|einzelpreis netto|preis einheit|satz|e preis netto|"
        "prix unitaire|prix|pu|p u|prix unitaire ht|pu ht|p u ht|prix u|tarif|prix unit|prix net|"
        "precio unitario|precio|precio unidad|p unitario|p unit|importe unitario|tarifa|"
        "prijs|stukprijs|eenheidsprijs|prijs per stuk|tarief|prijs per eenheid|"
        "prezzo unitario|prezzo|prezzo unit|"
        "preço unitário|preço|preço unit|"
        "cena|cena jednostkowa|cena netto|cena jedn|cena jednostkowa netto"
    ),
    Column.AMOUNT: (
        "amount|total|amt|rm|rm total|total rm|amount rm|amt rm|line total|total price|extended|extended price|"
        "ext price|extension|net amount|subtotal|sub total|"
        "net|total amount|sum|net total|value|net value|price total|charge|charges|gross|total net|line amount|"
        "net price total|"
        "gesamt|betrag|gesamtpreis|summe|gesamtbetrag|nettobetrag|gesamtpreis netto|nettowert|wert|positionsbetrag|"
        "entgelt|"
        "g preis|gp|netto|gesamt netto|total netto|betrag netto|gesamtsumme|warenwert|endpreis|summe netto|zeilensumme|"
        "montant|montant ht|total ht|prix total|montant total|total net|montant net|prix total ht|"
        "importe|total|importe total|precio total|importe neto|"
        "bedrag|totaal|totaalprijs|totaalbedrag|netto bedrag|regeltotaal|totaal excl|"
        "importo|totale|prezzo totale|importo netto|"
        "montante|valor|valor total|preço total|total líquido|"
        "wartość|wartość netto|kwota|kwota netto|razem|suma"
    ),
    Column.TAX_RATE: (
        "vat|vat rate|tax rate|tax|gst|vat code|tax code|gst rate|"
        "mwst|ust|mwst satz|ust satz|steuersatz|steuer|umsatzsteuer|mehrwertsteuer|ust code|mwst %|ust %|"
        "tva|taux|taux tva|tx tva|iva|tipo iva|tipo|btw|btw tarief|btw %|aliquota|aliq iva|taxa|taxa iva|stawka vat|"
        "stawka|"
        "vat %|tva %|iva %|% mwst|% ust|% vat|% tva|% iva|% btw|tax %"
    ),
    Column.TAX_AMOUNT: (
        "vat amount|tax amount|mwst betrag|ust betrag|steuerbetrag|montant tva|importe iva|btw bedrag|importo iva|"
        "valor iva|kwota vat"
    ),
    Column.GROSS_AMOUNT: (
        "gross amount|gross total|total incl|amount incl|total gross|gross value|total including|bruttobetrag|brutto|"
        "gesamt brutto|bruttowert|"
        "montant ttc|total ttc|prix ttc|bedrag incl|totaal incl|totale ivato|wartość brutto|kwota brutto|total con iva"
    ),
    Column.DISCOUNT: (
        "discount|disc|disc %|discount %|rabatt|nachlass|rabatt %|remise|rem|remise %|descuento|dto|% dto|korting|"
        "sconto|"
        "desconto|rabat"
    ),
    Column.ITEM_NUMBER: (
        "item number|item code|sku|product code|code|part number|article number|item no|stock code|product number|ref|"
        "reference|item id|gtin|ean|upc|hsn|hsn sac|hsn code|sac|catalog number|part|"
        "artikelnummer|art nr|artikel nr|bestellnummer|best nr|produktnummer|material|materialnummer|sachnummer|"
        "art nr lieferant|art nr kunde|"
        "référence|réf|code article|code produit|référencia|"
        "referencia|código|cód|codigo|"
        "artikelcode|productcode|artikelnr|"
        "codice|cod|cod articolo|codice articolo|rif|referência|kod|kod towaru|indeks|pkwiu"
    ),
    Column.POSITION: (
        "pos|line|line number|no|nr|number|#|item number|ligne|n|lp|l p|posten|pos nr|línea|regel|riga|linha|posição"
    ),
    Column.DATE: (
        "date|service date|delivery date|air date|dates|datum|leistungsdatum|lieferdatum|leistungszeitraum|zeitraum|"
        "period|"
        "date de livraison|fecha|data|período"
    ),
}

HEADERS: Mapping[tuple[str, ...], Column] = {
    key: column
    for column in reversed(list(_HEADERS))
    for words in _HEADERS[column].split("|")
    if (key := key_of(words))
}
"""A header's words, as labels are compared, to the column that they stand over."""

_ALIASES: Mapping[Column, str] = {
    Column.DESCRIPTION: "description desc item name product text details item_description product_name service label",
    Column.QUANTITY: "quantity qty count amount_of_units number_of_units units menge quantité quantite hours",
    Column.UNIT: "unit uom unit_of_measure",
    Column.UNIT_PRICE: "unit_price price price_unit unitprice rate unit_cost price_per_unit net_price item_price cost",
    Column.AMOUNT: (
        "amount total line_total total_price line_amount net_amount subtotal price_subtotal total_amount sum value"
    ),
    Column.TAX_RATE: "tax_rate vat_rate tax vat tax_percent vat_percent line_tax_percent tax_percentage vat_percentage",
    Column.TAX_AMOUNT: "tax_amount vat_amount line_tax",
    Column.GROSS_AMOUNT: "gross_amount gross_total total_gross amount_incl_tax total_incl_tax gross",
    Column.DISCOUNT: "discount discount_percent rebate",
    Column.ITEM_NUMBER: (
        "item_number item_id item_code sku code product_code article_number part_number product_id reference item_no "
        "id "
        "product_number article_no"
    ),
    Column.POSITION: "position pos line_number line line_no row no number",
    Column.DATE: "date service_date delivery_date",
}

_BY_NAME: Mapping[str, Column] = {
    name: column for column in reversed(list(_ALIASES)) for name in _ALIASES[column].split()
}

_TABLE_NAMES = frozenset(
    "line_items lineitems items lines line_item invoice_lines order_lines positions products articles item_list "
    "positionen "
    "invoice_items order_items rechnungspositionen lignes artikel regels righe positions_list".split()
)

_UNMISTAKABLE = frozenset("line_items lineitems invoice_lines order_lines invoice_items order_items".split())


def is_line_items(feature: Feature) -> bool:
    """Whether the feature asks for the rows of a bill: by an unmistakable name, or as a TABLE with such columns."""
    name = _plain_name(feature.name)
    if feature.type is not FeatureType.TABLE:
        return name in _UNMISTAKABLE
    if name in _TABLE_NAMES:
        return True
    known = [column_named(name) for name in feature.columns]
    return len(known) >= 2 and sum(column is not None for column in known) * 2 > len(known)


def wanted_columns(feature: Feature) -> dict[str, Column]:
    """The caller's column names, in order, and what they mean; names that mean nothing here are left out."""
    names: Sequence[str] = feature.columns or USUAL
    return {name: column for name in names if (column := column_named(name)) is not None}


def column_named(name: str) -> Column | None:
    """The column that a caller means by ``name``: one of our names, or words printed over such columns."""
    plain_name = _plain_name(name)
    return _BY_NAME.get(plain_name) or HEADERS.get(key_of(plain_name.replace("_", " ")))


def _plain_name(name: str) -> str:
    spaced = "".join(
        f"_{mark}" if mark.isupper() and before.islower() else mark
        for before, mark in zip(f" {name}", name, strict=False)
    )
    return "_".join(spaced.lower().replace("-", " ").replace("_", " ").split())
