"""A Reading and categories come in; which of them the document is, with probabilities, goes out.

Each category is scored by what the document says: headings near its top and words in its body (the first
pages and the last). Scores become probabilities by a softmax against the chance that it is none of them.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice

from evidoc.kernel.classification import Category, Classification
from evidoc.kernel.reading import Page, Reading
from evidoc.understanding.document_types import DOCUMENT_TYPES, DocumentType

_SAMPLED_PAGES = 3
_SAMPLED_CHARACTERS = 12_000
_HEADING_LINES = 30
_HEADING_WORDS = 9
_HEADING_WEIGHT = 6.0
_BODY_CEILING = 16.0
_NONE_OF_THEM = 2.0
_ENOUGH_OF_ITS_OWN = 4.8
_SHARE_OF_ITS_OWN, _SHARE_UNHEADED = 0.4, 0.75
_NARROWER_BONUS = 1.5
_OFTEN = 3
_TEMPERATURE = 2.0
_DESCRIBED = 4.0
_MEANT_BY_DESCRIPTION = 0.8
_SHORTEST_WORD = 4
_TELLING_NOTHING = frozenset(
    "about also another containing contains document documents each every file files form from have including kind "
    "into like more most other page pages paper papers scanned should such than that their them then there these "
    "this those type used using usually what when where which with within would your oder eine einer dokument".split()
)

_NONE_NAMES = frozenset(
    {"other", "others", "unknown", "none", "misc", "miscellaneous", "general", "sonstiges", "autre"}
)


@dataclass(frozen=True, slots=True)
class Sample:
    """What is looked at: lower-cased text, and its heading lines with how prominent each is (0 to 1)."""

    body: str
    headings: tuple[tuple[str, float], ...]


def classify(
    reading: Reading,
    categories: Sequence[str] | None = None,
    *,
    multi_label: bool = False,
    threshold: float = 0.0,
) -> tuple[Classification, ...]:
    """The categories that the document belongs to, most probable first.

    ``categories`` are the caller's (their names are matched to known types and their synonyms, else looked for
    as words); None means the built-in types. One label: at most the best, where it reaches ``threshold``.
    Several labels: each on its own, all that reach ``threshold``.
    """
    names = list(dict.fromkeys(categories)) if categories else [kind.name for kind in DOCUMENT_TYPES]
    sample = _sample(reading)
    scores = {name: _score(name, sample) for name in names}
    if multi_label:
        probabilities = {name: 1 / (1 + math.exp(_NONE_OF_THEM * 2 - score)) for name, score in scores.items()}
    else:
        probabilities = _softmax(scores)
    ranked = sorted(
        (Classification(name, round(probability, 4)) for name, probability in probabilities.items()),
        key=lambda found: -found.confidence,
    )
    reached = tuple(found for found in ranked if found.confidence >= threshold)
    return reached if multi_label else reached[:1]


def rank(reading: Reading, categories: Sequence[Category]) -> tuple[Classification, ...]:
    """Every category with the probability that the document is of it, most probable first.

    What a category's description says counts as a sign of it, beside what its name says.
    """
    found = _softmax(category_scores(_sample(reading), categories))
    ranked = (Classification(name, round(probability, 4)) for name, probability in found.items())
    return tuple(sorted(ranked, key=lambda one: -one.confidence))


def means_none(name: str) -> bool:
    """Whether a category's name says that it is for what belongs to none of the others."""
    return _normal(name) in _NONE_NAMES


def category_scores(sample: Sample, categories: Sequence[Category]) -> dict[str, float]:
    """How much speaks for each category, by name."""
    described = {category.name: _telling_words(category.description) for category in categories}
    times = Counter(word for words in described.values() for word in words)
    scores = {}
    for category in categories:
        own = {word: 1 / times[word] for word in described[category.name]}
        meant = _meant(category) if _known_type(_normal(category.name)) is None else ()
        by_type = max((_MEANT_BY_DESCRIPTION * _score_known(kind, sample) for kind in meant), default=0.0)
        scores[category.name] = max(_score(category.name, sample), by_type) + _score_described(own, sample)
    return scores


def _telling_words(description: str) -> frozenset[str]:
    words = re.findall(r"[^\W\d_]+", _normal(description))
    return frozenset(word for word in words if len(word) >= _SHORTEST_WORD and word not in _TELLING_NOTHING)


def _meant(category: Category) -> Iterator[DocumentType]:
    """The known types that a description names, where the category's own name is none."""
    text = _normal(category.description)
    for kind in DOCUMENT_TYPES:
        names = (_normal(kind.name), *(alias for alias in kind.aliases if len(alias) >= _SHORTEST_WORD))
        if any(re.search(rf"(?<!\w){re.escape(name)}s?(?!\w)", text) for name in names):
            yield kind


def _score_described(words: Mapping[str, float], sample: Sample) -> float:
    """The share of a description's words that the document says; those that other categories claim too count less."""
    if not words:
        return 0.0
    said = sum(weight for word, weight in words.items() if re.search(rf"(?<!\w){re.escape(word)}", sample.body))
    return _DESCRIBED * said / max(sum(words.values()), 3.0)


def _softmax(scores: dict[str, float]) -> dict[str, float]:
    """Probabilities that leave room for "none of them", unless a category says just that."""
    weights = {name: math.exp(score / _TEMPERATURE) for name, score in scores.items()}
    total = sum(weights.values())
    if not any(_normal(name) in _NONE_NAMES for name in scores):
        total += math.exp(_NONE_OF_THEM / _TEMPERATURE)
    return {name: weight / total for name, weight in weights.items()}


def _sample(reading: Reading) -> Sample:
    count = len(reading.pages)
    indexes = [*range(min(_SAMPLED_PAGES, count)), *([count - 1] if count > _SAMPLED_PAGES else [])]
    pages = [reading.pages[index] for index in indexes]
    body = " ".join(page.text[:_SAMPLED_CHARACTERS] for page in pages)
    headings = tuple(_headings(pages[0])) if pages else ()
    return Sample(_normal(body), headings)


def page_sample(page: Page) -> Sample:
    """What one page alone says."""
    return Sample(_normal(page.text[:_SAMPLED_CHARACTERS]), tuple(_headings(page)))


def title_of(sample: Sample) -> tuple[str, float]:
    """The line that most looks like the title of a document of a known type, and how much (0 to 1)."""
    best = ("", 0.0)
    for text, weight in sample.headings:
        strength = _heading_strength(_every_heading(), text) * weight
        if strength > best[1]:
            best = (text, strength)
    return best


@cache
def _every_heading() -> tuple[str, ...]:
    return tuple(dict.fromkeys(cue for kind in DOCUMENT_TYPES for cue in kind.headings))


def probabilities(scores: Mapping[str, float]) -> dict[str, float]:
    """Scores by name as probabilities, which leave room for "none of them"."""
    return _softmax(dict(scores))


def _headings(page: Page) -> Iterator[tuple[str, float]]:
    """The short lines near the top; taller and earlier lines are more prominent."""
    lines = page.lines[:_HEADING_LINES]
    if not lines:
        return
    heights = [page.words.box(line.first_word).height for line in page.lines]
    usual = sorted(heights)[len(heights) // 2] or 1.0
    for order, line in enumerate(lines):
        if line.end_word - line.first_word > _HEADING_WORDS:
            continue
        tall = min(heights[order] / usual, 2.0) / 2.0
        early = 1.0 - order / (2 * _HEADING_LINES)
        start, end = page.line_span(line)
        yield _normal(page.text[start:end]), tall * early


def _score(name: str, sample: Sample) -> float:
    normal = _normal(name)
    if normal in _NONE_NAMES:
        return _NONE_OF_THEM
    kind = _known_type(normal)
    if kind is None:
        return _score_unknown(normal, sample)
    return _score_known(kind, sample)


def _score_known(kind: DocumentType, sample: Sample) -> float:
    heading = max((_heading_strength(kind.headings, text) * weight for text, weight in sample.headings), default=0.0)
    body = sum(weight * _said(pattern, sample.body, kind) for pattern, weight in _body_patterns(kind.name))
    score = _HEADING_WEIGHT * heading + _BODY_CEILING * (1 - math.exp(-max(body, 0.0) / _BODY_CEILING))
    wider = [_score_known(each, sample) for name in kind.kinds_of if (each := _known_type(_normal(name)))]
    share = _SHARE_UNHEADED if kind.dwells and not heading else _SHARE_OF_ITS_OWN
    if wider and score >= max(_ENOUGH_OF_ITS_OWN, share * max(wider)):
        score = max(score, *wider) + _NARROWER_BONUS
    return score


def _said(pattern: re.Pattern[str], body: str, kind: DocumentType) -> float:
    """How much a cue counts: once said is enough, but what narrows a type must be what the document is about."""
    if not kind.dwells:
        return float(pattern.search(body) is not None)
    times = sum(1 for _ in islice(pattern.finditer(body), _OFTEN))
    return times / _OFTEN


def _score_unknown(normal: str, sample: Sample) -> float:
    """A category nobody described: its own words, as a heading or in the text."""
    heading = max((_heading_strength((normal,), text) * weight for text, weight in sample.headings), default=0.0)
    words = [word for word in normal.split() if len(word) > 2]
    seen = sum(1 for word in words if re.search(rf"\b{re.escape(word)}", sample.body))
    whole = len(re.findall(rf"\b{re.escape(normal)}", sample.body))
    return _HEADING_WEIGHT * heading + (2.0 * seen / len(words) if words else 0.0) + min(whole, 4)


def _heading_strength(headings: Sequence[str], line: str) -> float:
    """How much of the line a heading cue makes up, at best (0 to 1)."""
    best = 0.0
    for cue in headings:
        if cue in line and re.search(rf"(?<!\w){re.escape(cue)}(?!\w)", line):
            best = max(best, 0.4 + 0.6 * len(cue) / len(line))
    return best


@lru_cache(maxsize=256)
def _known_type(normal: str) -> DocumentType | None:
    singular = normal.removesuffix("s")
    for kind in DOCUMENT_TYPES:
        names = {_normal(kind.name), *kind.aliases}
        if normal in names or singular in names:
            return kind
    return None


@lru_cache(maxsize=64)
def _body_patterns(name: str) -> tuple[tuple[re.Pattern[str], int], ...]:
    kind = next(kind for kind in DOCUMENT_TYPES if kind.name == name)
    return tuple((re.compile(rf"(?<!\w){re.escape(cue)}(?!\w)"), weight) for cue, weight in kind.body.items())


def _normal(text: str) -> str:
    return " ".join(text.casefold().replace("_", " ").split())
