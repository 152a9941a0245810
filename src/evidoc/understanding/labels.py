"""Where labels stand on a page: those of the wishes, and the catalogue's others, which compete with them."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

from rapidfuzz import fuzz, process

from evidoc.kernel.normalise import CURRENCIES
from evidoc.understanding.lookup import labels_of_all
from evidoc.understanding.page_view import PageView, Segment
from evidoc.understanding.tokens import Token
from evidoc.understanding.wish import Wish

_MOST_TOKENS = 8
_SHORTEST_FUZZY = 5
_ALIKE = 84.0
_FUZZY_STRENGTH = 0.85
_NEUTRAL = frozenset({"@", "%", *(code.lower() for code in CURRENCIES.values()), "rm", "euro", "sr"})


class Occurrence(NamedTuple):
    """A label on a page: ``start`` to ``end`` in the page's text, as tokens ``[first, last]`` of its segment.

    ``owners`` are the wishes (by number) that have this label, with its strength for each; ``entries`` the
    catalogue's features that have it. ``before`` and ``after`` count the other tokens of the phrase it stands in:
    back to the segment's start, and on to a colon or the segment's end. ``colon``: one follows it. ``filled``: its
    own segment goes on with what looks like its value. ``within`` names the entries (or ``wish:NUMBER``) of a
    longer label that it is only a part of.
    """

    segment: int
    first: int
    last: int
    start: int
    end: int
    key: tuple[str, ...]
    owners: Mapping[int, float]
    entries: Mapping[str, float]
    before: int
    after: int
    colon: bool
    filled: bool
    within: frozenset[str] = frozenset()

    @property
    def exactness(self) -> float:
        """1 where the label is the whole phrase, less with each other word of it."""
        return exactness(len(self.key), self.before, self.after)


@cache
def _catalogue_vocabulary() -> tuple[Mapping[str, int], frozenset[str]]:
    """First token of the catalogue's labels to the most tokens that such a label has; and all of their tokens."""
    heads: dict[str, int] = {}
    for key in labels_of_all():
        heads[key[0]] = max(heads.get(key[0], 0), min(len(key), _MOST_TOKENS))
    return heads, frozenset(token for key in labels_of_all() for token in key)


def exactness(words: int, before: int, after: int) -> float:
    """1 where a label of ``words`` words is the whole phrase, less with each other word before or after it."""
    return words / (words + 0.5 * min(before, 6) + 0.8 * min(after, 6))


class LabelIndex:
    """Finds the labels of ``wishes`` and of the catalogue in pages."""

    def __init__(self, wishes: Sequence[Wish]) -> None:
        self._owners: dict[tuple[str, ...], dict[int, float]] = {}
        for number, wish in enumerate(wishes):
            for key, strength in wish.keys.items():
                self._owners.setdefault(key, {})[number] = strength
        self._all = labels_of_all()
        heads, tokens = _catalogue_vocabulary()
        self._heads = dict(heads)
        for key in self._owners:
            self._heads[key[0]] = max(self._heads.get(key[0], 0), min(len(key), _MOST_TOKENS))
        vocabulary = {token for key in self._owners for token in key if len(token) >= _SHORTEST_FUZZY}
        self._vocabulary = sorted(vocabulary)
        self._known = tokens.union(token for key in self._owners for token in key)

    def find(self, view: PageView) -> dict[int, list[Occurrence]]:
        """Segment number to the labels in it, in text order."""
        alike = self._alike(view)
        found: dict[int, list[Occurrence]] = {}
        for segment, tokens in zip(view.segments, view.tokens, strict=True):
            here = self._in_segment(view, segment, tokens, alike)
            if here:
                found[segment.number] = _mark_within(here)
        return found

    def _alike(self, view: PageView) -> dict[str, str]:
        """Page tokens that no label has, to the wishes' label token that they nearly are (misprints, plurals)."""
        unknown = sorted(
            {
                token.text
                for tokens in view.tokens
                for token in tokens
                if len(token.text) >= _SHORTEST_FUZZY and token.text.isalpha() and token.text not in self._known
            }
        )
        if not unknown or not self._vocabulary:
            return {}
        scores = process.cdist(unknown, self._vocabulary, scorer=fuzz.ratio, score_cutoff=_ALIKE)
        best = scores.argmax(axis=1)
        return {
            token: self._vocabulary[int(index)]
            for row, (token, index) in enumerate(zip(unknown, best, strict=True))
            if scores[row, index] >= _ALIKE
        }

    def _in_segment(
        self, view: PageView, segment: Segment, tokens: list[Token], alike: Mapping[str, str]
    ) -> list[Occurrence]:
        texts = [alike.get(token.text, token.text) for token in tokens]
        found: list[Occurrence] = []
        for first, head in enumerate(texts):
            longest = self._heads.get(head, 0)
            for count in range(1, min(longest, len(texts) - first) + 1):
                key = tuple(texts[first : first + count])
                owners, entries = self._owners.get(key), self._all.get(key)
                if owners is None and entries is None:
                    continue
                if _part_of_a_word(view.page.text, tokens[first].start, tokens[first + count - 1].end):
                    continue
                if any(tokens[i].text != texts[i] for i in range(first, first + count)):
                    owners = {wish: strength * _FUZZY_STRENGTH for wish, strength in (owners or {}).items()}
                found.append(
                    _occurrence(view, segment, tokens, first, first + count - 1, key, owners or {}, entries or {})
                )
        return found


def _occurrence(
    view: PageView,
    segment: Segment,
    tokens: list[Token],
    first: int,
    last: int,
    key: tuple[str, ...],
    owners: Mapping[int, float],
    entries: Mapping[str, float],
) -> Occurrence:
    text = view.page.text
    start, end = tokens[first].start, tokens[last].end
    before = 0
    for index in range(first - 1, -1, -1):
        gap = text[tokens[index].end : tokens[index + 1].start]
        if ":" in gap or (tokens[index].text.isdigit() and not _neutral(tokens, index)):
            break
        before += tokens[index].end != tokens[index + 1].end and not _neutral(tokens, index)
    after = 0
    colon = filled = False
    for index in range(last, len(tokens)):
        stop = tokens[index + 1].start if index + 1 < len(tokens) else segment.end
        gap = text[tokens[index].end : stop]
        if ":" in gap or "=" in gap:
            colon, filled = True, index + 1 < len(tokens)
            break
        if "(" in gap and index + 1 < len(tokens) and tokens[index + 1].text.isdigit():
            break
        if index + 1 < len(tokens) and not _neutral(tokens, index + 1):
            if any(mark.isdigit() for mark in text[tokens[index + 1].start : tokens[index + 1].end]):
                filled = True
                break
            after += tokens[index].end != tokens[index + 1].end
    return Occurrence(segment.number, first, last, start, end, key, owners, entries, before, after, colon, filled)


def _neutral(tokens: list[Token], index: int) -> bool:
    """Whether a token says nothing of what a label means: a currency, a rate of tax ("Total incl. GST @6% (RM)")."""
    token = tokens[index].text
    if token.isdigit():
        return index + 1 < len(tokens) and tokens[index + 1].text == "%"
    return token in _NEUTRAL


def _part_of_a_word(text: str, start: int, end: int) -> bool:
    """Whether what stands there belongs to an address on the net, or to a longer word with a hyphen."""
    before, after = text[max(start - 2, 0) : start], text[end : end + 2]
    if before[-1:] in ("@", "_", "\\") or (before[-1:] in (".", "-") and before[:1].isalpha() and len(before) == 2):
        return True
    return after[:1] in ("@", "_") or (after[:1] in (".", "-") and after[1:].isalpha())


def _mark_within(found: list[Occurrence]) -> list[Occurrence]:
    """Tells shorter labels of the longer ones around them."""
    marked: list[Occurrence] = []
    for one in found:
        around = {
            name
            for other in found
            if other.first <= one.first and one.last <= other.last and len(other.key) > len(one.key)
            for name in (*other.entries, *(f"wish:{number}" for number in other.owners))
        }
        marked.append(one._replace(within=frozenset(around)) if around else one)
    return marked
