"""Durations, currencies and countries."""

import re
from collections.abc import Iterator

from evidoc.kernel.countries import COUNTRIES
from evidoc.kernel.finding import FeatureType
from evidoc.kernel.months import plain
from evidoc.kernel.normalise import normalise
from evidoc.kernel.reading import Span
from evidoc.understanding.recognisers.amounts import CURRENCY_MARK
from evidoc.understanding.recognisers.spot import Spot

_DURATION = re.compile(
    r"(?<![\w.,])(?:\d{1,4}|[^\W\d_]{2,9})[ -]?(?:\(\d{1,4}\)[ -]?)?(?:calendar |business |working |Kalender|Werk)?"
    r"(?:days?|weeks?|months?|years?|yrs?|tag|tage|tagen|wochen?|monate?n?|jahre?n?|jours?|semaines?|mois|ans?|années?"
    r"|d[ií]as?|semanas?|mes|meses|años?|dag|dagen|weken|maand|maanden|jaar|jaren|giorni|giorno|mesi|mese|anni|dni)(?!\w)",
    re.IGNORECASE,
)
_NAME = re.compile(r"[^\W\d_][^\W\d_.'’-]{1,30}(?: (?:of |the |and |& )?[^\W\d_][^\W\d_.'’-]{1,30}){0,4}")
_MOST_WORDS = 5


def durations(text: str) -> Iterator[Spot]:
    """A number, in digits or a small one in words, and a unit of time."""
    for found in _DURATION.finditer(text):
        normalized = normalise("duration", found.group())
        if normalized:
            yield Spot(FeatureType.DURATION, (Span(*found.span()),), "duration", normalized, 0.9)


def currencies(text: str) -> Iterator[Spot]:
    """Currency codes, names and signs. A code counts more than a sign that several countries share."""
    for found in CURRENCY_MARK.finditer(text):
        raw = found.group()
        normalized = normalise("currency", raw)
        quality = 1.0 if raw.upper() == normalized else 0.7 if raw in "€£" else 0.4
        if normalized and (not raw.isalpha() or raw.isupper() or quality == 1.0):
            yield Spot(FeatureType.CURRENCY, (Span(*found.span()),), "currency", normalized, quality)


def countries(text: str) -> Iterator[Spot]:
    """Names of countries, in eight languages, longest first."""
    for found in _NAME.finditer(text):
        words = [(word.start(), word.end()) for word in re.finditer(r"\S+", found.group())]
        position = 0
        while position < len(words):
            for count in range(min(_MOST_WORDS, len(words) - position), 0, -1):
                start, end = words[position][0], words[position + count - 1][1]
                name = found.group()[start:end]
                if name[0].isupper() and plain(name) in COUNTRIES:
                    span = Span(found.start() + start, found.start() + end)
                    yield Spot(FeatureType.COUNTRY, (span,), "country", normalise("country", name), 0.9)
                    position += count - 1
                    break
            position += 1
