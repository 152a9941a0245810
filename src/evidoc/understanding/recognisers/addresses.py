"""Postal addresses: lines of one block that end at, or hold, a postal code and a town."""

import re

from evidoc.kernel.countries import COUNTRIES
from evidoc.kernel.months import plain

_TOWN = r"[^\W\d_][^\W\d_.'’-]*"
_POSTAL = re.compile(
    r"(?<![\w/#-])(?:"
    rf"(?:[A-Z]{{1,3}}[- ])?\d{{5}}(?:-\d{{4}})?(?:[.,] ?| ){_TOWN}"
    rf"|(?:[A-Z]{{1,3}}[- ])?\d{{4}} ?(?:[A-Z]{{2}} )?,? ?{_TOWN}"
    rf"|{_TOWN},? [A-Z]{{2}}\.?,?[ \t]{{1,3}}\d{{5}}(?:-\d{{4}})?"
    r"|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}"
    r"|[A-Z]\d[A-Z] ?\d[A-Z]\d"
    rf"|\d{{2}}-\d{{3}} {_TOWN}"
    rf"|\d{{4}}-\d{{3}} {_TOWN}"
    rf"|\d{{3}} ?\d{{2}},? {_TOWN}"
    rf"|{_TOWN} \d{{5,6}}"
    r"|(?<=,)\d{5}$|(?<=, )\d{5}$"
    rf"|{_TOWN} ?[-–] ?\d{{3}} ?\d{{3}}"
    rf"|{_TOWN},? (?:NSW|VIC|QLD|SA|WA|TAS|ACT|NT),? \d{{4}}"
    r"|[AC-FHKNPRTV-Y]\d[\dW] [AC-FHKNPRTV-Y][0-9AC-FHKNPRTV-Y]{3}"
    r"|(?:CEP:? ?)?\d{5}-\d{3}|〒 ?\d{3}-\d{4}"
    r")(?![\w])"
)
_STREET = re.compile(
    r"(?:stra(?:ß|ss)e|str\.|weg|platz|allee|gasse|ring|ufer|damm)(?![^\W\d_])|"
    r"(?<![^\W\d_])(?:street|st\.?|avenue|ave\.?|road|rd\.?|lane|ln\.?|drive|dr\.?|boulevard|blvd\.?|highway|hwy|"
    r"court|plaza|suite|"
    r"floor|building|p\.? ?o\.? ?box|rue|avenue|chemin|place|quai|allée|calle|avenida|avda|plaza|paseo|carrer|via|"
    r"viale|piazza|corso|"
    r"straat|laan|plein|gracht|kade|singel|rua|praça|travessa|ul\.|ulica|aleja|jalan|jln|jl\.?|lorong|taman|lot|"
    r"no\.?|unit|level|block|blok|"
    r"persiaran|lebuh|kawasan|batu|km)(?![^\W\d_])|straat \d|laan \d|weg \d",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"^\s*\d{1,5}[A-Za-z]?[ ,/-]|\s\d{1,4} ?[a-zA-Z]?$")
_OTHER = re.compile(
    r"(?<![^\W\d_])(?:tel|fax|phone|fon|telefon|email|e-mail|www|http|gst|vat|ust|iban|bic|reg|date|datum|invoice|"
    r"rechnung|receipt|"
    r"cashier|total|no\.? tva|siret|contact|mobile|(?:br|co|company|roc|business)[ .]{1,2}(?:reg[ .]{1,2})?no)"
    r"(?![^\W\d_])|@",
    re.IGNORECASE,
)
_LONGEST_LINE = 120


def address_line_fit(text: str) -> float:
    """How much one line looks like part of an address, 0 to 1; a postal code with a town is worth most."""
    if len(text) > _LONGEST_LINE or _OTHER.search(text):
        return 0.0
    if _POSTAL.search(text):
        return 1.0
    if _STREET.search(text):
        return 0.8
    if plain(text.strip(" .,")) in COUNTRIES:
        return 0.9
    if _NUMBERED.search(text) and sum(mark.isalpha() for mark in text) >= 4:
        return 0.6
    letters = sum(mark.isalpha() for mark in text)
    return 0.3 if letters >= 0.6 * max(len(text.replace(" ", "")), 1) else 0.1


def has_postal_code(text: str) -> bool:
    """Whether a postal code stands beside a town (or a British or Canadian code anywhere)."""
    return _POSTAL.search(text) is not None


def address_fit(lines: list[str]) -> float:
    """How much ``lines`` look like one address, 0 to 1."""
    if not lines:
        return 0.0
    fits = [address_line_fit(line) for line in lines]
    return min(0.5 * max(fits) + 0.3 * sum(fits) / len(fits) + 0.2 * any(has_postal_code(line) for line in lines), 1.0)
