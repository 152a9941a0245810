"""E-mail addresses, web addresses and telephone numbers."""

import re
from collections.abc import Iterator

from evidoc.kernel.finding import FeatureType
from evidoc.kernel.normalise import normalise
from evidoc.kernel.reading import Span
from evidoc.understanding.recognisers.spot import Spot

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_URL = re.compile(
    r"(?<![\w@.])(?:https?://[^\s<>\"'()]{3,300}|www\.[^\s<>\"'()]{3,200}"
    r"|[a-z0-9-]{2,60}(?:\.[a-z0-9-]{2,60}){0,2}\.(?:com|org|net|eu|de|fr|nl|es|it|pt|pl|at|ch|be|uk|io|info|biz)(?:/[^\s<>\"'()]{0,200})?(?![\w@.-]))",
    re.IGNORECASE,
)
_PHONE = re.compile(r"(?<![\w.,/+-])(?:\+|00)?\(?\d[\d ()/.\u2010-\u2013-]{5,22}\d(?!\w|[.,/-]\d)")
_FEWEST_DIGITS, _MOST_DIGITS = 7, 15


def emails(text: str) -> Iterator[Spot]:
    """E-mail addresses."""
    for found in _EMAIL.finditer(text):
        yield _spot(FeatureType.EMAIL, "email", text, found.start(), found.end(), 1.0)


def urls(text: str) -> Iterator[Spot]:
    """Web addresses, with or without scheme."""
    for found in _URL.finditer(text):
        end = found.start() + len(found.group().rstrip(".,;:"))
        sure = 1.0 if found.group().lower().startswith(("http", "www")) else 0.7
        yield _spot(FeatureType.URL, "url", text, found.start(), end, sure)


def phones(text: str) -> Iterator[Spot]:
    """Telephone numbers; without an international prefix or separators many other numbers look like one."""
    for found in _PHONE.finditer(text):
        raw = found.group()
        digits = sum(mark.isdigit() for mark in raw)
        if not _FEWEST_DIGITS <= digits <= _MOST_DIGITS:
            continue
        spread = digits < len(raw)
        quality = 0.9 if raw.startswith(("+", "00")) else 0.6 if spread else 0.3
        yield _spot(FeatureType.PHONE, "phone", text, found.start(), found.end(), quality)


def _spot(kind: FeatureType, rule: str, text: str, start: int, end: int, quality: float) -> Spot:
    return Spot(kind, (Span(start, end),), rule, normalise(rule, text[start:end]), quality)
