"""What a contract calls itself: the heading lines with a word for a contract, as far as the same print goes on."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from evidoc.kernel.reading import Page, Span
from evidoc.understanding.contract_text import ContractText
from evidoc.understanding.recognisers.names import organization_fit

_KIND = re.compile(
    r"\b(?:agreement|contract|amendment|lease|addendum|license|licence|\w*vertrag|\w*vereinbarung|contrat|contrato|acuerdo|accord|convention"
    r"|\w*overeenkomst|memorandum|deed|undertaking|covenant|guaranty|guarantee|note|terms\s+and\s+conditions|letter\s+of\s+intent|endorsement|indenture|schedule|policy|plan)s?\b",
    re.IGNORECASE,
)
_WEAK_KIND = re.compile(
    r"^(?:.*\b(?:schedule|policy|plan|note|endorsement|covenant)s?\b(?!.*\b(?:agreement|contract)\b).*)$", re.IGNORECASE
)
_NO_TITLE = re.compile(
    r"^\s*(?:exhibit\b|source:|between\b|by\s+and\b|by:?$|and$|among\b|dated\b|with\s+respect|securities\s+and|commission|page\b|ex-|execution\b"
    r"|confidential\s+treatment|table\s+of|article\b|section\b|\d+\.|\([a-z0-9]\)|appendix\b|annex\b|attachment\b|please\b|re:)"
    r"|[;:]$|:\s|\b(?:this|such|said)\s+(?:\w+\s)?(?:agreement|contract)|\b(?:number|no\.?|#)\s*:?\s*\w*\d|\bredacted|\bomitted|\bportions\b|\bdenoted|\bfiled\b"
    r"|\bcase\s+\d|\bcopy$|\.{4}",
    re.IGNORECASE,
)
_PART_OF_NONE = re.compile(
    r"\b(?:exhibit|between|dated|source|page|confidential|execution|copy|portions|denoted|conditions?:|treatment|draft|final)\b|\*\*|\d",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"\b(?:no|number|nr)\.?\s*\d{1,2}\b", re.IGNORECASE)
_CONNECTS = re.compile(
    r"(?:\b(?:and|of|for|to|the|on|in|with|und|de|pour|zum|über|van|voor)|[,&/–-])\s*$", re.IGNORECASE
)
_CONNECTED = re.compile(r"^\s*(?:and|of|for|to|und|de|pour|zum|über|van|voor)\b|^\s*[&(]", re.IGNORECASE)
_THIS = re.compile(
    r"\b(?:This|THIS|Dieser|Diese|Deze)\s+((?:[A-ZÀ-Þ][\w’'&,-]*\s+(?:(?:and|AND|of|for|to|und)\s+)?){0,8}?(?:Agreement|AGREEMENT|Contract|CONTRACT|Lease|LEASE|Amendment|AMENDMENT|\w*[Vv]ertrag"
    r"|Vereinbarung|Addendum|ADDENDUM)(?:\s+(?:No\.|NO\.)\s?\d+)?)\b"
)
_PAGES, _LINES, _WORDS, _LONGEST = 4, 45, 14, 200
_ALIKE, _CLOSE = 1.22, 1.3
_MOST_PARTS = 3


class TitleProposal(NamedTuple):
    """A heading, or what the opening calls the contract, with how likely it is the title (0 to 1)."""

    page: Page
    span: Span
    score: float


def titles(text: ContractText) -> Iterator[TitleProposal]:
    """Headings among the first lines of the first pages, then "this ... Agreement" where no heading says it."""
    named = list(_named_in_opening(text))
    names = {_key(_quote(each)) for each in named}
    found = [each for index in range(min(text.page_count, _PAGES)) for each in _headings(text.page(index))]
    for each in found:
        agrees = any(name and name in _key(_quote(each)) for name in names)
        yield each._replace(score=min(each.score + (0.08 if agrees else 0.0), 0.97))
    yield from named


def _quote(proposal: TitleProposal) -> str:
    return proposal.page.text[proposal.span.start : proposal.span.end]


def _key(title: str) -> str:
    return " ".join(re.findall(r"\w+", title.casefold()))


def _named_in_opening(text: ContractText) -> Iterator[TitleProposal]:
    for index in range(min(text.page_count, _PAGES)):
        found = _THIS.search(text.prose(index))
        if found is not None:
            words = len(found[1].split())
            yield TitleProposal(text.page(index), Span(*found.span(1)), (0.5 if words > 1 else 0.15) - 0.05 * index)
            return


def _headings(page: Page) -> Iterator[TitleProposal]:
    lines = [page.line_span(line) for line in page.lines[:_LINES]]
    texts = [page.text[start:end] for start, end in lines]
    done = -1
    for order, line in enumerate(texts):
        if order <= done or not _is_heading(line):
            continue
        first, last = _grown(page, texts, order)
        done = last
        start, end = lines[first].start, lines[last].end
        yield TitleProposal(page, Span(start, end), _worth(page, texts, first, last, page.text[start:end]))


def _is_heading(line: str) -> bool:
    words = line.split()
    if (
        not _KIND.search(line)
        or len(words) > _WORDS
        or len(line) > _LONGEST
        or (_NO_TITLE.search(line) and not _NUMBERED.search(line))
    ):
        return False
    if line.rstrip().endswith(".") or not line[:1].isupper():
        return False
    return _is_loud(line)


def _is_loud(line: str) -> bool:
    """Whether a line is printed in capitals, or with a capital at each word that counts."""
    words = [word for word in line.split() if len(word) > 3 and word[0].isalpha()]
    return line.isupper() or (bool(words) and sum(word[0].isupper() for word in words) >= 0.75 * len(words))


def _worth(page: Page, texts: list[str], first: int, last: int, title: str) -> float:
    score = 0.86 if title.isupper() or len(title.split()) > 1 else 0.6
    score -= 0.14 * page.index + 0.006 * first
    score -= 0.35 if _WEAK_KIND.match(title) and last == first else 0.0
    score -= 0.3 if title.rstrip().endswith(",") else 0.0
    score -= 0.15 if organization_fit(title) == 1.0 else 0.0
    goes_on = last + 1 < len(texts) and texts[last + 1][:1].islower()
    return max(score - (0.3 if goes_on else 0.0), 0.05)


def _grown(page: Page, texts: list[str], order: int) -> tuple[int, int]:
    """The lines of the title around ``order``: above as long as they are its beginning, below where it goes on."""
    first = last = order
    while first and order - first < _MOST_PARTS and _joins(page, texts, first - 1, first, above=True):
        first -= 1
    while last + 1 < len(texts) and last - order < _MOST_PARTS and _joins(page, texts, last, last + 1, above=False):
        last += 1
    return first, last


def _joins(page: Page, texts: list[str], upper: int, lower: int, *, above: bool) -> bool:
    part = texts[upper if above else lower]
    connected = bool(_CONNECTS.search(texts[upper]) or _CONNECTED.match(texts[lower]))
    if not _is_loud(part) or len(part.split()) > 9 or not _alike(page, upper, lower):
        return False
    if _PART_OF_NONE.search(part) and not (
        _NUMBERED.search(part) or (connected and not part[:1].isdigit() and not re.search(r"\d", part))
    ):
        return False
    if organization_fit(part) == 1.0 and not _KIND.search(part):
        return False
    numbered = bool(_NUMBERED.search(texts[upper]) and _KIND.search(texts[lower]))
    if connected or numbered:
        return True
    if above:
        return part.isupper() == texts[lower].isupper() and len(part) > 3
    return bool(_KIND.search(part)) and part.isupper() == texts[upper].isupper() and not _KIND.search(texts[upper])


def _alike(page: Page, upper: int, lower: int) -> bool:
    """Whether two lines are printed in about the same size, one close below the other."""
    one, other = (page.words.box(page.lines[number].first_word) for number in (upper, lower))
    small, tall = sorted((max(one.height, 0.1), max(other.height, 0.1)))
    return tall <= _ALIKE * small and other.y0 - one.y1 <= _CLOSE * tall
