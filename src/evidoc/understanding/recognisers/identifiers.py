"""Identifiers: those with a check digit (IBAN, VAT ids), those with a form (BIC), and any other with a digit in it."""

import re
from collections.abc import Iterator

from stdnum import iban
from stdnum.eu import vat

from evidoc.kernel.countries import COUNTRIES
from evidoc.kernel.finding import FeatureType
from evidoc.kernel.normalise import normalise
from evidoc.kernel.reading import Span
from evidoc.understanding.recognisers.spot import Spot

_CODES = frozenset(COUNTRIES.values())
_IBAN = re.compile(r"(?<![A-Z0-9])([A-Z]{2})\d{2}(?= ?[A-Z0-9])")
_BIC = re.compile(r"(?<![A-Z0-9])[A-Z]{4}([A-Z]{2})[A-Z0-9]{2}(?:[A-Z0-9]{3})?(?![A-Z0-9])")
_VAT = re.compile(
    r"(?<![A-Za-z0-9])(?:(?:AT|BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|FR|GB|HR|HU|IE|IT|LT|LU|LV|MT|NL|NO|PL|PT|RO|SE|SI|SK|XI)"
    r"[ .-]?[A-Z0-9]{0,3}(?:[ .-]?\d){5,12}(?:[ .]?[A-Z]\d{0,2})?|CHE[ -]?\d{3}\.?\d{3}\.?\d{3}(?: ?(?:MWST|TVA|IVA))?"
    r"|\d{2}[A-Z]{5}\d{4}[A-Z][A-Z0-9]Z[A-Z0-9])(?![A-Za-z0-9])"
)
_OTHER = re.compile(
    r"(?<![\w])[#]?[A-Za-z0-9_]{1,40}(?:[-/._:+][A-Za-z0-9_#]{1,30}){0,6}(?: ?\((?:rev|v|ver)\.? ?\d{1,3}\))?",
    re.IGNORECASE,
)
_SPELLED = re.compile(r"(?<![\w.,/-])\d{2,5}(?: \d{2,5}){1,6}(?![\w,/-]|\.\d)")
_IBAN_TABLE = (
    "AD:24 AE:23 AL:28 AT:20 AZ:28 BA:20 BE:16 BG:22 BH:22 BR:29 BY:28 CH:21 CR:22 CY:28 "
    "CZ:24 DE:22 DK:18 DO:28 EE:20 EG:29 ES:24 FI:18 FO:18 FR:27 GB:22 GE:22 GI:23 GL:18 "
    "GR:27 GT:28 HR:21 HU:28 IE:22 IL:23 IQ:23 IS:26 IT:27 JO:30 KW:30 KZ:20 LB:28 LI:21 "
    "LT:20 LU:20 LV:21 MC:27 MD:24 ME:22 MK:19 MR:27 MT:31 MU:30 NL:18 NO:15 PK:24 PL:28 "
    "PS:29 PT:25 QA:29 RO:24 RS:22 SA:24 SE:24 SI:19 SK:24 SM:27 TN:24 TR:26 UA:29 VA:22 "
    "VG:24 XK:20 "
)
_YEAR = re.compile(r"(?:19|20)\d{2}$")
_FEWEST_ASIDE = 5
_IBAN_LENGTHS = {pair[:2]: int(pair[3:]) for pair in _IBAN_TABLE.split()}


def ibans(text: str) -> Iterator[Spot]:
    """Account numbers; quality 1 where the check digits hold, else 0.4."""
    for found in _IBAN.finditer(text):
        end = _end_of(text, found.start(), _IBAN_LENGTHS.get(found[1], 0))
        if end is not None:
            quality = 1.0 if iban.is_valid(text[found.start() : end]) else 0.4
            yield _spot(FeatureType.IBAN, "iban", text, found.start(), end, quality)


def _end_of(text: str, start: int, marks: int) -> int | None:
    """Where ``marks`` capitals and digits from ``start`` on end, single spaces between them; None if they do not."""
    for position in range(start, min(start + 2 * marks, len(text))):
        mark = text[position]
        if mark == " " and text[position - 1] != " ":
            continue
        if not (mark.isdigit() or ("A" <= mark <= "Z")):
            return None
        marks -= 1
        if marks == 0:
            return None if text[position + 1 : position + 2].isalnum() else position + 1
    return None


def bics(text: str) -> Iterator[Spot]:
    """Bank codes: a known country in the middle. Words of eight letters look alike: quality 0.5."""
    for found in _BIC.finditer(text):
        if found[1] in _CODES:
            sure = any(mark.isdigit() for mark in found.group()) or len(found.group()) == len("AAAABBCCXXX")
            yield _spot(FeatureType.BIC, "bic", text, found.start(), found.end(), 0.8 if sure else 0.5)


def vat_ids(text: str) -> Iterator[Spot]:
    """Tax numbers with a country's prefix (EU, CH) or form (IN); quality 1 where the check digits hold, else 0.5."""
    for found in _VAT.finditer(text):
        raw = found.group()
        sure = raw[:2] not in ("CH", "NO") and not raw[:2].isdigit() and vat.is_valid(raw)
        yield _spot(FeatureType.VAT_ID, "vat_id", text, found.start(), found.end(), 1.0 if sure else 0.5)


def identifiers(text: str) -> Iterator[Spot]:
    """Runs of letters, digits and inner marks with at least one digit, and digits in groups.

    Quality is how much it looks like a number that somebody assigned: long, or letters and digits mixed.
    """
    for found in _OTHER.finditer(text):
        raw = found.group()
        digits = sum(mark.isdigit() for mark in raw)
        if digits and text[found.end() : found.end() + 1] != "%":
            aside = (
                text[max(found.start() - 1, 0) : found.start()] == "(" and text[found.end() : found.end() + 1] == ")"
            )
            if aside and digits < _FEWEST_ASIDE:
                continue  # a code that explains the word before it: "Invoice (380)"
            quality = min(0.3 + 0.08 * digits, 0.9) * (0.5 if aside or _YEAR.match(raw) else 1.0)
            yield _spot(FeatureType.IDENTIFIER, "identifier", text, found.start(), found.end(), quality)
    for found in _SPELLED.finditer(text):
        yield _spot(FeatureType.IDENTIFIER, "identifier", text, found.start(), found.end(), 0.5)


def _spot(kind: FeatureType, rule: str, text: str, start: int, end: int, quality: float) -> Spot:
    return Spot(kind, (Span(start, end),), rule, normalise(rule, text[start:end]), quality)
