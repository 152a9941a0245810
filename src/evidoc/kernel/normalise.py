"""From a value as printed to its normalised form, by a named rule that anyone can apply again.

Every rule is a total, pure function of the printed text alone. It gives the empty string where the text
does not hold such a value, so ``normalise(rule, raw) == normalized`` can be checked from outside without
knowing how the value was found. What a reader had to decide (is 03/04 in March or in April?) is in the name
of the rule, never hidden in it.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType

from evidoc.kernel.countries import COUNTRIES
from evidoc.kernel.months import MONTHS, plain

_PIECES = re.compile(r"\d{1,9}|[^\W\d_]+")
_ORDINALS = frozenset({"st", "nd", "rd", "th", "er", "o", "a"})
_SPACES = re.compile(r"\s+")
_AMOUNT = re.compile(r"(?:(?<![^\W\d_])[.,](?=\d\d(?!\d)))?\d[\d.,'’\s]*")
_CLOSING = re.compile(r"\d\s*(-|CR)\s*$", re.IGNORECASE)

CURRENCIES: Mapping[str, str] = MappingProxyType(
    {
        "$": "USD", "us$": "USD", "usd": "USD", "dollar": "USD", "dollars": "USD", "c$": "CAD", "ca$": "CAD",
        "cad": "CAD", "a$": "AUD", "au$": "AUD", "aud": "AUD", "nz$": "NZD", "nzd": "NZD", "s$": "SGD",
        "sgd": "SGD", "hk$": "HKD", "hkd": "HKD", "r$": "BRL", "brl": "BRL", "mx$": "MXN", "mxn": "MXN",
        "€": "EUR", "eur": "EUR", "euro": "EUR", "euros": "EUR", "£": "GBP", "gbp": "GBP", "chf": "CHF",
        "sfr": "CHF", "fr.": "CHF", "¥": "JPY", "jpy": "JPY", "円": "JPY", "cny": "CNY", "rmb": "CNY",
        "元": "CNY", "₹": "INR", "rs": "INR", "rs.": "INR", "inr": "INR", "rm": "MYR", "myr": "MYR",
        "zł": "PLN", "zl": "PLN", "pln": "PLN", "kč": "CZK", "czk": "CZK", "ft": "HUF", "huf": "HUF",
        "kr": "SEK", "sek": "SEK", "nok": "NOK", "dkk": "DKK", "isk": "ISK", "ron": "RON", "lei": "RON",
        "bgn": "BGN", "₺": "TRY", "try": "TRY", "₽": "RUB", "rub": "RUB", "₴": "UAH", "uah": "UAH", "₪": "ILS",
        "ils": "ILS", "₩": "KRW", "krw": "KRW", "₫": "VND", "vnd": "VND", "฿": "THB", "thb": "THB", "php": "PHP",
        "₱": "PHP", "idr": "IDR", "rp": "IDR", "zar": "ZAR", "aed": "AED", "sar": "SAR",
    }
)  # fmt: skip
"""What stands beside an amount, in lower case, to the ISO 4217 code."""

_UNITS: Mapping[str, str] = MappingProxyType(
    {
        name: unit
        for unit, names in {
            "D": "day days tag tage tagen jour jours dia dias dag dagen giorno giorni gg dzien dni",
            "W": "week weeks woche wochen semaine semaines semana semanas weken settimana settimane",
            "M": "month months monat monate monaten mois mes meses maand maanden mese mesi",
            "Y": "year years yr yrs jahr jahre jahren an ans annee annees ano anos jaar jaren anno anni",
        }.items()
        for name in names.split()
    }
)
_WORDS_TO_TEN = {
    word: number
    for number, words in enumerate(
        (
            "one ein eine einen un une uno een", "two zwei deux dos twee due", "three drei trois tres drie tre",
            "four vier quatre cuatro quattro", "five fuenf funf cinq cinco vijf cinque", "six sechs seis zes sei",
            "seven sieben sept siete zeven sette", "eight acht huit ocho otto", "nine neun neuf nueve negen nove",
            "ten zehn dix diez tien dieci",
        ),
        1,
    )
    for word in words.split()
}  # fmt: skip
_YES = frozenset("yes y true x checked ja oui si sim tak on".split())
_NO = frozenset("no n false unchecked nein non nee nao nie off".split())


def normalise(rule: str, raw: str) -> str:
    """``raw`` by the rule of that name; empty where ``raw`` does not hold such a value. Raises LookupError."""
    if rule not in RULES:
        raise LookupError(f"unknown rule {rule!r}; known are {', '.join(sorted(RULES))}")
    return RULES[rule](raw)


def _text(raw: str) -> str:
    return _SPACES.sub(" ", raw).strip()


def _address(raw: str) -> str:
    parts = [_text(line).strip(" ,;") for line in raw.split("\n")]
    return ", ".join(part for part in parts if part)


def _identifier(raw: str) -> str:
    return "".join(mark for mark in raw if mark.isalnum()).upper()


def _email(raw: str) -> str:
    return "".join(raw.split()).lower()


def _url(raw: str) -> str:
    return "".join(raw.split()).rstrip("/.,;").lower()


def _phone(raw: str) -> str:
    raw = raw.replace("(0)", "")
    digits = "".join(mark for mark in raw if mark.isdigit())
    return f"+{digits}" if raw.strip().startswith("+") else digits


def _currency(raw: str) -> str:
    return CURRENCIES.get(raw.strip().lower(), "")


def _country(raw: str) -> str:
    return COUNTRIES.get(_text(plain(raw)).strip(" .,"), "")


def _boolean(raw: str) -> str:
    word = plain(raw).strip(" .:[]()☐☑☒")
    if word in _YES or any(mark in raw for mark in "☑☒✓✔"):
        return "true"
    return "false" if word in _NO or "☐" in raw else ""


def _duration(raw: str) -> str:
    """ISO 8601, e.g. ``P30D``: the first whole number (or number word) and the unit that follows it."""
    number: int | None = None
    for piece in _PIECES.findall(plain(raw)):
        if piece.isdecimal():
            number = int(piece)
        elif piece in _WORDS_TO_TEN and number is None:
            number = _WORDS_TO_TEN[piece]
        elif piece in _UNITS and number is not None:
            return f"P{number}{_UNITS[piece]}"
    return ""


def _decimal(raw: str, mark: str) -> str:
    """Digits of the first number in ``raw`` with ``mark`` as its decimal mark; other marks group.

    Negative with a minus sign or parenthesis before it, or a minus or CR behind it.
    """
    found = _AMOUNT.search(raw)
    if found is None:
        return ""
    number = found.group().rstrip(".,'’ \n\t")
    whole, separator, cents = number.rpartition(mark)
    if not separator:
        whole, cents = number, ""
    whole = "".join(digit for digit in whole if digit.isdecimal())
    cents = "".join(digit for digit in cents if digit.isdecimal())
    before = raw[: found.start()]
    negative = any(sign in before for sign in "-−–(") or _CLOSING.search(raw) is not None
    plain_number = (_ascii(whole).lstrip("0") or "0") + (f".{_ascii(cents)}" if cents else "")
    return f"-{plain_number}" if negative else plain_number


def _ascii(digits: str) -> str:
    return "".join(str(int(digit)) for digit in digits)


def _money(raw: str, mark: str) -> str:
    number = _decimal(raw, mark)
    if not number:
        return ""
    whole, _, cents = number.partition(".")
    return f"{whole}.{cents.ljust(2, '0')}"


def _date(raw: str, order: str) -> str:
    """ISO 8601. A month in words or a year of four digits in front overrules ``order``.

    Two-digit years: 00 to 69 are 2000 to 2069. A month and a year without a day give ``2009-03``.
    """
    numbers: list[str] = []
    month = 0
    month_after = 0
    for piece in _PIECES.findall(plain(raw)):
        if piece.isdecimal():
            numbers.append(piece)
        elif piece in MONTHS and not month:
            month, month_after = MONTHS[piece], len(numbers)
        elif piece in _WORDS_TO_TEN and month and piece not in _ORDINALS:
            return ""
    if len(numbers) == 1 and not month and len(numbers[0]) in (6, 8):
        numbers = _unpack(numbers[0], order)
    if month:
        return _with_month(numbers, month, month_after)
    if len(numbers) < 3:
        return _iso(numbers[1], int(numbers[0]), None) if len(numbers) == 2 and len(numbers[1]) == 4 else ""
    if len(numbers[0]) == 4:
        order = "ymd"
    parts = dict(zip(order, numbers[:3], strict=True))
    return _iso(parts["y"], int(parts["m"]), int(parts["d"]))


def _unpack(digits: str, order: str) -> list[str]:
    if len(digits) == 8 and (order == "ymd" or digits[:2] in ("19", "20")):
        return [digits[:4], digits[4:6], digits[6:]]
    return [digits[:2], digits[2:4], digits[4:]]


def _with_month(numbers: list[str], month: int, month_after: int) -> str:
    if len(numbers) == 1:
        return _iso(numbers[0], month, None) if len(numbers[0]) == 4 else ""
    if len(numbers) < 2:
        return ""
    first, second = numbers[0], numbers[1]
    if len(first) == 4 or (month_after == 1 and int(first) > 31 >= int(second)):
        return _iso(first, month, int(second))
    return _iso(second, month, int(first))


def _iso(year: str, month: int, day: int | None) -> str:
    if len(year) not in (2, 4):
        return ""
    number = int(year) if len(year) == 4 else int(year) + (2000 if int(year) < 70 else 1900)
    try:
        whole = date(number, month, day or 1).isoformat()
    except ValueError:
        return ""
    return whole if day else whole[:7]


RULES: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {
        "text": _text,
        "address": _address,
        "identifier": _identifier,
        "iban": _identifier,
        "bic": _identifier,
        "vat_id": _identifier,
        "email": _email,
        "url": _url,
        "phone": _phone,
        "currency": _currency,
        "country": _country,
        "boolean": _boolean,
        "duration": _duration,
        "decimal:point": lambda raw: _decimal(raw, "."),
        "decimal:comma": lambda raw: _decimal(raw, ","),
        "money:point": lambda raw: _money(raw, "."),
        "money:comma": lambda raw: _money(raw, ","),
        "date:dmy": lambda raw: _date(raw, "dmy"),
        "date:mdy": lambda raw: _date(raw, "mdy"),
        "date:ymd": lambda raw: _date(raw, "ymd"),
    }
)
"""Rule names and what they do.

``text``: runs of white space become one space. ``address``: so does each line, and lines are joined by ", ".
``identifier``, ``iban``, ``bic``, ``vat_id``: letters and digits only, in capitals. ``email``, ``url``: lower
case without spaces. ``phone``: the digits, with a leading plus where there was one and without "(0)".
``currency``: ISO 4217. ``country``: ISO 3166 alpha-2. ``boolean``: true or false. ``duration``: ISO 8601.
``decimal:M``: the number with M (point or comma) as decimal mark. ``money:M``: the same with at least two
decimals. ``date:O``: ISO 8601, where O is the order of day, month and year in an all-numeric date.
"""
