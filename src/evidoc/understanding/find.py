"""Features asked of a reading: ask every extractor, merge what they propose, rank it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from evidoc.kernel.finding import Candidate, Feature, FeatureType, Finding
from evidoc.kernel.ids import new_id
from evidoc.kernel.reading import Box, Line, Method, Page, Reading, Word, Words
from evidoc.kernel.registry import Registry
from evidoc.understanding.blocks import squeezed_labels
from evidoc.understanding.clause_features import clause_of
from evidoc.understanding.contract_text import is_contract_in_prose
from evidoc.understanding.extractor import Extractor

EXTRACTORS: Registry[type[Extractor]] = Registry(
    "extractor",
    {
        "embedded_xml": "evidoc.understanding.extractors.embedded_xml:EmbeddedXmlExtractor",
        "rules": "evidoc.understanding.extractors.rules:RulesExtractor",
        "lines": "evidoc.understanding.extractors.lines:LinesExtractor",
        "headed_tables": "evidoc.understanding.extractors.headed_tables:HeadedTablesExtractor",
        "pattern": "evidoc.understanding.extractors.pattern:PatternExtractor",
        "clauses": "evidoc.understanding.extractors.clauses:ClauseExtractor",
    },
)
"""Who is asked, in this order. Each is made anew, without arguments, for each document."""

MOST_CANDIDATES = 50
"""How many candidates of one feature are kept, unless it asks for many."""

_MOST_OF_MANY = 1000
_BY_LABELS = "rules"


def warm_up() -> None:
    """Loads every extractor and makes the catalogue's tables, so that processes forked after it need not."""
    for name in EXTRACTORS:
        EXTRACTORS.get(name)
    page = Page(
        0,
        "Total 1.00",
        100.0,
        100.0,
        Method.PLAIN,
        Words.of([Word(0, 5, Box(0, 0, 9, 9)), Word(6, 10, Box(10, 0, 19, 9))]),
        (Line(0, 2),),
    )
    find(Reading((page,)), [Feature("total", FeatureType.MONEY, ("Total",))])
    squeezed_labels()


def find(reading: Reading, features: Sequence[Feature]) -> tuple[Finding, ...]:
    """One finding for each feature, in the order given, candidates best first.

    Candidates that stand on the same characters, or at the same place of the same attachment, are merged: the
    better score stays, with both proposers named and the signals of both. The rules look for labels near values,
    of which running text is full by chance: what a contract in prose says in clauses is not asked of them.
    """
    merged: list[dict[object, Candidate]] = [{} for _ in features]
    place = {id(feature): index for index, feature in enumerate(features)}
    in_prose = any(clause_of(feature.name) for feature in features) and is_contract_in_prose(reading)
    labelled = [feature for feature in features if not (in_prose and clause_of(feature.name))]
    for name in EXTRACTORS:
        asked = labelled if name == _BY_LABELS else features
        for feature, candidate in EXTRACTORS.get(name)().propose(reading, asked):
            known = merged[place[id(feature)]]
            key = _where(candidate)
            known[key] = _merge(known[key], candidate) if key in known else candidate
    return tuple(_ranked(feature, known.values()) for feature, known in zip(features, merged, strict=True))


def _where(candidate: Candidate) -> object:
    value = candidate.value
    if value.evidence:
        return tuple((piece.page_index, piece.char_start, piece.char_end) for piece in value.evidence)
    return value.source or candidate.value.raw


def _merge(one: Candidate, other: Candidate) -> Candidate:
    better, lesser = (one, other) if one.score >= other.score else (other, one)
    value = better.value
    if value.source is None and lesser.value.source is not None:
        value = replace(value, source=lesser.value.source)
    if value.unit is None and lesser.value.unit is not None:
        value = replace(value, unit=lesser.value.unit)
    proposers = dict.fromkeys([*better.proposed_by.split("+"), *lesser.proposed_by.split("+")])
    return replace(
        better,
        value=value,
        proposed_by="+".join(proposers),
        signals={**lesser.signals, **better.signals},
        rows=better.rows or lesser.rows,
    )


def _ranked(feature: Feature, candidates: Iterable[Candidate]) -> Finding:
    ranked = sorted(candidates, key=lambda candidate: -candidate.score)
    most = _MOST_OF_MANY if feature.many else MOST_CANDIDATES
    return Finding(
        feature,
        tuple(
            candidate if candidate.candidate_id else replace(candidate, candidate_id=new_id("cand"))
            for candidate in ranked[:most]
        ),
    )
