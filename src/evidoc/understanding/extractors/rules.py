"""Candidates by rules: every value of the right kind, and what stands where a label points, rated by its signals."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import nlargest

from evidoc.kernel.finding import Candidate, Evidence, Feature, FeatureType, Value
from evidoc.kernel.reading import Page, Reading
from evidoc.understanding.blocks import addresses, names_in_head
from evidoc.understanding.document_view import DocumentView
from evidoc.understanding.labels import LabelIndex, Occurrence
from evidoc.understanding.links import Linker
from evidoc.understanding.page_view import PageView
from evidoc.understanding.recognisers.spot import Spot
from evidoc.understanding.signals import Sighting, compare, sight
from evidoc.understanding.targets import targets
from evidoc.understanding.weights import weights_for
from evidoc.understanding.wish import Wish, wish_for

_NOT_OURS = frozenset({FeatureType.TABLE, FeatureType.PATTERN})
_POINTED_AT = frozenset(
    {
        FeatureType.TEXT,
        FeatureType.PERSON,
        FeatureType.ORGANIZATION,
        FeatureType.ADDRESS,
        FeatureType.BOOLEAN,
        FeatureType.IDENTIFIER,
    }
)
_MOST_ON_A_PAGE = 600
_MOST_CANDIDATES = 50
_BY = "rules"


class RulesExtractor:
    """Proposes candidates for every feature but tables and patterns. Time is linear in the text."""

    def propose(self, reading: Reading, features: Sequence[Feature]) -> Iterable[tuple[Feature, Candidate]]:
        """See the promise. Scores are between 0 and 1."""
        wishes = [wish_for(feature) for feature in features if feature.type not in _NOT_OURS]
        if not wishes:
            return
        document = DocumentView(reading)
        index = LabelIndex(wishes)
        sightings: list[list[Sighting]] = [[] for _ in wishes]
        for page_index in range(document.page_count):
            view = document.page(page_index)
            labels = index.find(view)
            linker = Linker(view, labels)
            for number, wish in enumerate(wishes):
                for spot in _spots(document, view, labels, linker, number, wish):
                    links = linker.links(spot)
                    heading = linker.heading(view.segment_at(spot.start)) if wish.side else None
                    sightings[number].append(sight(view, number, wish, spot, links, heading, document.page_count))
            document.forget(page_index)
        for wish, seen in zip(wishes, sightings, strict=True):
            compare(wish, seen)
            for score, sighting in rank(wish, seen):
                page = reading.pages[sighting.page_index]
                yield wish.feature, _candidate(document, page, sighting, score)


def rank(wish: Wish, sightings: Sequence[Sighting]) -> list[tuple[float, Sighting]]:
    """The best sightings with their scores, best first."""
    weights = weights_for(wish.type)
    scored = ((_score(weights, sighting), -number, sighting) for number, sighting in enumerate(sightings))
    best = nlargest(_MOST_CANDIDATES, scored, key=lambda each: each[:2])
    return [(score, sighting) for score, _, sighting in best]


def _score(weights: Mapping[str, float], sighting: Sighting) -> float:
    total = weights["bias"]
    for name, value in sighting.signals.items():
        total += weights.get(name, 0.0) * value
    return 1.0 / (1.0 + math.exp(-total))


def _spots(
    document: DocumentView, view: PageView, labels: dict[int, list[Occurrence]], linker: Linker, number: int, wish: Wish
) -> Iterator[Spot]:
    """The values on a page that could answer the wish, each place once."""
    seen: set[tuple[tuple[int, int], ...]] = set()
    for spot in _all_spots(document, view, labels, linker, number, wish):
        if spot.spans in seen or not spot.normalized or spot.quality <= 0.0:
            continue
        seen.add(spot.spans)
        if not all(view.page.words.touching(start, end) for start, end in spot.spans):
            continue
        yield spot
        if len(seen) >= _MOST_ON_A_PAGE:
            return


def _all_spots(
    document: DocumentView, view: PageView, labels: dict[int, list[Occurrence]], linker: Linker, number: int, wish: Wish
) -> Iterator[Spot]:
    kind = wish.type
    index = view.page.index
    taken = _taken(document, index) if kind is FeatureType.IDENTIFIER else {}
    if kind is FeatureType.ADDRESS:
        yield from addresses(view, labels)
    if kind is FeatureType.IDENTIFIER:
        for spot in document.spots(index, kind):
            if not _overlaps(taken, spot):
                yield spot
    else:
        yield from document.spots(index, kind)
    if kind is FeatureType.ORGANIZATION:
        yield from names_in_head(view, labels)
    if kind in _POINTED_AT:
        for spot in targets(view, labels, linker, number, kind):
            if kind is not FeatureType.IDENTIFIER or not _overlaps(taken, spot):
                yield spot


def _overlaps(taken: Mapping[int, list[tuple[int, int]]], spot: Spot) -> bool:
    return any(spot.start < end and start < spot.end for start, end in taken.get(spot.start // 64, ()))


def _taken(document: DocumentView, index: int) -> dict[int, list[tuple[int, int]]]:
    """Where dates and sure amounts stand, by stretches of 64 characters: an identifier is neither."""
    taken: dict[int, list[tuple[int, int]]] = {}
    spots = [*document.spots(index, FeatureType.DATE), *document.spots(index, FeatureType.MONEY)]
    for spot in spots:
        if spot.quality >= 0.8:
            for stretch in range(spot.start // 64 - 1, spot.end // 64 + 1):
                taken.setdefault(stretch, []).append((spot.start, spot.end))
    return taken


def _candidate(document: DocumentView, page: Page, sighting: Sighting, score: float) -> Candidate:
    spot = sighting.spot
    evidence = tuple(
        Evidence(page.index, start, end, page.text[start:end], page.box_of(start, end), page.method)
        for start, end in spot.spans
    )
    raw = "\n".join(piece.quote for piece in evidence)
    unit = spot.unit or (document.currency if spot.type is FeatureType.MONEY else None)
    value = Value(raw, spot.normalized, spot.rule, evidence, unit)
    return Candidate("", value, score, _BY, signals=sighting.signals)
