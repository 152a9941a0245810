"""Candidates by rules: every value of the right kind, and what stands where a label points, rated by its signals."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import nlargest
from typing import NamedTuple

from evidoc.kernel.finding import Candidate, Evidence, Feature, FeatureType, Value
from evidoc.kernel.reading import Page, Reading
from evidoc.understanding.blocks import addresses, heads_of_addresses, names_in_head
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
_IN_BLOCKS = frozenset({FeatureType.ADDRESS, FeatureType.ORGANIZATION})
_MOST_ON_A_PAGE = 600
_MOST_CANDIDATES = 50
_MOST_OF_MANY = 1000
_MOST_SIGHTINGS = 2000
_CLEAR = 0.7
_FIRST_PAGES, _LAST_PAGES = 40, 10
_BY = "rules"


class RulesExtractor:
    """Proposes candidates for every feature but tables and patterns. Time and memory are linear in the pages.

    In a long document, pages that are neither among the first nor the last are looked at only for what a label on
    them asks for (features that ask for many are looked for everywhere).
    """

    def propose(self, reading: Reading, features: Sequence[Feature]) -> Iterable[tuple[Feature, Candidate]]:
        """See the promise. Scores are between 0 and 1."""
        wishes = [wish_for(feature) for feature in features if feature.type not in _NOT_OURS]
        if not wishes:
            return
        document = DocumentView(reading)
        index = LabelIndex(wishes)
        seen: list[list[Sighting]] = [[] for _ in wishes]
        for page_index in range(document.page_count):
            _look(document, page_index, index, wishes, seen)
            document.forget(page_index)
        for wish, sightings in zip(wishes, seen, strict=True):
            compare(wish, sightings, document.domains)
            for score, sighting in rank(wish, sightings):
                page = reading.pages[sighting.page_index]
                yield wish.feature, _candidate(document, page, sighting, score)


def _look(
    document: DocumentView, page_index: int, index: LabelIndex, wishes: Sequence[Wish], seen: Sequence[list[Sighting]]
) -> None:
    """Adds what one page has for each wish to ``seen``, of which only the best are kept where it grows long."""
    view = document.page(page_index)
    labels = index.find(view)
    clear = (label for here in labels.values() for label in here if label.exactness >= _CLEAR and not label.within)
    asked_for = {number for label in clear for number, strength in label.owners.items() if strength >= _CLEAR}
    everything = page_index < _FIRST_PAGES or page_index >= document.page_count - _LAST_PAGES
    linker = Linker(view, labels)
    blocks = _blocks(document, view, labels, index) if any(wish.type in _IN_BLOCKS for wish in wishes) else None
    for number, wish in enumerate(wishes):
        if not (everything or number in asked_for or wish.feature.many):
            continue
        for spot in _spots(document, view, labels, linker, number, wish, blocks):
            heading = linker.heading(view.segment_at(spot.start)) if wish.side else None
            sighting = sight(view, number, wish, spot, linker.links(spot), heading, document.page_count)
            if blocks is not None and wish.type is FeatureType.ORGANIZATION:
                sighting.signals["heads"] = float(any(start in blocks.heads for start, _ in spot.spans))
            seen[number].append(sighting)
        if len(seen[number]) > _MOST_SIGHTINGS:
            kept = _MOST_SIGHTINGS if wish.feature.many else _MOST_SIGHTINGS // 2
            seen[number][:] = [sighting for _, sighting in rank(wish, seen[number], kept)]


class _Blocks(NamedTuple):
    """A page as blocks of lines; ``heads`` are where the lines begin that stand right above an address."""

    view: PageView
    labels: dict[int, list[Occurrence]]
    heads: frozenset[int]


def _blocks(document: DocumentView, view: PageView, labels: dict[int, list[Occurrence]], index: LabelIndex) -> _Blocks:
    lines = document.lines(view.page.index)
    found = labels if lines is view else index.find(lines)
    return _Blocks(lines, found, frozenset(heads_of_addresses(lines, found)))


def rank(wish: Wish, sightings: Sequence[Sighting], most: int = 0) -> list[tuple[float, Sighting]]:
    """The best sightings (``most`` of them, else as many as become candidates) with their scores, best first."""
    weights = weights_for(wish.type)
    scored = ((_score(weights, sighting), -number, sighting) for number, sighting in enumerate(sightings))
    most = most or (_MOST_OF_MANY if wish.feature.many else _MOST_CANDIDATES)
    best = nlargest(most, scored, key=lambda each: each[:2])
    return [(score, sighting) for score, _, sighting in best]


def _score(weights: Mapping[str, float], sighting: Sighting) -> float:
    total = weights["bias"]
    for name, value in sighting.signals.items():
        total += weights.get(name, 0.0) * value
    return 1.0 / (1.0 + math.exp(-total))


def _spots(
    document: DocumentView,
    view: PageView,
    labels: dict[int, list[Occurrence]],
    linker: Linker,
    number: int,
    wish: Wish,
    blocks: _Blocks | None,
) -> Iterator[Spot]:
    """The values on a page that could answer the wish, each place once."""
    seen: set[tuple[tuple[int, int], ...]] = set()
    for spot in _all_spots(document, view, labels, linker, number, wish, blocks):
        if spot.spans in seen or not spot.normalized or spot.quality <= 0.0:
            continue
        seen.add(spot.spans)
        if not all(view.page.words.touching(start, end) for start, end in spot.spans):
            continue
        yield spot
        if len(seen) >= _MOST_ON_A_PAGE:
            return


def _all_spots(
    document: DocumentView,
    view: PageView,
    labels: dict[int, list[Occurrence]],
    linker: Linker,
    number: int,
    wish: Wish,
    blocks: _Blocks | None,
) -> Iterator[Spot]:
    kind = wish.type
    index = view.page.index
    taken = _taken(document, index) if kind is FeatureType.IDENTIFIER else {}
    if kind is FeatureType.ADDRESS and blocks is not None:
        yield from addresses(blocks.view, blocks.labels)
    if kind is FeatureType.IDENTIFIER:
        for spot in document.spots(index, kind):
            if not _overlaps(taken, spot):
                yield spot
    else:
        yield from document.spots(index, kind)
    if kind is FeatureType.ORGANIZATION:
        yield from names_in_head(view, labels)
        if blocks is not None and blocks.view is not view:
            yield from names_in_head(blocks.view, blocks.labels)
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
