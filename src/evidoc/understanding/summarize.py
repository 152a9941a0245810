"""A Reading comes in, its own most telling sentences go out; nothing is written anew.

Centroid-based extraction: a sentence is worth the tf-idf weight of the terms it shares with the whole
document (Radev, Jing, Styś, Tam: Centroid-based summarization of multiple documents, 2004), more where it
stands early or speaks of what the caller focuses on; sentences that repeat a chosen one are passed over
(maximal marginal relevance, Carbonell and Goldstein, 1998).
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from evidoc.kernel.finding import Evidence
from evidoc.kernel.reading import Page, Reading, Span
from evidoc.kernel.summary import Summary
from evidoc.understanding.sentences import lines, sentences

_MAX_SENTENCES = 2000
_SHORTEST, _LONGEST = 25, 600
_KEY_POINTS = 5
_REPETITION = 0.5
_FEW = 3

_TERM = re.compile(r"[^\W\d_]{4,}")
_FIGURE = re.compile(r"\d")
_FOCUS_CUES = {
    "conclusions": ("conclu", "therefore", "in summary", "result", "finally", "fazit", "ergebnis", "zusammenfass"),
    "obligations": ("shall", "must", "agrees to", "required", "obligat", "verpflicht", "doit", "deberá"),
    "dates": ("date", "until", "deadline", "due", "effective", "expire", "frist", "datum"),
    "amounts": ("total", "amount", "price", "fee", "€", "$", "eur", "usd", "betrag", "montant"),
    "risks": ("risk", "liab", "penalt", "damage", "breach", "haftung", "risque"),
}
_NO_TOPIC = frozenset({"key_points", "key points", "summary", "overview"})


@dataclass(frozen=True, slots=True)
class _Piece:
    page: Page
    span: Span
    terms: frozenset[str]
    order: int

    @property
    def text(self) -> str:
        return self.page.text[self.span.start : self.span.end]


def summarize(
    reading: Reading,
    max_length: int = 500,
    format: str = "paragraph",  # noqa: A002 - the word of the published contract
    focus: Sequence[str] = (),
) -> Summary:
    """Sentences of at most ``max_length`` characters together, in reading order, and up to five key points.

    ``focus`` names topics ("conclusions", "obligations", "dates", "amounts", "risks", or any words): sentences
    that speak of them are preferred. ``format`` is how a caller shows the result; "bullets" prefers shorter ones.
    """
    pieces = _pieces(reading)
    if not pieces:
        return Summary(())
    worth = _worth(pieces, focus)
    if format in ("bullets", "bullet_points", "list"):
        worth = [value / math.sqrt(len(piece.text)) for value, piece in zip(worth, pieces, strict=True)]
    chosen = _choose(pieces, worth, max_length, len(pieces))
    points = _choose(
        pieces, [value / math.sqrt(len(p.text)) for value, p in zip(worth, pieces, strict=True)], 10**9, _KEY_POINTS
    )
    return Summary(tuple(map(_evidence, chosen)), tuple(map(_evidence, points)))


def _pieces(reading: Reading) -> list[_Piece]:
    """The sentences; where a document has hardly any, its lines."""
    found: list[_Piece] = []
    for cut in (sentences, lines):
        found.clear()
        for page in reading.pages:
            for span in islice(cut(page), _MAX_SENTENCES):
                text = page.text[span.start : span.end]
                if _SHORTEST <= len(text) <= _LONGEST and (cut is lines or len(text.split()) >= 5):
                    terms = frozenset(term.casefold() for term in _TERM.findall(text))
                    if terms:
                        found.append(_Piece(page, span, terms, len(found)))
            if len(found) >= _MAX_SENTENCES:
                break
        if len(found) >= _FEW:
            break
    return found


def _worth(pieces: Sequence[_Piece], focus: Sequence[str]) -> list[float]:
    spread = Counter(term for piece in pieces for term in piece.terms)
    count = len(pieces)
    # A term in nearly every sentence says nothing; a term in one says little of the whole.
    weights = {term: seen * math.log((count + 1) / seen) for term, seen in spread.items()}
    cues = [cue for topic in focus for cue in _cues(topic)]
    worth = []
    for piece in pieces:
        centrality = sum(weights[term] for term in piece.terms) / (len(piece.terms) + 4)
        early = 1.0 + 0.6 / (1 + piece.order / 3)
        text = piece.text.casefold()
        focused = 1.0 + min(3, sum(cue in text for cue in cues))
        complete = 1.0 if text[-1] in ".!?。" else 0.7
        figures = 1.1 if _FIGURE.search(text) else 1.0
        worth.append(centrality * early * focused * complete * figures)
    return worth


def _cues(topic: str) -> tuple[str, ...]:
    normal = topic.casefold().strip()
    if normal in _NO_TOPIC:
        return ()
    return _FOCUS_CUES.get(normal, tuple(word for word in normal.replace("_", " ").split() if len(word) > 2))


def _choose(pieces: Sequence[_Piece], worth: Sequence[float], room: int, most: int) -> list[_Piece]:
    """The worthiest that fit whole and do not repeat each other, in reading order."""
    chosen: list[_Piece] = []
    for index in sorted(range(len(pieces)), key=lambda i: -worth[i]):
        piece = pieces[index]
        length = len(piece.text) + (1 if chosen else 0)
        if length > room or any(_overlap(piece, other) > _REPETITION for other in chosen):
            continue
        chosen.append(piece)
        room -= length
        if len(chosen) >= most or room < _SHORTEST:
            break
    return sorted(chosen, key=lambda piece: piece.order)


def _overlap(one: _Piece, other: _Piece) -> float:
    return len(one.terms & other.terms) / min(len(one.terms), len(other.terms))


def _evidence(piece: _Piece) -> Evidence:
    start, end = piece.span
    return Evidence(piece.page.index, start, end, piece.text, piece.page.box_of(start, end), piece.page.method)
