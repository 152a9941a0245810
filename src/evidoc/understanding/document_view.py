"""A document as the rules see it: pages on demand, how it writes dates and numbers, and every value by kind."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property

from evidoc.kernel.finding import FeatureType
from evidoc.kernel.normalise import CURRENCIES
from evidoc.kernel.reading import Method, Reading
from evidoc.understanding.page_view import PageView
from evidoc.understanding.recognisers import amounts, contacts, dates, identifiers, names, terms
from evidoc.understanding.recognisers.spot import Spot

_MONTH_FIRST = re.compile(
    r"\b[A-Z]{2},? {0,3}\d{5}(?:-\d{4})?\b|\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|"
    r"Dec)[a-z]{0,6}\.? \d{1,2}, (?:19|20)\d{2}"
    r"|\bUSD\b|US\$|\bUSA\b|\b(?:LLC|Inc)\b|\bZIP\b",
)
_DAY_FIRST = re.compile(
    r"€|£|₹|\bRM ?\d|\bEUR\b|\bGBP\b|\bVAT\b|\bGST\b|\b(?:und|der|die|rechnung|facture|factura|factuur|fattura|"
    r"fatura|datum|fecha|"
    r"le|les|des|del|van|het|della|kuala|sdn|bhd|ltd|pvt|pty)\b",
    re.IGNORECASE,
)
_COMMA_WORDS = re.compile(
    r"€|\b(?:und|rechnung|facture|factura|factuur|fattura|fatura|faktura|datum|fecha|mwst|ust|tva|iva|btw|netto|"
    r"total ht|betrag|importe|bedrag)\b",
    re.IGNORECASE,
)
_CODE = re.compile(r"(?<![^\W\d_])(?:[A-Z]{3}|RM|Rs)(?![^\W\d_])")
_DOMAIN = re.compile(r"(?:@|www\.|https?://)([a-z0-9-]{3,40})\.[a-z]{2,6}")
_SHORTEST_DOMAIN = 4
_SPREAD = 1.6
_MANNER_CHARS = 40_000

_ALWAYS: Mapping[FeatureType, Callable[[str], Iterable[Spot]]] = {
    FeatureType.IDENTIFIER: identifiers.identifiers,
    FeatureType.IBAN: identifiers.ibans,
    FeatureType.BIC: identifiers.bics,
    FeatureType.VAT_ID: identifiers.vat_ids,
    FeatureType.EMAIL: contacts.emails,
    FeatureType.URL: contacts.urls,
    FeatureType.PHONE: contacts.phones,
    FeatureType.DURATION: terms.durations,
    FeatureType.CURRENCY: terms.currencies,
    FeatureType.COUNTRY: terms.countries,
    FeatureType.ORGANIZATION: names.organizations,
}


class DocumentView:
    """The pages of a reading with what the rules ask of all of them together.

    How dates and numbers are written is judged from the first ``_MANNER_CHARS`` characters.
    """

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._views: dict[int, PageView] = {}
        self._spots: dict[tuple[int, FeatureType], list[Spot]] = {}

    @property
    def page_count(self) -> int:
        """How many pages there are."""
        return len(self._reading.pages)

    def page(self, index: int) -> PageView:
        """The view of one page, made on first use."""
        if index not in self._views:
            self._views[index] = PageView(self._reading.pages[index])
        return self._views[index]

    def lines(self, index: int) -> PageView:
        """One page with its lines less parted: where letters are spread, as till printers do, names and addresses
        have wide spaces in them. The page's own view where it was not read from pixels.
        """
        page = self._reading.pages[index]
        return PageView(page, _SPREAD) if page.method is Method.OCR else self.page(index)

    def forget(self, index: int) -> None:
        """Lets a page's view go: what has been read of it is kept by whoever asked."""
        self._views.pop(index, None)
        for key in [key for key in self._spots if key[0] == index]:
            del self._spots[key]

    @cached_property
    def _sample(self) -> str:
        texts: list[str] = []
        size = 0
        for index in range(self.page_count):
            text = self.page(index).text
            texts.append(text)
            size += len(text)
            if size > _MANNER_CHARS:
                break
        return "\n".join(texts)[:_MANNER_CHARS]

    @cached_property
    def date_order(self) -> str:
        """dmy or mdy: by the dates that can be read one way only, else by what else speaks for a country."""
        votes = dates.vote(self._sample)
        if votes["dmy"] != votes["mdy"]:
            return "dmy" if votes["dmy"] > votes["mdy"] else "mdy"
        month_first = len(_MONTH_FIRST.findall(self._sample)) + self._sample.count("$") / 4
        day_first = len(_DAY_FIRST.findall(self._sample))
        return "mdy" if month_first > day_first else "dmy"

    @cached_property
    def decimal_mark(self) -> str:
        """Point or comma: by the numbers that can be read one way only, else by language."""
        votes = amounts.vote(self._sample)
        if votes["point"] != votes["comma"]:
            return "point" if votes["point"] > votes["comma"] else "comma"
        return "comma" if len(_COMMA_WORDS.findall(self._sample)) > 2 else "point"

    @cached_property
    def currency(self) -> str | None:
        """The currency that most amounts and codes of the document speak of, if any does."""
        counts = Counter({CURRENCIES[mark]: self._sample.count(mark) for mark in "$€£¥₹" if mark in self._sample})
        for word in _CODE.findall(self._sample):
            code = CURRENCIES.get(word.lower())
            if code is not None:
                counts[code] += 2
        return counts.most_common(1)[0][0] if counts else None

    @cached_property
    def domains(self) -> frozenset[str]:
        """The names in the addresses on the net that the document shows, letters and digits only."""
        return frozenset(
            "".join(mark for mark in found if mark.isalnum())
            for found in _DOMAIN.findall(self._sample.lower())
            if len(found) >= _SHORTEST_DOMAIN
        )

    def spots(self, index: int, kind: FeatureType) -> list[Spot]:
        """The values of ``kind`` on a page, in text order."""
        key = (index, kind)
        if key not in self._spots:
            self._spots[key] = self._recognise(index, kind)
        return self._spots[key]

    def _recognise(self, index: int, kind: FeatureType) -> list[Spot]:
        text = self.page(index).text
        if kind is FeatureType.DATE:
            return dates.dates(text, self.date_order)
        if kind in (FeatureType.MONEY, FeatureType.NUMBER, FeatureType.PERCENT):
            numbers = amounts.amounts(text, self.decimal_mark)
            for each in (FeatureType.MONEY, FeatureType.NUMBER, FeatureType.PERCENT):
                self._spots[index, each] = [spot for spot in numbers if spot.type is each]
            return self._spots[index, kind]
        if kind in _ALWAYS:
            return list(_ALWAYS[kind](text))
        return []
