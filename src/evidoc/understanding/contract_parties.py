"""The opening of a contract comes in, the names of its parties go out."""

import re
from collections.abc import Iterator

from evidoc.kernel.months import plain
from evidoc.kernel.reading import Span
from evidoc.understanding.jurisdictions import place_after
from evidoc.understanding.recognisers.names import organizations

_OPENING = re.compile(
    r"\b(?:by\s+and\s+(?:between|among|amongst)|between|among|amongst|entre|zwischen|tussen)\b[\s:]*", re.IGNORECASE
)
_CLOSING = re.compile(
    r"\b(?:W\s*I\s*T\s*N\s*E\s*S\s*S\s*E\s*T\s*H|WHEREAS|RECITALS|BACKGROUND|NOW,?\s+THEREFORE|Article\s+1|1\.\s)",
)
_REACH = 1500
_NAME_WORD = r"(?:[A-ZÀ-Þ0-9][\w.'’&/-]*|of|the|and|&|de|du|der|für|van|von|d/b/a)"
_NAMED = re.compile(
    rf"(?<![\w.])([A-ZÀ-Þ][\w.'’&/-]*,?(?: {_NAME_WORD},?){{0,9}}?)(?=[\s,]*(?:\(|,? an? |, residing|, with |, whose ))"
)
_DESCRIBED = re.compile(
    r"^[\s,]*(?:\((?:the |hereinafter|together|collectively|[“\"”'’]|an?\s|formerly|“)"
    r"|an? (?:\w+\s){0,5}(?:corporation|company|partnership|individual|resident|trust|bank|organi[sz]ation|person)"
    r"|, residing|, with |, whose )",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"^(?:the\s+)?(?:company|employee|employer|executive|licensor|licensee|supplier|buyer|seller|purchaser|vendor|customer"
    r"|client|contractor|consultant|party|parties|distributor|manufacturer|recipient|discloser|lender|borrower|agent"
    r"|corporation|effective date|agreement|state|whereas|each|delaware|section)s?$",
    re.IGNORECASE,
)
_NO_NAME = re.compile(
    r"\b(?:state of|agreement|laws? of|avenue|street|road|parkway|suite|drive|floor)\b", re.IGNORECASE
)
_AND = re.compile(r"\s+and\s+")
_LEADING = re.compile(
    r"^(?:by|and|between|among|the parties|of|this|agreement|made|entered|into|dated|as)\s+", re.IGNORECASE
)


def parties(prose: str) -> Iterator[tuple[Span, float]]:
    """Each party's name in ``prose`` (line feeds turned into spaces), with how likely it is one (0 to 1).

    After "between" up to the recitals: names with a legal form, and names that a description or a defined
    term in brackets follows. Where nothing opens so (letters do not), only the described ones.
    """
    opening = _OPENING.search(prose)
    begin = opening.end() if opening else 0
    closing = _CLOSING.search(prose, begin)
    end = min(closing.start() if closing else len(prose), begin + _REACH)
    found = [(Span(spot.start, spot.end), 0.7 * spot.quality) for spot in organizations(prose[:end])]
    found += [(Span(match.start(1), match.end(1)), 0.5) for match in _NAMED.finditer(prose, begin, end)]
    seen: list[Span] = []
    for span, score in sorted(found, key=lambda item: (item[0].start, -item[1])):
        name = _trimmed(prose, span)
        if name.start < begin or not _may_be_a_name(prose[name.start : name.end]):
            continue
        if any(name.start < other.end and other.start < name.end for other in seen):
            continue
        described = bool(_DESCRIBED.search(prose[name.end : name.end + 80]))
        if opening is None and not described:
            continue
        distance = (name.start - begin) / _REACH
        seen.append(name)
        yield name, min(0.95, score + (0.25 if described else -0.1) - 0.15 * distance - (0.0 if opening else 0.1))


def _may_be_a_name(text: str) -> bool:
    words = text.split()
    if len(text) < 3 or _ROLE.match(text) or place_after(text, 0, len(text)) == (0, len(text)):
        return False
    if any(word.isdecimal() for word in words) or plain(words[-1].strip(".,")) in {"and", "of", "the"}:
        return False
    return not _NO_NAME.search(text)


def _trimmed(prose: str, span: Span) -> Span:
    """Without what stands before a name: little words, and an address or place joined to it by "and"."""
    start, end = span
    for joined in _AND.finditer(prose, start, end):
        left = prose[start : joined.start()]
        if any(mark.isdigit() for mark in left) or place_after(left, 0, len(left)) is not None:
            start = joined.end()
    while leading := _LEADING.match(prose[start:end]):
        start += leading.end()
    while end > start and prose[end - 1] in " ,;(":
        end -= 1
    return Span(start, end)
