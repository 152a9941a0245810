"""What one page tells of where documents begin: its number, its title, the numbers of its document, its look."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from evidoc.kernel.classification import Category
from evidoc.kernel.reading import Page
from evidoc.understanding.classify import category_scores, page_sample, probabilities, title_of
from evidoc.understanding.lookup import entry_for
from evidoc.understanding.tokens import key_of

_MARGIN_LINES = 5
_TOP_LINES = 3
_FEWEST_WORDS = 8
_A_TITLE = 0.25
_MOST_CHARACTERS = 20_000
_PAGE = r"(?:page|pg|seite|blatt|página|pagina|pág|pag|blz|bladzijde|strona|str|folha|sheet)"
_OF = r"(?:of|von|de|sur|di|van|z|out of|/)"
_COUNTED = re.compile(rf"\b{_PAGE}\b[.:# ]{{0,3}}(\d{{1,4}}) ?{_OF} ?(\d{{1,4}})\b", re.IGNORECASE)
_NUMBERED = re.compile(rf"\b{_PAGE}\b[.:# ]{{0,3}}(\d{{1,4}})\b", re.IGNORECASE)
_BARE_COUNTED = re.compile(rf"[-– (]{{0,3}}(\d{{1,4}}) ?{_OF} ?(\d{{1,4}})[-– )]{{0,3}}", re.IGNORECASE)
_BARE = re.compile(r"[-– (]{0,3}(\d{1,3})[-– )]{0,3}")
_LABELLED = re.compile(
    r"\b((?:[^\W\d_]{2,20}[ -]){0,2}?(?:[^\W\d_]{0,20}(?:number|nummer|numero|número|numéro)|no|nr|num|id|ref|n°|nº|#))"
    r"[.:]{0,2} ?[#:]? ?((?=[^\s]{0,12}\d)[A-Z0-9][A-Z0-9./_-]{2,24})",
    re.IGNORECASE,
)
OWN_NUMBERS = (
    "invoice_number",
    "delivery_note_number",
    "contract_number",
    "policy_number",
    "claim_number",
    "purchase_order_number",
    "order_number",
    "registration_number",
)
"""The catalogue's numbers that a document may be known by; where two pages show several, the first of these counts."""

_WORD = re.compile(r"[^\W\d_]{3,}")
_DIGITS = re.compile(r"\d+")


class PageNumber(NamedTuple):
    """A printed page number, and of how many where that is printed; ``sure`` where a word says that it is one."""

    number: int
    total: int | None
    sure: bool


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What is compared between pages. ``kinds`` are the probabilities of the categories, from this page alone."""

    blank: bool
    numbers: tuple[PageNumber, ...]
    title: str
    title_strength: float
    ids: Mapping[str, str]
    top: tuple[str, ...]
    words: frozenset[str]
    look: tuple[float, float, str]
    letter_height: float
    left: float
    filled: float
    first_mark: str
    last_mark: str
    kinds: Mapping[str, float]


def page_facts(page: Page, categories: Sequence[Category]) -> PageFacts:
    """The facts of one page."""
    lines = [page.text[start:end] for start, end in map(page.line_span, page.lines)]
    sample = page_sample(page)
    title, strength = title_of(sample)
    text = page.text[:_MOST_CHARACTERS]
    numbers = tuple(_page_numbers(lines))
    heights = sorted(page.words.box(line.first_word).height for line in page.lines)
    bottoms = [page.words.box(line.first_word).y1 for line in page.lines]
    body = [line for line in lines if len(line) > 1]
    return PageFacts(
        blank=len(page.words) < _FEWEST_WORDS and not any(number.sure for number in numbers) and strength < _A_TITLE,
        numbers=numbers,
        title=title,
        title_strength=strength,
        ids=_ids(text),
        top=tuple(_masked(line) for line in lines[:_TOP_LINES]),
        words=frozenset(_WORD.findall(text.casefold())),
        look=(round(page.width, -1), round(page.height, -1), str(page.method)),
        letter_height=heights[len(heights) // 2] if heights else 0.0,
        left=min((page.words.box(line.first_word).x0 for line in page.lines), default=0.0) / max(page.width, 1.0),
        filled=max(bottoms[:-1] or bottoms, default=0.0) / max(page.height, 1.0),
        first_mark=body[0].lstrip()[:1] if body else "",
        last_mark=_last_of_body(body),
        kinds=probabilities(category_scores(sample, categories)),
    )


def _page_numbers(lines: Sequence[str]) -> Iterator[PageNumber]:
    """The numbers that the page may have, the likeliest first."""
    margins = [*lines[:_MARGIN_LINES], *lines[-_MARGIN_LINES:]] if len(lines) > 2 * _MARGIN_LINES else lines
    for line in [*margins, *lines]:
        found = _COUNTED.search(line)
        if found and 0 < int(found[1]) <= int(found[2]):
            yield PageNumber(int(found[1]), int(found[2]), sure=True)
            return
    for line in margins:
        found = _BARE_COUNTED.fullmatch(line.strip())
        if found and 0 < int(found[1]) <= int(found[2]):
            yield PageNumber(int(found[1]), int(found[2]), sure=False)
        elif found := _NUMBERED.search(line):
            yield PageNumber(int(found[1]), None, sure=True)
    for line in [*lines[-2:], *lines[:2]]:
        found = _BARE.fullmatch(line.strip())
        if found:
            yield PageNumber(int(found[1]), None, sure=False)


def _ids(text: str) -> Mapping[str, str]:
    """The document's own numbers, by what the catalogue calls them."""
    found: dict[str, str] = {}
    for label, value in _LABELLED.findall(text):
        words = label.split()
        for start in range(len(words)):
            name = " ".join(words[start:])
            entry = entry_for(name)
            if entry is not None and entry.name in OWN_NUMBERS and len(key_of(name)) > 1:
                found.setdefault(entry.name, value.rstrip("./_-"))
                break
    return found


def _masked(line: str) -> str:
    return _DIGITS.sub("0", " ".join(line.casefold().split()))


def _last_of_body(lines: Sequence[str]) -> str:
    """The last mark of the running text, page numbers apart."""
    for line in reversed(lines):
        if _WORD.search(line) and not _NUMBERED.search(line):
            return line.rstrip()[-1:]
    return ""
