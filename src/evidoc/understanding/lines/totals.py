"""Rows of a bill that are no items: totals, subtotals, taxes, payments, carry-overs."""

from collections.abc import Iterable

from evidoc.kernel.months import MONTHS
from evidoc.understanding.tokens import key_of

_WORDS = frozenset(
    (
        "tot tal discount disc points final adj adjustment amt received master nett service charge tunai jumlah baki "
        "total "
        "totals subtotal sub sum "
        "grand net gross amount amounts tax taxes taxable vat gst sales balance "
        "due payable paid payment cash change rounding round carried forward carry over brought b f c excl incl "
        "excluding including inclusive exclusive before after with without invoice value visa mastercard card "
        "credit debit tendered tip summe zwischensumme zwischen gesamt gesamtsumme endsumme betrag netto brutto "
        "end rechnungs zahl zahlbar mwst ust umsatzsteuer mehrwertsteuer steuer zzgl zuzuglich inkl inklusive "
        "exkl ohne mit enthaltene enthalten uebertrag ubertrag warenwert positionen alle aller zu zahlen "
        "zahlender bar ruckgeld gegeben noch offen anzahlung nettosumme bruttosumme steuerbetrag entgelt "
        "gesamtpreis rechnungssumme zahlungsbetrag montant ht ttc tva hors taxe payer sous totaux report "
        "reporter a solde acompte somme dont remise importe base imponible iva cuota suma pagar liquido "
        "subtotales totaal subtotaal btw bedrag te betalen exclusief inclusief bruto tussentotaal totale "
        "imponibile imposta subtotale pagare importo parziale complessivo da valor imposto razem ogolem podatek "
        "kwota zaplaty do naleznosci wartosc w tym von of the on de du des la le les el los van het del di und "
        "and et y e i % # eur euro usd gbp chf pln rm positions positionssumme zuschlage zuschlag abschlage "
        "abschlag basis art kategorie satz steuersatz steuerbasisbetrag gesamtbeitrag rechnungsbeitrag beitrag "
        "rechnung bereits bezahlt erhaltene offener shipping your my at all items item qty quantity artikel page "
        "seite"
    ).split()
)
_TELLING = frozenset(
    (
        "tot tal charge received master amt nett jumlah baki total totals subtotal sum tax taxes vat gst balance due "
        "payable "
        "cash "
        "change "
        "carried carry brought "
        "rounding tendered summe zwischensumme gesamt gesamtsumme endsumme mwst ust umsatzsteuer mehrwertsteuer "
        "uebertrag ubertrag netto brutto betrag steuer nettosumme bruttosumme warenwert steuerbetrag "
        "rechnungssumme visa mastercard paid payment net gross positions gesamtbeitrag rechnungsbeitrag "
        "zuschlage abschlage montant tva ht ttc totaux report solde base iva importe totaal subtotaal btw "
        "tussentotaal bedrag betalen totale imponibile imposta subtotale razem ogolem suma podatek kwota "
        "rechnungs amount"
    ).split()
)


def is_total(texts: Iterable[str]) -> bool:
    """Whether the words of a row (its numbers left out) only say that something is summed, taxed or paid."""
    words = [token for text in texts for token in key_of(text) if not token.isdecimal() and token not in MONTHS]
    return bool(words) and any(word in _TELLING for word in words) and all(word in _WORDS for word in words)
