"""What a feature is to the checks across features, by its name: a net amount, the end of a period, the lines."""

import re
from enum import StrEnum

from evidoc.kernel.finding import Feature, FeatureType


class Party(StrEnum):
    """A side of a deal."""

    SELLER = "seller"
    BUYER = "buyer"


class Role(StrEnum):
    """A part that checks know."""

    GROSS = "gross"
    NET = "net"
    TAX = "tax"
    FIRST = "first"
    SECOND = "second"
    ISSUED = "issued"
    DUE = "due"
    LINES = "lines"
    SELLER = "seller"
    BUYER = "buyer"


_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_WORD = re.compile(r"[^\W_]+")
_NET = frozenset(
    {"net", "netto", "subtotal", "untaxed", "excl", "ht", "neto", "imponible", "zwischensumme", "nettobetrag"}
)
_TAX = frozenset({"tax", "vat", "gst", "mwst", "ust", "tva", "iva", "btw", "taxes"})
_GROSS = frozenset({"gross", "total", "brutto", "incl", "ttc", "gesamtbetrag", "bruttobetrag", "rechnungsbetrag"})
_FIRST = frozenset({"from", "start", "begin"})
_SHOP = frozenset({"company", "merchant", "shop", "store"})
_SELLER = frozenset({"vendor", "supplier", "seller", "issuer", "lieferant", "fournisseur", "proveedor", "leverancier"})
_BUYER = frozenset(
    {"customer", "buyer", "billing", "client", "purchaser", "recipient", "kunde", "acheteur", "cliente", "klant"}
)
_SECOND = frozenset({"to", "end", "until", "thru"})


def role_of(feature: Feature) -> Role | None:
    """The part that ``feature`` plays, or none."""
    words = {word.lower() for word in _WORD.findall(_CAMEL.sub("_", feature.name).replace("_", " "))}
    if feature.type is FeatureType.MONEY:
        if words & _NET or {"sub", "total"} <= words:
            return Role.NET
        if words & _TAX and not words & {"incl", "including", "with", "gross"}:
            return Role.TAX
        return Role.GROSS if words & _GROSS else None
    if feature.type is FeatureType.DATE:
        if words & {"due", "vencimiento"} or "faelligkeitsdatum" in words:
            return Role.DUE
        if words in ({"invoice", "date"}, {"date"}, {"issue", "date"}, {"bill", "date"}, {"rechnungsdatum"}):
            return Role.ISSUED
        return Role.FIRST if words & _FIRST else Role.SECOND if words & _SECOND else None
    if feature.type is FeatureType.ORGANIZATION:
        return Role.SELLER if words & _SELLER else Role.BUYER if words & _BUYER else None
    if feature.type is FeatureType.TABLE and words & {"items", "lines", "positions"}:
        return Role.LINES
    return None


def party_of(feature: Feature) -> Party | None:
    """Whose name, address or identifier ``feature`` is, by its name; a VAT id of nobody's is the seller's."""
    words = {word.lower() for word in _WORD.findall(_CAMEL.sub("_", feature.name).replace("_", " "))}
    if words & _BUYER:
        return Party.BUYER
    return Party.SELLER if words & (_SELLER | _SHOP) or feature.type is FeatureType.VAT_ID else None


def subject_of(feature: Feature) -> frozenset[str]:
    """The words of a feature's name that do not say which end of a range it is."""
    words = {word.lower() for word in _WORD.findall(_CAMEL.sub("_", feature.name).replace("_", " "))}
    return frozenset(words - _FIRST - _SECOND - {"date"})
