"""A caller's own regular expression over the pages: compiled with care, matched within a time budget.

The syntax is that of the ``regex`` package (Python's own and more). ``^`` and ``$`` stand for the ends of lines. The
value is the group named ``value``, else the first group that took part, else the whole match.
"""

import time
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import regex

from evidoc.kernel.errors import Detail, InvalidRequest
from evidoc.kernel.reading import Page, Span

LONGEST_PATTERN = 1_000
"""Characters."""

MOST_COPIES = 10_000
"""How much a pattern may come to when its counted repeats are written out: ``(ab{3}){4}`` comes to 16. Compiling
does write them out, and no clock can stop it."""

MOST_MATCHES = 1_000
"""Matches taken from one document."""

LONGEST_PAGE = 2_000_000
"""Characters of one page that are searched."""

SECONDS = 1.0
"""CPU time for one pattern over a whole document, compiling excepted (bounded by the length). ``regex`` counts the
CPU time of the process, so a busy machine refuses nothing that an idle one takes; there it takes longer."""

SECONDS_PER_PAGE = 0.01
"""CPU time added for each page, so that an honest pattern gets through a long document."""

_VALUE_GROUP = "value"
_ESCAPED = regex.compile(r"\\.", regex.DOTALL)
_CALL = regex.compile(r"\(\?(?:R|[+-]?\d|&|P>)")
"""A group that calls itself or another: half a gigabyte of stack before any clock strikes."""
_PIECE = regex.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*+\]|\{(?P<least>\d+)(?:,\d*)?\}|.", regex.DOTALL)


class Match(NamedTuple):
    """Where a pattern matched: the page and the characters of the value."""

    page: Page
    span: Span


def compile_pattern(pattern: str, field: str = "pattern") -> "regex.Pattern[str]":
    """The compiled ``pattern``. Raises InvalidRequest that names ``field`` where it cannot be one."""
    if not pattern:
        raise _invalid(field, "the pattern is empty")
    if len(pattern) > LONGEST_PATTERN:
        raise _invalid(field, f"the pattern has {len(pattern)} characters; at most {LONGEST_PATTERN} are allowed")
    if _CALL.search(_ESCAPED.sub("", pattern)):
        raise _invalid(field, "calls of groups, as in (?R) and (?1), are not allowed")
    if _copies(pattern) > MOST_COPIES:
        raise _invalid(field, f"its repeats come to more than {MOST_COPIES} copies when they are written out")
    try:
        return regex.compile(pattern, regex.MULTILINE | regex.VERSION0)
    except regex.error as fault:
        raise _invalid(field, f"not a regular expression: {fault}") from fault
    except (RecursionError, OverflowError, MemoryError, ValueError, IndexError, KeyError) as fault:
        raise _invalid(field, "not a regular expression that can be compiled") from fault


def matches(pages: Iterable[Page], pattern: str, field: str = "pattern", seconds: float = SECONDS) -> Iterator[Match]:
    """Every place where ``pattern`` matches at least one printed character, in document order, up to MOST_MATCHES.

    Raises InvalidRequest that names ``field`` where the pattern is none, or takes more CPU time than ``seconds``
    (and SECONDS_PER_PAGE for each page): some expressions need time exponential in the length of the text.
    """
    compiled = compile_pattern(pattern, field)
    left = seconds
    count = 0
    for page in pages:
        left += SECONDS_PER_PAGE
        text = page.text[:LONGEST_PAGE]
        position = 0
        while position <= len(text):
            began = time.process_time()
            try:
                found = compiled.search(text, position, timeout=max(left, 0.001), concurrent=True)
            except (TimeoutError, MemoryError, RecursionError) as fault:
                raise too_slow(field) from fault
            left -= time.process_time() - began
            if found is None:
                break
            position = found.end() + (found.end() == found.start())
            span = _value_span(found)
            if text[span.start : span.end].strip() and page.words.touching(span.start, span.end):
                yield Match(page, span)
                count += 1
                if count >= MOST_MATCHES:
                    return


def _copies(pattern: str) -> int:
    """What the pattern comes to when its counted repeats are written out, in characters, sets and the like."""
    groups = [0]
    last = 0
    for piece in _PIECE.finditer(pattern):
        text = piece[0]
        if piece["least"]:
            more = last * (max(int(piece["least"]), 1) - 1)
            groups[-1] += more
            last += more
            continue
        if text == "(":
            groups.append(0)
            continue
        last = groups.pop() if text == ")" and len(groups) > 1 else 1
        groups[-1] += last
    return sum(groups)


def _value_span(found: "regex.Match[str]") -> Span:
    if _VALUE_GROUP in found.re.groupindex:
        if found.group(_VALUE_GROUP) is not None:
            return Span(*found.span(_VALUE_GROUP))
    else:
        for number in range(1, found.re.groups + 1):
            if found.group(number) is not None:
                return Span(*found.span(number))
    return Span(*found.span())


def _invalid(field: str, message: str) -> InvalidRequest:
    return InvalidRequest(f"{field} cannot be used: {message}", [Detail(field, message)])


def too_slow(field: str) -> InvalidRequest:
    """The refusal of a pattern, named by ``field``, that is too much for a document."""
    return _invalid(field, "it takes too long on this document; make it simpler (nested repeats are the usual reason)")
