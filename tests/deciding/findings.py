"""Findings made by hand: candidates on one line of one page."""

from evidoc.kernel.finding import Candidate, Evidence, Feature, FeatureType, Finding, Value
from evidoc.kernel.normalise import normalise
from evidoc.kernel.reading import Box, Line, Method, Page, Reading, Word, Words

RULES = {FeatureType.MONEY: "money:point", FeatureType.DATE: "date:dmy", FeatureType.IDENTIFIER: "identifier"}


def reading_of(text: str) -> Reading:
    """One page with one line, words ten points wide."""
    words, start = [], 0
    for number, word in enumerate(text.split(" ")):
        words.append(Word(start, start + len(word), Box(10.0 * number, 0, 10.0 * number + 9, 9)))
        start += len(word) + 1
    return Reading((Page(0, text, 600.0, 800.0, Method.BORN_DIGITAL, Words.of(words), (Line(0, len(words)),)),))


def candidate(reading: Reading, quote: str, kind: FeatureType, score: float, by: str = "rules") -> Candidate:
    """The first place where ``quote`` stands."""
    page = reading.pages[0]
    start = page.text.index(quote)
    evidence = Evidence(0, start, start + len(quote), quote, page.box_of(start, start + len(quote)), page.method)
    rule = RULES.get(kind, "text")
    return Candidate(f"cand_{quote}", Value(quote, normalise(rule, quote), rule, (evidence,)), score, by)


def finding(
    reading: Reading, name: str, kind: FeatureType, *scored: tuple[str, float], by: str = "rules", many: bool = False
) -> Finding:
    """The quotes with their scores, best first."""
    candidates = tuple(candidate(reading, quote, kind, score, by) for quote, score in scored)
    return Finding(Feature(name, kind, many=many), candidates)
