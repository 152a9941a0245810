"""Words as labels are compared: small, without accents, abbreviations of "number" alike, compounds taken apart.

``Rechnungsnummer``, ``Rechnungs-Nr.`` and ``RECHNUNGS NR`` all become ``("rechnungs", "#")``; ``Invoice No.``,
``Invoice #`` and ``Invoice Number`` all become ``("invoice", "#")``. Both what is printed and what is looked for go
through here, so they meet.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from evidoc.kernel.months import plain

_PIECE = re.compile(r"[^\W\d_]+|\d+|[#№&%@]")
_NUMBER_WORDS = frozenset(
    "no nos nr nrs nbr num numb number numbers numero numeros num nummer nummern numer nro № # number".split()
)
_LINKING = frozenset(
    [
        *["of", "the", "de", "des", "der", "die", "das", "du", "la", "le", "les", "l", "d", "del", "della", "dello"],
        *["den", "dem", "van", "het", "di", "da", "do", "dos", "el", "los", "a", "s"],
    ]
)
_COMPOUND_ENDS = ("nummer", "datum", "betrag", "bedrag", "summe", "adresse", "nr", "betraege", "rechnung")
_SHORTEST_STEM = 3
_LONGEST_WORD = 40
_LONGEST_LABEL = 80


class Token(NamedTuple):
    """A compared word and the characters it was made from."""

    text: str
    start: int
    end: int


def tokens_of(text: str, offset: int = 0) -> list[Token]:
    """The tokens of ``text``, linking words left out; spans count from ``offset``."""
    tokens: list[Token] = []
    for found in _PIECE.finditer(text):
        word = found.group()
        if word in ("N", "n") and text[found.end() : found.end() + 2].lstrip(".")[:1] in ("°", "º"):
            word = "#"
        start, end = found.start() + offset, found.end() + offset
        tokens.extend(Token(piece, start, end) for piece in _canonical(word))
    return tokens


def key_of(text: str) -> tuple[str, ...]:
    """``text`` as a label is looked up."""
    return _key_of(text) if len(text) <= _LONGEST_LABEL else _key_of.__wrapped__(text)


@lru_cache(maxsize=16384)
def _key_of(text: str) -> tuple[str, ...]:
    # The labels of the catalogue come for every document anew.
    return tuple(token.text for token in tokens_of(text))


@lru_cache(maxsize=65536)
def _canonical(word: str) -> tuple[str, ...]:
    if len(word) > _LONGEST_WORD:
        return ("",)
    small = plain(word)
    if small in _NUMBER_WORDS:
        return ("#",)
    if small in _LINKING:
        return ()
    for ending in _COMPOUND_ENDS:
        stem = small.removesuffix(ending)
        if len(stem) >= _SHORTEST_STEM and stem != small:
            return (stem, "#" if ending in _NUMBER_WORDS else ending)
    return (small,)
