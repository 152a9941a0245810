"""A file that may hold several documents comes in; sections of consecutive pages, each with its category, go out.

Whether a document begins with a page is judged by what changes from the page before: printed page numbers, titles,
the numbers of documents, running heads, words, the look. The best way to part the whole file, boundaries and
categories together, is then found by dynamic programming.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from types import MappingProxyType

from evidoc.kernel.classification import Category
from evidoc.kernel.reading import Page, Reading
from evidoc.kernel.value_output import Section
from evidoc.understanding.classify import means_none, rank
from evidoc.understanding.page_facts import OWN_NUMBERS, PageFacts, PageNumber, page_facts

OTHER = "other"
"""The category of pages that are of none of those given."""

WEIGHTS: Mapping[str, float] = MappingProxyType(
    {
        "always": -2.4,
        "first_of_count": 3.2,
        "number_one": 1.3,
        "next_number": -4.3,
        "later_number": -0.4,
        "number_gone": 1.6,
        "after_the_last": 2.6,
        "title": 6.2,
        "same_title": 0.0,
        "same_head": 0.0,
        "other_id": 1.9,
        "same_id": -1.1,
        "other_look": 3.2,
        "other_letters": 1.6,
        "shared_words": -6.5,
        "sentence_goes_on": -2.6,
        "ended_early": 0.0,
        "other_kind": 3.0,
    }
)
"""What each signal adds to the log-odds that a document begins; see ``signals``. Fitted by ``training/split.py``."""

_KIND_COUNTS = 0.6
_LEAST = 1e-6
_OTHER_HEIGHT = 0.12
_EARLY = 0.6


def split(reading: Reading, categories: Sequence[Category], *, include_other: bool = False) -> tuple[Section, ...]:
    """Sections in order, every page in exactly one. With ``include_other``, pages may be of none of the categories."""
    every = tuple(categories)
    if include_other and not any(means_none(category.name) for category in every):
        every = (*every, Category(OTHER))
    facts = [page_facts(page, every) for page in reading.pages]
    if not facts:
        return ()
    begins = [1.0, *(_begins(facts, number) for number in range(1, len(facts)))]
    starts = [*_best_starts(facts, begins, [category.name for category in every]), len(facts)]
    return tuple(_section(reading, every, begins, first, following - 1) for first, following in pairwise(starts))


def signals(facts: Sequence[PageFacts], number: int) -> dict[str, float]:
    """What speaks for and against a document beginning with page ``number`` (1 or more), each from 0 to 1."""
    here = facts[number]
    before = next((facts[index] for index in range(number - 1, -1, -1) if not facts[index].blank), facts[number - 1])
    found = {"always": 1.0}
    if here.blank:
        return {"always": 1.0, "next_number": 1.0}
    found |= _of_numbers(here.numbers, before.numbers)
    found["title"] = here.title_strength
    found["same_title"] = float(bool(here.title) and here.title == before.title)
    found["same_head"] = _share(here.top, before.top)
    shared = next((name for name in OWN_NUMBERS if name in here.ids and name in before.ids), None)
    found["same_id"] = float(shared is not None and here.ids[shared] == before.ids[shared])
    found["other_id"] = float(shared is not None and not found["same_id"])
    if found["other_id"]:
        # Then what is alike tells of the same sender or form, not of the same document.
        found |= {"same_title": 0.0, "same_head": 0.0}
    found["other_look"] = float(here.look != before.look)
    tallest = max(here.letter_height, before.letter_height, 1.0)
    found["other_letters"] = float(abs(here.letter_height - before.letter_height) / tallest > _OTHER_HEIGHT)
    found["shared_words"] = _alike(here.words, before.words) * (1 - found["other_id"])
    found["sentence_goes_on"] = float(here.first_mark.islower() and before.last_mark not in ".:;!?")
    found["ended_early"] = float(before.filled < _EARLY)
    found["other_kind"] = 1.0 - sum(math.sqrt(here.kinds[name] * before.kinds[name]) for name in here.kinds)
    return found


def _of_numbers(here: Sequence[PageNumber], before: Sequence[PageNumber]) -> dict[str, float]:
    following = any(
        one.number == other.number + 1 and (one.total == other.total or None in (one.total, other.total))
        for one in here
        for other in before
    )
    found = {"next_number": float(following)}
    if not following and here:
        first = here[0]
        sure = 1.0 if first.sure else 0.6
        if first.number == 1:
            found["first_of_count" if first.total else "number_one"] = sure
        elif first.number > 1:
            found["later_number"] = sure if first.total else 0.5 * sure
    found["number_gone"] = float(bool(before) and not here)
    if before and before[0].total == before[0].number and not following:
        found["after_the_last"] = 1.0 if before[0].sure else 0.6
    return found


def _share(here: Sequence[str], before: Sequence[str]) -> float:
    return sum(line in before for line in here) / len(here) if here else 0.0


def _alike(here: frozenset[str], before: frozenset[str]) -> float:
    if not here or not before:
        return 0.0
    return len(here & before) / math.sqrt(len(here) * len(before))


def _begins(facts: Sequence[PageFacts], number: int) -> float:
    odds = sum(WEIGHTS[name] * strength for name, strength in signals(facts, number).items())
    return 1 / (1 + math.exp(-max(min(odds, 30.0), -30.0)))


@dataclass(frozen=True, slots=True)
class _Way:
    """The best way to part the pages so far: its logarithmic likelihood, and where it came from."""

    likelihood: float
    begins_here: bool
    category_before: int


def _best_starts(facts: Sequence[PageFacts], begins: Sequence[float], names: Sequence[str]) -> list[int]:
    """The first pages of the likeliest sections: boundaries by ``begins``, one category within a section."""
    ways: list[list[_Way]] = []
    for number, page in enumerate(facts):
        fits = [_KIND_COUNTS * math.log(max(page.kinds[name], _LEAST)) for name in names]
        if number == 0:
            ways.append([_Way(fit, begins_here=True, category_before=0) for fit in fits])
            continue
        chance = min(max(begins[number], _LEAST), 1 - _LEAST)
        new, on = math.log(chance), math.log(1 - chance)
        last = ways[-1]
        best = max(range(len(names)), key=lambda index: last[index].likelihood)
        ways.append(
            [
                _Way(fit + last[best].likelihood + new, begins_here=True, category_before=best)
                if last[best].likelihood + new > last[index].likelihood + on
                else _Way(fit + last[index].likelihood + on, begins_here=False, category_before=index)
                for index, fit in enumerate(fits)
            ]
        )
    starts: list[int] = []
    category = max(range(len(names)), key=lambda index: ways[-1][index].likelihood)
    for number in range(len(facts) - 1, -1, -1):
        way = ways[number][category]
        if way.begins_here:
            starts.append(number)
        category = way.category_before
    return starts[::-1]


def _section(
    reading: Reading, categories: Sequence[Category], begins: Sequence[float], first: int, last: int
) -> Section:
    ranked = rank(Reading(_pages(reading, first, last)), categories)
    bounds = [begins[first], *(1 - chance for chance in begins[first + 1 : last + 1]), *begins[last + 1 : last + 2]]
    best = ranked[0]
    return Section(best.category, first, last, round(min(bounds) * best.confidence, 4), ranked[1:])


def _pages(reading: Reading, first: int, last: int) -> list[Page]:
    """The pages that say most of what a section is: its first ones and its last."""
    numbers = [number for number in range(first, last + 1) if number < first + 3 or number == last]
    return [replace(reading.pages[number], index=index) for index, number in enumerate(numbers)]
